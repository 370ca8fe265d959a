#include "main/resume_job.hpp"

#include <spdlog/spdlog.h>

#include "inbox/claim.hpp"
#include "inbox/list.hpp"
#include "inbox/named_list.hpp"
#include "inbox/open_job.hpp"
#include "store/job_folder.hpp"

namespace gannet {

namespace {

constexpr std::size_t rows_a_turn = 1024;

Fault lost_state() {
  return {Reason::disk_error, "job.json was lost, and with it what the list was like when the job began"};
}

Fault left_there(const Job& job, const Fault& why) {
  spdlog::error("job {} cannot go on and is left in {}: {}", job.id, job.folder.string(), why.detail);
  return why;
}

Result<std::unique_ptr<RowSource>> edited(const Job& job) {
  return inbox::list_changed(job.list(),
                             "lines that have their record are missing, elsewhere, or have another URL, "
                             "or there are more or fewer rows before them");
}

// Whether the lines that have their record are still where they were and name the same URLs, and those with a file have
// the key that it is named after: else a row without a record would come by that key, and write over the file.
bool says_the_same(RowSource& list, const store::Recovered& recovered) {
  const store::Progress& progress = recovered.progress;
  std::uint64_t lines = 0, urls = 0, keys = 0;
  std::vector<Row> rows;
  for (bool more = true; more && lines < progress.totals.lines; rows.clear()) {
    const auto read = list.read(rows, rows_a_turn);
    if (!read) return true;  // it is broken, which it will tell itself
    more = *read;
    for (const Row& row : rows) {
      if (!progress.lines.contains(row.line)) continue;
      ++lines;
      urls += store::print_of(row.line, row.url);
      if (progress.files.contains(row.key)) keys += store::print_of(row.line, row.key);
    }
  }
  return lines == progress.totals.lines && urls == progress.urls && keys == recovered.keys;
}

}  // namespace

Result<ResumedJob> resume_job(const Layout& layout, const ListSettings& lists, Job job) {
  auto recovered = store::recover(layout, job);
  if (!recovered) return left_there(job, recovered.error());
  store::Progress& progress = recovered->progress;
  const bool begun = progress.totals.lines > 0;  // then it was a list once, and its records stay with it
  const bool forgotten = begun && job.list_state.empty() && inbox::is_job_name(job.list_name);
  auto list = forgotten ? Result<std::unique_ptr<RowSource>>(lost_state()) : inbox::open_job(job, lists);
  if (!list && list.error().again_in > milliseconds(0)) return left_there(job, list.error());
  if (!list && list.error().reason == Reason::bad_url && !begun) {  // stopped between its claim and its rejection
    spdlog::warn("{} was no list: {}", job.source, list.error().detail);
    if (const auto rejected = inbox::reject(layout, job, list.error().detail); !rejected) {
      spdlog::error("{}", rejected.error().detail);
      return rejected.error();
    }
    return list.error();
  }
  // A list of our own may have grown meanwhile, and nothing else.
  if (list && begun && !recovered->same_list && !inbox::is_job_name(job.list_name)) {
    list = says_the_same(**list, *recovered) ? inbox::open_job(job, lists) : edited(job);
  }
  if (!list) list = inbox::broken_list(list.error());
  const bool jumped = progress.mark.offset > 0 && (*list)->go_on_from(progress.mark);
  if (begun) {
    spdlog::info("job {} goes on behind line {}: {} lines have their record, {} of these were read again", job.id,
                 jumped ? progress.mark.line : 0, progress.totals.lines, recovered->records_read);
  } else {
    spdlog::info("job {} begins", job.id);
  }
  frontier::NewJob resumed{std::move(job), std::move(*list), progress.lines, progress.totals,
                           jumped ? progress.mark.key : 0};
  return ResumedJob{std::move(resumed), std::move(progress)};
}

}  // namespace gannet

#include "cli/retry.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "cli/draft.hpp"
#include "cli/find_jobs.hpp"
#include "core/line_set.hpp"
#include "core/text.hpp"
#include "inbox/list.hpp"
#include "inbox/list_name.hpp"
#include "report/human.hpp"
#include "store/journal_reader.hpp"

namespace gannet::cli {
namespace {

using store::JournalReader;

constexpr std::size_t bytes_at_a_time = 256 << 10;

Fault fault(std::string why) { return {Reason::disk_error, std::move(why)}; }

Result<FoundJob> find_ended(const RetryOptions& options) {
  auto jobs = find_jobs(Layout{options.settings.store.root}, options.job);
  if (!jobs) return jobs.error();
  if (jobs->size() != 1) return fault("one job at a time: say which, by its id or the name of its list");
  auto& found = jobs->front();
  if (found.state == JobState::active) {
    return fault("job " + found.job.id + " is still active: its lines can be retried once it has ended");
  }
  return std::move(found);
}

struct FailedLines {
  LineSet all;
  LineSet wanted;
};

Result<FailedLines> read_failed(const Job& job, const std::vector<Reason>& reasons) {
  auto reader = JournalReader::open(job.journal());
  if (!reader) return reader.error();
  FailedLines failed;
  for (;;) {
    const auto step = reader->next();
    if (!step) return step.error();
    if (*step == JournalReader::Step::end) return failed;
    if (*step == JournalReader::Step::damaged) {
      return fault(job.journal().string() + ':' + std::to_string(reader->number()) +
                   ": this is no record; see gannet verify " + job.id);
    }
    const Record& record = reader->record();
    if (record.outcome != Outcome::failed) continue;
    if (record.line > most_lines) return fault(job.journal().string() + " names a line that no list has");
    failed.all.insert(record.line);
    if (reasons.empty() || std::ranges::find(reasons, record.reason) != reasons.end())
      failed.wanted.insert(record.line);
  }
}

// The lines of retry.jsonl are the failed lines in the order of the list, so their numbers need not be in it. Returns
// how many were copied.
Result<std::uint64_t> copy_lines(const Job& job, const FailedLines& failed, Draft& draft) {
  const auto path = job.folder / "retry.jsonl";
  std::ifstream file(path, std::ios::binary);
  if (!file) return disk_fault(path, last_error());
  std::uint64_t line = 0, count = 0, copied = 0;
  std::string chunk;
  for (std::string text; std::getline(file, text);) {
    if (++count > failed.all.size())
      return fault(path.string() + " has more lines than failed; see gannet verify " + job.id);
    do ++line;
    while (!failed.all.contains(line));
    if (!failed.wanted.contains(line)) continue;
    ++copied;
    chunk += text + '\n';
    if (chunk.size() < bytes_at_a_time) continue;
    if (auto written = draft.write(chunk); !written) return written.error();
    chunk.clear();
  }
  if (file.bad()) return fault(path.string() + ": cannot be read");
  if (auto written = draft.write(chunk); !written) return written.error();
  return copied;
}

// Of a list that a .job file names, the options may be gone with it.
Result<std::string> options_of(const Job& job, const ListSettings& settings) {
  const auto list = inbox::open_with_options(job.list(), settings, job.list_state);
  if (list) return list->option_lines;
  return fault("the options of its list cannot be read: " + list.error().detail +
               "; to go on without them: gannet submit " + (job.folder / "retry.jsonl").string());
}

std::string of_reasons(const std::vector<Reason>& reasons) {
  std::string text;
  for (const auto reason : reasons) text += (text.empty() ? " for " : " or ") + std::string(to_string(reason));
  return text;
}

// What was done, as a sentence.
Result<std::string> resubmit(const RetryOptions& options) {
  const auto found = find_ended(options);
  if (!found) return found.error();
  const Job& job = found->job;
  const auto failed = read_failed(job, options.reasons);
  if (!failed) return failed.error();
  const std::string start = job.id + ": ";
  if (failed->wanted.size() == 0) return start + "nothing to retry: no line failed" + of_reasons(options.reasons);

  const auto option_lines = options_of(job, options.settings.input);
  if (!option_lines) return option_lines.error();
  auto draft = Draft::make(Layout{options.settings.store.root}, job.priority);
  if (!draft) return draft.error();
  if (auto written = draft->write(*option_lines); !written) return written.error();
  const auto copied = copy_lines(job, *failed, *draft);
  if (!copied) return copied.error();
  if (*copied == 0) return fault("retry.jsonl in " + job.folder.string() + " has none of the lines that failed");
  const auto published = draft->publish(retry_name(job.source.empty() ? job.id : job.source));
  if (!published) return published.error();
  std::string said = start + human_count(*copied) + " of the " + human_count(failed->all.size()) +
                     " lines that failed -> " + published->string();
  if (*copied < failed->wanted.size()) {
    said += "; " + human_count(failed->wanted.size() - *copied) + " others are not in retry.jsonl";
  }
  return said;
}

}  // namespace

std::optional<Reason> parse_failing_reason(std::string_view text) {
  const auto reason = parse_reason(text);
  return reason && outcome_of(*reason) == Outcome::failed ? reason : std::nullopt;
}

std::string failing_reasons() {
  std::string names;
  for (std::size_t i = 0; i < reason_count; ++i) {
    const auto reason = static_cast<Reason>(i);
    if (outcome_of(reason) == Outcome::failed) names += (names.empty() ? "" : " ") + std::string(to_string(reason));
  }
  return names;
}

std::string retry_name(const std::string& source) {
  std::string name = inbox::sanitised(source);
  constexpr std::string_view end = "-retry";
  const auto at = name.rfind(end);
  if (at != name.npos && at > 0) {
    const std::string_view rest = std::string_view(name).substr(at + end.size());
    const bool numbered = rest.size() > 1 && rest[0] == '-' && rest.find_first_not_of("0123456789", 1) == rest.npos;
    if (rest.empty() || numbered) name.resize(at);
  }
  return name + std::string(end) + ".jsonl";
}

int retry(const RetryOptions& options) {
  const auto done = resubmit(options);
  const bool good = done.has_value();
  std::fprintf(good ? stdout : stderr, "%s%s\n",
               good ? "" : "gannet: ", report::printable(good ? *done : done.error().detail).c_str());
  return good ? 0 : 1;
}

}  // namespace gannet::cli

#include "main/fetch_command.hpp"

#include <unistd.h>

#include <boost/json.hpp>
#include <fstream>
#include <iostream>
#include <vector>

#include "cli/progress.hpp"
#include "config/list_options.hpp"
#include "core/job_options.hpp"
#include "core/text.hpp"
#include "inbox/claim.hpp"
#include "inbox/job_ids.hpp"
#include "inbox/list.hpp"
#include "main/engine.hpp"
#include "main/open_files.hpp"
#include "main/process.hpp"
#include "report/summary.hpp"
#include "report/totals_json.hpp"

namespace gannet {

namespace fs = std::filesystem;

namespace {

constexpr milliseconds status_interval{500};

bool same_bytes(const fs::path& a, const fs::path& b) {
  std::ifstream left(a, std::ios::binary), right(b, std::ios::binary);
  std::vector<char> from_left(1 << 20), from_right(1 << 20);
  while (left && right) {
    left.read(from_left.data(), static_cast<std::streamsize>(from_left.size()));
    right.read(from_right.data(), static_cast<std::streamsize>(from_right.size()));
    const auto count = left.gcount();
    if (count != right.gcount() || !std::equal(from_left.begin(), from_left.begin() + count, from_right.begin())) {
      return false;
    }
  }
  return left.eof() && right.eof();
}

// A list is known again by its name and its bytes, against the copy that the job works on.
bool is_same_list(const fs::path& list, const std::string& source, const fs::path& copy) {
  std::error_code error;
  return source == list.filename() && fs::file_size(copy, error) == fs::file_size(list, error) && !error &&
         same_bytes(list, copy);
}

boost::json::object summary_of(const fs::path& done) {
  std::ifstream file(done / "summary.json");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  boost::system::error_code error;
  const auto value = boost::json::parse(text, error);
  return !error && value.is_object() ? value.get_object() : boost::json::object();
}

// Whether the list that a .job file names is what it was when its job began.
bool is_unchanged(const fs::path& list, const ListSettings& settings, const fs::path& done) {
  if (!inbox::is_job_name(list)) return true;
  const auto opened = inbox::open_with_options(list, settings);
  const auto summary = summary_of(done);
  const auto* state = summary.if_contains("list_state");
  return opened && state && *state == boost::json::value(opened->state);
}

// The folder in done/ of a list that was fetched to its end before, or an empty path.
fs::path find_done(const Layout& layout, const ListSettings& settings, const fs::path& list) {
  const auto copy_name = "list." + inbox::list_extension(list);
  for (const auto& folder : fs::directory_iterator(layout.done())) {
    const auto id = folder.path().filename().string();
    const bool same_name = id.ends_with('-' + inbox::sanitised(list.filename().string()));
    if (same_name && is_same_list(list, list.filename(), folder.path() / copy_name) &&
        is_unchanged(list, settings, folder.path())) {
      return folder.path();
    }
  }
  return {};
}

// What a job that ended earlier came to.
Totals totals_of(const fs::path& done) { return report::parse_totals(summary_of(done)); }

// Claims a copy, so that the user's own file stays where it is and may change.
Job claim_copy(const Layout& layout, inbox::JobIds& ids, const fs::path& list, Sync sync) {
  const auto copy = layout.state() / list.filename();
  fs::copy_file(list, copy, fs::copy_options::overwrite_existing);
  const auto id = ids.next(wall_now(), list.filename().string());
  auto job = inbox::claim(layout, copy, Priority::normal, id, sync);
  if (!job) throw std::runtime_error(list.string() + ": " + job.error().detail);
  return std::move(*job);
}

// What is said on the command line wins over what the list says.
void override_options(Job& job, const std::vector<std::string>& overrides) {
  if (!job.options) return;
  auto options = std::make_shared<JobOptions>(*job.options);
  for (const auto& text : overrides) config::forget(*options, trim(text.substr(0, text.find('='))));
  job.options = std::move(options);
}

void print_end(const Layout& layout, const frontier::JobEnd& end) {
  const auto took = std::chrono::ceil<seconds>(wall_now() - end.job.claimed);
  std::cout << report::summary_text(end.job.id, end.totals, took);
  const auto place = end.broken.empty() ? layout.done() : layout.failed();
  std::cout << "  images   " << (layout.images() / end.job.id).string() << "\n  records  "
            << (place / end.job.id / "results.jsonl").string() << '\n';
  if (!end.broken.empty()) std::cout << "  the list could not be read to its end: " << end.broken << '\n';
  std::cout.flush();
}

}  // namespace

void settle_in(Settings& settings, const fs::path& output) {
  settings.store.root = fs::absolute(output).lexically_normal();
  settings.report.logs = settings.store.root / "logs";
  settings.inbox.max_jobs = 0;  // there is none: all lists are fetched at once
  // Whoever runs this can read the list that a .job file names, or cannot.
  if (settings.input.roots.empty()) settings.input.roots = {"/"};
}

int run_fetch(FetchOptions options) {
  Settings& settings = options.settings;
  settle_in(settings, options.output);
  settings.report.status_interval = std::min(settings.report.status_interval, status_interval);
  for (auto& list : options.lists) {
    // Found out before anything is made or fetched.
    if (const auto opened = inbox::open_list(list, settings.input); !opened) {
      std::cerr << "gannet: " << list.string() << ": " << opened.error().detail << '\n';
      return exit_usage;
    }
  }
  prepare_process();
  const Root root(settings.store.root);
  const Layout& layout = root.layout();
  fit_to_cores(settings);
  auto decoders = start_decoders(settings.decode);
  report::Logs logs(settings.report, false);

  bool some_failed = false;
  std::vector<fs::path> lists;
  for (const auto& list : options.lists) {
    if (const auto done = find_done(layout, settings.input, list); !done.empty()) {
      std::cout << list.string() << " is done already: see " << done.string() << '\n';
      some_failed |= !totals_of(done).all_good();
    } else {
      lists.push_back(list);
    }
  }
  fit_to_open_files(settings, lanes_of(settings), lists.size());

  std::vector<ResumedJob> jobs;
  inbox::JobIds ids(layout);
  auto unfinished = inbox::unfinished(layout);
  for (const auto& list : lists) {
    const auto found =
        std::ranges::find_if(unfinished, [&](const Job& job) { return is_same_list(list, job.source, job.list()); });
    if (found != unfinished.end()) std::cerr << list.string() << ": going on where the last run stopped\n";
    auto claimed = found != unfinished.end() ? *found : claim_copy(layout, ids, list, settings.store.sync);
    auto job = resume_job(layout, settings.input, std::move(claimed));
    if (!job) throw std::runtime_error(list.string() + " cannot go on; logs/gannet.log says why");
    if (found != unfinished.end()) unfinished.erase(found);
    override_options(job->job.job, options.overrides);
    jobs.push_back(std::move(*job));
  }

  cli::Progress progress;
  std::size_t jobs_left = jobs.size();
  const auto columns = cli::terminal_columns(STDERR_FILENO);
  Engine engine(settings, root, logs,
                {.watch_inbox = false,
                 .on_status =
                     [&](const Snapshot& snapshot) {
                       if (jobs_left > 0) cli::show(progress.update(snapshot, Clock::now(), columns));
                     },
                 .on_job_end =
                     [&](const frontier::JobEnd& end) {
                       cli::show(progress.clear());
                       print_end(layout, end);
                       --jobs_left;
                       some_failed |= !end.totals.all_good() || !end.broken.empty();
                     },
                 .decoders = std::move(decoders)});
  for (auto& job : jobs) engine.add(std::move(job));
  switch (engine.run()) {
    case Engine::End::complete:
      break;
    case Engine::End::interrupted:
      cli::show(progress.clear());
      std::cerr << "stopped before the end; the same command goes on from here\n";
      return exit_failed;
    case Engine::End::broken:
      cli::show(progress.clear());
      std::cerr << "the disk failed, or a job could not be put away: " << (settings.report.logs / "gannet.log").string()
                << " says how\n";
      return exit_failed;
  }
  return some_failed ? exit_some_failed : exit_good;
}

}  // namespace gannet

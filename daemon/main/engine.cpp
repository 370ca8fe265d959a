#include "main/engine.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>

#include "config/list_effects.hpp"
#include "core/disk.hpp"
#include "core/memory_use.hpp"
#include "core/url.hpp"
#include "fetch/request.hpp"
#include "inbox/claim.hpp"
#include "inbox/list_name.hpp"
#include "report/summary.hpp"

namespace gannet {

namespace asio = boost::asio;

namespace {

constexpr ByteCount least_memory_of_lane = 1 << 20;
constexpr milliseconds longest_decoding{5000};  // of what is left at a stop
constexpr std::size_t longest_summary = 1 << 20;

std::unique_ptr<report::Hook> make_hook(std::string name, const std::vector<std::string>& command,
                                        const HookSettings& settings) {
  if (command.empty()) return nullptr;
  report::Hook::Options options;
  options.name = std::move(name);
  options.command = command;
  options.limits.lines = settings.queue;
  options.patience = settings.patience;
  return std::make_unique<report::Hook>(std::move(options));
}

std::string list_of(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

}  // namespace

unsigned lanes_of(const Settings& settings) {
  return settings.fetch.lanes > 0 ? settings.fetch.lanes : std::max(1u, std::thread::hardware_concurrency());
}

Engine::Engine(const Settings& settings, const Root& root, report::Logs& logs, Options options)
    : settings_(settings),
      in_force_(settings),
      layout_(root.layout()),
      logs_(logs),
      options_(std::move(options)),
      refetch_rules_(frontier::refetch_rules(settings)),
      signals_(io_, SIGTERM, SIGINT, SIGHUP),
      patience_(io_),
      status_files_(settings.report),
      on_record_(make_hook("on_record", settings.hooks.on_record, settings.hooks)),
      on_job_done_(make_hook("on_job_done", settings.hooks.on_job_done, settings.hooks)),
      catalogue_(settings.store.has_catalogue() ? store::Catalogue::open(root.layout(), settings.store) : nullptr),
      dispatcher_(
          settings.frontier, service_manager_.status_interval(settings.report.status_interval), lanes_of(settings),
          root.layout().state(),
          {.start = [this](unsigned lane, std::vector<FetchTask> tasks) { lanes_[lane]->post(std::move(tasks)); },
           .prefetch = [this](unsigned lane, std::string host) { lanes_[lane]->prefetch(std::move(host)); },
           .record = [this](Finished finished) { store_->accept(std::move(finished)); },
           .has = [this](const Record& record) { return store_->has(record); },
           .recall = [this](const FetchTask& task) { return recall(task); },
           .room = [this] { return has_room() && spool_.takes(); },
           .memory = [this] { return memory_use().resident + store_->room(); },
           .read_to = [this](JobNumber job, const ListMark& mark) { store_->read_to(job, mark); },
           .flush = [this] { store_->flush(); },
           .job_ended =
               [this](frontier::JobEnd end) {
                 const JobNumber number = end.job.number;
                 store_->close(number, [this, end = std::move(end)]() mutable { end_job(std::move(end)); });
               },
           .status =
               [this](Snapshot snapshot) {
                 asio::post(io_,
                            [this, snapshot = std::move(snapshot)]() mutable { tell_status(std::move(snapshot)); });
               },
           .drained = [this] { asio::post(io_, [this] { io_.stop(); }); },
           .broken = [this](const Fault& fault) { hear_broken_disk(fault); }}),
      keeper_(std::make_unique<JobKeeper>(root.layout(), settings.input, settings.store.sync)),
      store_(std::make_unique<store::Store>(
          root.layout(), settings.store,
          store::Store::Callbacks{.committed =
                                      [this](const std::vector<Record>& records, std::string_view lines) {
                                        std::vector<frontier::Receipt> receipts;
                                        receipts.reserve(records.size());
                                        for (const auto& record : records) {
                                          receipts.push_back(frontier::receipt_of(record));
                                        }
                                        dispatcher_.recorded(std::move(receipts));
                                        if (catalogue_) catalogue_->tell(records);
                                        logs_.completed(lines);
                                        if (on_record_) on_record_->tell(lines);
                                      },
                                  .broken = [this](const Fault& fault) { hear_broken_disk(fault); },
                                  .room_made = [this] { tell_room(); }},
          catalogue_.get())),
      examiner_(settings.decode, settings.hash, std::move(options_.decoders),
                {.done = [this](Finished finished) { store_->accept(std::move(finished)); },
                 .room_made = [this] { tell_room(); }}),
      spool_(root.layout().staging(), 2 * settings.store.min_free) {
  settings_.fetch = fetch::with_headers(settings.fetch);
  auto of_lane = settings.fetch;
  // A quarter of what may be in flight may wait: the rest is for other addresses.
  if (of_lane.per_address > 0) {
    gate_ = std::make_unique<net::AddressGate>(of_lane.per_address, settings.frontier.connections / 4);
  }
  of_lane.memory = std::max(settings.fetch.memory / lanes_of(settings), least_memory_of_lane);
  for (unsigned lane = 0; lane < lanes_of(settings); ++lane) {
    lanes_.push_back(std::make_unique<fetch::Lane>(
        lane, of_lane, [this, lane](std::vector<Fetched> ended) { hear_lane(lane, std::move(ended)); },
        [this](std::string_view bytes, const JobOptions* of_list) { return examiner_.check_early(bytes, of_list); },
        [this] { return has_room(); }, gate_.get(), &spool_));
  }
  if (options_.watch_inbox) {
    inbox_ = std::make_unique<inbox::Inbox>(io_, settings.inbox, settings.input, root.layout(),
                                            inbox::Inbox::Callbacks{[this](Job job, std::unique_ptr<RowSource> source) {
                                              spdlog::info("job {} begins", job.id);
                                              add(std::move(job), std::move(source));
                                            }});
    std::vector<ResumedJob> resumed;
    for (auto& job : inbox::unfinished(root.layout())) {
      const auto folder = job.folder;
      if (auto one = resume_job(root.layout(), settings.input, std::move(job))) {
        resumed.push_back(std::move(*one));
      } else if (one.error().reason != Reason::bad_url) {
        stuck_.push_back({inbox::for_people(folder), "the job cannot go on: " + one.error().detail});
      }
    }
    std::vector<Priority> priorities;
    for (const auto& one : resumed) priorities.push_back(one.job.job.priority);
    inbox_->start(priorities);
    for (auto& one : resumed) add(std::move(one));  // nothing fails any more: from here on the stages are at work
  }
}

void Engine::add(Job job, std::unique_ptr<RowSource> source) { add({{std::move(job), std::move(source), {}, {}}, {}}); }

void Engine::add(ResumedJob resumed) {
  frontier::NewJob& job = resumed.job;
  job.job.number = next_number_++;
  ++active_jobs_;
  if (auto& options = job.job.options) {
    const auto told = config::asks_too_much(settings_, *options);
    if (!told.empty()) spdlog::warn("{}: the list asks for more than is allowed: {}", job.job.id, told);
    if (options->refetch.value_or(Refetch{}).kind != Refetch::Kind::always && !catalogue_) {
      spdlog::warn("{}: store.refetch has no effect: no catalogue is kept (store.catalogue)", job.job.id);
    }
    options = std::make_shared<const JobOptions>(config::without_what_holds(settings_, *options));
  }
  store_->open(job.job, std::move(resumed.progress));
  dispatcher_.add(std::move(job));
}

std::unique_ptr<Earlier> Engine::recall(const FetchTask& task) {
  if (!catalogue_ || asks_specially(task.options.get())) return nullptr;
  // What would be stored is made of what comes, perhaps in another way than what is there.
  if (examiner_.changes_images(task.options.get())) return nullptr;
  const auto rules = frontier::refetch_rules(refetch_rules_, task.options.get());
  if (rules.refetch.kind == Refetch::Kind::always) return nullptr;
  auto earlier = catalogue_->find(url_of(task)->text());
  const auto use = earlier ? frontier::judge_earlier(*earlier, task, rules, wall_now()) : frontier::Use::none;
  if (use == frontier::Use::none) return nullptr;
  earlier->ask = use == frontier::Use::ask;
  return std::make_unique<Earlier>(std::move(*earlier));
}

bool Engine::has_room() const { return store_->has_room() && examiner_.has_room(); }

void Engine::tell_room() {
  if (!has_room()) return;  // the other still has none, and will tell
  dispatcher_.room_made();
  for (auto& lane : lanes_) lane->store_made_room();
}

// On the lane's thread: the frontier hears how it went, so that it can start others, and what was fetched goes on down
// the pipeline.
void Engine::hear_lane(unsigned lane, std::vector<Fetched> ended) {
  const auto failed = std::partition(ended.begin(), ended.end(), [](const Fetched& one) {
    return one.record.reason == Reason::none && !one.again_at_pace && !one.onward;
  });
  std::vector<frontier::AttemptEnd> ends(ended.size());
  auto end = ends.begin();
  for (auto one = ended.begin(); one != ended.end(); ++one, ++end) {
    end->lane = lane;
    static_cast<Ending&>(*end) = *one;
    if (one < failed) {
      end->task.job = one->task.job;
      end->task.origin = one->task.origin;
      end->task.attempt = one->task.attempt;
      end->task.started = one->task.started;
      end->record.protocol = one->record.protocol;
      end->record.received = one->record.received;
    } else {
      end->task = std::move(one->task);
      end->record = std::move(one->record);
    }
  }
  dispatcher_.ended(std::move(ends));
  for (auto one = ended.begin(); one != failed; ++one) {
    if (one->record.from_catalogue) {  // unchanged: there are no bytes to look at
      store_->accept({std::move(one->record), one->task.row.key, {}, {}});
    } else {
      examiner_.examine(std::move(*one));
    }
  }
}

void Engine::hear_broken_disk(const Fault& fault) {
  spdlog::critical("the disk failed, nothing is kept that may not be on it: {}", fault.detail);
  asio::post(io_, [this, why = fault.detail] {
    if (!failed_disk_) failed_disk_ = DiskStatus{wall_now(), why};
    stop("the disk failed", 0ms);
  });
}

void Engine::end_job(frontier::JobEnd end) {
  const auto ended = [this](const frontier::JobEnd& job, bool put_away) {
    asio::post(io_, [this, job, put_away] { hear_job_end(job, put_away); });
  };
  const auto goes_on = [this](ResumedJob job) {
    asio::post(io_, [this, job = std::move(job)]() mutable {
      --active_jobs_;
      add(std::move(job));
    });
  };
  keeper_->end(std::move(end), {ended, goes_on});
}

void Engine::hear_job_end(const frontier::JobEnd& end, bool put_away) {
  all_put_away_ &= put_away || options_.watch_inbox;
  --active_jobs_;
  logs_.flush();  // whoever waits for the job finds its completions
  if (inbox_) inbox_->job_finished(end.job.priority);
  if (!put_away) stuck_.push_back({inbox::for_people(end.job.folder), "the job cannot go on; gannet.log says why"});
  if (put_away) tell_hook_of_end(end);
  if (options_.on_job_end && put_away) options_.on_job_end(end);
  if (!options_.watch_inbox && active_jobs_ == 0) stop("all jobs ended", 0ms);
}

void Engine::tell_hook_of_end(const frontier::JobEnd& end) {
  if (!on_job_done_) return;
  const auto folder = (end.broken.empty() ? layout_.done() : layout_.failed()) / end.job.id;
  const auto summary = read_start(folder / "summary.json", longest_summary);
  const auto line = summary ? report::ended_line(*summary, folder, end.broken) : summary;
  if (line) {
    on_job_done_->tell(*line);
  } else {
    spdlog::error("hook on_job_done: it is not told of {}: {}", end.job.id, line.error().detail);
  }
}

Engine::End Engine::run() {
  hear_signal();
  if (!options_.watch_inbox && active_jobs_ == 0) return End::complete;
  while (last_state_.empty() && io_.run_one() > 0) {
  }
  service_manager_.ready();  // who looks at the status now finds it, and not that of an earlier run
  io_.run();
  inbox_.reset();
  for (auto& lane : lanes_) lane->stop();
  examiner_.finish(longest_decoding);
  store_.reset();  // commits what is still on its way, and tells the lanes of room
  keeper_.reset();
  stopped_ = true;
  dispatcher_.ask_status();
  for (io_.restart(); last_state_ != "stopped";) io_.run_one();
  if ((failed_disk_ && !told_to_stop_) || !all_put_away_) return End::broken;
  return active_jobs_ == 0 ? End::complete : End::interrupted;
}

void Engine::hear_signal() {
  signals_.async_wait([this](boost::system::error_code error, int number) {
    if (error) return;
    told_to_stop_ |= number != SIGHUP;
    if (number == SIGHUP) {
      service_manager_.reloading();
      reload();
      service_manager_.ready();
    } else if (!stopping_) {
      stop(number == SIGINT ? "interrupted" : "told to stop", settings_.drain);
    } else {
      cancel_lanes();  // asked twice: at once
    }
    hear_signal();
  });
}

void Engine::stop(std::string_view why, milliseconds patience) {
  if (stopping_) return;
  stopping_ = true;
  spdlog::info("stopping: {}", why);
  if (!failed_disk_) service_manager_.stopping(patience);  // else the daemon begins anew
  if (inbox_) inbox_->stop();
  dispatcher_.drain();
  patience_.expires_after(patience);
  patience_.async_wait([this](boost::system::error_code error) {
    if (!error) cancel_lanes();
  });
}

void Engine::cancel_lanes() {
  for (auto& lane : lanes_) lane->cancel();
}

void Engine::reload() {
  logs_.reopen();
  auto settings = options_.reload ? options_.reload() : std::nullopt;
  if (!settings) return;
  const auto news = in_force_.reload(*settings);
  settings_.frontier = settings->frontier;
  settings_.fetch.max_body = settings->fetch.max_body;
  settings_.drain = settings->drain;
  examiner_.apply(settings->decode);
  dispatcher_.apply(settings->frontier);
  for (auto& lane : lanes_) lane->apply(settings->fetch);
  if (inbox_) inbox_->apply(settings->inbox);
  logs_.apply(settings->report);
  status_files_.listen(settings->report.metrics_listen);
  spdlog::info("reloaded: {}", news.applied.empty() ? "nothing else applies from now on"
                                                    : "from now on applies " + list_of(news.applied));
  for (const auto& key : news.need_restart) spdlog::warn("reloaded, but {} needs a restart: it stays as it was", key);
}

}  // namespace gannet

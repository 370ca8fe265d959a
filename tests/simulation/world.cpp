#include "simulation/world.hpp"

#include <algorithm>

#include "simulation/generated_list.hpp"

namespace gannet::simulation {
namespace {

enum class Kind : unsigned char { healthy, slow, flaky, overloaded, dead };

constexpr std::size_t hosts_always_known = 50'000;

std::string_view host_of(std::string_view url) { return url.substr(0, url.find('/', 8)); }

// One line in 50 of those hosts leads to one of a few others.
bool redirects(const FetchTask& task) { return !task.trail && mixed(task.row.line ^ 0x5eed) % 50 == 0; }

// Of 100 hosts 90 are as they should be. Told by the address, so that it stays the same.
Kind kind_of(std::string_view url) {
  const auto number = mixed(std::hash<std::string_view>{}(host_of(url))) % 100;
  if (number < 90) return Kind::healthy;
  if (number < 93) return Kind::slow;
  if (number < 96) return Kind::flaky;
  return number < 98 ? Kind::overloaded : Kind::dead;
}

Record answer(Reason reason, unsigned status = 0) {
  Record record;
  record.reason = reason;
  record.outcome = outcome_of(reason);
  record.http_status = status;
  return record;
}

Record outcome(Kind kind, std::uint64_t luck) {
  const auto percent = luck % 100;
  switch (kind) {
    case Kind::healthy:
    case Kind::slow:
      return percent < 3 ? answer(Reason::http_status, 404) : answer(Reason::none, 200);
    case Kind::flaky:
      return percent < 30 ? answer(Reason::reset) : answer(Reason::none, 200);
    case Kind::overloaded:
      return percent < 5 ? answer(Reason::http_status, 429) : answer(Reason::none, 200);
    case Kind::dead:
      return answer(Reason::connect_timeout);
  }
  return answer(Reason::none, 200);
}

milliseconds takes(Kind kind, const Record& record, std::uint64_t luck) {
  if (record.reason == Reason::connect_timeout) return 10s;
  return kind == Kind::slow ? milliseconds{2000 + luck % 8000} : milliseconds{20 + luck % 180};
}

}  // namespace

World::World(const FrontierSettings& frontier, const WorldSettings& settings, std::filesystem::path spill_folder)
    : settings_(frontier), world_(settings), frontier_(frontier, 2, 1, std::move(spill_folder)), intake_(frontier_) {}

void World::add(JobNumber number, std::unique_ptr<RowSource> source, Priority priority) {
  frontier::NewJob job;
  job.job.number = number;
  job.job.priority = priority;
  job.source = std::move(source);
  added_[number] = now_;
  intake_.add(std::move(job), now_);
}

void World::run(std::uint64_t done) {
  while (!intake_.books().empty() && report_.recorded < done && report_.broken.empty()) {
    while (intake_.read(
        now_, [this](const Finished& line) { record(line.record.job, line.record.line, line.record.reason); }))
      act();
    act();
    for (const auto& end : intake_.take_ended()) {
      ended_[end.job.number] = now_ - added_.at(end.job.number);
      promise(end.totals.lines == recorded_[end.job.number].size(), "a job ended without all its lines", 0);
    }
    report_.most_memory = std::max(report_.most_memory, frontier_.memory());
    report_.most_hosts = std::max<std::uint64_t>(report_.most_hosts, frontier_.hosts());
    report_.most_spilled = std::max(report_.most_spilled, frontier_.spilled().lines());
    const auto wake = frontier_.next_wake();
    if (flights_.empty() && !wake) {
      promise(intake_.books().empty(), "lines are stranded", 0);
      return;
    }
    if (flights_.empty() || (wake && *wake < flights_.top().end)) {
      now_ = std::max(now_, *wake);
      continue;
    }
    now_ = std::max(now_, flights_.top().end);
    while (!flights_.empty() && flights_.top().end <= now_) {
      const auto attempt = flights_.top().attempt;
      flights_.pop();
      end(attempts_[attempt]);
      free_attempts_.push_back(attempt);
    }
  }
}

void World::act() {
  while (auto action = frontier_.next(now_)) {
    if (action->kind == frontier::Frontier::Action::Kind::give_up) {
      ++report_.given_up;
      record(action->task.job, action->task.row.line, Reason::host_dead);
    } else {
      start(std::move(action->task), action->lane);
    }
  }
}

World::Seen& World::meet(const FetchTask& task, std::string_view url) {
  if (task.origin >= hosts_.size()) hosts_.resize(task.origin + 1);
  Seen& host = hosts_[task.origin];
  const auto name = static_cast<std::uint32_t>(std::hash<std::string_view>{}(host_of(url)));
  if (std::exchange(host.name, name) != name) {
    promise(host.watch.in_flight() == 0, "a host was forgotten while it was asked", task.row.line);
    host.watch = {};
    host.last_line = 0;
    host.last_start = {};
  }
  return host;
}

void World::start(FetchTask task, unsigned lane) {
  const std::string_view url = task.trail ? task.trail->url : task.row.url;
  const auto line = task.row.line;
  Seen& host = meet(task, url);
  ++report_.started;
  if (task.attempt > 1) {
    ++report_.retries;
    promise(++retries_ <= std::max(1u, settings_.connections / 5), "too many retries", line);
  }
  if (host.idle > 0) {
    --host.idle;
    ++host.taken;
    ++taken_;
    ++report_.reused;
  }
  const auto wrong = host.watch.start(settings_.host, frontier_.hosts() >= hosts_always_known, now_);
  promise(wrong.empty(), wrong, line);
  promise(frontier_.in_flight() <= settings_.connections, "too many requests", line);
  if (!settings_.hosts.empty() && url.find(settings_.hosts.front().pattern) != std::string::npos) {
    const auto pace = std::chrono::duration<double>(1 / *settings_.hosts.front().limits.requests_per_second);
    // A start that was a little late does not delay the next.
    promise(now_ - host.last_start >= pace - 10ms, "too fast", line);
    ++slow_recorded_;
  }
  host.last_start = now_;
  if (world_.watch_paces) watch_pace(url, line);
  // Nothing fails there, so that all lines of a host come in the order of their list.
  if (world_.all_healthy)
    promise(std::exchange(host.last_line, static_cast<std::uint32_t>(line)) < line, "a line was passed over", line);
  if (free_attempts_.empty()) {
    free_attempts_.push_back(attempts_.size());
    attempts_.emplace_back();
  }
  const auto place = free_attempts_.back();
  free_attempts_.pop_back();
  auto& attempt = attempts_[place];
  attempt = {};
  const auto kind = world_.all_healthy ? Kind::healthy : kind_of(url);
  attempt.record = outcome(kind, mixed(++luck_));
  const auto length = takes(kind, attempt.record, mixed(~luck_));
  if (!world_.all_healthy && attempt.record.reason == Reason::none && redirects(task)) {
    ++report_.redirects;
    attempt.onward = true;
    attempt.record.http_status = 302;
    const auto target = "https://target" + std::to_string(line % 50) + ".example/" + std::to_string(line);
    task.trail = std::make_unique<Trail>(Trail{{task.row.url}, target});
  }
  attempt.task = std::move(task);
  attempt.lane = lane;
  flights_.push({now_ + length, place});
}

void World::end(frontier::AttemptEnd& attempt) {
  const FetchTask& task = attempt.task;
  const Record& record = attempt.record;
  const auto host = task.origin;
  hosts_[host].watch.end(settings_.host, record, task.started, now_);
  if (task.attempt > 1) --retries_;
  if (record.reason == Reason::none || record.http_status != 0) keep_connection(host);
  const JobNumber job = task.job;
  const auto line = task.row.line;
  const auto fate = frontier_.ended(attempt, now_);
  if (fate == frontier::Frontier::Fate::final) this->record(job, line, record.reason);
}

void World::record(JobNumber job, std::uint64_t line, Reason reason) {
  promise(recorded_[job].insert(line), "a line has two records", line);
  promise(intake_.recorded(job, outcome_of(reason), reason, 0, now_), "a record of no job", line);
  ++report_.recorded;
}

void World::keep_connection(OriginId host) {
  ++hosts_[host].idle;
  idle_.push_back(host);
  while (idle_.size() - taken_ > world_.most_idle) {
    Seen& oldest = hosts_[idle_.front()];
    idle_.pop_front();
    if (oldest.taken > 0) {
      --oldest.taken;
      --taken_;
    } else {
      --oldest.idle;
    }
  }
}

void World::watch_pace(std::string_view url, std::uint64_t line) {
  const auto [host, is_new] = asked_.try_emplace(std::string(host_of(url)), now_);
  promise(is_new || now_ - host->second >= settings_.host.delay, "a host was asked too soon", line);
  host->second = now_;
}

void World::promise(bool kept, std::string_view what, std::uint64_t line) {
  if (!kept) report_.broken.push_back(std::string(what) + ", line " + std::to_string(line));
}

}  // namespace gannet::simulation

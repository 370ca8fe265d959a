#include "frontier/frontier.hpp"

#include <algorithm>

namespace gannet::frontier {
namespace {

// A host keeps to few lanes, where its connections are, until its limit is worth more.
constexpr unsigned requests_worth_a_lane = 8;

// Lines that are worth another connection to a host, while other hosts have something to do as well.
constexpr unsigned lines_worth_a_connection = 4;

// Hosts that are hinted at and not started yet: as many as may well be started while their names hold.
constexpr std::size_t most_hints_ahead = 256;

bool costs_a_connection(const Host& host, const Host::Part& part) {
  const auto in_flight = host.state.in_flight();
  return in_flight > 0 && in_flight >= host.connections && !host.state.multiplexes() &&
         part.lines.lines() <= lines_worth_a_connection * in_flight;
}

}  // namespace

Frontier::Frontier(const FrontierSettings& settings, unsigned lanes, std::uint64_t seed,
                   std::filesystem::path spill_folder)
    : settings_(settings),
      lanes_(lanes),
      random_(seed),
      spill_(std::move(spill_folder), settings.spill, settings.keep_free),
      duplicates_(settings.dedupe_results) {
  bound_hosts();
}

void Frontier::open(JobNumber job, unsigned weight, std::shared_ptr<const JobOptions> options) {
  auto& lines = jobs_[job];
  // For as long as it lasts: others may wait for its lines.
  if (options ? options->dedupe.value_or(settings_.dedupe) : settings_.dedupe)
    lines.judged_by = judged_by(settings_, options.get());
  lines.options = std::move(options);
  turns_.open(job, weight);
}

void Frontier::close(JobNumber job) {
  auto& lines = jobs_.at(job);
  auto left = retry_budget_.close(job);
  left.insert(left.end(), lines.ready.begin(), lines.ready.end());
  left.insert(left.end(), lines.spare.begin(), lines.spare.end());
  for (const OriginId id : left) {
    if (auto* part = hosts_[id].part(job)) {
      part->listed = Host::Part::Listed::no;
      part->over_budget = false;
    }
    tidy(id);
    hosts_.rest(id);
  }
  jobs_.erase(job);
  turns_.close(job);
}

void Frontier::apply(const FrontierSettings& settings, TimePoint now) {
  settings_ = settings;
  spill_.limit(settings.spill, settings.keep_free);
  bound_hosts();
  duplicates_.remember(settings.dedupe_results);
  for (auto& [job, lines] : jobs_) {
    if (lines.judged_by) lines.judged_by = judged_by(settings_, lines.options.get());
  }
  policies_.forget_all();
  for (OriginId id = 0; id < hosts_.numbers(); ++id) {
    Host* one = hosts_.get(id);
    if (!one) continue;
    for (auto& part : one->parts) part.policy = policy_of(part.job, one->origin);
    settle(id, At::back, now);
  }
}

const HostPolicy* Frontier::policy_of(JobNumber job, const std::string& origin) {
  const auto found = jobs_.find(job);
  return policies_.of(settings_, found == jobs_.end() ? nullptr : found->second.options.get(), origin);
}

OriginId Frontier::find_or_make(const std::string& origin, JobNumber job) {
  if (const auto found = hosts_.find(origin)) return *found;
  const OriginId id = hosts_.add(origin, *policy_of(job, origin));
  fresh_.push_back(id);
  return id;
}

Host::Part& Frontier::part_of(OriginId id, JobNumber job) {
  Host& one = hosts_[id];
  if (auto* part = one.part(job)) return *part;
  auto& part = one.parts.emplace_back();
  part.job = job;
  part.policy = policy_of(job, one.origin);
  count(one);
  return part;
}

void Frontier::tidy(OriginId id) {
  hosts_[id].tidy();
  count(hosts_[id]);
}

void Frontier::count(Host& one) {
  const bool busy = !one.parts.empty();
  const LocalTrouble::Hosts counts{busy ? 1u : 0u, busy && one.known.worked ? 1u : 0u};
  at_work_.all += counts.all - one.counted.all;
  at_work_.reached += counts.reached - one.counted.reached;
  one.counted = counts;
}

void Frontier::add(FetchTask task, const std::string& origin, TimePoint now) {
  const OriginId id = find_or_make(origin, task.job);
  ++queued_;
  change(part_of(id, task.job), [&](HostQueue& lines) { lines.push(PackedLine(task, origin)); });
  if (hosts_[id].state.dead(now)) {
    begin_dying(id);
  } else {
    settle(id, At::back, now);
  }
}

bool Frontier::may_go_again(const Host::Part& part) const {
  return part.lines.has_again() && (part.lines.attempt() == 1 || retry_budget_.allows(settings_.connections));
}

bool Frontier::startable(const Host& host, const Host::Part& part, TimePoint now) const {
  const bool has_fresh = part.lines.has_fresh() && !part.crowded;
  if (host.dying || (!has_fresh && !may_go_again(part))) return false;
  const auto start = host.state.next_start(*part.policy);
  return start && *start <= now;
}

// Puts what the host has where next() will find it: now, later, or nowhere because one of its requests must end first.
void Frontier::settle(OriginId id, At at, TimePoint now) {
  Host& one = hosts_[id];
  if (one.dying || one.held) return;
  auto later = TimePoint::max();
  for (auto& part : one.parts) {
    const bool listed = part.listed != Host::Part::Listed::no;
    const bool may_go = part.crowded ? part.lines.has_again() : !part.lines.empty();
    if (!may_go || (listed && at == At::back)) continue;
    const auto start = one.state.next_start(*part.policy);
    if (!start) continue;
    if (*start > now) {
      later = std::min(later, *start);
    } else if (startable(one, part, now)) {
      list(id, part, at);
    } else if (!listed && !part.over_budget) {
      part.over_budget = true;
      retry_budget_.wait(part.job, id);
    }
  }
  if (later != TimePoint::max()) wait(id, later);
}

void Frontier::list(OriginId id, Host::Part& part, At at) {
  using Listed = Host::Part::Listed;
  JobLines& lines = jobs_.at(part.job);
  unlist(lines, part);
  const bool spare = costs_a_connection(hosts_[id], part);
  auto& line_up = spare ? lines.spare : lines.ready;
  part.place = line_up.insert(at == At::front ? line_up.begin() : line_up.end(), id);
  part.listed = spare ? Listed::spare : Listed::ready;
  turns_.set_ready(part.job, true);
}

void Frontier::unlist(JobLines& lines, Host::Part& part) {
  using Listed = Host::Part::Listed;
  if (part.listed == Listed::no) return;
  (part.listed == Listed::spare ? lines.spare : lines.ready).erase(part.place);
  part.listed = Listed::no;
  if (lines.ready.empty() && lines.spare.empty()) turns_.set_ready(part.job, false);
}

void Frontier::wait(OriginId id, TimePoint until) {
  Host& one = hosts_[id];
  if (one.waiting_until <= until) return;
  one.waiting_until = until;
  waiting_.emplace(until, id);
}

void Frontier::wake_due(TimePoint now) {
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    const auto [time, id] = *waiting_.begin();
    waiting_.erase(waiting_.begin());
    Host* one = hosts_.get(id);
    if (!one || one->waiting_until != time) continue;  // it was to wake earlier since
    one->waiting_until = TimePoint::max();
    settle(id, At::front, now);
  }
  while (!delayed_.empty() && delayed_.begin()->first <= now) {
    Delayed due = std::move(delayed_.begin()->second);
    delayed_.erase(delayed_.begin());
    auto& part = part_of(due.origin, due.job);
    --part.away;
    recount(due.job, held_by(due.line), {});
    change(part, [&](HostQueue& lines) { lines.push_again(due.line); });
    if (hosts_[due.origin].state.dead(now)) begin_dying(due.origin);
    settle(due.origin, At::front, now);
  }
}

std::optional<Frontier::Action> Frontier::next(TimePoint now) {
  wake_due(now);
  if (auto action = give_up_next()) return action;
  for (const OriginId id : held_back_.release(hosts_, trouble_)) settle(id, At::back, now);
  const auto by_pace = pace_.next_start(overall_rate(), in_flight_);
  held_until_ = by_pace > now && (turns_.next() || is_probe_due(now)) ? std::optional(by_pace) : std::nullopt;
  while (may_start()) {
    if (is_probe_due(now)) {  // before the hosts that work: there may be no end of those
      if (auto action = probe(now)) return action;
      continue;
    }
    const auto turn = turns_.next();
    if (!turn) break;
    JobLines& lines = jobs_.at(*turn);
    const bool spare = lines.ready.empty();
    const OriginId id = (spare ? lines.spare : lines.ready).front();
    Host& one = hosts_[id];  // a host with a part that is listed is not forgotten
    auto& part = *one.part(*turn);
    unlist(lines, part);
    if (!startable(one, part, now)) {
      settle(id, At::back, now);
      tidy(id);
      if (one.parts.empty()) hosts_.rest(id);
    } else if (trouble_.holds(one.known)) {
      held_back_.hold(id, one);
    } else if (!spare && costs_a_connection(one, part)) {
      list(id, part, At::back);
    } else if (auto task = take(id, part, false)) {
      auto action = go(id, std::move(*task), now);
      if (action && action->kind == Action::Kind::start) turns_.took(*turn);
      if (action) return action;
    }
  }
  return std::nullopt;
}

bool Frontier::may_start() const {
  return !held_until_ && !fault_ && in_flight_ < pace_.most_in_flight(overall_rate(), settings_.connections);
}

bool Frontier::is_probe_due(TimePoint now) const {
  const auto due = trouble_.next_probe();
  return due && *due <= now && !held_back_.empty();
}

// With the best of the hosts that are held; nothing when that has nothing to start just now.
std::optional<Frontier::Action> Frontier::probe(TimePoint now) {
  const OriginId id = held_back_.take_probe(hosts_);
  const auto startable_one = [&](const Host::Part& part) { return startable(hosts_[id], part, now); };
  const auto part = std::ranges::find_if(hosts_[id].parts, startable_one);
  if (part == hosts_[id].parts.end()) {
    settle(id, At::back, now);
    return std::nullopt;
  }
  auto task = take(id, *part, false);
  if (!task) return std::nullopt;
  auto action = go(id, std::move(*task), now);
  if (action && action->kind == Action::Kind::start) trouble_.probed(now);
  return action;
}

std::optional<FetchTask> Frontier::take(OriginId id, Host::Part& part, bool whatever) {
  const auto before = part.lines.held();
  const bool again = whatever ? part.lines.has_again() : may_go_again(part);
  auto line = again ? Result<PackedLine>(part.lines.pop_again()) : part.lines.pop_fresh(spill_);
  recount(part.job, before, part.lines.held());
  if (!line) {
    fault_ = line.error();
    return std::nullopt;
  }
  --queued_;
  part.onward = part.onward && part.lines.has_fresh();
  FetchTask task = line->unpack(hosts_[id].origin);
  task.job = part.job;
  task.origin = id;
  const JobLines& of_list = jobs_.at(part.job);
  task.options = of_list.options;
  if (of_list.judged_by && !task.question) {
    const bool says_column = task.options && task.options->blur_column;
    const auto& blur_column = says_column ? *task.options->blur_column : settings_.blur_column;
    task.question = duplicates_.question(task, *of_list.judged_by, blur_column);
  }
  return task;
}

Frontier::Action Frontier::start(OriginId id, FetchTask task, TimePoint now) {
  Host& one = hosts_[id];
  Action action{Action::Kind::start, std::move(task), choose_lane(one)};
  action.task.started = now;
  action.task.obeys_robots = one.part(action.task.job)->policy->obeys_robots;
  const auto pace = one.state.pace();
  one.state.started(*one.part(action.task.job)->policy, now);
  hear_of_pace(one, pace);
  one.connections = std::max(one.connections, one.state.in_flight());
  pace_.started(overall_rate(), in_flight_, now);
  if (one.name == Host::Name::hinted) --hints_ahead_;
  one.name = Host::Name::asked;
  if (one.per_lane.empty()) one.per_lane.resize(lanes_);
  ++one.per_lane[action.lane];
  ++one.part(action.task.job)->away;
  ++in_flight_;
  if (action.task.attempt > 1) retry_budget_.started();
  settle(id, At::back, now);
  return action;
}

std::optional<Frontier::Action> Frontier::give_up_next() {
  while (!dying_.empty() && !fault_) {
    const OriginId id = dying_.front();
    Host& one = hosts_[id];
    const auto left = std::ranges::find_if(one.parts, [](const Host::Part& part) { return !part.lines.empty(); });
    if (left != one.parts.end()) {
      auto task = take(id, *left, true);
      if (!task) break;
      return give_up(std::move(*task));
    }
    dying_.pop_front();
    one.dying = false;
    tidy(id);
    hosts_.rest(id);
  }
  return std::nullopt;
}

void Frontier::begin_dying(OriginId id) {
  if (std::exchange(hosts_[id].dying, true)) return;
  dying_.push_back(id);
}

std::optional<Frontier::Hint> Frontier::hint() {
  if (trouble_.active()) return std::nullopt;
  while (!fresh_.empty()) {
    Host* one = hosts_.get(fresh_.front());  // it may be forgotten, its number even be another's
    const bool waits = one && one->name == Host::Name::unasked && one->has_lines();
    if (waits && hints_ahead_ >= most_hints_ahead) return std::nullopt;
    fresh_.pop_front();
    if (!waits) continue;
    one->name = Host::Name::hinted;
    ++hints_ahead_;
    return Hint{one->origin, choose_lane(*one)};
  }
  return std::nullopt;
}

std::optional<TimePoint> Frontier::next_wake() const {
  std::optional<TimePoint> wake = held_until_;
  if (!waiting_.empty()) wake = std::min(wake.value_or(TimePoint::max()), waiting_.begin()->first);
  if (!delayed_.empty()) wake = std::min(wake.value_or(TimePoint::max()), delayed_.begin()->first);
  const auto probe = may_start() && !held_back_.empty() ? trouble_.next_probe() : std::nullopt;
  if (probe) wake = std::min(wake.value_or(TimePoint::max()), *probe);
  const auto room = has_room() ? std::nullopt : hosts_.next_to_go();
  if (room) wake = std::min(wake.value_or(TimePoint::max()), *room);
  return wake;
}

unsigned Frontier::choose_lane(Host& one) const {
  const unsigned worth = (one.state.limit() + requests_worth_a_lane - 1) / requests_worth_a_lane;
  // A lane more is a connection more, which a host that multiplexes need not bear unless it is one's own.
  const bool own = !one.parts.empty() && one.parts.front().policy->profile == Profile::own_server;
  const unsigned spread = one.state.multiplexes() && !own ? 1 : std::clamp(worth, 1u, lanes_);
  const auto home = static_cast<unsigned>(std::hash<std::string>{}(one.origin) % lanes_);
  unsigned best = home;
  for (unsigned i = 1; i < spread && !one.per_lane.empty(); ++i) {
    const unsigned lane = (home + i) % lanes_;
    if (one.per_lane[lane] < one.per_lane[best]) best = lane;
  }
  return best;
}

}  // namespace gannet::frontier

#include "frontier/frontier.hpp"

#include <algorithm>

#include "core/url.hpp"
#include "frontier/host_policy.hpp"
#include "frontier/retry_policy.hpp"

namespace gannet::frontier {
namespace {

// A host keeps to few lanes, where its connections are, until its limit is worth more.
constexpr unsigned requests_worth_a_lane = 8;

// Up to this many hosts keep what was learned about them although they have nothing to do.
constexpr std::size_t hosts_remembered = 50000;

// Hosts that are hinted at and not started yet: as many as may well be started while their names hold.
constexpr std::size_t most_hints_ahead = 256;

HostState::Signal signal_of(const Record& record) {
  using Signal = HostState::Signal;
  if (is_overload(record.reason, record.http_status)) return Signal::overloaded;
  if (record.of_proxy || record.reason == Reason::dns_failed) return Signal::unrelated;
  if (is_unreachable(record.reason)) return Signal::unreachable;
  if (is_transient(record.reason, record.http_status)) return Signal::struggling;
  if (record.reason == Reason::http_status && record.http_status == 403) return Signal::refused;
  // Only an answer over HTTP tells that the host works.
  return record.reason == Reason::none || record.http_status != 0 ? Signal::worked : Signal::unrelated;
}

}  // namespace

Frontier::Frontier(const FrontierSettings& settings, unsigned lanes, std::uint64_t seed)
    : settings_(settings), lanes_(lanes), random_(seed) {}

void Frontier::apply(const FrontierSettings& settings) {
  settings_ = settings;
  for (const auto& [origin, id] : ids_) host(id).policy = policy_of(origin);
}

HostPolicy Frontier::policy_of(const std::string& origin) const {
  const auto url = Url::parse(origin);
  return resolve(settings_, {}, url ? std::string_view(url->host) : std::string_view());
}

OriginId Frontier::find_or_make(const std::string& origin) {
  const auto [found, is_new] = ids_.try_emplace(origin);
  if (!is_new) return found->second;
  if (free_ids_.empty()) {
    free_ids_.push_back(static_cast<OriginId>(hosts_.size()));
    hosts_.emplace_back();
  }
  found->second = free_ids_.back();
  free_ids_.pop_back();
  hosts_[found->second] = std::make_unique<Host>(origin, policy_of(origin), lanes_);
  fresh_.push_back(found->second);
  return found->second;
}

void Frontier::add(FetchTask task, const std::string& origin, TimePoint now) {
  const OriginId id = find_or_make(origin);
  task.origin = id;
  ++queued_;
  if (host(id).state.dead(now)) {
    ++host(id).elsewhere;
    given_up_.push_back(std::move(task));
    return;
  }
  host(id).pending.push_back(std::move(task));
  make_ready(id, now);
}

bool Frontier::retry_allowed() const {
  return retries_in_flight_ < std::max(1u, settings_.connections / 5);  // 20 % of what may be in flight
}

bool Frontier::startable(const Host& one) const {
  return !one.pending.empty() || (!one.retries.empty() && retry_allowed());
}

// Puts the host where next() will find it: now, later, or nowhere because one of its requests must end first.
void Frontier::make_ready(OriginId id, TimePoint now) {
  Host& one = host(id);
  if (one.ready || one.waiting || (one.pending.empty() && one.retries.empty())) return;
  const auto start = one.state.next_start(one.policy);
  if (!start) return;
  if (*start > now) {
    one.waiting = true;
    waiting_.emplace(*start, id);
  } else {
    one.ready = true;
    ready_.push_back(id);
  }
}

void Frontier::wake_due(TimePoint now) {
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    const OriginId id = waiting_.begin()->second;
    waiting_.erase(waiting_.begin());
    host(id).waiting = false;
    make_ready(id, now);
  }
  while (!delayed_.empty() && delayed_.begin()->first <= now) {
    FetchTask task = std::move(delayed_.begin()->second);
    delayed_.erase(delayed_.begin());
    const OriginId id = task.origin;
    if (host(id).state.dead(now)) {
      given_up_.push_back(std::move(task));
      continue;
    }
    --host(id).elsewhere;
    host(id).retries.push_back(std::move(task));
    make_ready(id, now);
  }
}

std::optional<Frontier::Action> Frontier::next(TimePoint now) {
  wake_due(now);
  if (!given_up_.empty()) {
    Action action{Action::Kind::give_up, std::move(given_up_.front()), 0};
    given_up_.pop_front();
    --queued_;
    --host(action.task.origin).elsewhere;
    forget_if_idle(action.task.origin, now);
    return action;
  }
  const auto by_pace = pace_.next_start(overall_rate(), in_flight_);
  held_until_ = by_pace > now && !ready_.empty() ? std::optional(by_pace) : std::nullopt;
  if (held_until_) return std::nullopt;
  // Each host is looked at once at most: those that may not start leave the round until something changes.
  for (std::size_t left = ready_.size(); left > 0 && in_flight_ < settings_.connections; --left) {
    const OriginId id = ready_.front();
    ready_.pop_front();
    Host& one = host(id);
    one.ready = false;
    const auto start = one.state.next_start(one.policy);
    if (!start || *start > now || !startable(one)) {
      if (start && *start <= now) {  // only retries, and enough of them are in flight
        one.ready = !one.retries.empty();
        if (one.ready) ready_.push_back(id);
      } else {
        make_ready(id, now);
      }
      continue;
    }
    Action action{Action::Kind::start, take(one), choose_lane(one)};
    action.task.started = now;
    one.state.started(one.policy, now);
    pace_.started(overall_rate(), in_flight_, now);
    if (one.name_state == Host::Name::hinted) --hints_ahead_;
    one.name_state = Host::Name::asked;
    ++one.per_lane[action.lane];
    ++in_flight_;
    --queued_;
    if (action.task.attempt > 1) ++retries_in_flight_;
    make_ready(id, now);
    return action;
  }
  return std::nullopt;
}

std::optional<Frontier::Hint> Frontier::hint() {
  while (!fresh_.empty()) {
    const auto& one = hosts_[fresh_.front()];  // it may be forgotten, its number even be another's
    const bool waits = one && one->name_state == Host::Name::unasked && !one->pending.empty();
    if (waits && hints_ahead_ >= most_hints_ahead) return std::nullopt;
    fresh_.pop_front();
    if (!waits) continue;
    one->name_state = Host::Name::hinted;
    ++hints_ahead_;
    return Hint{one->origin, choose_lane(*one)};
  }
  return std::nullopt;
}

std::optional<TimePoint> Frontier::next_wake() const {
  std::optional<TimePoint> wake = held_until_;
  if (!waiting_.empty()) wake = std::min(wake.value_or(TimePoint::max()), waiting_.begin()->first);
  if (!delayed_.empty()) wake = std::min(wake.value_or(TimePoint::max()), delayed_.begin()->first);
  return wake;
}

FetchTask Frontier::take(Host& from) {
  auto& queue = !from.retries.empty() && retry_allowed() ? from.retries : from.pending;
  FetchTask task = std::move(queue.front());
  queue.pop_front();
  return task;
}

unsigned Frontier::choose_lane(Host& one) const {
  const unsigned worth = (one.state.limit() + requests_worth_a_lane - 1) / requests_worth_a_lane;
  // A lane more is a connection more, which a host that multiplexes need not bear unless it is one's own.
  const bool one_lane = one.state.multiplexes() && one.policy.profile != Profile::own_server;
  const unsigned spread = one_lane ? 1 : std::clamp(worth, 1u, lanes_);
  const auto home = static_cast<unsigned>(std::hash<std::string>{}(one.origin) % lanes_);
  unsigned best = home;
  for (unsigned i = 1; i < spread; ++i) {
    const unsigned lane = (home + i) % lanes_;
    if (one.per_lane[lane] < one.per_lane[best]) best = lane;
  }
  return best;
}

Frontier::Fate Frontier::ended(FetchTask& task, const Record& record, std::optional<seconds> retry_after, unsigned lane,
                               TimePoint now) {
  const OriginId id = task.origin;
  Host& one = host(id);
  pace_.ended(overall_rate(), record.received, --in_flight_, now);
  --one.per_lane[lane];
  if (task.attempt > 1) --retries_in_flight_;
  // What answered after a redirect may be another host.
  if (!record.protocol.empty() && record.final_url.empty()) one.state.multiplexes(record.protocol == "h2");
  const auto standing = one.state.ended(
      one.policy, {signal_of(record), retry_after, task.started, record.ms.total, record.received}, now);
  if (standing == HostState::Standing::parked) {
    one.why_parked = std::string(to_string(record.reason)) + (record.detail.empty() ? "" : " " + record.detail);
  }
  if (standing == HostState::Standing::dead) give_up_on(one);

  const bool again = is_transient(record.reason, record.http_status) && task.attempt < settings_.tries &&
                     standing != HostState::Standing::dead;
  if (again) {
    const double random = std::uniform_real_distribution<>(0, 1)(random_);
    const auto wait = backoff(task.attempt, settings_.backoff_most, random);
    ++task.attempt;
    task.queued = now;
    ++queued_;
    ++one.elsewhere;
    delayed_.emplace(now + wait, std::move(task));
  }
  make_ready(id, now);
  if (!again) forget_if_idle(id, now);
  return again ? Fate::retried : Fate::final;
}

void Frontier::give_up_on(Host& dead) {
  dead.elsewhere += static_cast<unsigned>(dead.pending.size() + dead.retries.size());
  given_up_.splice(given_up_.end(), dead.pending);
  given_up_.splice(given_up_.end(), dead.retries);
}

// Keeps the memory that hosts take bounded, however many a list names.
void Frontier::forget_if_idle(OriginId id, TimePoint now) {
  const Host& one = host(id);
  const bool idle = one.pending.empty() && one.retries.empty() && one.elsewhere == 0 && !one.ready && !one.waiting;
  if (!idle || ids_.size() <= hosts_remembered || one.state.worth_keeping(now)) return;
  ids_.erase(one.origin);
  hosts_[id].reset();
  free_ids_.push_back(id);
}

std::vector<HostStatus> Frontier::parked(TimePoint now, std::size_t most) const {
  std::vector<HostStatus> all;
  for (const auto& [origin, id] : ids_) {
    const Host& one = *hosts_[id];
    if (one.state.parked_until() <= now) continue;
    all.push_back({origin, one.pending.size() + one.retries.size(), one.state.in_flight(), one.state.limit(),
                   std::chrono::ceil<seconds>(one.state.parked_until() - now), one.why_parked});
    if (all.size() == most) break;
  }
  return all;
}

}  // namespace gannet::frontier

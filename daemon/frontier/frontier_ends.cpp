// What the end of an attempt means: for its line, for its host, and for those who wait.
#include "core/url.hpp"
#include "frontier/frontier.hpp"
#include "frontier/retry_policy.hpp"

namespace gannet::frontier {
namespace {

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

bool asked_origin(const AttemptEnd& end) {
  const bool no_room = end.again_in > 0ms && end.record.address.empty();
  return end.asked == Asked::elsewhere || (end.asked == Asked::origin && !no_room);
}

// The origin did its part when it sent us elsewhere.
HostState::Signal signal_of(const AttemptEnd& end) {
  return end.asked == Asked::elsewhere ? HostState::Signal::worked : signal_of(end.record);
}

// What was heard of others, or before, may be due to trouble, and proves nothing.
LocalTrouble::Sign trouble_sign_of(const AttemptEnd& end) {
  using Sign = LocalTrouble::Sign;
  const auto sign = sign_of(end.record);
  if (end.asked == Asked::origin) return sign;
  return sign == Sign::nothing || sign == Sign::reached ? Sign::nothing : Sign::broken_off;
}

}  // namespace

Frontier::Fate Frontier::ended(AttemptEnd& end, TimePoint now) {
  FetchTask& task = end.task;
  const Record& record = end.record;
  const OriginId id = task.origin;
  Host& one = hosts_[id];
  --in_flight_;
  const bool asked = asked_origin(end);
  if (asked) {
    pace_.ended(overall_rate(), record.received, in_flight_, now);
  } else {
    pace_.took_back(overall_rate(), task.started, in_flight_, now);
  }
  --one.per_lane[end.lane];
  if (task.attempt > 1) {
    retry_budget_.ended();
    let_in_retries(now);
  }
  auto& part = *one.part(task.job);  // not before: others may have gone from this host meanwhile
  if (!record.protocol.empty() && end.asked == Asked::origin) one.state.multiplexes(record.protocol == "h2");
  if (end.wants_http1) one.state.keep_to_http1();
  if (end.crawl_delay) one.state.crawl_delay(*end.crawl_delay);
  const bool no_room = end.again_in > 0ms;
  const auto sign = trouble_sign_of(end);
  const bool excused = trouble_.ended(one.known, sign, task.started, at_work_, now) ||
                       (trouble_.silent(sign, at_work_, now) && !std::exchange(task.excused, true));
  if (one.held && !trouble_.holds(one.known)) held_back_.let_go(id, one);
  const auto signal = asked && !excused ? signal_of(end) : HostState::Signal::unrelated;
  const auto pace = one.state.pace();
  const auto standing =
      one.state.ended(*part.policy, {signal, end.retry_after, task.started, end.took, record.received, asked}, now);
  hear_of_pace(one, pace);
  const bool healthy = signal == HostState::Signal::worked || signal == HostState::Signal::refused;
  if (!healthy && asked) one.connections = one.state.in_flight();
  if (standing != HostState::Standing::in_use) {
    one.why_parked = std::string(to_string(record.reason)) + (record.detail.empty() ? "" : " " + record.detail);
    parked_.insert(id);
    ++news_of_hosts_;
  }
  if (standing == HostState::Standing::dead) begin_dying(id);

  unsigned tries = settings_.tries;
  if (task.options && task.options->tries) tries = std::min(tries, *task.options->tries);
  const bool again = excused || (is_transient(record.reason, record.http_status) && task.attempt < tries &&
                                 standing != HostState::Standing::dead);
  const bool stays = end.again_at_pace || no_room;
  if (no_room) one.state.hold(now + end.again_in);
  --part.away;
  if (end.onward) {
    send_on(std::move(task), now);
  } else if (stays) {
    change(part, [&](HostQueue& lines) { lines.push_again(pack_again(task)); });
    if (one.state.dead(now)) begin_dying(id);
  } else if (again) {
    const double random = std::uniform_real_distribution<>(0, 1)(random_);
    const auto wait = std::max(backoff(excused ? 1 : task.attempt, settings_.backoff_most, random), end.again_after);
    if (!excused) ++task.attempt;
    task.queued = now;
    try_again(std::move(task), now + wait);
  }
  // Its connection is there: whoever is next of this host had best come at once.
  settle(id, healthy ? At::front : At::back, now);
  tidy(id);
  if (again || stays || end.onward) return Fate::retried;
  hosts_.rest(id);
  return Fate::final;
}

// Those that vary a bit are none.
void Frontier::hear_of_pace(const Host& one, Duration before) {
  if (one.state.pace() >= before + HostState::least_pace) ++news_of_hosts_;
}

// Its next request takes its turn at the origin that the redirect leads to.
void Frontier::send_on(FetchTask task, TimePoint now) {
  task.origin = find_or_make(Url::of_normal(task.trail->url).origin(), task.job);
  task.knows_robots = false;
  task.free = {};
  auto& part = part_of(task.origin, task.job);
  change(part, [&](HostQueue& lines) {
    if (!lines.push_onward(pack_again(task))) return;
    part.onward = true;
    part.crowded = false;  // what stays in front of it might be waiting for it
  });
  if (hosts_[task.origin].state.dead(now)) begin_dying(task.origin);
  settle(task.origin, At::front, now);
  keep_to_window();
}

// From the start, wherever redirects had led.
void Frontier::try_again(FetchTask task, TimePoint when) {
  task.free = {};
  if (std::exchange(task.trail, nullptr)) {
    task.origin = find_or_make(url_of(task)->origin(), task.job);
    task.knows_robots = false;
  }
  ++part_of(task.origin, task.job).away;
  auto line = pack_again(task);
  recount(task.job, {}, held_by(line));
  delayed_.emplace(when, Delayed{task.origin, task.job, std::move(line)});
}

// A line that has been out, and is waiting once more.
PackedLine Frontier::pack_again(const FetchTask& task) {
  ++queued_;
  return PackedLine(task, hosts_[task.origin].origin);
}

// One that may not start for other reasons is heard of when it may: then the next one.
void Frontier::let_in_retries(TimePoint now) {
  for (bool let_in = false; !let_in && retry_budget_.allows(settings_.connections);) {
    const auto next = retry_budget_.let_in();
    if (!next) return;
    auto& [job, id] = *next;
    auto& part = *hosts_[id].part(job);
    part.over_budget = false;
    settle(id, At::front, now);
    let_in = part.listed != Host::Part::Listed::no;
    tidy(id);
  }
}

}  // namespace gannet::frontier

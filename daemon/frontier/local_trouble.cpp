#include "frontier/local_trouble.hpp"

#include <algorithm>

namespace gannet::frontier {
namespace {

constexpr std::size_t fewest_hosts = 2;  // of one alone nobody can tell, unless no name server says anything

std::string in_seconds(Duration time) {
  return std::to_string(std::chrono::round<seconds>(std::max(time, Duration{0})).count()) + " s";
}

}  // namespace

bool LocalTrouble::ended(Standing& host, Sign sign, TimePoint started, Hosts hosts, TimePoint now) {
  if (sign == Sign::nothing || (sign == Sign::refused && !host.worked)) return false;
  if (sign == Sign::reached) {
    // A probe whose name was known already, as one that was asked for ahead, was none: another is to come at once.
    if (!active(Cause::ways) && holds(host) && started == last_probe_) {
      last_probe_.reset();
      --probes_;
      next_probe_ = now;
    }
    host = {.worked = true, .doubted = std::nullopt};
    of(Cause::ways).proven = now;
    of(Cause::ways).doubts.clear();
    if (active(Cause::ways)) end(Cause::ways, now, "hosts can be reached again");
    return false;
  }
  if (sign == Sign::broken_off) return excused(host, started);

  const Cause cause = sign == Sign::no_name || sign == Sign::no_server ? Cause::names : Cause::ways;
  Watch& watch = of(cause);
  // What began just before the last answer of all is no better off.
  const bool silent_since = host.worked && (now - watch.proven) * 4 >= (now - started) * 3;
  const bool ours = started > watch.proven || silent_since;
  if (ours) watch.newest_start = std::max(watch.newest_start, started);
  const bool first = !host.doubted;
  if (first) host.doubted = now;
  // A server that is there and cannot tell says so.
  const bool servers_gone = sign == Sign::no_server && host.worked;
  if (ours && first && (servers_gone || hosts.all >= fewest_hosts)) {
    doubt(cause, host.worked, hosts, now);
    return true;
  }
  const bool beside = ours && !first && started <= *host.doubted;  // under way when the doubt began
  const bool lingers = cause == Cause::names && started <= watch.ended + names_linger;
  return beside || lingers || excused(host, started);
}

// What was under way at any time of a trouble may be its victim.
bool LocalTrouble::excused(const Standing& host, TimePoint started) const {
  const bool needs_names = !host.worked || host.doubted;
  return active(Cause::ways) || started <= of(Cause::ways).ended ||
         (needs_names && (active(Cause::names) || started <= of(Cause::names).ended));
}

bool LocalTrouble::silent(Sign sign, Hosts hosts, TimePoint now) const {
  const bool may_be_ours =
      sign == Sign::broken_off || sign == Sign::no_way || sign == Sign::no_name || sign == Sign::no_server;
  return may_be_ours && hosts.reached >= fewest_hosts && now >= of(Cause::ways).proven + silence;
}

void LocalTrouble::names_answered(TimePoint when, TimePoint now) {
  Watch& names = of(Cause::names);
  if (when <= names.proven) return;
  names.proven = when;
  names.doubts.clear();
  if (names.since && when > names.newest_start) end(Cause::names, now, "names are resolved again");
}

void LocalTrouble::doubt(Cause cause, bool worked, Hosts hosts, TimePoint now) {
  Watch& watch = of(cause);
  if (watch.since) {
    ++watch.in_doubt;
    watch.worked_before += worked;
    return;
  }
  while (!watch.doubts.empty() && watch.doubts.front().since < now - window) watch.doubts.pop_front();
  watch.doubts.push_back({now, worked});
  watch.in_doubt = watch.doubts.size();
  watch.worked_before = static_cast<std::size_t>(std::ranges::count_if(watch.doubts, &Doubt::worked));
  watch.of_all_reached = watch.worked_before >= std::max(hosts.reached, std::min(hosts.all, fewest_hosts));
  if (watch.of_all_reached || watch.in_doubt >= std::min(hosts.all, least_hosts)) begin(cause, now);
}

bool LocalTrouble::holds(const Standing& host) const {
  return active(Cause::ways) || (active(Cause::names) && (!host.worked || host.doubted));
}

std::optional<TimePoint> LocalTrouble::next_probe() const { return next_probe_; }

void LocalTrouble::probed(TimePoint now) {
  ++probes_;
  last_probe_ = now;
  next_probe_ = now + std::min<Duration>(first_probe * (1 << std::min(probes_, 10u)), longest_wait);
  for (const auto cause : {Cause::names, Cause::ways}) {
    if (!active(cause) || believed(cause)) continue;
    end(cause, now, "no probe came through, so it seems to be the hosts: from now on it counts against them");
  }
}

bool LocalTrouble::believed(Cause cause) const {
  const Watch& watch = of(cause);
  if (watch.worked_before >= least_hosts) return true;
  if (watch.of_all_reached) return probes_ <= most_probes_of_reached;
  const bool few = watch.in_doubt < least_hosts && cause == Cause::ways;
  return probes_ <= (few ? most_probes_of_few : most_probes);
}

void LocalTrouble::begin(Cause cause, TimePoint now) {
  Watch& watch = of(cause);
  ++changes_;
  const auto hosts = std::to_string(watch.in_doubt) + (watch.in_doubt == 1 ? " host" : " hosts");
  const bool ever = watch.proven != TimePoint{};
  const std::string how_long = ever ? " for " + in_seconds(now - watch.proven) : " so far";
  watch.why = cause == Cause::names ? "no name was resolved" + how_long + ", those of " + hosts + " failed"
                                    : "no host was reached" + how_long + ", connections to " + hosts + " failed";
  watch.since = now;
  watch.doubts.clear();
  if (!next_probe_) {
    probes_ = 0;
    last_probe_.reset();
    next_probe_ = now + first_probe;
  }
  news_.push_back("local trouble: " + watch.why +
                  (cause == Cause::names ? "; pausing all hosts but those known to work" : "; pausing") +
                  ", with a probe now and then; nothing counts as failed for it");
}

void LocalTrouble::end(Cause cause, TimePoint now, const std::string& how) {
  Watch& watch = of(cause);
  ++changes_;
  news_.push_back("local trouble ended after " + in_seconds(now - *watch.since) + ": " + how);
  watch.since.reset();
  watch.ended = now;
  if (!active()) next_probe_.reset();
}

std::optional<LocalTrouble::Told> LocalTrouble::told() const {
  std::optional<Told> told;
  for (const Watch& watch : watches_) {
    if (!watch.since) continue;
    if (!told) {
      told = {*watch.since, watch.why};
    } else {
      told = Told{std::min(told->since, *watch.since), told->why + "; " + watch.why};
    }
  }
  return told;
}

LocalTrouble::Sign sign_of(const Record& record) {
  using Sign = LocalTrouble::Sign;
  switch (record.reason) {
    case Reason::dns_failed:
      return record.of_silence ? Sign::no_server : Sign::no_name;
    case Reason::connect_timeout:
    case Reason::connect_failed:
      return Sign::no_way;
    case Reason::connect_refused:  // a proxy that is not there leads to no host
      return record.of_proxy ? Sign::no_way : Sign::refused;
    case Reason::tls_failed:
    case Reason::first_byte_timeout:
    case Reason::idle_timeout:
    case Reason::total_timeout:
    case Reason::reset:
    case Reason::short_body:
      return Sign::broken_off;
    case Reason::none:
    case Reason::tls_certificate:
    case Reason::too_slow:
    case Reason::bad_response:
    case Reason::too_large:
    case Reason::too_many_redirects:
    case Reason::bad_redirect:
    case Reason::http_status:
    case Reason::not_an_image:
    case Reason::hash_mismatch:
    case Reason::opt_out:
      return Sign::reached;
    case Reason::dns_not_found:  // perhaps known before
    case Reason::bad_url:
    case Reason::unsupported_scheme:
    case Reason::blocked_address:
    case Reason::decode_failed:
    case Reason::decode_timeout:
    case Reason::decode_crashed:
    case Reason::too_many_pixels:
    case Reason::too_small:
    case Reason::robots:
    case Reason::host_dead:
    case Reason::disk_full:
    case Reason::disk_error:
    case Reason::cancelled:
      return Sign::nothing;
  }
  return Sign::nothing;
}

}  // namespace gannet::frontier

#include "report/status.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <limits>

#include "core/text.hpp"
#include "report/plain_json.hpp"
#include "report/totals_json.hpp"

namespace gannet::report {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 3> states{"running", "draining", "stopped"};
constexpr std::array<std::string_view, 3> priorities{"urgent", "normal", "bulk"};  // in the order of the enumeration

// JSON has neither NaN nor infinity.
double finite(double value) { return std::isfinite(value) ? value : 0; }

json::object to_json(const Rates& rates) {
  return {{"records_10s", finite(rates.records_10s)},
          {"records_60s", finite(rates.records_60s)},
          {"bytes_10s", finite(rates.bytes_10s)},
          {"bytes_60s", finite(rates.bytes_60s)}};
}

json::object to_json(const JobStatus& job) {
  json::object out{{"id", to_valid_utf8(job.id)},
                   {"priority", priorities[static_cast<std::size_t>(job.priority)]},
                   {"claimed", to_rfc3339(job.claimed)},
                   {"lines_read", job.lines_read},
                   {"read_fraction", finite(job.read_fraction)},
                   {"rates", to_json(job.rates)}};
  if (job.remaining) out["remaining_seconds"] = job.remaining->count();
  out["totals"] = totals_json(job.totals);
  return out;
}

json::object to_json(const HostStatus& host) {
  return {{"origin", to_valid_utf8(host.origin)},
          {"queued", host.queued},
          {"in_flight", host.in_flight},
          {"limit", host.limit},
          {"parked_seconds", host.parked_for.count()},
          {"parks", host.parks},
          {"why", to_valid_utf8(host.why)}};
}

json::object to_json(const TroubleStatus& trouble) {
  return {{"since", to_rfc3339(trouble.since)},
          {"why", to_valid_utf8(trouble.why)},
          {"next_probe_seconds", trouble.next_probe.count()}};
}

json::object to_json(const DiskStatus& disk) {
  return {{"since", to_rfc3339(disk.since)}, {"why", to_valid_utf8(disk.why)}};
}

json::object to_json(const LogStatus& logs) {
  return {{"since", to_rfc3339(logs.since)}, {"why", to_valid_utf8(logs.why)}, {"lost", logs.lost}};
}

json::object to_json(const HookStatus& hook) {
  json::object out{{"name", hook.name},        {"running", hook.running},
                   {"waiting", hook.waiting},  {"acknowledged", hook.acknowledged},
                   {"dropped", hook.dropped},  {"left_out", hook.left_out},
                   {"restarts", hook.restarts}};
  if (!hook.why.empty()) out["why"] = to_valid_utf8(hook.why);
  return out;
}

json::object to_json(const CatalogueStatus& catalogue) {
  return {{"taken", catalogue.taken},
          {"unchanged", catalogue.unchanged},
          {"linked", catalogue.linked},
          {"left_out", catalogue.left_out}};
}

json::object to_json(const DecodeStatus& decode) {
  return {{"workers", decode.workers}, {"busy", decode.busy},
          {"waiting", decode.waiting}, {"waiting_bytes", decode.waiting_bytes},
          {"decoded", decode.decoded}, {"died", decode.died}};
}

json::object to_json(const BlockedFile& file) {
  return {{"path", to_valid_utf8(file.path)}, {"why", to_valid_utf8(file.why)}};
}

template <class T>
json::array to_array(const std::vector<T>& values) {
  json::array out;
  out.reserve(values.size());
  for (const T& value : values) out.push_back(to_json(value));
  return out;
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

// Not negative and not absurd, so that arithmetic on it cannot overflow.
double number_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (!value || !value->is_number()) return 0;
  return std::clamp(finite(value->to_number<double>()), 0.0, 1e18);
}

unsigned small_count_of(const json::object& object, std::string_view name) {
  return static_cast<unsigned>(std::min<std::uint64_t>(count_of(object, name), std::numeric_limits<unsigned>::max()));
}

seconds seconds_of(const json::object& object, std::string_view name) {
  constexpr std::uint64_t thousand_years = 31'556'952'000;
  return seconds{static_cast<seconds::rep>(std::min(count_of(object, name), thousand_years))};
}

Rates rates_of(const json::object& object) {
  const auto* rates = object_of(object, "rates");
  if (!rates) return {};
  return {.records_10s = number_of(*rates, "records_10s"),
          .records_60s = number_of(*rates, "records_60s"),
          .bytes_10s = number_of(*rates, "bytes_10s"),
          .bytes_60s = number_of(*rates, "bytes_60s")};
}

Totals totals_of(const json::object& object) {
  const auto* totals = object_of(object, "totals");
  return totals ? parse_totals(*totals) : Totals{};
}

void parse(const json::object& object, JobStatus& job) {
  job.id = text_of(object, "id");
  const auto priority = std::ranges::find(priorities, text_of(object, "priority"));
  if (priority != priorities.end()) job.priority = static_cast<Priority>(priority - priorities.begin());
  job.claimed = parse_rfc3339(text_of(object, "claimed")).value_or(WallTime{});
  job.lines_read = count_of(object, "lines_read");
  job.read_fraction = std::min(number_of(object, "read_fraction"), 1.0);
  job.rates = rates_of(object);
  if (object.contains("remaining_seconds")) job.remaining = seconds_of(object, "remaining_seconds");
  job.totals = totals_of(object);
}

void parse(const json::object& object, HostStatus& host) {
  host.origin = text_of(object, "origin");
  host.queued = count_of(object, "queued");
  host.in_flight = small_count_of(object, "in_flight");
  host.limit = small_count_of(object, "limit");
  host.parked_for = seconds_of(object, "parked_seconds");
  host.parks = small_count_of(object, "parks");
  host.why = text_of(object, "why");
}

TroubleStatus trouble_of(const json::object& object) {
  return {.since = parse_rfc3339(text_of(object, "since")).value_or(WallTime{}),
          .why = text_of(object, "why"),
          .next_probe = seconds_of(object, "next_probe_seconds")};
}

DiskStatus disk_of(const json::object& object) {
  return {.since = parse_rfc3339(text_of(object, "since")).value_or(WallTime{}), .why = text_of(object, "why")};
}

DecodeStatus decode_of(const json::object& object) {
  return {.workers = small_count_of(object, "workers"),
          .busy = small_count_of(object, "busy"),
          .waiting = count_of(object, "waiting"),
          .waiting_bytes = count_of(object, "waiting_bytes"),
          .decoded = count_of(object, "decoded"),
          .died = count_of(object, "died")};
}

LogStatus logs_of(const json::object& object) {
  return {.since = parse_rfc3339(text_of(object, "since")).value_or(WallTime{}),
          .why = text_of(object, "why"),
          .lost = count_of(object, "lost")};
}

void parse(const json::object& object, HookStatus& hook) {
  hook.name = text_of(object, "name");
  const auto* running = object.if_contains("running");
  hook.running = running && running->is_bool() && running->get_bool();
  hook.waiting = count_of(object, "waiting");
  hook.acknowledged = count_of(object, "acknowledged");
  hook.dropped = count_of(object, "dropped");
  hook.left_out = count_of(object, "left_out");
  hook.restarts = count_of(object, "restarts");
  hook.why = text_of(object, "why");
}

CatalogueStatus catalogue_of(const json::object& object) {
  return {.taken = count_of(object, "taken"),
          .unchanged = count_of(object, "unchanged"),
          .linked = count_of(object, "linked"),
          .left_out = count_of(object, "left_out")};
}

void parse(const json::object& object, BlockedFile& file) {
  file.path = text_of(object, "path");
  file.why = text_of(object, "why");
}

template <class T>
void parse_array(const json::object& object, std::string_view name, std::vector<T>& values) {
  const json::value* value = object.if_contains(name);
  if (!value || !value->is_array()) return;
  for (const json::value& element : value->get_array()) {
    if (element.is_object()) parse(element.get_object(), values.emplace_back());
  }
}

}  // namespace

std::string job_json(const JobStatus& job) { return plain_json(to_json(job)) + '\n'; }

std::string status_json(const Snapshot& snapshot) {
  json::object out{{"time", to_rfc3339(snapshot.time)},
                   {"version", GANNET_VERSION},
                   {"pid", ::getpid()},
                   {"state", to_valid_utf8(snapshot.state)},
                   {"uptime_seconds", snapshot.uptime.count()},
                   {"in_flight", snapshot.in_flight},
                   {"in_flight_limit", snapshot.in_flight_limit},
                   {"queued", snapshot.queued},
                   {"retrying", snapshot.retrying},
                   {"spilled", snapshot.spilled},
                   {"connections", snapshot.connections},
                   {"waiting_lists", snapshot.waiting_lists},
                   {"unwritten_bytes", snapshot.unwritten_bytes},
                   {"lane_stall_ms", snapshot.lane_stall.count()},
                   {"longest_lane_stall_ms", snapshot.longest_lane_stall.count()},
                   {"rates", to_json(snapshot.rates)},
                   {"totals", totals_json(snapshot.totals)},
                   {"jobs", to_array(snapshot.jobs)},
                   {"parked_hosts", to_array(snapshot.parked)},
                   {"blocked_files", to_array(snapshot.blocked)}};
  if (snapshot.trouble) out["trouble"] = to_json(*snapshot.trouble);
  if (snapshot.disk) out["disk"] = to_json(*snapshot.disk);
  if (snapshot.decode) out["decode"] = to_json(*snapshot.decode);
  if (snapshot.logs) out["logs"] = to_json(*snapshot.logs);
  if (!snapshot.hooks.empty()) out["hooks"] = to_array(snapshot.hooks);
  if (snapshot.catalogue) out["catalogue"] = to_json(*snapshot.catalogue);
  return plain_json(std::move(out)) + '\n';
}

Result<Status> parse_status(std::string_view text) {
  boost::system::error_code error;
  const json::value document = json::parse(text, error);
  if (error || !document.is_object()) return Fault{Reason::disk_error, "not a status file: no JSON object"};
  const json::object& object = document.get_object();

  Status status;
  status.version = text_of(object, "version");
  Snapshot& snapshot = status.snapshot;
  snapshot.state = text_of(object, "state");
  const auto time = parse_rfc3339(text_of(object, "time"));
  const auto pid = count_of(object, "pid");
  const bool known_state = std::ranges::find(states, snapshot.state) != states.end();
  if (!time || !known_state || pid == 0 || pid > static_cast<std::uint64_t>(std::numeric_limits<pid_t>::max())) {
    return Fault{Reason::disk_error, "not a status file: no time, pid or state"};
  }
  snapshot.time = *time;
  status.pid = static_cast<pid_t>(pid);
  snapshot.uptime = seconds_of(object, "uptime_seconds");
  snapshot.in_flight = count_of(object, "in_flight");
  snapshot.in_flight_limit = count_of(object, "in_flight_limit");
  snapshot.queued = count_of(object, "queued");
  snapshot.retrying = count_of(object, "retrying");
  snapshot.spilled = count_of(object, "spilled");
  snapshot.connections = count_of(object, "connections");
  snapshot.waiting_lists = count_of(object, "waiting_lists");
  snapshot.unwritten_bytes = count_of(object, "unwritten_bytes");
  snapshot.lane_stall = milliseconds{small_count_of(object, "lane_stall_ms")};
  snapshot.longest_lane_stall = milliseconds{small_count_of(object, "longest_lane_stall_ms")};
  snapshot.rates = rates_of(object);
  snapshot.totals = totals_of(object);
  parse_array(object, "jobs", snapshot.jobs);
  if (const auto* trouble = object_of(object, "trouble")) snapshot.trouble = trouble_of(*trouble);
  if (const auto* disk = object_of(object, "disk")) snapshot.disk = disk_of(*disk);
  if (const auto* decode = object_of(object, "decode")) snapshot.decode = decode_of(*decode);
  if (const auto* logs = object_of(object, "logs")) snapshot.logs = logs_of(*logs);
  parse_array(object, "hooks", snapshot.hooks);
  if (const auto* catalogue = object_of(object, "catalogue")) snapshot.catalogue = catalogue_of(*catalogue);
  parse_array(object, "parked_hosts", snapshot.parked);
  parse_array(object, "blocked_files", snapshot.blocked);
  return status;
}

}  // namespace gannet::report

#include "frontier/host_memory.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "core/text.hpp"
#include "core/url.hpp"

namespace gannet::frontier {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_why = 200;
constexpr double most_parks = 16;
constexpr double most_answers = 20;
constexpr double longest_pace = 24 * 3600 * 1000.0;  // milliseconds

milliseconds left_until(const json::object& object, std::string_view name, WallTime now) {
  const auto* text = object.if_contains(name);
  const auto time = text && text->is_string() ? parse_rfc3339(text->get_string()) : std::nullopt;
  return time ? std::chrono::duration_cast<milliseconds>(*time - now) : 0ms;
}

double number(const json::object& object, std::string_view name, double otherwise) {
  const auto* value = object.if_contains(name);
  return value && value->is_number() ? value->to_number<double>() : otherwise;
}

unsigned count(const json::object& object, std::string_view name, double most) {
  return static_cast<unsigned>(std::clamp(number(object, name, 0), 0.0, most));
}

}  // namespace

std::string hosts_json(const std::vector<HostMemory>& hosts, WallTime now, bool stopped) {
  json::array all;
  for (const auto& host : hosts) {
    json::object one{{"origin", host.origin}, {"limit", host.state.limit}};
    if (host.state.busy_parks > 0) one["busy_parks"] = host.state.busy_parks;
    if (host.state.unreachable_parks > 0) one["unreachable_parks"] = host.state.unreachable_parks;
    if (host.state.successes > 0) one["successes"] = host.state.successes;
    if (host.state.refused > 0) one["refused"] = host.state.refused;
    const bool parked = host.state.parked_for > 0ms, dead = host.state.dead_for > 0ms;
    const bool penalised = host.state.busy_parks + host.state.unreachable_parks > 0;
    if (parked || penalised) one["parked_until"] = to_rfc3339(now + host.state.parked_for);
    if (dead) one["dead_until"] = to_rfc3339(now + host.state.dead_for);
    if (host.state.paced_for > 0ms) one["paced_until"] = to_rfc3339(now + host.state.paced_for);
    if (host.state.pace > 0ms) one["pace_ms"] = host.state.pace.count();
    if (host.reached) one["reached"] = true;
    if (parked || dead) one["why"] = to_valid_utf8(std::string_view(host.why).substr(0, longest_why));
    all.push_back(std::move(one));
  }
  return json::serialize(json::object{{"stopped", stopped}, {"hosts", std::move(all)}}) + '\n';
}

Result<std::vector<HostMemory>> parse_hosts(std::string_view text, WallTime now) {
  json::error_code error;
  const json::value document = json::parse(text, error);
  const auto* hosts = !error && document.is_object() ? document.get_object().if_contains("hosts") : nullptr;
  if (!hosts || !hosts->is_array()) return Fault{Reason::disk_error, "not what is known of hosts: no JSON with hosts"};
  const auto* end = document.get_object().if_contains("stopped");
  const bool stopped = end && *end == true;
  std::vector<HostMemory> known;
  for (const auto& value : hosts->get_array()) {
    if (known.size() == most_hosts_kept) break;
    const auto* object = value.if_object();
    const auto* origin = object ? object->if_contains("origin") : nullptr;
    if (!origin || !origin->is_string()) continue;
    HostMemory host;
    host.origin = std::string(origin->get_string());
    if (const auto url = Url::parse(host.origin); !url || url->origin() != host.origin) continue;
    host.state.limit = number(*object, "limit", 1);
    host.state.busy_parks = count(*object, "busy_parks", most_parks);
    host.state.unreachable_parks = count(*object, "unreachable_parks", most_parks);
    host.state.successes = count(*object, "successes", most_answers);
    host.state.refused = count(*object, "refused", most_answers);
    host.state.parked_for = left_until(*object, "parked_until", now);
    host.state.dead_for = left_until(*object, "dead_until", now);
    host.state.pace =
        milliseconds{static_cast<std::int64_t>(std::clamp(number(*object, "pace_ms", 0), 0.0, longest_pace))};
    host.state.paced_for = stopped ? left_until(*object, "paced_until", now) : host.state.pace;
    if (const auto* reached = object->if_contains("reached")) host.reached = *reached == true;
    if (const auto* why = object->if_contains("why"); why && why->is_string()) {
      host.why = to_valid_utf8(std::string_view(why->get_string()).substr(0, longest_why));
    }
    known.push_back(std::move(host));
  }
  return known;
}

}  // namespace gannet::frontier

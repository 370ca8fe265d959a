#include "report/totals_json.hpp"

#include <boost/json.hpp>

namespace gannet::report {

namespace json = boost::json;

std::uint64_t count_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (!value) return 0;
  boost::system::error_code error;
  const auto count = value->to_number<std::uint64_t>(error);
  return error ? 0 : count;
}

const json::object* object_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value ? value->if_object() : nullptr;
}

json::object totals_json(const Totals& totals) {
  json::object outcomes;
  for (const auto outcome : {Outcome::ok, Outcome::failed, Outcome::skipped, Outcome::invalid}) {
    outcomes[to_string(outcome)] = totals.of(outcome);
  }
  json::object reasons;
  for (std::size_t i = 1; i < reason_count; ++i) {  // 0 is Reason::none, which says nothing that "ok" does not
    if (totals.by_reason[i] > 0) reasons[to_string(static_cast<Reason>(i))] = totals.by_reason[i];
  }
  return {{"lines", totals.lines},
          {"bytes", totals.bytes},
          {"outcomes", std::move(outcomes)},
          {"reasons", std::move(reasons)}};
}

Totals parse_totals(const json::object& object) {
  Totals totals;
  totals.lines = count_of(object, "lines");
  totals.bytes = count_of(object, "bytes");
  if (const auto* outcomes = object_of(object, "outcomes")) {
    for (std::size_t i = 0; i < totals.by_outcome.size(); ++i) {
      totals.by_outcome[i] = count_of(*outcomes, to_string(static_cast<Outcome>(i)));
    }
  }
  totals.by_reason[0] = totals.of(Outcome::ok);
  if (const auto* reasons = object_of(object, "reasons")) {
    for (std::size_t i = 1; i < reason_count; ++i) {
      totals.by_reason[i] = count_of(*reasons, to_string(static_cast<Reason>(i)));
    }
  }
  return totals;
}

}  // namespace gannet::report

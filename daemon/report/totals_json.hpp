// Totals as JSON, the same in status.json and summary.json. Pure functions; any thread.
#pragma once

#include <boost/json/fwd.hpp>

#include "core/totals.hpp"

namespace gannet::report {

/// {"lines":…,"bytes":…,"outcomes":{…all four…},"reasons":{…those that happened…}}
boost::json::object totals_json(const Totals& totals);

/// The inverse. What is missing, of another type or of an unknown name counts as zero.
Totals parse_totals(const boost::json::object& object);

/// The member as a count; 0 when it is missing or no whole number from 0 to 2^64 - 1.
std::uint64_t count_of(const boost::json::object& object, std::string_view name);

/// The member, when it is an object.
const boost::json::object* object_of(const boost::json::object& object, std::string_view name);

}  // namespace gannet::report

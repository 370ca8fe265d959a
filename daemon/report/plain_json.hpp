// JSON with numbers as people write them: 0.371, where Boost.JSON has 3.71E-1. Pure; any thread.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

namespace gannet::report {

/// On one line. Numbers are finite, for JSON has no others; what is nested deep is not for here.
std::string plain_json(const boost::json::value& value);

}  // namespace gannet::report

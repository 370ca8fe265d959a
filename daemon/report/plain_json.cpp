#include "report/plain_json.hpp"

#include <boost/json.hpp>
#include <utility>

#include "core/text.hpp"

namespace gannet::report {
namespace {

namespace json = boost::json;

void append(std::string& out, const json::value& value) {
  if (value.is_double()) {
    out += decimal_text(value.get_double());
  } else if (value.is_array()) {
    char before = '[';
    for (const auto& element : value.get_array()) {
      out += std::exchange(before, ',');
      append(out, element);
    }
    out += before == '[' ? "[]" : "]";
  } else if (value.is_object()) {
    char before = '{';
    for (const auto& [name, member] : value.get_object()) {
      out += std::exchange(before, ',');
      out += json::serialize(name) + ':';
      append(out, member);
    }
    out += before == '{' ? "{}" : "}";
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

std::string plain_json(const json::value& value) {
  std::string out;
  append(out, value);
  return out;
}

}  // namespace gannet::report

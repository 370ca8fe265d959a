#include "core/job.hpp"

namespace gannet {

std::string_view name_of(Priority priority) {
  switch (priority) {
    case Priority::urgent:
      return "urgent";
    case Priority::normal:
      return "normal";
    case Priority::bulk:
      return "bulk";
  }
  return "normal";
}

std::optional<Priority> parse_priority(std::string_view text) {
  for (const auto priority : {Priority::urgent, Priority::normal, Priority::bulk}) {
    if (name_of(priority) == text) return priority;
  }
  return std::nullopt;
}

}  // namespace gannet

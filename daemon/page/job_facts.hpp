// What the page says of a job that is not in its records.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/time.hpp"

namespace gannet::page {

struct JobFacts {
  enum class State : unsigned char { running, done, broken };

  std::string id;
  std::string source;  // the list, as it was dropped
  State state = State::done;
  std::optional<WallTime> claimed;
  WallTime made{};            // when the page was
  std::string trouble;        // why a broken job broke
  std::uint64_t damaged = 0;  // lines of the journal that are no records
};

}  // namespace gannet::page

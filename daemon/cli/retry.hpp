// `gannet retry`: drops the lines of a job that failed into the inbox again, as a new list. Runs on the main thread of
// the program; needs no connection to the daemon.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/reason.hpp"
#include "core/settings.hpp"

namespace gannet::cli {

struct RetryOptions {
  std::string job;              // as find_jobs() takes it
  std::vector<Reason> reasons;  // only lines that failed for one of these; none: all that failed
  Settings settings;
};

/// Says on stdout how many lines went where, on stderr what is wrong. Returns the exit code: 0, also when there is
/// nothing to retry, or 1.
int retry(const RetryOptions& options);

/// A reason that lines fail for, by its name; nothing for any other text.
std::optional<Reason> parse_failing_reason(std::string_view text);

/// The names of all of them.
std::string failing_reasons();

/// The name of the new list: "cats-retry.jsonl" for "cats.csv.gz", and for "cats-retry.jsonl" and "cats-retry-2.jsonl".
std::string retry_name(const std::string& source);

}  // namespace gannet::cli

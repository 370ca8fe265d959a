// What a .job file says: which list is to be fetched, and how. Its text is hostile. Pure, any thread.
#pragma once

#include <filesystem>
#include <string>

#include "config/list_options.hpp"
#include "core/reason.hpp"

namespace gannet::config {

struct JobOrder {
  std::filesystem::path list;  // absolute, without "..": nobody has looked for it yet
  ListOptions options;
};

/// Reads YAML: `list`, and the keys that a list may set, nested or with dots. Fails with `bad_url`; the detail is a
/// sentence for people that begins with the line. The walk follows the keys, so aliases cannot make it long.
Result<JobOrder> read_job_order(const std::string& text);

}  // namespace gannet::config

// The keys that a list may set, and where they go: the whitelist. A value is read by the key's own row in keys.hpp, so
// it has the same forms, bounds and messages as in the configuration. Made on first use, then only read, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/job_options.hpp"

namespace gannet::config {

struct ListKey {
  std::string_view name;
  void (*take)(const Settings& from, JobOptions& to);
  void (*drop)(JobOptions& from);
  bool (*said)(const JobOptions& in);
  void (*lay)(const JobOptions& from, Settings& to);  // only what was said
};

/// Null when a list may not set it, be it a key or not.
const ListKey* find_list_key(std::string_view name);

/// "priority, fetch.profile, ...": all of them, or those that the options say something of.
const std::string& list_key_names();
std::string list_key_names(const JobOptions& options);

/// Whether it is the name of a section that holds such keys.
bool is_list_section(std::string_view name);

/// The one key that the configuration does not have.
inline constexpr std::string_view priority_key = "priority";

}  // namespace gannet::config

// The options of one list while they are read, whether from its `#!` lines or from a .job file. They are hostile: only
// the keys of list_keys.hpp count, each once, and the first mistake is the end. Values, any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/job_options.hpp"

namespace gannet::config {

class ListOptions {
 public:
  /// "key=value", as it stands behind `#!`. What is wrong with it, as a sentence that begins with the line.
  std::optional<std::string> read(std::uint64_t line, std::string_view directive);

  /// The same of a key and its value.
  std::optional<std::string> put(std::uint64_t line, std::string_view name, std::string_view value);

  /// Lets what was read here win over `options`. False when nothing was read.
  bool apply_to(JobOptions& options) const;

  /// Lets what `other` says win over what was read here.
  void overrule(const ListOptions& other);

  /// All of it as lines that read() takes again, each "#! key=value" and its end.
  std::string as_lines() const;

 private:
  std::optional<std::string> take(std::string_view name, const std::string& value, JobOptions& options) const;

  struct Said {
    std::uint64_t line;
    std::string value;  // which was accepted
  };
  std::map<std::string, Said, std::less<>> said_;
};

/// "line 3: what".
std::string at_line(std::uint64_t line, const std::string& what);

/// What is said of a key that a list may not set: "fetch.proxy is not for a list to say; a list may set ...".
std::string not_for_lists(std::string_view name);

/// `options` without what `name` said; any other name changes nothing.
void forget(JobOptions& options, std::string_view name);

}  // namespace gannet::config

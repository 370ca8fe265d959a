// The keys of one host's section in `fetch.hosts`: a second table, read like the first, whose keys fill a HostRule.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/key.hpp"

namespace gannet::config {

inline constexpr std::string_view hosts_section = "fetch.hosts";
inline constexpr std::size_t most_hosts = 1000;  // each is looked at for every request

/// Their names are short, "user_agent"; they fill the first of `Settings::fetch.hosts`.
const std::vector<Key>& host_key_table();

/// Null when there is no such key.
const Key* find_host_key(std::string_view name);

/// "fetch.hosts[img.example.org].insecure", as messages and --set have it.
std::string host_key_name(std::string_view pattern, std::string_view key);

/// What follows "is not accepted" for a text that is no pattern of hosts.
std::string why_no_pattern(std::string_view text);

/// One host's section while it is read. The members go into a Settings of its own, so that nothing of it counts before
/// all of it was read.
class HostSection {
 public:
  /// With what is known of the pattern already.
  explicit HostSection(HostRule rule) { scratch_.fetch.hosts.push_back(std::move(rule)); }

  /// What is wrong, as put() in key.hpp.
  std::optional<std::string> put(const Key& key, const std::string& item);

  HostRule rule() const { return scratch_.fetch.hosts.front(); }

 private:
  Settings scratch_;
};

/// The settings' rule for this pattern; null when there is none.
HostRule* find_rule(Settings& settings, std::string_view pattern);

}  // namespace gannet::config

#include "config/reload.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "config/host_keys.hpp"
#include "config/keys.hpp"

namespace gannet::config {
namespace {

// With a dot at its end: all keys of a section. What lanes and the store were built with is not here.
constexpr std::array applied{
    std::string_view("inbox."),
    std::string_view("fetch.connections"),
    std::string_view("fetch.profile"),
    std::string_view("fetch.requests_per_second"),
    std::string_view("fetch.bytes_per_second"),
    std::string_view("fetch.per_host."),
    std::string_view("fetch.tries"),
    std::string_view("fetch.park."),
    std::string_view("fetch.backoff_most"),
    std::string_view("fetch.window"),
    std::string_view("fetch.window_memory"),
    std::string_view("fetch.spill"),
    std::string_view("fetch.timeouts.first_byte"),
    std::string_view("fetch.timeouts.idle"),
    std::string_view("fetch.timeouts.total"),
    std::string_view("fetch.min_speed"),
    std::string_view("fetch.min_speed_window"),
    std::string_view("fetch.min_speed_grace"),
    std::string_view("fetch.keep_alive"),
    std::string_view("fetch.max_redirects"),
    std::string_view("fetch.max_body"),
    std::string_view("fetch.tdm_reservation"),
    std::string_view("fetch.accept"),
    std::string_view("decode."),
    std::string_view("robots"),
    std::string_view("dedupe"),
    std::string_view("dedupe_results"),
    std::string_view("log.level"),
    std::string_view("log.max_size"),
    std::string_view("log.keep"),
    std::string_view("metrics.listen"),
    std::string_view("stop.drain"),
};

constexpr std::array applied_of_hosts{std::string_view("profile"),          std::string_view("connections"),
                                      std::string_view("streams"),          std::string_view("requests_per_second"),
                                      std::string_view("bytes_per_second"), std::string_view("delay")};

// Name and value, in the order of the file. A host that says nothing of a key has an empty value.
std::vector<std::pair<std::string, std::string>> values_of(Settings settings) {
  std::vector<std::pair<std::string, std::string>> values;
  for (const Key& key : key_table()) values.emplace_back(key.help.name, key.get(settings));
  Settings of_host;
  of_host.fetch.hosts.resize(1);
  std::vector<std::string> nothing_said;
  for (const Key& key : host_key_table()) nothing_said.push_back(key.get(of_host));
  for (const HostRule& rule : settings.fetch.hosts) {
    of_host.fetch.hosts.front() = rule;
    auto silent = nothing_said.begin();
    for (const Key& key : host_key_table()) {
      auto value = key.get(of_host);
      if (value != *silent++) values.emplace_back(host_key_name(rule.pattern, key.help.name), std::move(value));
    }
  }
  return values;
}

// Decode workers come from a process that is started before all threads, or not at all.
bool applies(std::string_view key, std::string_view from, std::string_view to) {
  return applies_at_reload(key) && (key != "decode.workers" || (from == "0") == (to == "0"));
}

}  // namespace

bool applies_at_reload(std::string_view key) {
  if (const auto of_host = key.find("]."); of_host != key.npos) {
    return std::ranges::find(applied_of_hosts, key.substr(of_host + 2)) != applied_of_hosts.end();
  }
  return std::ranges::any_of(
      applied, [key](std::string_view one) { return one.ends_with('.') ? key.starts_with(one) : key == one; });
}

InForce::InForce(Settings settings) {
  for (auto& [name, value] : values_of(std::move(settings))) in_force_.insert_or_assign(name, std::move(value));
}

InForce::News InForce::reload(Settings settings) {
  News news;
  auto values = values_of(std::move(settings));
  std::set<std::string, std::less<>> said;
  for (const auto& [name, value] : values) said.insert(name);
  for (const auto& [name, value] : in_force_) {
    if (!said.contains(name)) values.emplace_back(name, "");  // of a host that is no longer there
  }
  for (auto& [name, value] : values) {
    const auto known = in_force_.find(name);
    const auto before = known == in_force_.end() ? std::string() : known->second;
    if (before == value) {
      told_.erase(name);
    } else if (applies(name, before, value)) {
      told_.erase(name);
      news.applied.push_back(name);
      in_force_[name] = value;
    } else if (const auto told = told_.find(name); told == told_.end() || told->second != value) {
      news.need_restart.push_back(name);
      told_[name] = value;
    }
  }
  return news;
}

}  // namespace gannet::config

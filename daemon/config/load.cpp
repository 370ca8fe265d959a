#include "config/load.hpp"

#include <algorithm>
#include <string_view>

#include "config/effects.hpp"
#include "config/host_keys.hpp"
#include "config/keys.hpp"
#include "config/names.hpp"
#include "config/values.hpp"
#include "config/yaml.hpp"
#include "core/text.hpp"

namespace gannet::config {
namespace {

// What is wrong with "fetch.hosts[img.example.org].insecure" and this value. A host that the file does not name comes
// first: an override wins.
std::optional<std::string> override_host(std::string_view name, const std::string& value, Loaded& loaded,
                                         Places& places) {
  auto& hosts = loaded.settings.fetch.hosts;
  const auto open = hosts_section.size();
  const auto close = name.find("].", open);
  if (close == std::string_view::npos) return "not a key; write it as " + host_key_name("HOST", "KEY");
  const auto pattern = normal_host_pattern(name.substr(open + 1, close - open - 1));
  if (!pattern) return "not accepted" + why_no_pattern(name.substr(open + 1, close - open - 1));
  const Key* key = find_host_key(name.substr(close + 2));
  if (!key) return unknown_host_key(name.substr(close + 2));
  HostRule* known = find_rule(loaded.settings, *pattern);
  if (!known && hosts.size() == most_hosts) return "at most " + std::to_string(most_hosts) + " hosts are accepted";
  if (!known) known = &*hosts.insert(hosts.begin(), HostRule{});
  known->pattern = *pattern;
  HostSection section(*known);
  const auto wrong = section.put(*key, value);
  *known = section.rule();
  places.insert_or_assign(host_key_name(*pattern, key->help.name), "--set");
  return wrong;
}

void override_with(const std::string& text, Loaded& loaded, Places& places) {
  const auto equals = text.find('=');
  const auto name = trim(std::string_view(text).substr(0, equals));
  const auto mistake = [&](const std::string& wrong) {
    loaded.mistakes.push_back({"--set " + on_one_line(name), wrong});
  };

  if (equals == std::string::npos) return mistake("no value; write it as KEY=VALUE");
  const std::string value(trim(std::string_view(text).substr(equals + 1)));
  if (name.starts_with(std::string(hosts_section) + '[')) {
    if (const auto wrong = override_host(name, value, loaded, places)) mistake(*wrong);
    return;
  }
  if (is_section(name)) return mistake("not a key, but " + section_help(name));
  const Key* key = find_key(name);
  if (!key) return mistake(unknown_key(name));

  places.insert_or_assign(key->help.name, "--set");
  key->clear(loaded.settings);
  for (const std::string& item : items_of(*key, value)) {
    if (const auto wrong = put(loaded.settings, *key, item)) mistake(*wrong);
  }
}

// Last, so that the order of the keys does not matter: what the profile says, where nothing else was said.
void complete(Settings& settings) {
  HostPolicy& host = settings.frontier.host;
  LimitOverrides said;
  said.profile = host.profile;
  said.connections = host.ceiling;
  said.streams = host.streams;
  host = overridden(host, said);
  // Servers allow some 100 streams a connection: one of one's own may get more connections.
  settings.fetch.h2_connections = host.profile == Profile::own_server ? 8 : FetchSettings{}.h2_connections;
  // Lines on disk must never be what closes it: what waits there could not be fetched then.
  settings.frontier.keep_free = 2 * settings.store.min_free;
  if (settings.decode.workers > 0) settings.frontier.blur_column = settings.decode.blur_column;
  for (const HostRule& rule : settings.fetch.hosts) {
    if (!rule.limits.empty()) settings.frontier.hosts.push_back({rule.pattern, rule.limits});
  }
}

// Credentials belong to the proxy that is named beside them, and to the same one named elsewhere.
void introduce(FetchSettings& fetch) {
  if (fetch.proxy && !fetch.proxy_credentials.user.empty()) fetch.proxy->authenticate(fetch.proxy_credentials);
  for (HostRule& rule : fetch.hosts) {
    if (!rule.proxy || rule.proxy->kind == Proxy::Kind::direct) continue;
    const bool same = fetch.proxy && fetch.proxy->text() == rule.proxy->text();
    const auto& credentials =
        rule.proxy_credentials.user.empty() && same ? fetch.proxy_credentials : rule.proxy_credentials;
    if (!credentials.user.empty()) rule.proxy->authenticate(credentials);
  }
}

}  // namespace

Loaded load(const std::optional<std::filesystem::path>& file, const std::vector<std::string>& overrides) {
  Loaded loaded;
  loaded.settings.frontier.host.ceiling = loaded.settings.frontier.host.streams = 0;  // nothing was said
  Places places;
  if (file) read_yaml(*file, loaded, places);
  for (const std::string& text : overrides) override_with(text, loaded, places);
  complete(loaded.settings);
  introduce(loaded.settings.fetch);
  if (loaded.mistakes.empty()) loaded.warnings = without_effect(loaded.settings, places);
  return loaded;
}

std::vector<KeyHelp> keys() {
  std::vector<KeyHelp> help;
  for (const Key& key : key_table()) help.push_back(key.help);
  return help;
}

}  // namespace gannet::config

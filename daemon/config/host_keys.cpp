#include "config/host_keys.hpp"

#include <algorithm>

#include "config/values.hpp"
#include "core/text.hpp"

namespace gannet::config {
namespace {

constexpr std::size_t longest_cookie = 4096;  // what browsers allow for one

// Blanks at either end would not arrive.
bool is_value(const std::string& text, std::size_t longest) {
  return text.size() <= longest && is_header_text(text) && !text.starts_with(' ') && !text.ends_with(' ');
}

template <auto member>
auto& of_rule(Settings& settings) {
  return settings.fetch.hosts.front().*member;
}

// What is set is said, be it empty or false.
template <auto member>
auto& said_in_rule(Settings& settings) {
  auto& value = of_rule<member>(settings);
  return value ? *value : value.emplace();
}

template <auto member>
auto& limits_of_rule(Settings& settings) {
  return of_rule<&HostRule::limits>(settings).*member;
}

template <auto member>
auto& limit_in_rule(Settings& settings) {
  auto& value = limits_of_rule<member>(settings);
  return value ? *value : value.emplace();
}

Key header(std::string name, Member<std::string> at) {
  return text(std::move(name), at, "at most 256 printable ASCII characters, without blanks at the ends",
              [](const std::string& value) { return is_value(value, 256); });
}

std::vector<Key> make_table() {
  std::vector<Key> table{
      header("user_agent", said_in_rule<&HostRule::user_agent>),
      header("referer", said_in_rule<&HostRule::referer>),
      header("accept", said_in_rule<&HostRule::accept>),
      text("cookie", said_in_rule<&HostRule::cookie>,
           "at most 4096 printable ASCII characters, such as 'name=value; other=value'",
           [](const std::string& value) { return is_value(value, longest_cookie); }),
      boolean("insecure", said_in_rule<&HostRule::insecure>),
      proxy("proxy", of_rule<&HostRule::proxy>, true),
      credentials("proxy_credentials", of_rule<&HostRule::proxy_credentials>),
      choice<std::optional<Profile>>("profile", limits_of_rule<&LimitOverrides::profile>,
                                     {{"open-web", Profile::open_web},
                                      {"polite", Profile::polite},
                                      {"own-server", Profile::own_server},
                                      {"inherit", std::nullopt}}),
      whole("connections", limit_in_rule<&LimitOverrides::connections>, 0, 4096),
      whole("streams", limit_in_rule<&LimitOverrides::streams>, 0, 1000),
      decimal("requests_per_second", limit_in_rule<&LimitOverrides::requests_per_second>, 0, 100'000),
      size("bytes_per_second", limit_in_rule<&LimitOverrides::bytes_per_second>, 0, ByteCount{1} << 40),
      duration("delay", limit_in_rule<&LimitOverrides::delay>, 0ms, 1h),
  };
  Settings defaults;
  defaults.fetch.hosts.emplace_back();
  for (Key& key : table) {
    key.secret = key.help.name == "cookie";
    key.help.default_value = key.get(defaults);
  }
  return table;
}

}  // namespace

const std::vector<Key>& host_key_table() {
  static const std::vector<Key> table = make_table();
  return table;
}

const Key* find_host_key(std::string_view name) {
  const auto& table = host_key_table();
  const auto found = std::ranges::find_if(table, [name](const Key& key) { return key.help.name == name; });
  return found == table.end() ? nullptr : &*found;
}

std::string host_key_name(std::string_view pattern, std::string_view key) {
  std::string name = std::string(hosts_section) + '[' + std::string(pattern) + ']';
  return key.empty() ? name : name + '.' + std::string(key);
}

std::string why_no_pattern(std::string_view text) {
  if (text.starts_with("*.") && normal_host_pattern(text.substr(2))) {
    return ": nothing is below an address, and a name whose last part is a number is one; write the address itself";
  }
  return "; a host, *.example.org for all below it, or *";
}

std::optional<std::string> HostSection::put(const Key& key, const std::string& item) {
  const std::string pattern = rule().pattern;
  // Without a certificate anybody can be the server: that is for a host somebody has in mind, one by one.
  if (key.help.name == "insecure" && item == "true" && pattern.starts_with('*')) {
    return "true is not accepted for '" + on_one_line(pattern) +
           "', only for single hosts; name each whose certificate need not be valid";
  }
  return config::put(scratch_, key, item);
}

HostRule* find_rule(Settings& settings, std::string_view pattern) {
  const auto found = std::ranges::find(settings.fetch.hosts, pattern, &HostRule::pattern);
  return found == settings.fetch.hosts.end() ? nullptr : &*found;
}

}  // namespace gannet::config

#include "config/list_options.hpp"

#include "config/host_keys.hpp"
#include "config/keys.hpp"
#include "config/list_keys.hpp"
#include "config/names.hpp"
#include "core/text.hpp"

namespace gannet::config {

std::string at_line(std::uint64_t line, const std::string& what) {
  return "line " + std::to_string(line) + ": " + what;
}

std::string not_for_lists(std::string_view name) {
  const bool known = find_key(name) || is_section(name) || name.starts_with(hosts_section);
  return on_one_line(name) + (known ? ": not for a list to say" : ": unknown key") + "; a list may set " +
         list_key_names();
}

std::optional<std::string> ListOptions::read(std::uint64_t line, std::string_view directive) {
  const auto equals = directive.find('=');
  const auto name = trim(directive.substr(0, equals));
  if (equals == std::string_view::npos || name.empty()) {
    return at_line(line, "'" + on_one_line(directive) +
                             "' is no option; write it as #! KEY=VALUE, where KEY is one of " + list_key_names());
  }
  return put(line, name, trim(directive.substr(equals + 1)));
}

std::optional<std::string> ListOptions::put(std::uint64_t line, std::string_view name, std::string_view value) {
  if (!find_list_key(name)) return at_line(line, not_for_lists(name));
  if (const auto first = said_.find(name); first != said_.end()) {
    return at_line(line,
                   std::string(name) + ": given twice; the first is on line " + std::to_string(first->second.line));
  }
  JobOptions unused;
  std::string text(value);
  if (const auto wrong = take(name, text, unused)) return at_line(line, std::string(name) + ": " + *wrong);
  said_.emplace(name, Said{line, std::move(text)});
  return std::nullopt;
}

bool ListOptions::apply_to(JobOptions& options) const {
  for (const auto& [name, said] : said_) take(name, said.value, options);
  return !said_.empty();
}

void ListOptions::overrule(const ListOptions& other) {
  for (const auto& [name, said] : other.said_) said_.insert_or_assign(name, said);
}

std::string ListOptions::as_lines() const {
  std::string lines;
  for (const auto& [name, said] : said_) lines += "#! " + name + '=' + said.value + '\n';
  return lines;
}

std::optional<std::string> ListOptions::take(std::string_view name, const std::string& value,
                                             JobOptions& options) const {
  if (name == priority_key) {
    options.priority = parse_priority(value);
    if (options.priority) return std::nullopt;
    return "'" + on_one_line(value) + "' is not accepted; urgent, normal or bulk";
  }
  Settings scratch;
  const Key& key = *find_key(name);
  for (const auto& item : items_of(key, value)) {
    if (auto wrong = config::put(scratch, key, item)) return wrong;
  }
  find_list_key(name)->take(scratch, options);
  return std::nullopt;
}

void forget(JobOptions& options, std::string_view name) {
  if (const ListKey* key = find_list_key(name)) key->drop(options);
}

}  // namespace gannet::config

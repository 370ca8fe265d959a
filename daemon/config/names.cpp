#include "config/names.hpp"

#include <algorithm>

#include "config/host_keys.hpp"
#include "config/keys.hpp"

namespace gannet::config {
namespace {

constexpr std::size_t longest = 64;  // a longer name is nobody's slip of the pen, and the work grows with it

std::string_view last_part(std::string_view name) { return name.substr(name.rfind('.') + 1); }

std::string_view parent(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : name.substr(0, dot);
}

// How many characters must be changed, added, removed or swapped with the next to make one text of the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector rows(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      std::size_t& best = rows[i][j] = i + j;  // when either is empty
      if (i == 0 || j == 0) continue;
      const std::size_t changed = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      best = std::min({changed, rows[i - 1][j] + 1, rows[i][j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) best = std::min(best, rows[i - 2][j - 2] + 1);
    }
  }
  return rows.back().back();
}

// Also near: the right key in no section or in the wrong one.
std::size_t strangeness(std::string_view name, std::string_view known) {
  const bool misplaced = last_part(name) == last_part(known);
  return std::min(distance(name, known), misplaced ? std::size_t{1} : known.size());
}

std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const Key& key : key_table()) {
    for (std::string_view name = key.help.name; !name.empty(); name = parent(name)) {
      if (std::ranges::find(names, name) == names.end()) names.emplace_back(name);
    }
  }
  names.emplace_back(hosts_section);
  return names;
}

std::string nearest(std::string_view name, std::vector<std::string> names) {
  const std::size_t most = std::clamp<std::size_t>(last_part(name).size() / 3, 1, 3);
  std::string best;
  std::size_t least = most + 1;
  for (std::string& known : names) {
    const std::size_t found = strangeness(name, known);
    if (found >= least) continue;
    least = found;
    best = std::move(known);
  }
  return best;
}

}  // namespace

std::vector<std::string> names_in(std::string_view section) {
  const std::string prefix = section.empty() ? "" : std::string(section) + '.';
  std::vector<std::string> names;
  if (section == hosts_section) {
    for (const Key& key : host_key_table()) names.push_back(key.help.name);
  }
  for (const Key& key : key_table()) {
    if (!key.help.name.starts_with(prefix)) continue;
    const auto rest = key.help.name.substr(prefix.size());
    const auto name = rest.substr(0, rest.find('.'));
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  if (hosts_section.starts_with(prefix) && !section.empty()) names.emplace_back(last_part(hosts_section));
  return names;
}

bool is_section(std::string_view name) { return !name.empty() && !names_in(name).empty(); }

std::string section_help(std::string_view section) {
  const std::string start = section == hosts_section ? "a section with a section for each host: " : "a section with ";
  std::string help;
  for (const std::string& name : names_in(section)) help += (help.empty() ? start : ", ") + name;
  return help;
}

std::string unknown_host_key(std::string_view name) {
  const auto names = names_in(hosts_section);
  const std::string known = name.size() > longest ? "" : nearest(name, names);
  if (!known.empty()) return "unknown key; did you mean " + known + "?";
  std::string all;
  for (const std::string& one : names) all += (all.empty() ? "" : ", ") + one;
  return "unknown key; a host has " + all;
}

std::string unknown_key(std::string_view name) {
  const std::string known = name.size() > longest ? "" : nearest(name, all_names());
  if (!known.empty() && find_key(known)) return "unknown key; did you mean " + known + "?";
  if (!known.empty()) return "unknown key; did you mean " + known + ", " + section_help(known) + "?";
  std::string_view section = name.size() > longest ? std::string_view() : parent(name);
  while (!section.empty() && !is_section(section)) section = parent(section);
  const std::string place = section.empty() ? "the top level" : std::string(section);
  return "unknown key; " + place + " is " + section_help(section);
}

}  // namespace gannet::config

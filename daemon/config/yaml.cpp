#include "config/yaml.hpp"

#include <cerrno>
#include <cstdio>
#include <map>
#include <memory>
#include <system_error>

#include "config/host_keys.hpp"
#include "config/keys.hpp"
#include "config/names.hpp"
#include "config/yaml_text.hpp"
#include "core/text.hpp"

namespace gannet::config {
namespace {

constexpr std::size_t largest_file = 1 << 20;
constexpr std::size_t most_mistakes = 100;

class Walk {
 public:
  Walk(std::string file, Loaded& loaded, Places& places) : file_(std::move(file)), loaded_(loaded), places_(places) {}

  void section(const YAML::Node& map, const std::string& name, int line) {
    if (map.IsNull()) return;  // all its keys are comments
    if (!map.IsMap()) return mistake(line, name, describe(map) + " is not accepted; " + section_help(name));
    for (const auto& entry : map) {
      if (full()) return;
      member(entry.first, entry.second, name);
    }
  }

  void mistake(int line, const std::string& name, const std::string& text) {
    if (full()) return;
    loaded_.mistakes.push_back({place(line), name.empty() ? text : on_one_line(name) + ": " + text});
    if (full()) loaded_.mistakes.push_back({file_, "too many mistakes; the rest of the file was not checked"});
  }

 private:
  std::string place(int line) const { return line > 0 ? file_ + ':' + std::to_string(line) : file_; }

  bool full() const { return loaded_.mistakes.size() >= most_mistakes; }

  void member(const YAML::Node& key, const YAML::Node& value, const std::string& in) {
    const int line = line_of(key.Mark());
    if (!key.IsScalar()) return mistake(line, in, describe(key) + " is not the name of a key");
    const std::string name = in.empty() ? key.Scalar() : in + '.' + key.Scalar();
    if (!first_time(name, line)) return;
    if (name == hosts_section) return hosts(value, line);
    if (const Key* known = find_key(name)) return set(*known, value, line);
    if (is_section(name)) return section(value, name, line);
    mistake(line, name, unknown_key(name));
  }

  bool first_time(const std::string& name, int line) {
    const auto [first, fresh] = lines_.emplace(name, line);
    if (!fresh) mistake(line, name, "given twice; the first is on line " + std::to_string(first->second));
    places_.emplace(name, place(line));
    return fresh;
  }

  void hosts(const YAML::Node& map, int line) {
    const std::string name(hosts_section);
    if (map.IsNull()) return;
    if (!map.IsMap()) return mistake(line, name, describe(map) + " is not accepted; " + section_help(name));
    for (const auto& entry : map) {
      if (full()) return;
      const int at = line_of(entry.first.Mark());
      if (!entry.first.IsScalar()) return mistake(at, name, describe(entry.first) + " is not the name of a host");
      const auto pattern = normal_host_pattern(entry.first.Scalar());
      if (!pattern) {
        mistake(at, name, describe(entry.first) + " is not accepted" + why_no_pattern(entry.first.Scalar()));
      } else if (first_time(host_key_name(*pattern, ""), at)) {
        host(*pattern, entry.second, at);
      }
    }
  }

  void host(const std::string& pattern, const YAML::Node& map, int line) {
    const std::string name = host_key_name(pattern, "");
    if (map.IsNull()) return;
    if (!map.IsMap()) return mistake(line, name, describe(map) + " is not accepted; a section with " + host_keys());
    if (loaded_.settings.fetch.hosts.size() == most_hosts) {
      return mistake(line, name, "at most " + std::to_string(most_hosts) + " hosts are accepted");
    }
    HostRule fresh;
    fresh.pattern = pattern;
    HostSection section(std::move(fresh));
    for (const auto& entry : map) {
      if (full()) return;
      const int at = line_of(entry.first.Mark());
      if (!entry.first.IsScalar()) return mistake(at, name, describe(entry.first) + " is not the name of a key");
      const std::string key_name = host_key_name(pattern, entry.first.Scalar());
      if (!first_time(key_name, at)) continue;
      const Key* key = find_host_key(entry.first.Scalar());
      const auto wrong = key ? put_in(section, *key, entry.second) : unknown_host_key(entry.first.Scalar());
      if (wrong) mistake(at, key_name, *wrong);
    }
    loaded_.settings.fetch.hosts.push_back(section.rule());
  }

  static std::optional<std::string> put_in(HostSection& section, const Key& key, const YAML::Node& item) {
    if (item.IsMap() || item.IsSequence()) return describe(item) + " is not accepted; " + key.help.accepts;
    return section.put(key, item.IsNull() ? "" : item.Scalar());
  }

  static std::string host_keys() {
    std::string all;
    for (const Key& key : host_key_table()) all += (all.empty() ? "" : ", ") + key.help.name;
    return all;
  }

  void set(const Key& key, const YAML::Node& value, int line) {
    if (key.list) {
      key.clear(loaded_.settings);
      if (value.IsNull()) return;
      if (value.IsSequence()) {
        for (const auto& item : value) put_item(key, item, line_of(item.Mark()));
        return;
      }
    }
    put_item(key, value, line);
  }

  void put_item(const Key& key, const YAML::Node& item, int line) {
    const auto text = text_of(item, key.pair);
    const auto wrong =
        text ? put(loaded_.settings, key, *text) : describe(item) + " is not accepted; " + key.help.accepts;
    if (wrong) mistake(line, key.help.name, *wrong);
  }

  static std::optional<std::string> text_of(const YAML::Node& item, bool pair) {
    if (item.IsNull()) return "";
    if (item.IsScalar()) return item.Scalar();
    if (!pair || !item.IsMap() || item.size() != 1) return std::nullopt;
    const auto only = *item.begin();
    if (only.first.IsScalar() && only.second.IsScalar()) return only.first.Scalar() + ": " + only.second.Scalar();
    return std::nullopt;
  }

  std::string file_;
  Loaded& loaded_;
  Places& places_;
  std::map<std::string, int> lines_;  // where each name was given
};

// The whole file, or the errno value that prevented it; one byte more than allowed tells that it is too large.
std::string read_file(const std::filesystem::path& path, int& error) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), std::fclose);
  if (!file) return error = errno, std::string();
  std::string content(largest_file + 1, '\0');
  content.resize(std::fread(content.data(), 1, content.size(), file.get()));
  error = std::ferror(file.get()) ? errno : 0;
  return content;
}

}  // namespace

void read_yaml(const std::filesystem::path& path, Loaded& loaded, Places& places) {
  Walk walk(path.string(), loaded, places);
  int error = 0;
  const std::string content = read_file(path, error);
  if (error != 0) return walk.mistake(0, "", "cannot be read: " + std::generic_category().message(error));
  if (content.size() > largest_file) return walk.mistake(0, "", "larger than 1 MiB");
  YAML::Node root;
  if (const auto wrong = read_text(content, root)) return walk.mistake(wrong->line, "", wrong->text);
  walk.section(root, "", 1);
}

}  // namespace gannet::config

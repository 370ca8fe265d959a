// config/ in the source tree: gannet.yaml documents every key with its default, and what is shipped can be used.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "config/host_keys.hpp"
#include "config/keys.hpp"
#include "config_file.hpp"
#include "core/text.hpp"

namespace gannet::config {
namespace {

const std::filesystem::path shipped = std::filesystem::path(GANNET_TEST_DATA) / "../config";

std::vector<std::string> lines_of(const std::string& name) {
  std::ifstream file(shipped / name);
  EXPECT_TRUE(file.good()) << name;
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// "#key: value" is a key out of force, "# words" is a comment.
bool is_key_out_of_force(const std::string& line) {
  const auto start = line.find_first_not_of(' ');
  return start != std::string::npos && line[start] == '#' && start + 1 < line.size() && line[start + 1] != ' ';
}

// The file with every key in force.
std::string uncommented(const std::string& name) {
  std::string text;
  for (std::string line : lines_of(name)) {
    if (is_key_out_of_force(line)) line.erase(line.find('#'), 1);
    text += line + '\n';
  }
  return text;
}

void collect_keys(const YAML::Node& map, const std::string& prefix, std::vector<std::string>& names) {
  for (const auto& entry : map) {
    const std::string name = prefix + entry.first.Scalar();
    if (entry.second.IsMap()) {
      collect_keys(entry.second, name + '.', names);
    } else {
      names.push_back(name);
    }
  }
}

void expect_defaults(Loaded loaded) {
  EXPECT_EQ(all(loaded.mistakes), "");
  for (const Key& key : key_table()) EXPECT_EQ(key.get(loaded.settings), key.help.default_value) << key.help.name;
  EXPECT_EQ(loaded.settings.frontier.host.start, HostPolicy{}.start);
  if (loaded.settings.fetch.hosts.empty()) return;
  const HostRule& host = loaded.settings.fetch.hosts.front();
  Settings alone;
  alone.fetch.hosts = {host};
  for (const Key& key : host_key_table()) {
    EXPECT_EQ(key.get(alone), key.help.default_value) << host_key_name(host.pattern, key.help.name);
  }
}

TEST(ShippedFiles, GannetYamlAsShippedGivesTheDefaults) { expect_defaults(load(shipped / "gannet.yaml", {})); }

TEST(ShippedFiles, GannetYamlDocumentsEveryKeyInTheOrderOfTheTable) {
  std::vector<std::string> documented, known;
  collect_keys(YAML::Load(uncommented("gannet.yaml")), "", documented);
  for (const KeyHelp& key : keys()) known.push_back(key.name);
  std::vector<std::string> of_hosts, known_of_hosts;
  const auto is_of_host = [](const std::string& name) { return name.starts_with("fetch.hosts."); };
  std::ranges::copy_if(documented, std::back_inserter(of_hosts), is_of_host);
  std::erase_if(documented, is_of_host);
  for (const Key& key : host_key_table()) known_of_hosts.push_back("fetch.hosts.img.example.org." + key.help.name);
  EXPECT_EQ(documented, known);
  EXPECT_EQ(of_hosts, known_of_hosts);
}

TEST(ShippedFiles, GannetYamlDocumentsTheTrueDefaults) { expect_defaults(load_text(uncommented("gannet.yaml"))); }

TEST(ShippedFiles, GannetYamlExplainsEveryKey) {
  const auto lines = lines_of("gannet.yaml");
  std::size_t explained = 0;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const bool in_force = lines[i].starts_with("root: ") || lines[i].starts_with("logs: ");
    if (!in_force && !is_key_out_of_force(lines[i])) continue;
    EXPECT_EQ(trim(lines[i - 1]).substr(0, 2), "# ") << "nothing above " << lines[i];
    ++explained;
  }
  EXPECT_EQ(explained, keys().size() + host_key_table().size() + 1);  // and the host itself
}

TEST(ShippedFiles, QuickStartLoadsAsItIsAndWithAContact) {
  EXPECT_EQ(all(load(shipped / "quick-start.yaml", {}).mistakes), "");
  const Loaded loaded = load_text(uncommented("quick-start.yaml"));
  EXPECT_EQ(all(loaded.mistakes), "");
  EXPECT_NE(loaded.settings.fetch.contact, "");
}

}  // namespace
}  // namespace gannet::config

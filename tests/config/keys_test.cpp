// Every key of the table, by what it says about itself; then the bounds that other programs rely on, by name.
#include "config/keys.hpp"

#include <gtest/gtest.h>

#include <set>

#include "config/names.hpp"
#include "config_file.hpp"

namespace gannet::config {
namespace {

Loaded load_one(const std::string& name, const std::string& value) { return load(std::nullopt, {name + "=" + value}); }

// The value beside a bound, in the same unit: "10m" and +1 give "11m".
std::string beside(const std::string& bound, int step) {
  const auto digits = bound.find_first_not_of("0123456789");
  return std::to_string(std::stoll(bound) + step) + (digits == std::string::npos ? "" : bound.substr(digits));
}

TEST(Keys, HaveDistinctNamesAndSayWhatTheyAccept) {
  std::set<std::string> names;
  for (const KeyHelp& key : keys()) {
    EXPECT_TRUE(names.insert(key.name).second) << key.name;
    EXPECT_FALSE(key.accepts.empty()) << key.name;
    EXPECT_EQ(key.low.empty(), key.high.empty()) << key.name;
    EXPECT_FALSE(is_section(key.name)) << key.name;
  }
  EXPECT_GT(names.size(), 50u);
}

TEST(Keys, AcceptTheirDefaultAndStayAtIt) {
  for (const Key& key : key_table()) {
    Loaded loaded = load_one(key.help.name, key.help.default_value);
    EXPECT_EQ(all(loaded.mistakes), "");
    EXPECT_EQ(key.get(loaded.settings), key.help.default_value) << key.help.name;
  }
}

TEST(Keys, AcceptBothBoundsAndNothingBeyond) {
  for (const Key& key : key_table()) {
    const auto& [name, ignored, accepts, choices, low, high] = key.help;
    if (low.empty()) continue;
    for (const std::string& bound : {low, high}) {
      Loaded loaded = load_one(name, bound);
      EXPECT_EQ(all(loaded.mistakes), "");
      EXPECT_EQ(key.get(loaded.settings), bound) << name;
    }
    for (const std::string& beyond : {beside(low, -1), beside(high, 1), std::string(), std::string("x")}) {
      const Loaded loaded = load_one(name, beyond);
      EXPECT_EQ(all(loaded.mistakes), "--set " + name + ": '" + beyond + "' is not accepted; " + accepts + "\n");
    }
  }
}

TEST(Keys, AcceptEachChoiceAndNoOther) {
  for (const Key& key : key_table()) {
    if (key.help.choices.empty()) continue;
    for (const std::string& chosen : key.help.choices) {
      Loaded loaded = load_one(key.help.name, chosen);
      EXPECT_EQ(all(loaded.mistakes), "");
      EXPECT_EQ(key.get(loaded.settings), chosen) << key.help.name;
      EXPECT_NE(key.help.accepts.find(chosen), std::string::npos) << key.help.name;
    }
    for (const auto* other : {"", "x", "True", "yes"}) {
      EXPECT_EQ(load_one(key.help.name, other).mistakes.size(), 1u) << key.help.name << other;
    }
  }
}

TEST(Keys, FillAMemberOfTheirOwn) {
  for (const Key& key : key_table()) {
    const auto& help = key.help;
    const std::string other = !help.low.empty() ? (help.low == help.default_value ? help.high : help.low)
                              : help.choices.size() > 1
                                  ? (help.choices[0] == help.default_value ? help.choices[1] : help.choices[0])
                                  : std::string();
    if (other.empty()) continue;
    Loaded loaded = load_one(help.name, other);
    for (const Key& each : key_table()) {
      if (&each == &key || (help.name == "fetch.profile" && each.help.name.starts_with("fetch.per_host."))) continue;
      EXPECT_EQ(each.get(loaded.settings), each.help.default_value) << help.name << " changed " << each.help.name;
    }
  }
}

TEST(Keys, BoundsAreTight) {
  const std::vector<std::pair<std::string, std::string>> refused{{"inbox.settle", "99ms"},
                                                                 {"inbox.settle", "600001ms"},
                                                                 {"inbox.rescan", "999ms"},
                                                                 {"input.max_line", "1023"},
                                                                 {"input.max_line", "67108865"},
                                                                 {"fetch.threads", "257"},
                                                                 {"fetch.connections", "65537"},
                                                                 {"fetch.per_host.connections", "4097"},
                                                                 {"fetch.per_host.streams", "0"},
                                                                 {"fetch.per_host.streams", "1001"},
                                                                 {"fetch.tries", "21"},
                                                                 {"fetch.timeouts.total", "9ms"},
                                                                 {"fetch.timeouts.dns", "3600001ms"},
                                                                 {"fetch.max_redirects", "51"},
                                                                 {"fetch.max_body", "4294967297"},
                                                                 {"fetch.per_host.requests_per_second", "100000.001"},
                                                                 {"fetch.threads", "4294967296"},
                                                                 {"store.sync_interval", "60001ms"},
                                                                 {"store.checkpoint_every", "100000001"},
                                                                 {"output.shard_size", "1000001"},
                                                                 {"stop.drain", "600001ms"}};
  for (const auto& [name, value] : refused) EXPECT_EQ(load_one(name, value).mistakes.size(), 1u) << name << value;
}

TEST(Keys, ConnectionsMayBeFoundByTrying) {
  const auto chosen = load_one("fetch.connections", "auto").settings.frontier;
  EXPECT_TRUE(chosen.auto_connections);
  EXPECT_EQ(chosen.connections, 65536u);
  const auto last = load(std::nullopt, {"fetch.connections=auto", "fetch.connections=7"}).settings.frontier;
  EXPECT_FALSE(last.auto_connections);
  EXPECT_EQ(last.connections, 7u);
  EXPECT_EQ(load_one("fetch.connections", "automatic").mistakes.size(), 1u);
}

TEST(Keys, TextsAreRefusedWhenTooLongOrNotOfTheirAlphabet) {
  for (const auto* name : {"fetch.user_agent", "fetch.contact"}) {
    EXPECT_EQ(load_one(name, std::string(256, 'a')).mistakes.size(), 0u);
    EXPECT_EQ(load_one(name, std::string(257, 'a')).mistakes.size(), 1u);
    EXPECT_EQ(load_one(name, "caf\xc3\xa9").mistakes.size(), 1u);
    EXPECT_EQ(load_one(name, "a\tb").mistakes.size(), 1u);
  }
  EXPECT_EQ(load_one("input.url_column", "größe").mistakes.size(), 0u);
  EXPECT_EQ(load_one("input.url_column", "").mistakes.size(), 1u);
  EXPECT_EQ(load_one("input.url_column", "\xff").mistakes.size(), 1u);
  EXPECT_EQ(load_one("input.url_column", std::string(257, 'a')).mistakes.size(), 1u);
  for (const auto* name : {"root", "logs"}) {
    EXPECT_EQ(load_one(name, "srv").mistakes.size(), 1u);
    EXPECT_EQ(load_one(name, "").mistakes.size(), 1u);
  }
}

TEST(Keys, KeysWithOneValueSaySoPlainly) {
  for (const auto* name : {"output.format"}) {
    const Key* key = find_key(name);
    ASSERT_NE(key, nullptr) << name;
    EXPECT_EQ(key->help.accepts, "only '" + key->help.default_value + "' in this version");
  }
}

}  // namespace
}  // namespace gannet::config

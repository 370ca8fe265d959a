#include "config/reload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "config/host_keys.hpp"
#include "config/keys.hpp"
#include "config_file.hpp"
#include "support/temp_folder.hpp"

namespace gannet::config {
namespace {

using testing::ElementsAre;

Settings with(const std::vector<std::string>& overrides) { return load(std::nullopt, overrides).settings; }

TEST(Reload, TellsWhatAppliesAndWhatNeedsARestart) {
  InForce in_force(with({}));
  const auto news = in_force.reload(with({"fetch.tries=7", "fetch.threads=3", "log.level=debug", "root=/srv/x"}));
  EXPECT_THAT(news.applied, ElementsAre("fetch.tries", "log.level"));
  EXPECT_THAT(news.need_restart, ElementsAre("root", "fetch.threads"));
}

TEST(Reload, TellsEachChangeOnce) {
  InForce in_force(with({"fetch.tries=7"}));
  const auto same = in_force.reload(with({"fetch.tries=7"}));
  EXPECT_EQ(same.applied.size(), 0u);
  EXPECT_EQ(same.need_restart.size(), 0u);
  EXPECT_THAT(in_force.reload(with({"fetch.threads=3"})).need_restart, ElementsAre("fetch.threads"));
  EXPECT_EQ(in_force.reload(with({"fetch.threads=3"})).need_restart.size(), 0u) << "told";
  EXPECT_THAT(in_force.reload(with({"fetch.threads=4"})).need_restart, ElementsAre("fetch.threads")) << "another value";
  EXPECT_EQ(in_force.reload(with({})).need_restart.size(), 0u) << "as it is in force";
  EXPECT_THAT(in_force.reload(with({"fetch.threads=4"})).need_restart, ElementsAre("fetch.threads"));
}

TEST(Reload, ChangesTheNumberOfDecodeWorkersButNotFromOrToNone) {
  InForce without(with({}));
  EXPECT_EQ(without.reload(with({"decode.workers=2"})).applied.size(), 0u);
  EXPECT_THAT(without.reload(with({"decode.workers=auto"})).need_restart, ElementsAre("decode.workers"));
  InForce two(with({"decode.workers=2"}));
  const auto none = two.reload(with({"decode.workers=0"}));
  EXPECT_EQ(none.applied.size(), 0u);
  EXPECT_THAT(none.need_restart, ElementsAre("decode.workers"));
  const auto three = two.reload(with({"decode.workers=3"}));
  EXPECT_THAT(three.applied, ElementsAre("decode.workers"));
  EXPECT_EQ(three.need_restart.size(), 0u);
  EXPECT_THAT(two.reload(with({"decode.workers=0"})).need_restart, ElementsAre("decode.workers")) << "another change";
}

TEST(Reload, TellsOfHosts) {
  InForce in_force(with({"fetch.hosts[a.example].delay=1s", "fetch.hosts[b.example].delay=1s"}));
  auto news = in_force.reload(with({"fetch.hosts[a.example].delay=2s", "fetch.hosts[a.example].cookie=a=b",
                                    "fetch.hosts[c.example].connections=2"}));
  std::ranges::sort(news.applied);
  EXPECT_THAT(news.applied, ElementsAre("fetch.hosts[a.example].delay", "fetch.hosts[b.example].delay",
                                        "fetch.hosts[c.example].connections"));
  EXPECT_THAT(news.need_restart, ElementsAre("fetch.hosts[a.example].cookie"));
}

TEST(Reload, DoesNotTakeWhatAProfileSaysForAChangeOfItsOwn) {
  InForce in_force(with({}));
  EXPECT_EQ(in_force.reload(with({})).applied.size(), 0u);
}

// What the handbook says under "Reload": each key, and sections as `fetch.per_host.*`.
TEST(Reload, IsAsTheHandbookHasIt) {
  const auto text = test::read_file(std::filesystem::path(GANNET_TEST_DATA) / "../docs/operations.md");
  const auto begin = text.find("## Reload");
  ASSERT_NE(begin, std::string::npos);
  const auto end = text.find("needs a restart", begin);
  const auto section = text.substr(begin, end - begin);
  std::vector<std::string> documented;
  const std::regex name("`([a-z][a-z0-9_.*]*)`");
  for (std::sregex_iterator at(section.begin(), section.end(), name), last; at != last; ++at) {
    documented.push_back((*at)[1]);
  }
  const auto is_documented = [&documented](const std::string& key) {
    return std::ranges::any_of(documented, [&key](const std::string& one) {
      return one.ends_with(".*") ? key.starts_with(one.substr(0, one.size() - 1)) : key == one;
    });
  };
  for (const Key& key : key_table())
    EXPECT_EQ(is_documented(key.help.name), applies_at_reload(key.help.name)) << key.help.name;
  for (const Key& key : host_key_table()) {
    EXPECT_EQ(is_documented(key.help.name), applies_at_reload(host_key_name("a.example", key.help.name)))
        << key.help.name;
  }
}

}  // namespace
}  // namespace gannet::config

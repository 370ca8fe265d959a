#include "config/names.hpp"

#include <gtest/gtest.h>

namespace gannet::config {
namespace {

TEST(Names, AMisspelledKeyGetsTheNearestOne) {
  EXPECT_EQ(unknown_key("fetch.thread"), "unknown key; did you mean fetch.threads?");
  EXPECT_EQ(unknown_key("fetch.max-body"), "unknown key; did you mean fetch.max_body?");
  EXPECT_EQ(unknown_key("fetch.timeouts.first-bite"), "unknown key; did you mean fetch.timeouts.first_byte?");
  EXPECT_EQ(unknown_key("robtos"), "unknown key; did you mean robots?");
}

TEST(Names, AKeyInTheWrongSectionIsFound) {
  EXPECT_EQ(unknown_key("threads"), "unknown key; did you mean fetch.threads?");
  EXPECT_EQ(unknown_key("fetch.hash"), "unknown key; did you mean store.hash?");
  EXPECT_EQ(unknown_key("timeouts.idle"), "unknown key; did you mean fetch.timeouts.idle?");
}

TEST(Names, AMisspelledSectionIsToldWithItsKeys) {
  EXPECT_EQ(unknown_key("ouput"), "unknown key; did you mean output, a section with format, shard_size?");
}

TEST(Names, ANameLikeNoOtherGetsWhatItsSectionHolds) {
  EXPECT_EQ(unknown_key("inbox.colour"), "unknown key; inbox is a section with settle, rescan, max_jobs");
  EXPECT_EQ(unknown_key("inbox.colour.red"), "unknown key; inbox is a section with settle, rescan, max_jobs");
  EXPECT_EQ(unknown_key("colour").find("unknown key; the top level is a section with root, logs, inbox, input, fetch"),
            0u);
}

TEST(Names, TextThatIsNoNameAtAllIsAnsweredToo) {
  for (const std::string& name : {std::string(), std::string("."), std::string("fetch."), std::string(1'000'000, 'x'),
                                  std::string(1'000'000, '.'), std::string("\0\xff", 2)}) {
    EXPECT_TRUE(unknown_key(name).starts_with("unknown key; "));
    EXPECT_FALSE(is_section(name));
  }
}

TEST(Names, ASectionListsKeysAndSections) {
  EXPECT_EQ(names_in("output"), (std::vector<std::string>{"format", "shard_size"}));
  EXPECT_EQ(names_in("fetch.dns"), (std::vector<std::string>{"servers", "in_flight"}));
  EXPECT_TRUE(names_in("fetch.threads").empty());
  EXPECT_TRUE(is_section("fetch.timeouts"));
  EXPECT_FALSE(is_section("fetch.threads"));
  EXPECT_FALSE(is_section("fetch.time"));
}

}  // namespace
}  // namespace gannet::config

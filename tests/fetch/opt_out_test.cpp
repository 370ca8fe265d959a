#include "fetch/opt_out.hpp"

#include <gtest/gtest.h>

namespace gannet::fetch {
namespace {

// The directive that said no, or "".
std::string no(const std::vector<std::string>& tags) { return opted_out(tags, "gannet").value_or(""); }

TEST(OptOut, EachRefusalCountsInAnyCase) {
  for (const char* directive : {"noai", "noimageai", "noindex", "noimageindex", "NoAI"}) {
    EXPECT_EQ(no({directive}), directive);
  }
}

TEST(OptOut, OtherDirectivesAndNoneAtAllPermit) {
  EXPECT_EQ(no({}), "");
  for (const char* tag :
       {"", ",", "nofollow", "noarchive, nosnippet", "noaiplease", "xnoai", "no ai", "all", ":", "::"}) {
    EXPECT_EQ(no({tag}), "") << tag;
  }
}

TEST(OptOut, AnyOfSeveralDirectivesAndHeadersCounts) {
  EXPECT_EQ(no({"nofollow, noai"}), "noai");
  EXPECT_EQ(no({"nofollow ,\t noimageai , nosnippet"}), "noimageai");
  EXPECT_EQ(no({"nofollow", "nosnippet", "noindex"}), "noindex");
}

TEST(OptOut, DirectivesForAllOrForUsCount) {
  for (const char* tag : {"*: noai", "gannet: noai", "Gannet : noai", "gannet:noai", "gannet: nofollow, noai"}) {
    EXPECT_EQ(no({tag}), "noai") << tag;
  }
}

TEST(OptOut, DirectivesForOthersDoNot) {
  for (const char* tag : {"googlebot: noindex", "googlebot: nofollow, noindex", "gannet2: noai"}) {
    EXPECT_EQ(no({tag}), "") << tag;
  }
}

TEST(OptOut, AnAgentHoldsUntilTheNextOneAndOnlyInItsHeader) {
  EXPECT_EQ(no({"googlebot: noindex, gannet: noai"}), "noai");
  EXPECT_EQ(no({"gannet: nofollow, googlebot: noai"}), "");
  EXPECT_EQ(no({"googlebot: nofollow", "noai"}), "noai");
}

TEST(OptOut, ValuesOfDirectivesAreNoAgents) {
  EXPECT_EQ(no({"max-image-preview:large, noai"}), "noai");
  EXPECT_EQ(no({"max-snippet: 50, max-video-preview: 1, noindex"}), "noindex");
  EXPECT_EQ(no({"googlebot: max-snippet: 50, noindex"}), "");
}

TEST(OptOut, DatesMayHoldCommasAndColons) {
  for (const char* date : {"25 Jun 2027 15:00:00 PST", "Friday, 25-Jun-27 15:00:00 UTC",
                           "Fri, 25 Jun 2027 15:00:00 GMT", "2027-06-25T15:00:00Z"}) {
    const std::string directive = std::string("unavailable_after: ") + date;
    EXPECT_EQ(no({directive}), "") << date;
    EXPECT_EQ(no({directive + ", noai"}), "noai") << date;
    EXPECT_EQ(no({"googlebot: " + directive + ", noai"}), "") << date;
  }
}

}  // namespace
}  // namespace gannet::fetch

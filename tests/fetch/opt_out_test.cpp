#include "fetch/opt_out.hpp"

#include <gtest/gtest.h>

namespace gannet::fetch {
namespace {

// The directive that said no, or "".
std::string no(const std::vector<std::string>& tags) { return opted_out(tags, {"gannet", "Example-Bot"}).value_or(""); }

TEST(OptOut, EachRefusalCountsInAnyCase) {
  for (const char* directive : {"noai", "noimageai", "noindex", "noimageindex", "none", "NoAI", "NOINDEX"}) {
    EXPECT_EQ(no({directive}), directive);
  }
}

TEST(OptOut, OtherDirectivesAndNoneAtAllPermit) {
  EXPECT_EQ(no({}), "");
  for (const char* tag :
       {"", ",", "nofollow, noarchive, nosnippet", "index, follow", "noaiplease", "xnoai", "no ai", "all", ":",
        "::", "indexifembedded", "notranslate;nofollow", "\"\"", "some, other: thing, max-other: 3"}) {
    EXPECT_EQ(no({tag}), "") << tag;
  }
}

TEST(OptOut, AnyOfSeveralDirectivesAndHeadersCounts) {
  EXPECT_EQ(no({"nofollow, noai"}), "noai");
  EXPECT_EQ(no({"nofollow ,\t noimageai , nosnippet"}), "noimageai");
  EXPECT_EQ(no({"nofollow", "nosnippet", "noindex"}), "noindex");
}

TEST(OptOut, SpellingsOfTheWebAreUnderstood) {
  for (const char* tag :
       {"noindex,nofollow", "noindex; nofollow", "noindex nofollow", "nofollow noindex", "\"noindex, nofollow\"",
        "'noindex'", "nofollow; noindex;", " noindex ", ",,noindex", "noarchive,noindex , follow", "noindex: true"}) {
    EXPECT_EQ(no({tag}), "noindex") << tag;
  }
}

TEST(OptOut, DirectivesForAllOrForUsCountAndSayForWhom) {
  for (const char* tag : {"gannet: noai", "gannet : noai", "gannet:noai", "gannet: nofollow, noai",
                          "gannet: strange, noai", "otherbot: noindex, gannet: noai"}) {
    EXPECT_EQ(no({tag}), "noai (for gannet)") << tag;
  }
  EXPECT_EQ(no({"*: noai"}), "noai (for *)");
  EXPECT_EQ(no({"Gannet/1.0: noai"}), "noai (for Gannet/1.0)");
  EXPECT_EQ(no({"EXAMPLE-BOT: noai"}), "noai (for EXAMPLE-BOT)");
}

TEST(OptOut, DirectivesForOthersDoNot) {
  for (const char* tag :
       {"googlebot: noindex", "googlebot: nofollow, noindex", "gannet2: noai", "googlebot:noindex,noai",
        "googlebot: none", "googlebot: noindex nofollow", "googlebot:", "googlebot:, noai"}) {
    EXPECT_EQ(no({tag}), "") << tag;
  }
}

TEST(OptOut, AnAgentHoldsUntilTheNextOneAndOnlyInItsHeader) {
  EXPECT_EQ(no({"gannet: nofollow, googlebot: noai"}), "");
  EXPECT_EQ(no({"googlebot: noindex, *: nofollow, noai"}), "noai (for *)");
  EXPECT_EQ(no({"googlebot: nofollow", "noai"}), "noai");
  EXPECT_EQ(no({"googlebot: noindex", "otherbot: noai"}), "");
}

TEST(OptOut, ValuesOfDirectivesAreNoAgents) {
  EXPECT_EQ(no({"max-image-preview:large, noai"}), "noai");
  EXPECT_EQ(no({"max-image-preview:large noai"}), "noai");
  EXPECT_EQ(no({"max-snippet: 50, max-video-preview: 1, noindex"}), "noindex");
  EXPECT_EQ(no({"max-snippet:-1, max-image-preview:large, max-video-preview:-1"}), "");
  EXPECT_EQ(no({"googlebot: max-snippet: 50, noindex"}), "");
  EXPECT_EQ(no({"max-image-preview: none"}), "");
  EXPECT_EQ(no({"max-image-preview : none, noai"}), "noai");
}

TEST(OptOut, DirectivesThatAreNotKnownAreIgnoredWithTheirValues) {
  EXPECT_EQ(no({"max-audio-preview: 3, noai"}), "noai");
  EXPECT_EQ(no({"license: https://example.org/a, noindex"}), "noindex");
  EXPECT_EQ(no({"gannet: max-audio-preview: 3, noai"}), "noai (for gannet)");
  EXPECT_EQ(no({"googlebot: nofollow, max-audio-preview: 3, noai"}), "");
}

TEST(OptOut, DatesMayHoldCommasAndColons) {
  for (const char* date : {"25 Jun 2027 15:00:00 PST", "Friday, 25-Jun-27 15:00:00 UTC",
                           "Fri, 25 Jun 2027 15:00:00 GMT", "2027-06-25T15:00:00Z", "2027-06-25"}) {
    const std::string directive = std::string("unavailable_after: ") + date;
    EXPECT_EQ(no({directive}), "") << date;
    EXPECT_EQ(no({directive + ", noai"}), "noai") << date;
    EXPECT_EQ(no({"googlebot: " + directive + ", noai"}), "") << date;
  }
}

ResponseHead head_with(std::string_view name, std::string_view value) {
  ResponseHead head;
  EXPECT_TRUE(take_field(head, name, value));
  return head;
}

std::string no(const ResponseHead& head, const FetchSettings& settings) {
  return opted_out(head, settings).value_or("");
}

TEST(OptOut, TagsForTheProductOfTheUserAgentCount) {
  FetchSettings settings;
  const auto head = head_with("X-Robots-Tag", "picturebot: noindex");
  EXPECT_EQ(no(head, settings), "");
  settings.user_agent = "PictureBot/3 (+https://example.org)";
  EXPECT_EQ(no(head, settings), "X-Robots-Tag: noindex (for picturebot)");
}

TEST(OptOut, TagsForTheProductOfTheListsUserAgentCount) {
  FetchSettings settings;
  settings.user_agent = "PictureBot/3";
  JobOptions list;
  list.user_agent = "List-Bot/1";
  EXPECT_EQ(opted_out(head_with("X-Robots-Tag", "list-bot: noai"), settings, &list),
            "X-Robots-Tag: noai (for list-bot)");
  EXPECT_EQ(opted_out(head_with("X-Robots-Tag", "picturebot: noai"), settings, &list), std::nullopt);
  list.user_agent = "";  // says nothing
  EXPECT_EQ(opted_out(head_with("X-Robots-Tag", "picturebot: noai"), settings, &list),
            "X-Robots-Tag: noai (for picturebot)");
}

TEST(OptOut, ReservedMiningCountsWhenItIsToBeObeyed) {
  FetchSettings settings;
  EXPECT_EQ(no(head_with("TDM-Reservation", "1"), settings), "");
  settings.tdm_reservations = true;
  EXPECT_EQ(no(head_with("TDM-Reservation", "1"), settings), "tdm-reservation: 1");
  EXPECT_EQ(no(head_with("tdm-reservation", "0 ,1"), settings), "tdm-reservation: 1") << "several, made one by a proxy";
  for (const char* value : {"0", "", "11", "yes", "0, 11", "1 1", ","})
    EXPECT_EQ(no(head_with("tdm-reservation", value), settings), "");
}

}  // namespace
}  // namespace gannet::fetch

#include "fetch/robots_rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "fetch/robot_name.hpp"

namespace gannet::fetch {
namespace {

RobotsRules rules(std::string_view text) { return RobotsRules::parse(text, {"gannet", "Example-Bot"}); }

// The rule that forbids it, or "".
std::string no(const RobotsRules& rules, std::string_view target) { return rules.forbids(target).value_or(""); }
std::string no(std::string_view text, std::string_view target) { return no(rules(text), target); }

// Whether "Disallow: <pattern>" forbids the target.
bool forbids(std::string_view pattern, std::string_view target) {
  return !no("User-agent: *\nDisallow: " + std::string(pattern), target).empty();
}

TEST(RobotsRules, TellWhichRuleForbids) {
  const auto some = rules("# ours\nUser-agent: *\n\nDisallow: /private/ # really\nDisallow: /a b\n");
  EXPECT_EQ(no(some, "/private/a.jpg"), "Disallow: /private/ (line 4, for *)");
  EXPECT_EQ(no(some, "/a%20b.jpg"), "Disallow: /a%20b (line 5, for *)");
  EXPECT_EQ(no(some, "/public/a.jpg"), "");
  EXPECT_EQ(no("User-agent: GANNET/2.0\nDisallow: /", "/a"), "Disallow: / (line 2, for gannet)");
}

TEST(RobotsRules, NothingIsForbiddenByNothing) {
  for (const char* text :
       {"", "\n\n", "User-agent: *", "User-agent: *\nDisallow:", "User-agent: *\nDisallow:   # all\n", "Disallow: /",
        "<!DOCTYPE html><html><body>Not found: <a href='/'>home</a></body></html>", "User-agent: other\nDisallow: /"}) {
    EXPECT_EQ(no(text, "/a"), "") << text;
  }
  EXPECT_EQ(no(RobotsRules(), "/a"), "");
  EXPECT_EQ(no("User-agent: *\nDisallow: /", "/robots.txt"), "");
}

TEST(RobotsRules, AGroupThatNamesUsReplacesThatForEverybody) {
  const char* text = "User-agent: *\nDisallow: /all\n\nUser-agent: gannet\nDisallow: /us\n";
  EXPECT_EQ(no(text, "/all"), "");
  EXPECT_EQ(no(text, "/us"), "Disallow: /us (line 5, for gannet)");
  EXPECT_EQ(no("User-agent: *\nDisallow: /\nUser-agent: gannet\nDisallow:\n", "/a"), "");
  EXPECT_EQ(no("User-agent: gannet\n\nUser-agent: *\nDisallow: /\n", "/a"), "Disallow: / (line 4, for gannet)");
}

TEST(RobotsRules, GroupsForTheSameAgentAreOne) {
  const char* text =
      "User-agent: gannet\nDisallow: /1\nUser-agent: other\nDisallow: /2\nUser-agent: gannet\nDisallow: /3\n"
      "User-agent: example-bot\nDisallow: /4\n";
  EXPECT_NE(no(text, "/1"), "");
  EXPECT_EQ(no(text, "/2"), "");
  EXPECT_NE(no(text, "/3"), "");
  EXPECT_EQ(no(text, "/4"), "Disallow: /4 (line 8, for Example-Bot)");
}

TEST(RobotsRules, AgentsAreToldByTheirWholeName) {
  for (const char* agent : {"gannet", "Gannet", "gannet/1.0", "gannet 1.0", "gannet (+https://example.org)",
                            "EXAMPLE-BOT", "*", "* ", "* # all"}) {
    EXPECT_NE(no("User-agent: " + std::string(agent) + "\nDisallow: /", "/a"), "") << agent;
  }
  for (const char* agent : {"gann", "gannet2", "gannet-images", "gannetbot", "*bot", "", "Example", "bot gannet"}) {
    EXPECT_EQ(no("User-agent: " + std::string(agent) + "\nDisallow: /", "/a"), "") << agent;
  }
}

TEST(RobotsRules, OtherRecordsDoNotComeBetweenAgentsAndRules) {
  for (const char* other : {"Sitemap: https://example.org/map.xml", "Host: example.org", "Clean-param: a /b", "what?",
                            "Noindex: /a", "Content-Signal: search=yes", ""}) {
    const std::string text = "User-agent: gannet\n" + std::string(other) + "\nUser-agent: other\nDisallow: /a";
    EXPECT_EQ(no(text, "/a"), "Disallow: /a (line 4, for gannet)") << other;
  }
}

TEST(RobotsRules, MisspellingsThatOthersUnderstandAreUnderstood) {
  for (const char* text :
       {"useragent: *\ndissallow: /a", "User Agent : *\nDisalow : /a", "USER-AGENT:*\nDISALLOW:/a",
        "user-agent *\ndisallow /a", " \tUser-agent:\t*\n \tDisallow:\t/a\t ", "User-agent: *\ndisallow: a"}) {
    EXPECT_NE(no(text, "/a"), "") << text;
  }
  EXPECT_EQ(no("User-agent: *\nDisallow /a and all else", "/a"), "");
}

TEST(RobotsRules, LinesMayEndInAnyWayAndBeginWithAMark) {
  for (const char* text : {"User-agent: *\r\nDisallow: /a\r\n", "User-agent: *\rDisallow: /a",
                           "User-agent: *\nDisallow: /a", "\xef\xbb\xbfUser-agent: *\nDisallow: /a\r\n\r\n"}) {
    EXPECT_EQ(no(text, "/a"), "Disallow: /a (line 2, for *)") << text;
  }
  EXPECT_EQ(no("\r\n\r\n\n\rUser-agent: *\rDisallow: /", "/a"), "Disallow: / (line 6, for *)");
}

TEST(RobotsRules, TheLongestPatternDecidesAndAllowWinsATie) {
  const auto some = rules(
      "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c\nAllow: /same\nDisallow: /same\n"
      "Disallow: /*.gif\nAllow: /art/\n");
  EXPECT_NE(no(some, "/a/x"), "");
  EXPECT_EQ(no(some, "/a/b/x"), "");
  EXPECT_NE(no(some, "/a/b/c/x"), "");
  EXPECT_EQ(no(some, "/same"), "");
  EXPECT_NE(no(some, "/art/a.gif"), "");  // six bytes against five
  EXPECT_EQ(no("User-agent: *\nDisallow: /\nAllow: /", "/a"), "");
}

TEST(RobotsRules, WildcardsMatchAsTheRfcAndItsReferenceHaveIt) {
  for (const auto& [pattern, target] :
       std::initializer_list<std::pair<const char*, const char*>>{{"/", "/a"},
                                                                  {"/fish", "/fish"},
                                                                  {"/fish", "/fishheads/yummy.html"},
                                                                  {"/fish*", "/fish"},
                                                                  {"/*.php", "/a.php?b"},
                                                                  {"/*.php", "/a/b.php5"},
                                                                  {"/*.php$", "/a.php"},
                                                                  {"/fish*.php", "/fish.php"},
                                                                  {"/fish*.php", "/fishheads/cat.php?id=1"},
                                                                  {"*", "/"},
                                                                  {"*.gif", "/a.gif"},
                                                                  {"/$", "/"},
                                                                  {"/a*$", "/abc"},
                                                                  {"/**a", "/ba"},
                                                                  {"/*a*b", "/xaxb"},
                                                                  {"/*?*id=", "/a?b&id=1"},
                                                                  {"/a*a$", "/aba"},
                                                                  {"/*b$", "/abab"},
                                                                  {"/a$b", "/a$b"},
                                                                  {"/a**", "/a"}}) {
    EXPECT_TRUE(forbids(pattern, target)) << pattern << ' ' << target;
  }
  for (const auto& [pattern, target] :
       std::initializer_list<std::pair<const char*, const char*>>{{"/fish", "/Fish.asp"},
                                                                  {"/fish", "/catfish"},
                                                                  {"/fish/", "/fish"},
                                                                  {"/*.php", "/windows.PHP"},
                                                                  {"/*.php$", "/a.php?b"},
                                                                  {"/*.php$", "/a.php5"},
                                                                  {"/fish*.php", "/Fish.PHP"},
                                                                  {"/$", "/a"},
                                                                  {"/a*a$", "/a"},
                                                                  {"/a*b*a", "/ab"},
                                                                  {"/*aa$", "/a"},
                                                                  {"/a$", "/ab"}}) {
    EXPECT_FALSE(forbids(pattern, target)) << pattern << ' ' << target;
  }
}

TEST(RobotsRules, EncodingsOfOnePathAreOne) {
  for (const auto& [pattern, target] : std::initializer_list<std::pair<const char*, const char*>>{
           {"/foo/bar/\u30c4", "/foo/bar/%E3%83%84"},  // the table of RFC 9309, section 2.2.2
           {"/foo/bar/%E3%83%84", "/foo/bar/%e3%83%84"},
           {"/foo/bar/%62%61%7A", "/foo/bar/baz"},
           {"/foo/bar/baz", "/foo/bar/%62%61%7a"},
           {"/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar"},
           {"/foo/bar?baz=https%3a%2f%2ffoo.bar", "/foo/bar?baz=https://foo.bar"},
           {"/path/file-with-a-%2A.html", "/path/file-with-a-*.html"},  // section 2.2.3
           {"/path/foo-%24", "/path/foo-$"},
           {"/100%", "/100%25"},
           {"/a|b", "/a%7Cb"},
           {"/*/c", "/a?b=%2Fc"}}) {
    EXPECT_TRUE(forbids(pattern, target)) << pattern << ' ' << target;
  }
  for (const auto& [pattern, target] : std::initializer_list<std::pair<const char*, const char*>>{
           {"/a%2Fb", "/a/b"}, {"/a/b", "/a%2fb"}, {"/a%3Fb", "/a?b"}, {"/a%2A", "/abc"}, {"/a%24", "/a"}}) {
    EXPECT_FALSE(forbids(pattern, target)) << pattern << ' ' << target;
  }
}

TEST(RobotsRules, CrawlDelayIsOfTheGroupThatCounts) {
  const auto delay = [](std::string_view text) { return rules(text).crawl_delay(); };
  EXPECT_EQ(delay("User-agent: *\nCrawl-delay: 2.5"), 2500ms);
  EXPECT_EQ(delay("User-agent: *\nCrawl-delay: 2.5\nUser-agent: gannet\nDisallow:"), std::nullopt);
  EXPECT_EQ(delay("User-agent: gannet\nCrawl-delay: 1\nUser-agent: *\nCrawl-delay: 9\nDisallow: /"), 1s);
  EXPECT_EQ(delay("User-agent: gannet\nCrawl-delay: 1\nUser-agent: gannet\nCrawl-delay: 3"), 3s);
  EXPECT_EQ(delay("Crawl-delay: 5"), std::nullopt);
  EXPECT_EQ(no("User-agent: gannet\nCrawl-delay: 1\nUser-agent: *\nDisallow: /", "/a"), "");
}

TEST(RobotsRules, CrawlDelayIsANumberOfSecondsUpToAMinute) {
  const auto delay = [](const std::string& value) {
    return rules("User-agent: *\nCrawl-delay: " + value).crawl_delay();
  };
  EXPECT_EQ(delay("0"), 0ms);
  EXPECT_EQ(delay(".5"), 500ms);
  EXPECT_EQ(delay("10 seconds"), 10s);
  EXPECT_EQ(delay("60"), 60s);
  for (const auto& much : {std::string("61"), std::string("86400"), std::string(400, '9')}) EXPECT_EQ(delay(much), 60s);
  for (const auto* none : {"", "-1", "soon", "nan"}) EXPECT_EQ(delay(none), std::nullopt) << none;
}

TEST(RobotsRules, WhatIsBehindTheLimitIsNotRead) {
  const std::string head = "User-agent: *\nDisallow: /a\n";
  const std::string filler(RobotsRules::longest_text - head.size() - 13, '#');
  EXPECT_NE(no(head + filler + "\nDisallow: /b", "/b"), "");  // ends with the limit
  const auto cut = rules(head + filler + "\nDisallow: /bcd");
  EXPECT_NE(no(cut, "/a"), "");
  EXPECT_EQ(no(cut, "/b"), "");  // half a path would forbid more than the whole
  EXPECT_EQ(no(cut, "/bcd"), "");
}

TEST(RobotsRules, LinesOfAnyLengthAreRead) {
  const std::string path = "/" + std::string(100'000, 'x');
  EXPECT_NE(no("User-agent: *\nDisallow: " + path + "\n", path + "y"), "");
  EXPECT_LT(no("User-agent: *\nDisallow: " + path + "\n", path).size(), 300u);
}

TEST(RobotsRules, MemoryIsWithinAFewTimesTheText) {
  std::string many = "User-agent: *\n", wide = "User-agent: *\n";
  while (many.size() < RobotsRules::longest_text) many += "allow:a\n";
  while (wide.size() < RobotsRules::longest_text) wide += "allow:\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\n";
  EXPECT_LT(rules(many).size(), 4 * RobotsRules::longest_text);
  EXPECT_LT(rules(wide).size(), 4 * RobotsRules::longest_text);
}

TEST(RobotsRules, WorkForOneUrlIsBoundedAndDoubtForbids) {
  std::string text = "User-agent: *\n";
  while (text.size() < RobotsRules::longest_text - 20) text += "allow:*b\n";
  const auto some = rules(text);
  EXPECT_EQ(no(some, "/" + std::string(16'000, 'a')), "too many wildcards for such a long URL");
  EXPECT_EQ(no(some, "/" + std::string(100, 'a')), "");
}

TEST(RobotsPattern, StarsAreNeverTriedTwice) {
  // Backtracking would take the age of the universe.
  std::string pattern;
  for (int i = 0; i < 5000; ++i) pattern += "*a";
  EXPECT_FALSE(pattern_matches(pattern + "*b", std::string(16'000, 'a')));
  EXPECT_TRUE(pattern_matches(pattern + "$", std::string(16'000, 'a')));
}

TEST(RobotName, IsTheProductThatTheUserAgentBeginsWith) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(robot_names("gannet/1.0 (+me@example.org)"), Names{"gannet"});
  EXPECT_EQ(robot_names("Gannet"), Names{"gannet"});
  EXPECT_EQ(robot_names("Example_Bot-2.1/7 x"), (Names{"gannet", "Example_Bot-2.1"}));
  EXPECT_EQ(robot_names(""), Names{"gannet"});
  EXPECT_EQ(robot_names("(none)"), Names{"gannet"});
}

}  // namespace
}  // namespace gannet::fetch

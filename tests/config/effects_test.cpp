// Keys that do nothing are told.
#include "config/effects.hpp"

#include <gtest/gtest.h>

#include "config_file.hpp"

namespace gannet::config {
namespace {

std::string warnings_in(std::string_view content, const std::vector<std::string>& overrides = {}) {
  const Loaded loaded = load_text(content, overrides);
  EXPECT_EQ(all(loaded.mistakes), "");
  return all(loaded.warnings);
}

class EffectsTest : public testing::Test {
 protected:
  EffectsTest() {
    std::ofstream(file.path()) << "me:secret\n";
    std::filesystem::permissions(file.path(), std::filesystem::perms::owner_read);
  }

  ConfigFile file{""};
  const std::string secret = file.path().string();
};

TEST_F(EffectsTest, WhatIsForAProxyNeedsOne) {
  EXPECT_EQ(warnings_in("fetch:\n  no_proxy: [a.example]\n  proxy_credentials: " + secret + "\n"),
            "gannet.yaml:3: fetch.proxy_credentials: has no effect without fetch.proxy\n"
            "gannet.yaml:2: fetch.no_proxy: has no effect without fetch.proxy\n");
  EXPECT_EQ(
      warnings_in("fetch: {proxy: 'http://p.example:1', no_proxy: [a.example], proxy_credentials: " + secret + "}"),
      "");
  EXPECT_EQ(warnings_in("fetch: {no_proxy: [], proxy_credentials: ''}"), "");
}

TEST_F(EffectsTest, WhatDecodeWorkersMakeNeedsOne) {
  constexpr std::string_view keys = "  resize: {mode: border}\n  max_pixels: 1000\n";
  EXPECT_EQ(warnings_in("decode:\n" + std::string(keys)),
            "gannet.yaml:2: decode.resize.mode: has no effect without decode.workers\n");
  EXPECT_EQ(warnings_in("decode:\n  workers: 2\n" + std::string(keys)), "");
}

TEST_F(EffectsTest, AProxyOfOneHostDoesNotUseThem) {
  EXPECT_EQ(warnings_in("fetch:\n  no_proxy: [a.example]\n  hosts: {a.example: {proxy: 'http://p.example:1'}}\n"),
            "gannet.yaml:2: fetch.no_proxy: has no effect without fetch.proxy\n");
}

TEST_F(EffectsTest, CredentialsOfAHostNeedItsProxy) {
  for (const auto* host : {"", "proxy: direct, "}) {
    EXPECT_EQ(warnings_in("fetch:\n  proxy: http://p.example:1\n  hosts:\n    a.example: {" + std::string(host) +
                          "proxy_credentials: " + secret + "}\n"),
              "gannet.yaml:4: fetch.hosts[a.example].proxy_credentials: has no effect without a proxy beside it\n");
  }
  EXPECT_EQ(warnings_in("fetch.hosts: {a.example: {proxy: 'http://p.example:1', proxy_credentials: " + secret + "}}"),
            "");
}

TEST_F(EffectsTest, AnOverrideMayLeaveAKeyWithoutEffect) {
  EXPECT_EQ(warnings_in("fetch: {proxy: 'http://p.example:1', no_proxy: [a.example]}\n", {"fetch.proxy="}),
            "gannet.yaml:1: fetch.no_proxy: has no effect without fetch.proxy\n");
  EXPECT_EQ(warnings_in("", {"fetch.no_proxy=a.example"}), "--set fetch.no_proxy: has no effect without fetch.proxy\n");
}

TEST_F(EffectsTest, AKeyBehindAWiderPatternIsNeverAsked) {
  EXPECT_EQ(
      warnings_in("fetch:\n  hosts:\n    '*.example': {cookie: a=1, referer: ''}\n    '*.b.example': {referer: x}\n"
                  "    a.example: {cookie: a=2, accept: x}\n    example: {cookie: a=3}\n"
                  "    '*': {cookie: a=4}\n"),
      "gannet.yaml:4: fetch.hosts[*.b.example].referer: has no effect: fetch.hosts[*.example].referer, which comes "
      "first, holds for all these hosts\n"
      "gannet.yaml:5: fetch.hosts[a.example].cookie: has no effect: fetch.hosts[*.example].cookie, which comes "
      "first, holds for all these hosts\n");
}

TEST_F(EffectsTest, EachIsToldOnce) {
  EXPECT_EQ(
      warnings_in("fetch.hosts: {'*': {cookie: a=1}, '*.example': {cookie: a=2}, a.example: {cookie: a=3}}"),
      "gannet.yaml:1: fetch.hosts[*.example].cookie: has no effect: fetch.hosts[*].cookie, which comes first, holds "
      "for all these hosts\n"
      "gannet.yaml:1: fetch.hosts[a.example].cookie: has no effect: fetch.hosts[*].cookie, which comes first, holds "
      "for all these hosts\n");
}

TEST_F(EffectsTest, AreNotToldWithoutEnd) {
  std::string text = "fetch:\n  hosts:\n    '*': {cookie: a=1}\n";
  for (int i = 0; i < 300; ++i) text += "    h" + std::to_string(i) + ".example: {cookie: a=1}\n";
  const auto warnings = load_text(text).warnings;
  ASSERT_EQ(warnings.size(), 101u);
  EXPECT_EQ(warnings.back().text, "too many keys without effect; the rest of them is not told");
}

TEST_F(EffectsTest, AnOverrideIsMeantToWin) {
  EXPECT_EQ(warnings_in("fetch.hosts: {a.example: {cookie: a=1}}\n", {"fetch.hosts[*].cookie=a=2"}), "");
}

}  // namespace
}  // namespace gannet::config

// fetch.hosts: a map of sections, each with the same keys.
#include <gtest/gtest.h>

#include "config/host_keys.hpp"
#include "config_file.hpp"

namespace gannet::config {
namespace {

const char* const some = R"(
fetch:
  hosts:
    img.shop.example: {user_agent: agent/2, referer: "https://shop.example/", accept: image/webp, cookie: "a=1; b=2"}
    "*.Example.org": {insecure: false}
    plain.example:
    "*": {referer: "https://example.org/"}
)";

TEST(Hosts, AreKeptInTheOrderOfTheFile) {
  const Loaded loaded = load_text(some);
  ASSERT_EQ(all(loaded.mistakes), "");
  const auto& hosts = loaded.settings.fetch.hosts;
  ASSERT_EQ(hosts.size(), 3u);
  EXPECT_EQ(hosts[0].pattern, "img.shop.example");
  EXPECT_EQ(hosts[0].user_agent, "agent/2");
  EXPECT_EQ(hosts[0].referer, "https://shop.example/");
  EXPECT_EQ(hosts[0].accept, "image/webp");
  EXPECT_EQ(hosts[0].cookie, "a=1; b=2");
  EXPECT_FALSE(hosts[0].insecure.has_value());
  EXPECT_EQ(hosts[1].pattern, "*.example.org");
  EXPECT_EQ(hosts[1].insecure, std::optional(false));
  EXPECT_EQ(hosts[2].pattern, "*");
}

TEST(Hosts, WhatIsWrittenIsSaidBeItEmptyOrFalse) {
  const Loaded loaded = load_text("fetch: {hosts: {a.example: {insecure: false, cookie: ''}}}");
  ASSERT_EQ(all(loaded.mistakes), "");
  const HostRule& rule = loaded.settings.fetch.hosts.at(0);
  EXPECT_EQ(rule.insecure, std::optional(false));
  EXPECT_EQ(rule.cookie, std::optional<std::string>(""));
  EXPECT_FALSE(rule.referer.has_value());
}

TEST(Hosts, LimitsAreKnownToTheFrontierInTheOrderOfTheFile) {
  const Loaded loaded = load_text(R"(
fetch:
  hosts:
    img.example.org: {connections: 3, delay: 2s}
    plain.example.org: {cookie: a=1}
    "*.example.org": {profile: polite, streams: 9, requests_per_second: 0.5, bytes_per_second: 1MiB}
)",
                                  {"fetch.hosts[cdn.example.org].connections=20"});
  ASSERT_EQ(all(loaded.mistakes), "");
  const auto& hosts = loaded.settings.frontier.hosts;
  ASSERT_EQ(hosts.size(), 3u);
  EXPECT_EQ(hosts[0].pattern, "cdn.example.org");
  EXPECT_EQ(hosts[0].limits.connections, 20u);
  EXPECT_EQ(hosts[1].pattern, "img.example.org");
  EXPECT_EQ(hosts[1].limits.connections, 3u);
  EXPECT_EQ(hosts[1].limits.delay, 2s);
  EXPECT_FALSE(hosts[1].limits.streams);
  EXPECT_EQ(hosts[2].limits.streams, 9u);
  EXPECT_EQ(hosts[2].limits.requests_per_second, 0.5);
  EXPECT_EQ(hosts[2].limits.bytes_per_second, 1u << 20);
  EXPECT_EQ(hosts[2].limits.profile, Profile::polite);
  EXPECT_FALSE(hosts[1].limits.profile);
}

TEST(Hosts, KeysFillAMemberOfTheirOwnAndAcceptTheirDefault) {
  for (const Key& key : host_key_table()) {
    HostSection section{HostRule{}};
    EXPECT_EQ(section.put(key, key.help.default_value), std::nullopt) << key.help.name;
    const std::string other = key.help.name == "proxy"   ? "direct"
                              : key.help.choices.empty() ? "x"
                                                         : key.help.choices[0];
    if (section.put(key, other)) continue;
    Settings settings;
    settings.fetch.hosts = {section.rule()};
    for (const Key& each : host_key_table()) {
      EXPECT_EQ(each.get(settings), &each == &key ? other : each.help.default_value) << key.help.name;
    }
  }
}

TEST(Hosts, InheritSaysNothingOfTheProfile) {
  const Loaded loaded = load_text("fetch: {hosts: {a.example: {profile: inherit}}}");
  EXPECT_EQ(all(loaded.mistakes), "");
  EXPECT_TRUE(loaded.settings.frontier.hosts.empty());
}

TEST(Hosts, MistakesAreToldWithTheirPlace) {
  EXPECT_EQ(mistakes_in("fetch:\n  hosts:\n    a.example:\n      insecur: true\n"),
            "gannet.yaml:4: fetch.hosts[a.example].insecur: unknown key; did you mean insecure?\n");
  EXPECT_TRUE(mistakes_in("fetch.hosts: {a.example: {colour: red}}\n")
                  .starts_with("gannet.yaml:1: fetch.hosts[a.example].colour: unknown key; a host has user_agent, "
                               "referer, accept, cookie, "));
  EXPECT_EQ(mistakes_in("fetch:\n  hosts:\n    a.example: {insecure: maybe}\n"),
            "gannet.yaml:3: fetch.hosts[a.example].insecure: 'maybe' is not accepted; true or false\n");
  EXPECT_EQ(
      mistakes_in("fetch.hosts: {http://a.example/: {insecure: true}}\n"),
      "gannet.yaml:1: fetch.hosts: 'http://a.example/' is not accepted; a host, *.example.org for all below it, or "
      "*\n");
  EXPECT_EQ(mistakes_in("fetch:\n  hosts:\n    a.example: {cookie: a=1}\n    A.example: {cookie: a=2}\n"),
            "gannet.yaml:4: fetch.hosts[a.example]: given twice; the first is on line 3\n");
  EXPECT_EQ(mistakes_in("fetch.hosts: {a.example: {cookie: a, cookie: b}}\n"),
            "gannet.yaml:1: fetch.hosts[a.example].cookie: given twice; the first is on line 1\n");
  EXPECT_TRUE(mistakes_in("fetch.hosts: [a.example]\n")
                  .starts_with("gannet.yaml:1: fetch.hosts: a list is not accepted; a section with a section for each "
                               "host: user_agent, "));
  EXPECT_TRUE(
      mistakes_in("fetch.hosts: {a.example: b}\n")
          .starts_with("gannet.yaml:1: fetch.hosts[a.example]: 'b' is not accepted; a section with user_agent, "));
  EXPECT_TRUE(mistakes_in("fetch.host: {}\n")
                  .starts_with("gannet.yaml:1: fetch.host: unknown key; did you mean "
                               "fetch.hosts, a section with a section for each host"));
}

TEST(Hosts, APatternThatMatchesNoHostIsToldSo) {
  for (const auto* pattern : {"*.1", "*.10.0.0.1", "*.[::1]"}) {
    EXPECT_EQ(
        mistakes_in("fetch.hosts: {\"" + std::string(pattern) + "\": {cookie: a=1}}\n"),
        "gannet.yaml:1: fetch.hosts: '" + std::string(pattern) +
            "' is not accepted: nothing is below an address, and a name whose last part is a number is one; write "
            "the address itself\n");
  }
  EXPECT_TRUE(mistakes_in("", {"fetch.hosts[*.1].cookie=1"})
                  .starts_with("--set fetch.hosts[*.1].cookie: not accepted: nothing is below an address"));
}

TEST(Hosts, OnlySingleHostsAreInsecure) {
  for (const auto* wide : {"*", "*.org", "*.co.uk", "*.img.example.org"}) {
    EXPECT_EQ(mistakes_in("fetch.hosts: {\"" + std::string(wide) + "\": {insecure: true}}\n"),
              "gannet.yaml:1: fetch.hosts[" + std::string(wide) + "].insecure: true is not accepted for '" + wide +
                  "', only for single hosts; name each whose certificate need not be valid\n");
  }
  for (const auto* one : {"img.example.org", "192.0.2.1", "2001:db8::1"}) {
    EXPECT_EQ(mistakes_in("fetch.hosts: {\"" + std::string(one) + "\": {insecure: true}}\n"), "");
  }
  EXPECT_EQ(mistakes_in("fetch.hosts: {\"*\": {insecure: false}}\n"), "");
  EXPECT_EQ(
      mistakes_in("", {"fetch.hosts[*].insecure=true"}).find("--set fetch.hosts[*].insecure: true is not accepted"),
      0u);
}

TEST(Hosts, HeadersAreOneLineOfAscii) {
  for (const auto* name : {"user_agent", "referer", "accept", "cookie"}) {
    for (const auto& value : {std::string("caf\xc3\xa9"), std::string("a\tb"), std::string("a\r\nX: y"),
                              std::string(" a"), std::string(5000, 'a')}) {
      const Key* key = find_host_key(name);
      ASSERT_TRUE(key);
      EXPECT_TRUE(HostSection{HostRule{}}.put(*key, value)) << name << value;
    }
  }
}

TEST(Hosts, NoMessageShowsACookie) {
  EXPECT_EQ(mistakes_in("fetch.hosts: {a.example: {cookie: ' session=1234'}}\n"),
            "gannet.yaml:1: fetch.hosts[a.example].cookie: this value is not accepted; at most 4096 printable ASCII "
            "characters, such as 'name=value; other=value'\n");
}

TEST(Hosts, AnOverrideChangesAHostOfTheFileOrComesFirst) {
  const Loaded loaded = load_text(
      some, {"fetch.hosts[img.shop.example].cookie=c=3", "fetch.hosts[other.example].referer=https://o.example/"});
  ASSERT_EQ(all(loaded.mistakes), "");
  const auto& hosts = loaded.settings.fetch.hosts;
  ASSERT_EQ(hosts.size(), 4u);
  EXPECT_EQ(hosts[0].pattern, "other.example");
  EXPECT_EQ(hosts[0].referer, "https://o.example/");
  EXPECT_EQ(hosts[1].cookie, "c=3");
  EXPECT_EQ(hosts[1].user_agent, "agent/2");
}

TEST(Hosts, OverridesThatNameNoHostOrKeyAreRefused) {
  EXPECT_EQ(mistakes_in("", {"fetch.hosts[a.example]=1"}),
            "--set fetch.hosts[a.example]: not a key; write it as fetch.hosts[HOST].KEY\n");
  EXPECT_EQ(mistakes_in("", {"fetch.hosts[a.example].cookies=1"}),
            "--set fetch.hosts[a.example].cookies: unknown key; did you mean cookie?\n");
  EXPECT_EQ(mistakes_in("", {"fetch.hosts[a b].cookie=1"}).find("--set fetch.hosts[a b].cookie: not accepted; a host"),
            0u);
  EXPECT_EQ(mistakes_in("", {"fetch.hosts=1"}).find("--set fetch.hosts: not a key, but a section with a section"), 0u);
}

TEST(Hosts, AreBounded) {
  std::string text = "fetch:\n  hosts:\n";
  for (int i = 0; i <= 1000; ++i) text += "    h" + std::to_string(i) + ".example: {cookie: a=1}\n";
  EXPECT_EQ(mistakes_in(text), "gannet.yaml:1003: fetch.hosts[h1000.example]: at most 1000 hosts are accepted\n");
}

}  // namespace
}  // namespace gannet::config

#include <gtest/gtest.h>

#include "config_file.hpp"

namespace gannet::config {
namespace {

TEST(Mistakes, ABadValueIsToldWithItsPlaceAndWhatIsAccepted) {
  EXPECT_EQ(mistakes_in("# head\n\nfetch:\n  threads: many\n"),
            "gannet.yaml:4: fetch.threads: 'many' is not accepted; a whole number from 0 to 256\n");
}

TEST(Mistakes, TheFileIsNamedAsItWasGiven) {
  const ConfigFile file("root: here\n");
  EXPECT_EQ(load(file.path(), {}).mistakes.at(0).where, file.path().string() + ":1");
}

TEST(Mistakes, AnOverrideIsNamedByItsKey) {
  EXPECT_EQ(mistakes_in("", {"fetch.threads=257"}),
            "--set fetch.threads: '257' is not accepted; a whole number from 0 to 256\n");
  EXPECT_EQ(mistakes_in("", {"fetch.threads"}), "--set fetch.threads: no value; write it as KEY=VALUE\n");
  EXPECT_EQ(mistakes_in("", {"fetch.thread=2"}), "--set fetch.thread: unknown key; did you mean fetch.threads?\n");
  EXPECT_EQ(mistakes_in("", {"output=2"}), "--set output: not a key, but a section with format, shard_size\n");
  EXPECT_EQ(load(std::nullopt, {"", "=", "=2"}).mistakes.size(), 3u);
}

TEST(Mistakes, AllAreReportedAtOnceInTheirOrder) {
  EXPECT_EQ(
      mistakes_in("root: here\n"
                  "fetch:\n"
                  "  http2: maybe\n"
                  "  profile: kind\n"
                  "  allow_addresses: [10.0.0.0/8, nowhere,\n"
                  "    10.0.0.0/33]\n"
                  "  timeouts: {dns: 2h}\n"
                  "sotre: {hash: none}\n",
                  {"stop.drain=forever", "log.level=loud"}),
      "gannet.yaml:1: root: 'here' is not accepted; an absolute path\n"
      "gannet.yaml:3: fetch.http2: 'maybe' is not accepted; true or false\n"
      "gannet.yaml:4: fetch.profile: 'kind' is not accepted; open-web, polite or own-server\n"
      "gannet.yaml:5: fetch.allow_addresses: 'nowhere' is not accepted; a list of addresses and blocks such as "
      "10.1.0.0/16 or 2001:db8::/32\n"
      "gannet.yaml:6: fetch.allow_addresses: '10.0.0.0/33' is not accepted; a list of addresses and blocks such as "
      "10.1.0.0/16 or 2001:db8::/32\n"
      "gannet.yaml:7: fetch.timeouts.dns: '2h' is not accepted; a duration such as 500ms, 20s, 5m or 1h from 10ms "
      "to 1h\n"
      "gannet.yaml:8: sotre: unknown key; did you mean store, a section with hash, sync, sync_interval, "
      "checkpoint_every, threads, min_free, memory, refetch, hard_links, catalogue, catalogue_rows, catalogue_memory?\n"
      "--set stop.drain: 'forever' is not accepted; a duration such as 500ms, 20s, 5m or 1h from 0s to 10m\n"
      "--set log.level: 'loud' is not accepted; debug, info, warning or error\n");
}

TEST(Mistakes, AValueInTheFileIsCheckedEvenWhenItIsOverridden) {
  EXPECT_EQ(load_text("fetch: {threads: many}\n", {"fetch.threads=2"}).mistakes.size(), 1u);
}

TEST(Mistakes, TheWrongKindOfNodeIsNamed) {
  EXPECT_EQ(mistakes_in("fetch:\n  threads: [1, 2]\n"),
            "gannet.yaml:2: fetch.threads: a list is not accepted; a whole number from 0 to 256\n");
  EXPECT_EQ(mistakes_in("root: {path: /srv}\n"), "gannet.yaml:1: root: a section is not accepted; an absolute path\n");
  EXPECT_EQ(mistakes_in("\noutput: files\n"),
            "gannet.yaml:2: output: 'files' is not accepted; a section with format, shard_size\n");
  EXPECT_EQ(mistakes_in("output: [files]\n"),
            "gannet.yaml:1: output: a list is not accepted; a section with format, shard_size\n");
  EXPECT_EQ(mistakes_in("fetch:\n  dns:\n    servers:\n      - {address: 192.0.2.1}\n")
                .find("gannet.yaml:4: fetch.dns.servers: a section is not accepted; a list of addresses"),
            0u);
  EXPECT_EQ(mistakes_in("fetch:\n  dns:\n    servers: {}\n").find("gannet.yaml:3: fetch.dns.servers: a section is"),
            0u);
  EXPECT_EQ(mistakes_in("fetch:\n  threads:\n"),
            "gannet.yaml:2: fetch.threads: '' is not accepted; a whole number from 0 to 256\n");
}

TEST(Mistakes, AFileThatIsNotAMapIsOneMistake) {
  EXPECT_EQ(mistakes_in("hello\n").find("gannet.yaml:1: 'hello' is not accepted; a section with root, logs, inbox"),
            0u);
  EXPECT_EQ(load_text("- root: /srv\n").mistakes.size(), 1u);
}

TEST(Mistakes, AKeyMustBeAName) {
  EXPECT_EQ(mistakes_in("fetch:\n  ? [a]\n  : 1\n"), "gannet.yaml:2: fetch: a list is not the name of a key\n");
  EXPECT_EQ(load_text("\"\": {fetch: {threads: 2}}\n").mistakes.size(), 1u);
  EXPECT_EQ(load_text("fetch: {\"\": 2}\n").mistakes.size(), 1u);
  EXPECT_EQ(load_text("~: 2\n").mistakes.size(), 1u);
}

TEST(Mistakes, AKeyOrSectionGivenTwiceNamesBothLines) {
  EXPECT_EQ(mistakes_in("fetch:\n  threads: 1\n  tries: 2\n  threads: 3\n"),
            "gannet.yaml:4: fetch.threads: given twice; the first is on line 2\n");
  EXPECT_EQ(mistakes_in("log: {level: info}\nstop:\nlog: {level: debug}\n"),
            "gannet.yaml:3: log: given twice; the first is on line 1\n");
  EXPECT_EQ(mistakes_in("log.level: info\nlog:\n  level: debug\n"),
            "gannet.yaml:3: log.level: given twice; the first is on line 1\n");
}

TEST(Mistakes, BrokenYamlIsToldWithItsLine) {
  EXPECT_EQ(mistakes_in("fetch:\n  threads: [1,\n").find("gannet.yaml:3: not valid YAML: "), 0u);
  EXPECT_EQ(mistakes_in("root: /srv\n\tlogs: /srv\n").find("gannet.yaml:2: not valid YAML: "), 0u);
  EXPECT_EQ(mistakes_in("root: *nowhere\n").find("gannet.yaml:1: not valid YAML: "), 0u);
}

TEST(Mistakes, WhatBelongsToNoKeyIsNotLeftOut) {
  EXPECT_EQ(mistakes_in("root: /a\n---\nlogs: here\n"), "gannet.yaml:2: not valid YAML: belongs to no key\n");
  EXPECT_EQ(mistakes_in("  root: /a\nlogs: here\n"), "gannet.yaml:2: not valid YAML: belongs to no key\n");
  EXPECT_EQ(mistakes_in("~\n---\nlogs: here\n"), "gannet.yaml:2: not valid YAML: belongs to no key\n");
  EXPECT_EQ(mistakes_in(","), "gannet.yaml:1: not valid YAML: belongs to no key\n");
  EXPECT_EQ(mistakes_in("root: /a\n...\n# the end\n"), "");
}

TEST(Mistakes, AFileThatCannotBeReadIsOne) {
  const ConfigFile file("");
  EXPECT_EQ(all(load(file.folder() / "none.yaml", {}).mistakes),
            "none.yaml: cannot be read: No such file or directory\n");
  EXPECT_EQ(load(file.folder(), {}).mistakes.at(0).text, "cannot be read: Is a directory");
}

TEST(Mistakes, AFileThatIsNoTextIsOne) {
  EXPECT_EQ(mistakes_in("root: /\xff\n"), "gannet.yaml: not a text in UTF-8\n");
  EXPECT_EQ(mistakes_in(std::string_view("a\0b", 3)), "gannet.yaml: not a text in UTF-8\n");
  EXPECT_EQ(mistakes_in("root: /a\n\x04\nlogs: here\n"), "gannet.yaml:2: a control character\n");
}

TEST(Mistakes, AFileIsReadUpToOneMebibyte) {
  std::string text = "root: /srv\n";
  text.resize(1 << 20, '#');
  text[text.find('#') + 1] = '\n';
  EXPECT_EQ(load_text(text).settings.store.root, "/srv");
  EXPECT_EQ(mistakes_in(text + '#'), "gannet.yaml: larger than 1 MiB\n");
}

TEST(Mistakes, NoValueMayHoldControlCharacters) {
  EXPECT_EQ(mistakes_in("fetch: {contact: \"a\\r\\nX-Evil: 1\"}\n"),
            "gannet.yaml:1: fetch.contact: 'a??X-Evil: 1' is not accepted; at most 256 printable ASCII characters\n");
  EXPECT_EQ(load_text("root: \"/srv\\0/x\"\n").mistakes.size(), 1u);
  EXPECT_EQ(load_text("fetch: {deny_addresses: [\"10.0.0.1\\0\"]}\n").mistakes.size(), 1u);
}

TEST(Mistakes, ManyAreCutShort) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "key" + std::to_string(i) + ": 1\n";
  const Loaded loaded = load_text(text);
  ASSERT_EQ(loaded.mistakes.size(), 101u);
  EXPECT_EQ(loaded.mistakes.back().text, "too many mistakes; the rest of the file was not checked");
}

TEST(Mistakes, DeepNestingIsRefusedNotFollowed) {
  EXPECT_EQ(load_text(std::string(500'000, '[')).mistakes.size(), 1u);
  EXPECT_EQ(load_text(std::string(500'000, '{')).mistakes.size(), 1u);
}

TEST(Mistakes, AliasesAreNotExpanded) {
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char level = 'b'; level <= 'y'; ++level) {
    const std::string older(1, static_cast<char>(level - 1));
    bomb += std::string(1, level) + ": &" + level + " [";
    for (int i = 0; i < 9; ++i) bomb += "*" + older + ", ";
    bomb += "*" + older + "]\n";
  }
  EXPECT_EQ(load_text(bomb + "fetch: {dns: {servers: *y}}\n").mistakes.size(), 25u + 10u);
  EXPECT_EQ(load_text("fetch: &f {timeouts: *f, per_host: *f}\n").mistakes.size(), 4u);
}

TEST(Mistakes, AnAliasMayShareAValue) {
  const Loaded loaded = load_text("root: &place /srv/gannet\nlogs: *place\n");
  EXPECT_EQ(all(loaded.mistakes), "");
  EXPECT_EQ(loaded.settings.report.logs, "/srv/gannet");
}

}  // namespace
}  // namespace gannet::config

// What a list may say of itself, and what it may not.
#include "config/list_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "config/host_keys.hpp"
#include "config/keys.hpp"
#include "config/list_keys.hpp"

namespace gannet::config {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string wrong(std::string_view directive, std::uint64_t line = 7) {
  return ListOptions().read(line, directive).value_or("");
}

JobOptions said(std::initializer_list<std::string_view> directives) {
  ListOptions options;
  for (const auto directive : directives) EXPECT_EQ(options.read(1, directive).value_or(""), "") << directive;
  JobOptions read;
  options.apply_to(read);
  return read;
}

TEST(ListOptions, EveryOneGoesToItsOwnPlace) {
  const auto read = said({"priority=bulk",
                          "fetch.profile=own-server",
                          "fetch.per_host.connections=3",
                          "fetch.per_host.streams=4",
                          "fetch.per_host.requests_per_second=0.5",
                          "fetch.per_host.bytes_per_second=1KiB",
                          "fetch.per_host.delay=2s",
                          "fetch.tries=2",
                          "fetch.max_body=1MiB",
                          "fetch.user_agent=agent/1",
                          "fetch.headers.accept=image/webp",
                          "fetch.headers.referer=https://example.org/",
                          "fetch.accept=any",
                          "robots=obey",
                          "decode.max_pixels=1000",
                          "dedupe=true",
                          "decode.min_size=64",
                          "decode.max_aspect_ratio=2.5",
                          "decode.verify=false",
                          "decode.resize.mode=border",
                          "decode.resize.size=128",
                          "decode.resize.only_if_bigger=true",
                          "decode.encode.format=webp",
                          "decode.encode.quality=80",
                          "decode.encode.keep_metadata=true",
                          "decode.thumbnails=64, 256",
                          "decode.exif=true",
                          "decode.phash=true",
                          "decode.blur_column=faces",
                          "store.hash=none",
                          "output.shard_size=100",
                          "store.refetch=after:2h"});
  EXPECT_EQ(read.priority, Priority::bulk);
  EXPECT_EQ(read.limits.profile, Profile::own_server);
  EXPECT_EQ(read.limits.connections, 3u);
  EXPECT_EQ(read.limits.streams, 4u);
  EXPECT_EQ(read.limits.requests_per_second, 0.5);
  EXPECT_EQ(read.limits.bytes_per_second, ByteCount{1024});
  EXPECT_EQ(read.limits.delay, 2s);
  EXPECT_EQ(read.tries, 2u);
  EXPECT_EQ(read.max_body, ByteCount{1 << 20});
  EXPECT_EQ(read.user_agent, "agent/1");
  EXPECT_EQ(read.accept_header, "image/webp");
  EXPECT_EQ(read.referer, "https://example.org/");
  EXPECT_EQ(read.accept, Accept::any);
  EXPECT_EQ(read.robots, Robots::obey);
  EXPECT_EQ(read.dedupe, true);
  EXPECT_EQ(read.max_pixels, 1000u);
  EXPECT_EQ(read.min_size, 64u);
  EXPECT_EQ(read.max_aspect_ratio, 2.5);
  EXPECT_EQ(read.verify, false);
  EXPECT_EQ(read.resize, ResizeMode::border);
  EXPECT_EQ(read.resize_size, 128u);
  EXPECT_EQ(read.only_if_bigger, true);
  EXPECT_EQ(read.encoding, Encoding::webp);
  EXPECT_EQ(read.quality, 80u);
  EXPECT_EQ(read.keep_metadata, true);
  EXPECT_EQ(read.thumbnails, (Thumbnails{64, 256}));
  EXPECT_EQ(read.exif, true);
  EXPECT_EQ(read.perceptual_hash, true);
  EXPECT_EQ(read.blur_column, "faces");
  EXPECT_EQ(read.hash, Hash::none);
  EXPECT_EQ(read.shard_size, 100u);
  EXPECT_EQ(read.refetch, (Refetch{Refetch::Kind::after, 2h}));
  EXPECT_EQ(list_key_names(read), list_key_names());
  EXPECT_EQ(list_key_names(said({"fetch.tries=2", "priority=bulk"})), "priority, fetch.tries");
}

TEST(ListOptions, AreTheSameWhenTheyAreWrittenAndReadAgain) {
  ListOptions options, others;
  for (const auto* one : {"fetch.tries=2", "fetch.headers.referer=https://example.org/?a=b"}) {
    EXPECT_FALSE(options.read(1, one));
  }
  for (const auto* one : {"fetch.tries = 3", "priority=bulk"}) EXPECT_FALSE(others.read(1, one));
  EXPECT_EQ(ListOptions().as_lines(), "");
  EXPECT_EQ(options.as_lines(), "#! fetch.headers.referer=https://example.org/?a=b\n#! fetch.tries=2\n");
  options.overrule(others);
  EXPECT_EQ(options.as_lines(),
            "#! fetch.headers.referer=https://example.org/?a=b\n#! fetch.tries=3\n#! priority=bulk\n");
}

TEST(ListOptions, BlanksAroundKeyAndValueMeanNothing) {
  EXPECT_EQ(said({" \tfetch.tries =  3 "}).tries, 3u);
  EXPECT_EQ(said({"fetch.user_agent= a = b "}).user_agent, "a = b");
}

TEST(ListOptions, ValuesAreReadAsInTheConfiguration) {
  EXPECT_EQ(wrong("fetch.tries=many"), "line 7: fetch.tries: 'many' is not accepted; a whole number from 1 to 20");
  EXPECT_EQ(wrong("fetch.tries=21"), "line 7: fetch.tries: '21' is not accepted; a whole number from 1 to 20");
  EXPECT_EQ(wrong("priority=highest"), "line 7: priority: 'highest' is not accepted; urgent, normal or bulk");
  EXPECT_NE(wrong("fetch.user_agent=a\x01"), "");
  EXPECT_NE(wrong("fetch.user_agent=" + std::string(257, 'a')), "");
}

TEST(ListOptions, AnUnknownKeyIsRefusedWithAllThatAreAccepted) {
  EXPECT_EQ(wrong("fetch.tris=2"), "line 7: fetch.tris: unknown key; a list may set " + list_key_names());
  for (const auto* key : {"priority", "fetch.profile", "fetch.per_host.requests_per_second", "output.shard_size"}) {
    EXPECT_THAT(list_key_names(), HasSubstr(key));
  }
  EXPECT_THAT(wrong(std::string(1000, 'k') + "=1"), StartsWith("line 7: " + std::string(80, 'k') + "...: unknown"));
  EXPECT_THAT(wrong("a\x1b[2Jb=1"), HasSubstr("a?[2Jb"));
}

TEST(ListOptions, NothingThatReachesBeyondTheListIsAccepted) {
  for (const auto* key : {"fetch.allow_addresses",
                          "fetch.deny_addresses",
                          "fetch.allow_ports",
                          "fetch.dns.servers",
                          "fetch.proxy",
                          "fetch.no_proxy",
                          "fetch.proxy_credentials",
                          "fetch.tls.ca_file",
                          "fetch.contact",
                          "root",
                          "logs",
                          "input.roots",
                          "fetch.hosts",
                          "fetch.hosts[img.example.org].cookie",
                          "fetch.hosts[*].insecure",
                          "fetch.threads",
                          "fetch.connections",
                          "fetch.memory",
                          "store.memory",
                          "store.sync",
                          "log.level",
                          "fetch"}) {
    EXPECT_EQ(wrong(std::string(key) + "=1"),
              "line 7: " + std::string(key) + ": not for a list to say; a list may set " + list_key_names());
  }
}

// A key that is added to the configuration is not for lists until somebody has thought about it.
TEST(ListOptions, AreTheseKeysOfTheConfigurationAndNoOther) {
  const std::set<std::string> known{"fetch.profile",
                                    "fetch.per_host.connections",
                                    "fetch.per_host.streams",
                                    "fetch.per_host.requests_per_second",
                                    "fetch.per_host.bytes_per_second",
                                    "fetch.per_host.delay",
                                    "fetch.tries",
                                    "fetch.max_body",
                                    "fetch.user_agent",
                                    "fetch.headers.accept",
                                    "fetch.headers.referer",
                                    "fetch.accept",
                                    "decode.max_pixels",
                                    "decode.min_size",
                                    "decode.max_aspect_ratio",
                                    "decode.verify",
                                    "decode.resize.mode",
                                    "decode.resize.size",
                                    "decode.resize.only_if_bigger",
                                    "decode.encode.format",
                                    "decode.encode.quality",
                                    "decode.encode.keep_metadata",
                                    "decode.thumbnails",
                                    "decode.exif",
                                    "decode.phash",
                                    "decode.blur_column",
                                    "store.hash",
                                    "store.refetch",
                                    "output.shard_size",
                                    "robots",
                                    "dedupe"};
  std::set<std::string> found;
  for (const Key& key : key_table()) {
    if (find_list_key(key.help.name)) found.insert(key.help.name);
  }
  EXPECT_EQ(found, known);
  for (const Key& key : host_key_table()) EXPECT_EQ(find_list_key(key.help.name), nullptr) << key.help.name;
}

TEST(ListOptions, AKeyIsSaidOnce) {
  ListOptions options;
  EXPECT_FALSE(options.read(2, "fetch.tries=2"));
  EXPECT_EQ(options.read(5, "fetch.tries=2"), "line 5: fetch.tries: given twice; the first is on line 2");
}

TEST(ListOptions, WhatIsNoKeyAndValueIsRefused) {
  for (const auto* text : {"", " ", "fetch.tries", "=2", "/bin/sh"}) {
    EXPECT_THAT(wrong(text), HasSubstr("is no option; write it as #! KEY=VALUE, where KEY is one of priority, "))
        << text;
  }
}

TEST(ListOptions, WhatWasSaidElsewhereStaysUnlessItIsSaidHereToo) {
  ListOptions options;
  EXPECT_FALSE(options.read(1, "fetch.tries=2"));
  auto others = said({"fetch.tries=3", "fetch.accept=any"});
  EXPECT_TRUE(options.apply_to(others));
  EXPECT_EQ(others.tries, 2u);
  EXPECT_EQ(others.accept, Accept::any);
  EXPECT_FALSE(ListOptions().apply_to(others));
  EXPECT_EQ(others.tries, 2u);
}

TEST(ListOptions, AreForgottenOneByOne) {
  auto options = said({"fetch.tries=3", "fetch.accept=any", "priority=bulk", "fetch.per_host.delay=1s"});
  for (const auto* name : {"fetch.tries", "priority", "fetch.per_host.delay", "fetch.threads", "nothing"}) {
    forget(options, name);
  }
  EXPECT_FALSE(options.tries);
  EXPECT_FALSE(options.priority);
  EXPECT_TRUE(options.limits.empty());
  EXPECT_EQ(list_key_names(options), "fetch.accept");
}

}  // namespace
}  // namespace gannet::config

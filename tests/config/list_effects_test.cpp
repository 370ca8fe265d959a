#include "config/list_effects.hpp"

#include <gtest/gtest.h>

#include "config/list_keys.hpp"
#include "config/list_options.hpp"

namespace gannet::config {
namespace {

class ListAsks : public testing::Test {
 protected:
  static JobOptions said(std::initializer_list<std::string_view> directives) {
    ListOptions options;
    for (const auto directive : directives) EXPECT_EQ(options.read(1, directive).value_or(""), "") << directive;
    JobOptions read;
    options.apply_to(read);
    return read;
  }

  std::string told(std::initializer_list<std::string_view> directives) const {
    return asks_too_much(settings, said(directives));
  }

  // The keys of which something is left.
  std::string left(std::initializer_list<std::string_view> directives) const {
    return list_key_names(without_what_holds(settings, said(directives)));
  }

  Settings settings;
};

TEST_F(ListAsks, ForLessThanIsAllowedAndNothingIsToldOfIt) {
  settings.frontier.host.delay = 2s;
  EXPECT_EQ(told({"fetch.profile=polite", "fetch.per_host.connections=1", "fetch.per_host.delay=2s", "fetch.tries=4",
                  "fetch.per_host.requests_per_second=1000", "fetch.max_body=1MiB", "robots=obey", "priority=urgent",
                  "fetch.accept=any", "store.hash=none"}),
            "");
}

TEST_F(ListAsks, ForMoreAndReadsWhatHoldsInstead) {
  settings.frontier.host.requests_per_second = 0.5;
  settings.frontier.host.bytes_per_second = 1 << 20;
  settings.frontier.host.delay = 2s;
  settings.decode.max_pixels = 1000;
  const auto asks = [this](std::string_view directive, const char* expected) {
    EXPECT_EQ(told({directive}), expected) << directive;
  };
  asks("fetch.profile=own-server", "fetch.profile own-server (open-web holds)");
  asks("fetch.per_host.connections=4000", "fetch.per_host.connections 4000 (6 holds)");
  asks("fetch.per_host.streams=33", "fetch.per_host.streams 33 (32 holds)");
  asks("fetch.per_host.requests_per_second=2", "fetch.per_host.requests_per_second 2 (0.5 holds)");
  asks("fetch.per_host.requests_per_second=0", "fetch.per_host.requests_per_second 0 (0.5 holds)");
  asks("fetch.per_host.bytes_per_second=2MiB", "fetch.per_host.bytes_per_second 2MiB (1MiB holds)");
  asks("fetch.per_host.delay=1999ms", "fetch.per_host.delay 1999ms (2s holds)");
  asks("fetch.tries=5", "fetch.tries 5 (4 holds)");
  asks("fetch.max_body=1GiB", "fetch.max_body 1GiB (64MiB holds)");
  asks("decode.max_pixels=1001", "decode.max_pixels 1001 (1000 holds)");
}

TEST_F(ListAsks, ForRobotsToBeIgnoredWhereTheyAreObeyed) {
  EXPECT_EQ(told({"robots=ignore"}), "");
  settings.frontier.robots = Robots::obey;
  EXPECT_EQ(told({"robots=ignore"}), "robots ignore (obey holds)");
  settings.frontier.robots.reset();
  settings.frontier.host.profile = Profile::polite;
  EXPECT_EQ(told({"robots=ignore"}), "robots ignore (obey holds)");
}

TEST_F(ListAsks, ForMuchAtOnce) {
  EXPECT_EQ(told({"fetch.tries=9", "fetch.per_host.connections=7"}),
            "fetch.per_host.connections 7 (6 holds), fetch.tries 9 (4 holds)");
}

TEST_F(ListAsks, ForWhatHoldsAnyway) {
  settings.fetch.user_agent = "gannet/1";
  settings.fetch.accept_header = "image/*";
  settings.fetch.referer = "http://a.test/";
  settings.store.catalogue = true;
  settings.store.refetch = {Refetch::Kind::after, 30 * 24h};
  EXPECT_EQ(left({"fetch.user_agent=gannet/1", "fetch.headers.accept=image/*", "fetch.headers.referer=http://a.test/",
                  "fetch.accept=images", "decode.min_size=0", "store.hash=sha256", "store.refetch=after:30d",
                  "fetch.max_body=64MiB", "decode.max_pixels=100000000"}),
            "");
  EXPECT_EQ(left({"fetch.max_body=65MiB", "decode.max_pixels=0"}), "") << "more than is allowed";
  EXPECT_EQ(left({"fetch.user_agent=", "fetch.headers.accept=", "fetch.headers.referer="}), "") << "nothing is said";
  for (const char* other :
       {"fetch.user_agent=gannet/2", "fetch.headers.accept=image/png", "fetch.headers.referer=http://a.test/b",
        "fetch.accept=any", "decode.min_size=1", "store.hash=none", "store.refetch=after:29d", "store.refetch=always",
        "fetch.max_body=63MiB", "decode.max_pixels=99999999", "output.shard_size=5", "priority=bulk", "dedupe=false"}) {
    EXPECT_EQ(left({other}), std::string_view(other).substr(0, std::string_view(other).find('=')));
  }
  settings.decode.max_pixels = 0;
  EXPECT_EQ(left({"decode.max_pixels=4000000000"}), "decode.max_pixels");
}

// The frontier compares what it goes by each time that it is told something else.
TEST_F(ListAsks, KeepsWhatAReloadMayChange) {
  EXPECT_EQ(left({"fetch.tries=4", "fetch.profile=open-web", "robots=ignore", "fetch.per_host.connections=6"}),
            "fetch.profile, fetch.per_host.connections, fetch.tries, robots");
}

TEST_F(ListAsks, InVainForEarlierResultsWhereThereAreNone) {
  EXPECT_EQ(left({"store.refetch=never"}), "") << "no catalogue";
  settings.store.catalogue = true;
  EXPECT_EQ(left({"store.refetch=never"}), "store.refetch");
  EXPECT_EQ(left({"store.refetch=never", "fetch.user_agent=other/1"}), "fetch.user_agent");
}

}  // namespace
}  // namespace gannet::config

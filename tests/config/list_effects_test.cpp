#include "config/list_effects.hpp"

#include <gtest/gtest.h>

#include "config/list_options.hpp"

namespace gannet::config {
namespace {

class ListAsks : public testing::Test {
 protected:
  std::string told(std::initializer_list<std::string_view> directives) const {
    ListOptions options;
    for (const auto directive : directives) EXPECT_EQ(options.read(1, directive).value_or(""), "") << directive;
    JobOptions read;
    options.apply_to(read);
    return asks_too_much(settings, read);
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

}  // namespace
}  // namespace gannet::config

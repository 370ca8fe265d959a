#include "config/load.hpp"

#include <gtest/gtest.h>

#include "config_file.hpp"

namespace gannet::config {
namespace {

TEST(Load, WithoutAFileGivesTheDefaults) {
  const Loaded loaded = load(std::nullopt, {});
  EXPECT_EQ(all(loaded.mistakes), "");
  EXPECT_EQ(loaded.settings.store.root, "/var/lib/gannet");
  EXPECT_EQ(loaded.settings.frontier.host.start, 2u);
  EXPECT_EQ(loaded.settings.frontier.host.ceiling, 6u);
  EXPECT_EQ(loaded.settings.frontier.host.streams, 32u);
  EXPECT_TRUE(loaded.settings.fetch.http2);
  EXPECT_EQ(loaded.settings.drain, 25s);
}

TEST(Load, AnEmptyFileAndEmptySectionsAreTheDefaults) {
  for (const auto* text : {"", "\n\n", "# nothing\n", "---\n", "fetch:\n  timeouts:\nstore: {}\n", "\xef\xbb\xbf"}) {
    const Loaded loaded = load_text(text);
    EXPECT_EQ(all(loaded.mistakes), "") << text;
    EXPECT_EQ(loaded.settings.frontier.connections, 512u) << text;
  }
}

TEST(Load, FillsEachMemberFromItsKey) {
  const Loaded loaded = load_text(R"(
root: /srv/gannet
logs: /srv/logs
inbox: {settle: 1s, rescan: 2s, max_jobs: 3}
input: {url_column: link, max_line: 2KiB}
fetch:
  threads: 4
  connections: 5
  per_host: {connections: 6, streams: 31, requests_per_second: 0.5, delay: 7s}
  per_address: {connections: 33}
  tries: 8
  backoff_most: 9s
  window: 1000
  timeouts: {dns: 11s, connect: 12s, tls: 13s, first_byte: 14s, idle: 15s, total: 16s}
  min_speed: 17
  min_speed_window: 18s
  min_speed_grace: 19s
  keep_alive: 20s
  max_redirects: 21
  max_body: 22MiB
  max_headers: 23KiB
  user_agent: agent/1
  contact: ops@example.org
  accept: any
  robots_cache: {origins: 34, memory: 35MiB}
  http2: false
robots: ignore
dedupe: false
decode: {workers: 0, max_pixels: 31, min_size: 32}
store: {hash: none, sync: strict, sync_interval: 24ms, checkpoint_every: 36, threads: 25, memory: 26MiB, refetch: always}
output: {format: files, shard_size: 27}
log: {level: warning, completions: false, completions_queue: 28}
status: {interval: 29s}
stop: {drain: 30s}
)");
  ASSERT_EQ(all(loaded.mistakes), "");
  const Settings& s = loaded.settings;
  EXPECT_EQ(s.store.root, "/srv/gannet");
  EXPECT_EQ(s.report.logs, "/srv/logs");
  EXPECT_EQ(s.inbox.settle, 1s);
  EXPECT_EQ(s.inbox.rescan, 2s);
  EXPECT_EQ(s.inbox.max_jobs, 3u);
  EXPECT_EQ(s.input.url_column, "link");
  EXPECT_EQ(s.input.max_line, 2048u);
  EXPECT_EQ(s.fetch.lanes, 4u);
  EXPECT_EQ(s.frontier.connections, 5u);
  EXPECT_EQ(s.frontier.host.ceiling, 6u);
  EXPECT_EQ(s.frontier.host.streams, 31u);
  EXPECT_FALSE(s.fetch.http2);
  EXPECT_EQ(s.frontier.host.requests_per_second, 0.5);
  EXPECT_EQ(s.frontier.host.delay, 7s);
  EXPECT_EQ(s.frontier.tries, 8u);
  EXPECT_EQ(s.frontier.backoff_most, 9s);
  EXPECT_EQ(s.frontier.window_lines, 1000u);
  EXPECT_EQ(s.fetch.timeouts.dns, 11s);
  EXPECT_EQ(s.fetch.timeouts.connect, 12s);
  EXPECT_EQ(s.fetch.timeouts.tls, 13s);
  EXPECT_EQ(s.fetch.timeouts.first_byte, 14s);
  EXPECT_EQ(s.fetch.timeouts.idle, 15s);
  EXPECT_EQ(s.fetch.timeouts.total, 16s);
  EXPECT_EQ(s.fetch.min_speed, 17u);
  EXPECT_EQ(s.fetch.min_speed_window, 18s);
  EXPECT_EQ(s.fetch.min_speed_grace, 19s);
  EXPECT_EQ(s.fetch.keep_alive, 20s);
  EXPECT_EQ(s.fetch.max_redirects, 21u);
  EXPECT_EQ(s.fetch.max_body, 22u << 20);
  EXPECT_EQ(s.fetch.max_headers, 23u << 10);
  EXPECT_EQ(s.fetch.per_address, 33u);
  EXPECT_EQ(s.fetch.robots_origins, 34u);
  EXPECT_EQ(s.fetch.robots_memory, 35u << 20);
  EXPECT_EQ(s.fetch.user_agent, "agent/1");
  EXPECT_EQ(s.fetch.contact, "ops@example.org");
  EXPECT_EQ(s.decode.accept, Accept::any);
  EXPECT_EQ(s.decode.max_pixels, 31u);
  EXPECT_EQ(s.decode.min_size, 32u);
  EXPECT_EQ(s.hash, Hash::none);
  EXPECT_EQ(s.store.sync, Sync::strict);
  EXPECT_EQ(s.store.sync_interval, 24ms);
  EXPECT_EQ(s.store.checkpoint_every, 36u);
  EXPECT_EQ(s.store.writers, 25u);
  EXPECT_EQ(s.store.memory, 26u << 20);
  EXPECT_EQ(s.store.shard_size, 27u);
  EXPECT_EQ(s.report.level, LogLevel::warning);
  EXPECT_FALSE(s.report.completions);
  EXPECT_EQ(s.report.completions_queue, 28u);
  EXPECT_EQ(s.report.status_interval, 29s);
  EXPECT_EQ(s.drain, 30s);
}

TEST(Load, DottedNamesAreNestedMaps) {
  const Loaded loaded = load_text("fetch.threads: 3\nfetch:\n  timeouts.dns: 1s\n");
  EXPECT_EQ(all(loaded.mistakes), "");
  EXPECT_EQ(loaded.settings.fetch.lanes, 3u);
  EXPECT_EQ(loaded.settings.fetch.timeouts.dns, 1s);
}

TEST(Load, ReadsListsFromYamlAndFromCommas) {
  const Loaded yaml =
      load_text("fetch:\n  allow_addresses:\n    - 10.0.0.0/8\n    - ::1\n  dns.servers: 192.0.2.1:54\n");
  EXPECT_EQ(all(yaml.mistakes), "");
  ASSERT_EQ(yaml.settings.fetch.allow_addresses.size(), 2u);
  EXPECT_EQ(yaml.settings.fetch.allow_addresses[0].text(), "10.0.0.0/8");
  EXPECT_EQ(yaml.settings.fetch.allow_addresses[1].text(), "::1/128");
  EXPECT_EQ(yaml.settings.fetch.dns_servers, std::vector<std::string>{"192.0.2.1:54"});

  const Loaded set = load(std::nullopt, {"fetch.deny_addresses=10.0.0.0/8, 192.0.2.1"});
  EXPECT_EQ(all(set.mistakes), "");
  ASSERT_EQ(set.settings.fetch.deny_addresses.size(), 2u);
  EXPECT_EQ(set.settings.fetch.deny_addresses[1].text(), "192.0.2.1/32");
}

TEST(Load, ReadsPortsAndRangesOfThem) {
  const Loaded loaded = load_text("fetch:\n  allow_ports: [81, 800-899]\n");
  EXPECT_EQ(all(loaded.mistakes), "");
  ASSERT_EQ(loaded.settings.fetch.allow_ports.size(), 2u);
  EXPECT_EQ(loaded.settings.fetch.allow_ports[0].text(), "81");
  EXPECT_EQ(loaded.settings.fetch.allow_ports[1].text(), "800-899");
  EXPECT_EQ(
      all(load_text("fetch: {allow_ports: [899-800]}\n").mistakes),
      "gannet.yaml:1: fetch.allow_ports: '899-800' is not accepted; a list of ports and ranges of them such as 81 "
      "or 800-899\n");
}

TEST(Load, AnAgeBehindAColonIsAsGoodAsAMap) {
  for (const auto* text : {"store: {refetch: 'after:30d'}", "store: {refetch: {after: 30d}}",
                           "store:\n  refetch:\n    after: 30d\n", "store.refetch: after:30d"}) {
    const Loaded loaded = load_text(text);
    EXPECT_EQ(all(loaded.mistakes), "") << text;
    EXPECT_EQ(loaded.settings.store.refetch, (Refetch{Refetch::Kind::after, 30 * 24h})) << text;
  }
  for (const auto* text : {"store: {refetch: {after: 30d, never: 1}}", "store: {refetch: [after, 30d]}",
                           "store: {refetch: {after: [30d]}}", "store: {hash: {sha256: 1}}"}) {
    EXPECT_EQ(load_text(text).mistakes.size(), 1u) << text;
  }
}

TEST(Load, AnOverrideWinsOverTheFileAndTheLastOneWins) {
  const Loaded loaded =
      load_text("fetch: {threads: 2, tries: 3, allow_addresses: [10.0.0.0/8], contact: me}\n",
                {"fetch.threads=4", "fetch.threads=5", "fetch.allow_addresses=127.0.0.1", "fetch.contact="});
  EXPECT_EQ(all(loaded.mistakes), "");
  EXPECT_EQ(loaded.settings.fetch.lanes, 5u);
  EXPECT_EQ(loaded.settings.frontier.tries, 3u);
  ASSERT_EQ(loaded.settings.fetch.allow_addresses.size(), 1u);
  EXPECT_EQ(loaded.settings.fetch.allow_addresses[0].text(), "127.0.0.1/32");
  EXPECT_EQ(loaded.settings.fetch.contact, "");
}

TEST(Load, AnOverrideEmptiesAList) {
  const Loaded loaded = load_text("fetch: {dns: {servers: [192.0.2.1]}}\n", {"fetch.dns.servers="});
  EXPECT_EQ(all(loaded.mistakes), "");
  EXPECT_TRUE(loaded.settings.fetch.dns_servers.empty());
}

TEST(Load, AValueMayContainAnEqualsSign) {
  const Loaded loaded = load(std::nullopt, {"fetch.contact=https://example.org/?about=us"});
  EXPECT_EQ(loaded.settings.fetch.contact, "https://example.org/?about=us");
}

TEST(Load, TheProfileSetsThePerHostLimits) {
  const HostPolicy own = load_text("fetch: {profile: own-server}\n").settings.frontier.host;
  EXPECT_EQ(own.profile, Profile::own_server);
  EXPECT_GE(own.start, own.ceiling);
  EXPECT_EQ(own.ceiling, 256u);
  EXPECT_EQ(own.streams, 256u);
  EXPECT_EQ(load_text("fetch: {profile: own-server, per_host: {streams: 9}}\n").settings.frontier.host.streams, 9u);
}

TEST(Load, ThePoliteProfileAsksOneAtATimeAndRests) {
  const HostPolicy polite = load_text("fetch: {profile: polite}\n").settings.frontier.host;
  EXPECT_EQ(polite.ceiling, 1u);
  EXPECT_EQ(polite.streams, 1u);
  EXPECT_EQ(polite.rest, 5u);
  EXPECT_TRUE(polite.park);
}

TEST(Load, RobotsIsAMatterOfTheProfileUntilItIsSaid) {
  EXPECT_EQ(load_text("fetch: {profile: polite}\n").settings.frontier.robots, std::nullopt);
  EXPECT_EQ(load_text("robots: obey\n").settings.frontier.robots, Robots::obey);
  EXPECT_EQ(load_text("robots: obey\n", {"robots=ignore"}).settings.frontier.robots, Robots::ignore);
}

TEST(Load, RatesAreForEachHostAndForAllOfThem) {
  const FrontierSettings frontier = load_text(
                                        "fetch:\n  requests_per_second: 200\n  bytes_per_second: 8MiB\n"
                                        "  per_host: {bytes_per_second: 500KiB}\n")
                                        .settings.frontier;
  EXPECT_EQ(frontier.requests_per_second, 200);
  EXPECT_EQ(frontier.bytes_per_second, 8u << 20);
  EXPECT_EQ(frontier.host.bytes_per_second, 500u << 10);
}

TEST(Load, AnExplicitPerHostLimitWinsOverTheProfileInAnyOrder) {
  for (const auto* text : {"fetch: {profile: own-server, per_host: {connections: 10}}\n",
                           "fetch: {per_host: {connections: 10}, profile: own-server}\n"}) {
    const HostPolicy host = load_text(text).settings.frontier.host;
    EXPECT_EQ(host.ceiling, 10u);
  }
  const HostPolicy set =
      load_text("fetch: {per_host: {connections: 10}}\n", {"fetch.profile=own-server"}).settings.frontier.host;
  EXPECT_EQ(set.ceiling, 10u);
}

}  // namespace
}  // namespace gannet::config

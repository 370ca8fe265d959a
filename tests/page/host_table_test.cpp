#include "page/host_table.hpp"

#include <gtest/gtest.h>

#include "page/records.hpp"

namespace gannet::page {
namespace {

using test::failed;
using test::ok;

Record taking(milliseconds total) {
  Record record = ok(1);
  record.ms = {0ms, 0ms, 0ms, 0ms, total / 2, total};
  return record;
}

TEST(HostTable, TellsWhoFailedMostAndWhy) {
  HostTable table;
  for (int i = 0; i < 3; ++i) table.add("http://a", failed(1, Reason::reset));
  for (int i = 0; i < 2; ++i) table.add("http://a", failed(1, Reason::http_status));
  table.add("http://b", failed(1, Reason::dns_failed));
  table.add("http://c", ok(1));
  table.add("http://d", failed(1, Reason::robots));
  const auto worst = table.worst(10);
  ASSERT_EQ(worst.size(), 2u);
  EXPECT_EQ(worst[0].origin, "http://a");
  EXPECT_EQ(worst[0].counts.failed, 5u);
  EXPECT_EQ(worst[0].counts.main_reason(), Reason::reset);
  EXPECT_EQ(worst[1].origin, "http://b");
}

TEST(HostTable, TellsWhoIsSlowOfThoseWithEnoughImages) {
  HostTable table;
  for (const auto total : {100ms, 200ms, 600ms}) table.add("http://slow", taking(total));
  for (const auto total : {10ms, 11ms, 13ms}) table.add("http://quick", taking(total));
  table.add("http://once", taking(9000ms));
  Record shared = taking(9000ms);
  shared.attempts = 0;
  table.add("http://quick", shared);
  const auto slowest = table.slowest(10, 3);
  ASSERT_EQ(slowest.size(), 2u);
  EXPECT_EQ(slowest[0].origin, "http://slow");
  EXPECT_EQ(slowest[0].counts.mean_ms(), 300u);
  EXPECT_EQ(slowest[0].counts.mean_first_byte_ms(), 150u);
  EXPECT_EQ(slowest[0].counts.longest_ms, 600u);
  EXPECT_EQ(slowest[1].counts.mean_ms(), 11u);
  EXPECT_EQ(slowest[1].counts.ok, 4u);
  EXPECT_EQ(table.slowest(1, 1)[0].origin, "http://once");
}

TEST(HostTable, OrdersEqualOnesByName) {
  HostTable table;
  for (const auto* name : {"http://b", "http://c", "http://a"}) table.add(name, ok(1));
  EXPECT_EQ(table.largest(2)[0].origin, "http://a");
  EXPECT_EQ(table.largest(2)[1].origin, "http://b");
}

TEST(HostTable, ForgetsSmallHostsWhenThereAreTooMany) {
  HostTable table(100);
  for (int i = 0; i < 1000; ++i) {
    table.add("http://large", ok(1));
    table.add("http://" + std::to_string(i), ok(1));
  }
  EXPECT_FALSE(table.complete());
  EXPECT_LE(table.size(), 100u);
  EXPECT_EQ(table.largest(1)[0].origin, "http://large");
  EXPECT_EQ(table.largest(1)[0].counts.lines, 1000u);
}

TEST(HostTable, IsExactUpToItsBound) {
  HostTable table(100);
  for (int i = 0; i < 200; ++i) table.add("http://" + std::to_string(i % 100), ok(1));
  EXPECT_TRUE(table.complete());
  EXPECT_EQ(table.size(), 100u);
  for (const auto& host : table.largest(100)) EXPECT_EQ(host.counts.lines, 2u);
}

}  // namespace
}  // namespace gannet::page

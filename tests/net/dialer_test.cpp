#include "net/dialer.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <optional>

#include "net/dns_server.hpp"
#include "net/full_listener.hpp"
#include "net/loopback_server.hpp"
#include "net/run.hpp"

namespace gannet::net {
namespace {

using boost::asio::ip::make_address;
using boost::asio::ip::tcp;

void close_at_once(Peer&) {}

class DialerTest : public testing::Test {
 protected:
  DialerTest() { settings.dns_servers = {dns.address()}; }

  Result<Dialed> dial(const std::string& host, std::uint16_t port, Trust trust = Trust::list) {
    Dialer dialer(io, deadlines, settings);
    return run(io, dialer.dial(host, port, Clock::now() + 1h, trust));
  }

  // With the loopback open.
  Result<Dialed> race(const std::string& host, std::uint16_t port, TimePoint total_end = Clock::now() + 1h) {
    settings.allow_addresses = {*AddressRange::parse("127.0.0.0/8"), *AddressRange::parse("::1")};
    Dialer dialer(io, deadlines, settings);
    return run(io, dialer.dial(host, port, total_end));
  }

  DnsServer dns{{{"one.test", {{"127.0.0.1"}}},
                 {"both.test", {{"127.0.0.1", "::1"}}},
                 {"three.test", {{"127.0.0.1", "127.0.0.2", "::1"}}}}};
  FetchSettings settings;
  boost::asio::io_context io;
  Deadlines deadlines{io};
};

TEST_F(DialerTest, WhatTheOperatorNamesIsNotAskedToPassTheGuard) {
  LoopbackServer server(close_at_once);
  EXPECT_EQ(verdict(dial("one.test", server.port())), "blocked_address");
  const auto dialed = dial("one.test", server.port(), Trust::operator_);
  ASSERT_EQ(verdict(dialed), "ok");
  EXPECT_EQ(dialed->address, "127.0.0.1");
  EXPECT_TRUE(dialed->socket->get().is_open());
}

TEST_F(DialerTest, PortsOfOtherProtocolsAreRefusedBeforeTheNameIsAskedFor) {
  for (const std::uint16_t port : std::vector<std::uint16_t>{1, 22, 25, 81, 444, 1023}) {
    const auto refused = dial("one.test", port);
    ASSERT_EQ(verdict(refused), "blocked_address");
    EXPECT_EQ(refused.error().detail, "port " + std::to_string(port) + " is not allowed (fetch.allow_ports)");
  }
  EXPECT_EQ(dns.questions("one.test"), 0u);
  settings.allow_addresses = {*AddressRange::parse("127.0.0.0/8")};
  settings.allow_ports = {*PortRange::parse("20-25")};
  EXPECT_EQ(verdict(dial("one.test", 22)), "connect_refused");
  EXPECT_EQ(verdict(dial("one.test", 19)), "blocked_address");
  EXPECT_EQ(verdict(dial("one.test", 1, Trust::operator_)), "connect_refused");
}

TEST_F(DialerTest, IPv6IsPreferredWhenBothWork) {
  LoopbackServer four(close_at_once);
  tcp::acceptor six(io, {make_address("::1"), four.port()});
  const auto dialed = race("both.test", four.port());
  ASSERT_EQ(verdict(dialed), "ok");
  EXPECT_EQ(dialed->address, "::1");
}

TEST_F(DialerTest, AFailedAddressGivesWayToTheNextAtOnce) {
  LoopbackServer only_the_last(close_at_once, nullptr, "127.0.0.2");
  const auto dialed = race("three.test", only_the_last.port());
  ASSERT_EQ(verdict(dialed), "ok");
  EXPECT_EQ(dialed->address, "127.0.0.2");
}

TEST_F(DialerTest, ASilentAddressDelaysByItsHeadStartOnlyAndIsClosed) {
  FullListener silent(io, "::1");
  LoopbackServer speaking(close_at_once, nullptr, "127.0.0.1", silent.port());
  settings.timeouts.connect = 1h;
  const auto dialed = race("both.test", speaking.port());
  ASSERT_EQ(verdict(dialed), "ok");
  EXPECT_EQ(dialed->address, "127.0.0.1");
  EXPECT_GE(dialed->connect, Race::head_start);
  EXPECT_EQ(deadlines.count(), 1u) << "the loser is still open";
}

TEST_F(DialerTest, WhatLostARaceIsNotTriedFirstTheNextTime) {
  settings.allow_addresses = {*AddressRange::parse("127.0.0.0/8"), *AddressRange::parse("::1")};
  Dialer dialer(io, deadlines, settings);
  LoopbackServer four(close_at_once);
  const auto first = run(io, dialer.dial("both.test", four.port(), Clock::now() + 1h));
  ASSERT_EQ(verdict(first), "ok");
  ASSERT_EQ(first->address, "127.0.0.1") << "nobody listens on ::1 yet";
  tcp::acceptor six(io, {make_address("::1"), four.port()});
  const auto second = run(io, dialer.dial("both.test", four.port(), Clock::now() + 1h));
  ASSERT_EQ(verdict(second), "ok");
  EXPECT_EQ(second->address, "127.0.0.1");
}

TEST_F(DialerTest, OneTimeForAllAddressesTogether) {
  FullListener six(io, "::1");
  FullListener four(io, "127.0.0.1", six.port());
  settings.timeouts.connect = 400ms;
  const auto dialed = race("both.test", six.port());
  ASSERT_EQ(verdict(dialed), "connect_timeout");
  EXPECT_EQ(dialed.error().detail, "::1 port " + std::to_string(six.port()) + " and others");
  EXPECT_EQ(deadlines.count(), 0u);
  EXPECT_EQ(verdict(race("both.test", six.port(), Clock::now() + 100ms)), "total_timeout");
}

TEST_F(DialerTest, ARefusalIsToldRatherThanSilence) {
  FullListener six(io, "::1");
  settings.timeouts.connect = 400ms;
  const auto dialed = race("both.test", six.port());
  ASSERT_EQ(verdict(dialed), "connect_refused");
  EXPECT_EQ(dialed.error().detail, "127.0.0.1 port " + std::to_string(six.port()) + " and others");
}

TEST_F(DialerTest, TheEndOfTheLaneEndsEveryAttempt) {
  FullListener six(io, "::1");
  FullListener four(io, "127.0.0.1", six.port());
  settings.allow_addresses = {*AddressRange::parse("127.0.0.0/8"), *AddressRange::parse("::1")};
  Dialer dialer(io, deadlines, settings);
  auto racing = start(io, dialer.dial("both.test", six.port(), Clock::now() + 1h));
  while (deadlines.count() < 2) turn_once(io);
  deadlines.shut_down();
  EXPECT_EQ(verdict(finish(io, racing)), "cancelled");
  EXPECT_EQ(deadlines.count(), 0u);
}

class GatedDialerTest : public DialerTest {
 protected:
  GatedDialerTest() {
    settings.allow_addresses = {*AddressRange::parse("127.0.0.0/8"), *AddressRange::parse("::1")};
    dialer.emplace(io, deadlines, settings, &gate);
  }
  Task<Result<Dialed>> dialing(const std::string& host, std::uint16_t port) {
    return dialer->dial(host, port, Clock::now() + 1h);
  }

  AddressGate gate{1, 100};
  std::optional<Dialer> dialer;
};

TEST_F(GatedDialerTest, AConnectionHasASlotUntilItIsClosed) {
  LoopbackServer server(close_at_once);
  auto first = run(io, dialing("one.test", server.port()));
  ASSERT_EQ(verdict(first), "ok");
  const auto second = start(io, dialing("127.0.0.1", server.port()));
  io.poll();
  EXPECT_FALSE(*second);
  EXPECT_EQ(verdict(run(io, dialer->dial("127.0.0.1", server.port(), Clock::now() + 1h, Trust::operator_))), "ok");
  *first = Dialed{};
  const auto waited = finish(io, second);
  ASSERT_EQ(verdict(waited), "ok");
  EXPECT_LE(waited->connect, waited->waited + 1s);
}

TEST_F(GatedDialerTest, AFullAddressIsLeftOutAndTriedWhenTheOthersFailed) {
  LoopbackServer four(close_at_once);
  auto held = gate.enter(make_address("127.0.0.1"));
  const auto dialed = start(io, dialing("both.test", four.port()));  // nobody listens at ::1
  while (!held->wanted()) turn_once(io);
  held.reset();
  const auto came = finish(io, dialed);
  ASSERT_EQ(verdict(came), "ok");
  EXPECT_EQ(came->address, "127.0.0.1");
}

TEST_F(GatedDialerTest, AnAddressThatHasRoomIsTakenRatherThanWaitedFor) {
  LoopbackServer four(close_at_once);
  tcp::acceptor six(io, {make_address("::1"), four.port()});
  const auto held = gate.enter(make_address("::1"));
  const auto dialed = run(io, dialing("both.test", four.port()));
  ASSERT_EQ(verdict(dialed), "ok");
  EXPECT_EQ(dialed->address, "127.0.0.1");
}

TEST_F(GatedDialerTest, LosersAndFailuresGiveTheirSlotsBack) {
  FullListener silent(io, "::1");
  LoopbackServer speaking(close_at_once, nullptr, "127.0.0.1", silent.port());
  const auto dialed = run(io, dialing("both.test", speaking.port()));
  ASSERT_EQ(verdict(dialed), "ok");
  EXPECT_TRUE(gate.enter(make_address("::1")));
  EXPECT_FALSE(gate.enter(make_address("127.0.0.1")));
  EXPECT_EQ(verdict(run(io, dialing("127.0.0.2", 1024))), "connect_refused");
  EXPECT_TRUE(gate.enter(make_address("127.0.0.2")));
}

TEST_F(DialerTest, NoDescriptorsIsOurOwnTroubleAndSaysSo) {
  LoopbackServer server(close_at_once);
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  settings.allow_addresses = {*AddressRange::parse("127.0.0.0/8")};
  Dialer dialer(io, deadlines, settings);
  // UBSan needs descriptors the first time it sees a type, so the types are shown to it before. Closed means that the
  // server, which is of this process, has what it needs too.
  const auto before_that = run(io, dialer.dial("127.0.0.1", server.port(), Clock::now() + 1h));
  ASSERT_EQ(verdict(before_that), "ok");
  EXPECT_EQ(verdict(run(io, before_that->socket->ready(Socket::Direction::wait_read))), "ok");
  const rlimit none{0, before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &none);
  const auto dialed = run(io, dialer.dial("127.0.0.1", server.port(), Clock::now() + 1h));
  ::setrlimit(RLIMIT_NOFILE, &before);
  ASSERT_EQ(verdict(dialed), "connect_failed");
  EXPECT_NE(dialed.error().detail.find("no socket: Too many open files"), std::string::npos) << dialed.error().detail;
}

TEST_F(DialerTest, TargetsOfAProxyAreCheckedAsTheyAreSpelled) {
  const Dialer dialer(io, deadlines, settings);
  EXPECT_EQ(verdict(dialer.check("127.0.0.1", 80)), "blocked_address");
  EXPECT_EQ(verdict(dialer.check("::ffff:10.0.0.1", 80)), "blocked_address");
  EXPECT_EQ(verdict(dialer.check("93.184.216.34", 80)), "ok");
  EXPECT_EQ(verdict(dialer.check("one.test", 80)), "ok");
  EXPECT_EQ(verdict(dialer.check("one.test", 443)), "ok");
  EXPECT_EQ(verdict(dialer.check("one.test", 1024)), "ok");
  EXPECT_EQ(verdict(dialer.check("one.test", 25)), "blocked_address");
  EXPECT_EQ(dns.questions("one.test"), 0u);
}

}  // namespace
}  // namespace gannet::net

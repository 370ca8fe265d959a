#include "net/dialer.hpp"

#include <gtest/gtest.h>

#include "net/dns_server.hpp"
#include "net/loopback_server.hpp"
#include "net/run.hpp"

namespace gannet::net {
namespace {

void close_at_once(Peer&) {}

class DialerTest : public testing::Test {
 protected:
  DialerTest() { settings.dns_servers = {dns.address()}; }

  Result<Dialed> dial(const std::string& host, std::uint16_t port, Trust trust = Trust::list) {
    Dialer dialer(io, deadlines, settings);
    return run(io, dialer.dial(host, port, Clock::now() + 1h, trust));
  }

  DnsServer dns{{{"one.test", {{"127.0.0.1"}}}}};
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

#include "net/connector.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>

#include "net/dns_server.hpp"
#include "net/full_listener.hpp"
#include "net/loopback_server.hpp"
#include "net/run.hpp"

namespace gannet::net {
namespace {

using boost::asio::ip::tcp;

void close_at_once(Peer&) {}

class ConnectorTest : public testing::Test {
 protected:
  ConnectorTest() {
    settings.allow_addresses = {*AddressRange::parse("127.0.0.0/8")};
    settings.dns_servers = {dns.address()};
  }

  Result<Connected> connect(const std::string& host, std::uint16_t port, TimePoint total_end = Clock::now() + 1h) {
    Connector connector(io, deadlines, settings);
    return run(io, connector.connect(secure, host, port, total_end));
  }

  DnsServer dns{{{"one.test", {{"127.0.0.1"}}},
                 {"two.test", {{"127.0.0.1", "127.0.0.2"}}},
                 {"private.test", {{"10.0.0.1", "192.168.0.1"}}},
                 {"mixed.test", {{"127.0.0.1", "127.0.0.2"}}}}};
  FetchSettings settings;
  bool secure = false;
  boost::asio::io_context io;
  Deadlines deadlines{io};
};

// A port of the address where nobody listens.
std::uint16_t free_port(boost::asio::io_context& io) {
  return tcp::acceptor(io, {boost::asio::ip::make_address("127.0.0.1"), 0}).local_endpoint().port();
}

TEST_F(ConnectorTest, ConnectsToANameAndSaysWhere) {
  LoopbackServer server(close_at_once);
  const auto connected = connect("one.test", server.port());
  ASSERT_EQ(verdict(connected), "ok");
  EXPECT_TRUE(connected->stream);
  EXPECT_EQ(connected->address, "127.0.0.1");
}

TEST_F(ConnectorTest, RefusedNamesAddressAndPort) {
  const auto port = free_port(io);
  const auto connected = connect("127.0.0.1", port);
  ASSERT_EQ(verdict(connected), "connect_refused");
  EXPECT_EQ(connected.error().detail, "127.0.0.1 port " + std::to_string(port));
}

TEST_F(ConnectorTest, FaultsOfTheNameAreTold) { EXPECT_EQ(verdict(connect("nothing.test", 80)), "dns_not_found"); }

TEST_F(ConnectorTest, AllAddressesRefusedIsRefused) {
  EXPECT_EQ(verdict(connect("two.test", free_port(io))), "connect_refused");
}

TEST_F(ConnectorTest, BlockedAddressIsNeverConnectedTo) {
  settings.allow_addresses.clear();
  LoopbackServer server(close_at_once);
  const auto spelled_out = connect("127.0.0.1", server.port());
  ASSERT_EQ(verdict(spelled_out), "blocked_address");
  EXPECT_EQ(spelled_out.error().detail, "127.0.0.1 is not allowed (fetch.allow_addresses)");
  EXPECT_EQ(verdict(connect("one.test", server.port())), "blocked_address");
  EXPECT_EQ(verdict(connect("localhost", server.port())), "blocked_address");
  EXPECT_EQ(verdict(connect("::ffff:127.0.0.1", server.port())), "blocked_address");
  EXPECT_EQ(server.connections(), 0u);
}

TEST_F(ConnectorTest, NameWithOnlyBlockedAddressesSaysSo) {
  const auto connected = connect("private.test", 80);
  ASSERT_EQ(verdict(connected), "blocked_address");
  EXPECT_TRUE(connected.error().detail.ends_with(" and others are not allowed (fetch.allow_addresses)"))
      << connected.error().detail;
}

TEST_F(ConnectorTest, OfMixedAddressesOnlyThePermittedAreTried) {
  settings.deny_addresses = {*AddressRange::parse("127.0.0.1")};
  LoopbackServer denied(close_at_once);
  LoopbackServer permitted(close_at_once, nullptr, "127.0.0.2", denied.port());
  const auto connected = connect("mixed.test", permitted.port());
  ASSERT_EQ(verdict(connected), "ok");
  EXPECT_EQ(connected->address, "127.0.0.2");
  EXPECT_EQ(denied.connections(), 0u);
}

TEST_F(ConnectorTest, SilentAddressIsAConnectTimeout) {
  FullListener full(io);
  settings.timeouts.connect = 10ms;
  EXPECT_EQ(verdict(connect("127.0.0.1", full.port())), "connect_timeout");
}

TEST_F(ConnectorTest, TotalTimeoutComesFirstWhenItIsSooner) {
  FullListener full(io);
  EXPECT_EQ(verdict(connect("127.0.0.1", full.port(), Clock::now())), "total_timeout");
}

TEST_F(ConnectorTest, SilentHandshakeFailsInTime) {
  LoopbackServer silent([](Peer& peer) { peer.wait_for_close(); });
  secure = true;
  settings.timeouts.tls = 10ms;
  const auto connected = connect("localhost", silent.port());
  ASSERT_EQ(verdict(connected), "tls_failed");
  EXPECT_EQ(connected.error().detail, "the handshake took too long");
}

TEST_F(ConnectorTest, ShutDownEndsConnectingAndWhatComesAfter) {
  FullListener full(io);
  Connector connector(io, deadlines, settings);
  auto connecting = start(io, connector.connect(false, "127.0.0.1", full.port(), Clock::now() + 1h));
  io.poll();
  ASSERT_FALSE(connecting->has_value());
  deadlines.shut_down();
  connector.shut_down();
  EXPECT_EQ(verdict(finish(io, connecting)), "cancelled");
  LoopbackServer server(close_at_once);
  EXPECT_EQ(verdict(run(io, connector.connect(false, "127.0.0.1", server.port(), Clock::now() + 1h))), "cancelled");
  EXPECT_EQ(verdict(run(io, connector.connect(false, "one.test", server.port(), Clock::now() + 1h))), "cancelled");
  EXPECT_EQ(server.connections(), 0u);
}

}  // namespace
}  // namespace gannet::net

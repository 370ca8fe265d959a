#include "report/metrics_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <vector>

namespace gannet::report {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// The server on a free port, and clients that wait.
class MetricsServerTest : public testing::Test {
 protected:
  void start(const MetricsServer::Limits& limits = {}) {
    server.emplace(ListenAddress{asio::ip::address_v4::loopback(), 0}, limits);
    server->show("a 1\n");
    port = server->port();
    ASSERT_NE(port, 0);
  }

  tcp::socket connect() {
    tcp::socket socket(io);
    socket.connect({asio::ip::address_v4::loopback(), port});
    return socket;
  }

  // All that comes until the server closes.
  static std::string rest_of(tcp::socket& socket) {
    std::string text;
    boost::system::error_code end;
    asio::read(socket, asio::dynamic_buffer(text), end);
    return text;
  }

  std::string say(std::string_view request) {
    auto socket = connect();
    boost::system::error_code ignored;  // it may close before all is written
    asio::write(socket, asio::buffer(request.data(), request.size()), ignored);
    return rest_of(socket);
  }

  std::string get(const std::string& target) { return say("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n"); }

  asio::io_context io;
  std::optional<MetricsServer> server;
  std::uint16_t port = 0;
};

TEST_F(MetricsServerTest, AnswersWithWhatWasShownLast) {
  start();
  EXPECT_THAT(get("/metrics"), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(get("/metrics"), HasSubstr("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
  EXPECT_THAT(get("/metrics"), EndsWith("\r\n\r\na 1\n"));
  server->show("a 2\n");
  EXPECT_THAT(get("/metrics?x=y"), EndsWith("\r\n\r\na 2\n"));
}

TEST_F(MetricsServerTest, AnswersHeadWithoutTheBody) {
  start();
  const auto answer = say("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 4\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(MetricsServerTest, HasNothingElse) {
  start();
  for (const auto* target : {"/", "/metrics/", "/metricsx", "/../metrics", "*", "http://x/metrics"}) {
    EXPECT_THAT(get(target), StartsWith("HTTP/1.1 404 ")) << target;
  }
  EXPECT_THAT(say("POST /metrics HTTP/1.1\r\nContent-Length: 0\r\n\r\n"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(say("DELETE /metrics HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 404 "));
}

TEST_F(MetricsServerTest, ClosesOnWhatIsNoRequest) {
  start();
  EXPECT_EQ(say("\x16\x03\x01\x02 a TLS handshake\r\n\r\n"), "");
  EXPECT_EQ(say(std::string(100'000, 'a')), "");
  EXPECT_EQ(say("GET /metrics HTTP/1.1\r\nA: " + std::string(100'000, 'a') + "\r\n\r\n"), "");
  EXPECT_EQ(say("GET /metrics\r\n\r\n"), "") << "of HTTP/0.9";
  EXPECT_THAT(get("/metrics"), StartsWith("HTTP/1.1 200 OK\r\n")) << "and goes on";
}

TEST_F(MetricsServerTest, EndsAConnectionThatTakesTooLong) {
  start({.connections = 16, .longest = 50ms});
  auto silent = connect();
  EXPECT_EQ(rest_of(silent), "");
  auto slow = connect();
  asio::write(slow, asio::buffer("GET /met", 8));
  EXPECT_EQ(rest_of(slow), "");
}

TEST_F(MetricsServerTest, AnswersThoughOthersHoldTheirConnections) {
  start({.connections = 4, .longest = 1h});
  std::vector<tcp::socket> silent;
  for (int i = 0; i < 100; ++i) silent.push_back(connect());
  EXPECT_THAT(get("/metrics"), EndsWith("\r\n\r\na 1\n"));
  EXPECT_EQ(rest_of(silent.front()), "") << "the oldest was closed";
}

TEST_F(MetricsServerTest, EndsWithConnectionsOpen) {
  start({.connections = 4, .longest = 1h});
  std::vector<tcp::socket> silent;
  for (int i = 0; i < 3; ++i) silent.push_back(connect());
  EXPECT_THAT(get("/metrics"), EndsWith("a 1\n"));  // so they are all accepted
  server.reset();
  for (auto& socket : silent) EXPECT_EQ(rest_of(socket), "");
}

TEST_F(MetricsServerTest, TriesAgainWhenItsAddressIsTaken) {
  auto other = std::make_unique<tcp::acceptor>(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  const auto taken = other->local_endpoint().port();
  MetricsServer late({asio::ip::address_v4::loopback(), taken});
  EXPECT_EQ(late.port(), 0);
  other.reset();
  late.show("a 1\n");
  EXPECT_EQ(late.port(), taken);
}

}  // namespace
}  // namespace gannet::report

// Connecting through proxies, over real sockets: which way is taken, and what comes of proxies that misbehave.
#include <gtest/gtest.h>

#include <mutex>

#include "net/certificates.hpp"
#include "net/connector.hpp"
#include "net/dns_server.hpp"
#include "net/loopback_server.hpp"
#include "net/proxy_choice.hpp"
#include "net/run.hpp"

namespace gannet::net {
namespace {

const std::string granted = "HTTP/1.1 200 Connection established\r\n\r\n";

class ProxyTest : public testing::Test {
 protected:
  void use(const LoopbackServer& proxy, const std::string& scheme = "http") {
    settings.proxy = Proxy::parse(scheme + "://127.0.0.1:" + std::to_string(proxy.port()));
  }

  Result<Connected> connect(bool secure, const std::string& host, std::uint16_t port = 8080) {
    Connector connector(io, deadlines, settings);
    return run(io, connector.connect(secure, host, port, Clock::now() + 1h));
  }

  // How connecting to a secure target ends when the proxy follows this script.
  std::string refused(LoopbackServer::Script script, const std::string& scheme = "http") {
    LoopbackServer proxy(std::move(script));
    use(proxy, scheme);
    const auto connected = connect(true, "img.test", 443);
    if (connected) return "ok";
    auto detail = connected.error().detail;
    const std::string place = "127.0.0.1:" + std::to_string(proxy.port());
    if (const auto at = detail.find(place); at != std::string::npos) detail.replace(at, place.size(), "P");
    return verdict(connected) + ": " + detail;
  }

  FetchSettings settings;
  boost::asio::io_context io;
  Deadlines deadlines{io};
};

TEST_F(ProxyTest, PlainTargetsAreAskedForAtTheProxyItself) {
  LoopbackServer proxy([](Peer& peer) { peer.send(peer.read_request()); });
  use(proxy);
  const auto connected = connect(false, "img.test");
  ASSERT_EQ(verdict(connected), "ok");
  EXPECT_EQ(connected->address, "127.0.0.1");
  run(io, connected->stream->write("GET\r\n\r\n"));
  char room[100];
  const auto count = run(io, connected->stream->read_some(room));
  ASSERT_EQ(verdict(count), "ok");
  EXPECT_EQ(std::string(room, *count), "GET\r\n\r\n");  // nothing was said before it
}

TEST_F(ProxyTest, SecureTargetsHaveATunnelAndTheirCertificateIsChecked) {
  const auto authority = make_authority();
  const TrustFile trust(authority);
  settings.ca_file = trust.path();
  for (const char* name : {"img.test", "other.test"}) {
    CertificateWish wish;
    wish.extension = std::string("DNS:") + name;
    wish.issuer = &authority;
    const auto tls = make_server_tls(make_certificate(wish));
    std::string asked;
    LoopbackServer proxy([&](Peer& peer) {
      asked = peer.read_request();
      peer.send(granted);
      peer.secure(tls.get());
      peer.send("hello");
      peer.wait_for_close();
    });
    use(proxy);
    const auto connected = connect(true, "img.test", 443);
    if (name != std::string("img.test")) {
      ASSERT_EQ(verdict(connected), "tls_certificate");
      EXPECT_EQ(connected.error().detail, "made out to other.test, not to img.test");
      continue;
    }
    ASSERT_EQ(verdict(connected), "ok");
    char room[10];
    const auto count = run(io, connected->stream->read_some(room));
    ASSERT_EQ(verdict(count), "ok");
    EXPECT_EQ(std::string(room, *count), "hello");
    EXPECT_EQ(asked, "CONNECT img.test:443 HTTP/1.1\r\nHost: img.test:443\r\n\r\n");
  }
}

TEST_F(ProxyTest, TheProxysAddressIsTheOperatorsWordAndTheTargetsIsNot) {
  LoopbackServer proxy([](Peer& peer) {
    peer.send("here");
    peer.wait_for_close();
  });
  use(proxy);
  const auto connected = connect(false, "img.test");
  ASSERT_EQ(verdict(connected), "ok");
  EXPECT_EQ(verdict(run(io, connected->stream->readable())), "ok");
  for (const char* target : {"127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:10.0.0.1"}) {
    EXPECT_EQ(verdict(connect(false, target)), "blocked_address") << target;
    EXPECT_EQ(verdict(connect(true, target)), "blocked_address") << target;
  }
  EXPECT_EQ(verdict(connect(false, "img.test", 25)), "blocked_address");
  EXPECT_EQ(proxy.connections(), 1u);
}

TEST_F(ProxyTest, RefusalsAreToldInTheProxysWords) {
  EXPECT_EQ(refused([](Peer& peer) {
              peer.read_request();
              peer.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nForbidden");
            }),
            "connect_failed: the proxy P said 403 Forbidden");
}

TEST_F(ProxyTest, ProxyThatClosesOrResetsIsAFailedConnection) {
  EXPECT_EQ(refused([](Peer& peer) { peer.read_request(); }), "connect_failed: the proxy P: closed the connection");
  EXPECT_EQ(refused([](Peer& peer) {
              peer.read_request();
              peer.reset_on_close();
            }),
            "connect_failed: the proxy P: closed the connection");
}

TEST_F(ProxyTest, SilentProxyIsAConnectTimeout) {
  settings.timeouts.connect = 100ms;
  for (const char* scheme : {"http", "socks5"}) {
    EXPECT_EQ(refused([](Peer& peer) { peer.wait_for_close(); }, scheme),
              "connect_timeout: the proxy P: no answer in time")
        << scheme;
  }
}

TEST_F(ProxyTest, EndlessAnswerOfAProxyEnds) {
  EXPECT_EQ(refused([](Peer& peer) {
              peer.read_request();
              peer.send("HTTP/1.1 200 OK\r\n");
              const std::string line = "X-Filler: " + std::string(1000, 'x') + "\r\n";
              for (int i = 0; i < 1000; ++i) peer.send(line);
            }),
            "connect_failed: the proxy P said too many headers");
}

TEST_F(ProxyTest, NobodyAtTheProxysPortIsToldAsSuch) {
  std::uint16_t port = 0;
  {
    LoopbackServer gone([](Peer&) {});
    port = gone.port();
  }
  settings.proxy = Proxy::parse("http://127.0.0.1:" + std::to_string(port));
  const auto connected = connect(false, "img.test");
  ASSERT_EQ(verdict(connected), "connect_refused");
  EXPECT_EQ(connected.error().detail.find("the proxy 127.0.0.1:"), 0u) << connected.error().detail;
}

TEST_F(ProxyTest, UnknownNameOfAProxyIsNoFaultOfTheTargets) {
  settings.proxy = Proxy::parse("http://nobody.invalid:3128");
  settings.dns_servers = {"127.0.0.1:9"};
  settings.timeouts.dns = 10ms;
  EXPECT_EQ(verdict(connect(false, "img.test")), "connect_failed");
}

TEST_F(ProxyTest, NamesBehindAProxyAreNotLookedUpHere) {
  DnsServer dns{{{"img.test", {{"127.0.0.1"}}}, {"direct.test", {{"127.0.0.1"}}}}};
  LoopbackServer proxy([](Peer& peer) { peer.wait_for_close(); });
  use(proxy);
  settings.no_proxy = {"direct.test"};
  settings.dns_servers = {dns.address()};
  settings.allow_addresses = {*AddressRange::parse("127.0.0.0/8")};
  Connector connector(io, deadlines, settings);
  connector.prefetch("img.test");
  connector.prefetch("direct.test");
  EXPECT_EQ(verdict(run(io, connector.connect(false, "img.test", 8080, Clock::now() + 1h))), "ok");
  while (dns.questions("direct.test") == 0) turn_once(io);
  EXPECT_EQ(dns.questions("img.test"), 0u);
}

TEST(ProxyChoice, HostsComeBeforeNoProxyBeforeTheProxy) {
  FetchSettings settings;
  EXPECT_EQ(proxy_for(settings, "a.test"), nullptr);
  settings.proxy = Proxy::parse("http://p.example:1");
  settings.no_proxy = {".test", "10.0.0.0/8"};
  HostRule direct, other, through;
  direct.pattern = "direct.example";
  direct.proxy = Proxy{};
  other.pattern = "other.example";
  other.proxy = Proxy::parse("socks5://q.example:2");
  through.pattern = "special.test";
  through.proxy = Proxy::parse("http://p.example:1");
  settings.hosts = {direct, other, through};
  EXPECT_EQ(proxy_for(settings, "any.example")->text(), "http://p.example:1");
  EXPECT_EQ(proxy_for(settings, "a.test"), nullptr);
  EXPECT_EQ(proxy_for(settings, "10.1.1.1"), nullptr);
  EXPECT_EQ(proxy_for(settings, "direct.example"), nullptr);
  EXPECT_EQ(proxy_for(settings, "other.example")->text(), "socks5://q.example:2");
  EXPECT_EQ(proxy_for(settings, "special.test")->text(), "http://p.example:1");
}

}  // namespace
}  // namespace gannet::net

#include "net/tls.hpp"

#include <gtest/gtest.h>

#include "net/certificates.hpp"
#include "net/connector.hpp"
#include "net/loopback_server.hpp"
#include "net/run.hpp"

namespace gannet::net {
namespace {

void greet(Peer& peer) {
  peer.send("hello");
  peer.close_notify();
}

class TlsTest : public testing::Test {
 protected:
  // A certificate as wished, issued by the authority that the client trusts.
  Certificate trusted(CertificateWish wish = {}) {
    wish.issuer = &authority;
    return make_certificate(wish);
  }

  Result<Connected> connect(const LoopbackServer& server, const std::string& host = "localhost") {
    Connector connector(io, deadlines, settings());
    return run(io, connector.connect(true, host, server.port(), Clock::now() + 1h));
  }

  Fault refused(const Certificate& certificate, const std::string& host = "localhost") {
    const auto tls = make_server_tls(certificate);
    LoopbackServer server(greet, tls.get());
    const auto connected = connect(server, host);
    return connected ? Fault{Reason::none, "accepted"} : connected.error();
  }

  // What arrives over a connection to a server that follows the script, and how it ends.
  std::string conversation(LoopbackServer::Script script) {
    const auto tls = make_server_tls(trusted());
    LoopbackServer server(std::move(script), tls.get());
    const auto connected = connect(server);
    if (!connected) return verdict(connected);
    run(io, connected->stream->write("go\r\n\r\n"));
    std::string all;
    for (char room[1000];;) {
      const auto count = run(io, connected->stream->read_some(room));
      if (!count || *count == 0) return all + "|" + verdict(count);
      all.append(room, *count);
    }
  }

  // What a server speaks that would like HTTP/2 best.
  Protocol agreed(bool offer_h2) {
    const auto tls = make_server_tls(trusted());
    SSL_CTX_set_alpn_select_cb(
        tls.get(),
        [](SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered, unsigned size,
           void*) {
          static constexpr unsigned char liked[] = "\x02h2\x08http/1.1";
          auto** room = const_cast<unsigned char**>(chosen);
          const bool common =
              SSL_select_next_proto(room, length, liked, sizeof liked - 1, offered, size) == OPENSSL_NPN_NEGOTIATED;
          return common ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
        },
        nullptr);
    LoopbackServer server(greet, tls.get());
    Connector connector(io, deadlines, settings());
    const auto connected = run(io, connector.connect(true, "localhost", server.port(), Clock::now() + 1h, offer_h2));
    EXPECT_EQ(verdict(connected), "ok");
    return connected ? connected->protocol : Protocol::http1;
  }

  FetchSettings settings() const {
    FetchSettings some;
    some.allow_addresses = {*AddressRange::parse("127.0.0.0/8")};
    some.ca_file = trust.path();
    return some;
  }

  Certificate authority = make_authority();
  TrustFile trust{authority};
  boost::asio::io_context io;
  Deadlines deadlines{io};
};

TEST_F(TlsTest, TrustedCertificateMadeOutToTheHostIsAccepted) {
  const auto tls = make_server_tls(trusted());
  LoopbackServer server(greet, tls.get());
  EXPECT_EQ(verdict(connect(server)), "ok");
}

TEST_F(TlsTest, AddressesAreLookedForInTheCertificateToo) {
  CertificateWish by_address;
  by_address.extension = "IP:127.0.0.1";
  const auto tls = make_server_tls(trusted(by_address));
  LoopbackServer server(greet, tls.get());
  EXPECT_EQ(verdict(connect(server, "127.0.0.1")), "ok");
  const auto fault = refused(trusted(), "127.0.0.1");
  EXPECT_EQ(fault.reason, Reason::tls_certificate);
  EXPECT_EQ(fault.detail, "made out to localhost, not to 127.0.0.1");
}

TEST_F(TlsTest, WrongNameIsRefused) {
  CertificateWish other;
  other.name = "example.org";
  other.extension = "DNS:example.org,DNS:*.localhost";
  const auto fault = refused(trusted(other));
  EXPECT_EQ(fault.reason, Reason::tls_certificate);
  EXPECT_EQ(fault.detail, "made out to example.org, not to localhost");
}

TEST_F(TlsTest, ExpiredIsRefused) {
  CertificateWish old;
  old.valid_from = -20;
  old.valid_to = -10;
  const auto fault = refused(trusted(old));
  EXPECT_EQ(fault.reason, Reason::tls_certificate);
  EXPECT_TRUE(fault.detail.starts_with("expired on 20")) << fault.detail;
}

TEST_F(TlsTest, NotYetValidIsRefused) {
  CertificateWish early;
  early.valid_from = 10;
  early.valid_to = 20;
  const auto fault = refused(trusted(early));
  EXPECT_EQ(fault.reason, Reason::tls_certificate);
  EXPECT_TRUE(fault.detail.starts_with("not valid before 20")) << fault.detail;
}

TEST_F(TlsTest, SelfSignedIsRefused) {
  const auto fault = refused(make_certificate({}));
  EXPECT_EQ(fault.reason, Reason::tls_certificate);
  EXPECT_FALSE(fault.detail.empty());
}

TEST_F(TlsTest, UnknownIssuerIsRefused) {
  const auto stranger = make_authority();
  CertificateWish wish;
  wish.issuer = &stranger;
  EXPECT_EQ(refused(make_certificate(wish)).reason, Reason::tls_certificate);
}

TEST_F(TlsTest, OldProtocolVersionsAreRefused) {
  const auto tls = make_server_tls(trusted());
  SSL_CTX_set_security_level(tls.get(), 0);
  SSL_CTX_set_min_proto_version(tls.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(tls.get(), TLS1_1_VERSION);
  LoopbackServer server(greet, tls.get());
  EXPECT_EQ(verdict(connect(server)), "tls_failed");
}

TEST_F(TlsTest, ServerThatDoesNotSpeakTlsFails) {
  LoopbackServer plain([](Peer& peer) { peer.send("HTTP/1.1 400 Bad Request\r\n\r\n"); });
  const auto connected = connect(plain);
  ASSERT_EQ(verdict(connected), "tls_failed");
  EXPECT_FALSE(connected.error().detail.empty());
}

TEST_F(TlsTest, ClosedDuringTheHandshakeFails) {
  LoopbackServer closing([](Peer&) {});
  EXPECT_EQ(verdict(connect(closing)), "tls_failed");
}

TEST_F(TlsTest, Http2IsSpokenOnlyWhenItWasOffered) {
  EXPECT_EQ(agreed(true), Protocol::h2);
  EXPECT_EQ(agreed(false), Protocol::http1);
}

TEST_F(TlsTest, EndWithCloseNotifyIsClean) {
  EXPECT_EQ(conversation([](Peer& peer) {
              peer.read_request();
              greet(peer);
              peer.wait_for_close();
            }),
            "hello|ok");
}

TEST_F(TlsTest, EndWithoutCloseNotifyIsShort) {
  EXPECT_EQ(conversation([](Peer& peer) {
              peer.read_request();
              peer.send("hello");
            }),
            "hello|short_body");
}

TEST_F(TlsTest, LargeAmountsArriveWhole) {
  const std::string large(5 << 20, 'x');
  EXPECT_EQ(conversation([&](Peer& peer) {
              peer.read_request();
              peer.send(large);
              peer.close_notify();
              peer.wait_for_close();
            }),
            large + "|ok");
}

TEST_F(TlsTest, DeadlineEndsReadingWithItsReason) {
  const auto tls = make_server_tls(trusted());
  LoopbackServer server([](Peer& peer) { peer.wait_for_close(); }, tls.get());
  const auto connected = connect(server);
  ASSERT_EQ(verdict(connected), "ok");
  char room[10];
  connected->stream->expires_at(Clock::now(), Reason::idle_timeout);
  EXPECT_EQ(verdict(run(io, connected->stream->read_some(room))), "idle_timeout");
}

TEST_F(TlsTest, SessionTicketsDoNotMakeAnIdleConnectionLoud) {
  const auto tls = make_server_tls(trusted());
  LoopbackServer server([](Peer& peer) { peer.wait_for_close(); }, tls.get());  // TLS 1.3 sends two tickets
  const auto connected = connect(server);
  ASSERT_EQ(verdict(connected), "ok");
  EXPECT_EQ(verdict(run(io, connected->stream->readable())), "ok");
  EXPECT_TRUE(connected->stream->quiet());
}

TEST_F(TlsTest, ClosedIdleConnectionIsNotQuiet) {
  const auto tls = make_server_tls(trusted());
  SSL_CTX_set_num_tickets(tls.get(), 0);
  LoopbackServer server([](Peer& peer) { peer.close_notify(); }, tls.get());
  const auto connected = connect(server);
  ASSERT_EQ(verdict(connected), "ok");
  EXPECT_EQ(verdict(run(io, connected->stream->readable())), "ok");
  EXPECT_FALSE(connected->stream->quiet());
}

TEST(TlsContext, MissingTrustFileStopsTheStart) { EXPECT_THROW(TlsContext("/nowhere/ca.pem"), std::runtime_error); }

}  // namespace
}  // namespace gannet::net

#include "net/tls.hpp"

#include <gtest/gtest.h>

#include "net/certificates.hpp"
#include "net/connector.hpp"
#include "net/dns_server.hpp"
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
  EXPECT_EQ(fault.detail, "made out to example.org, *.localhost, not to localhost");
}

TEST_F(TlsTest, OfManyNamesSomeAreTold) {
  CertificateWish many;
  many.extension = "DNS:a.test,DNS:b.test,IP:127.0.0.9,DNS:c.test,DNS:d.test,DNS:e.test";
  EXPECT_EQ(refused(trusted(many)).detail,
            "made out to a.test, b.test, 127.0.0.9, c.test and 2 more, not to localhost");
}

TEST_F(TlsTest, TheDotOfARootedNameIsInNoCertificate) {
  CertificateWish wish;
  wish.extension = "DNS:rooted.test";
  const auto tls = make_server_tls(trusted(wish));
  std::string asked_for;
  LoopbackServer server(
      [&](Peer& peer) {
        asked_for = SSL_get_servername(peer.tls(), TLSEXT_NAMETYPE_host_name);
        greet(peer);
      },
      tls.get());
  DnsServer dns{{{"rooted.test", {{"127.0.0.1"}}}}};
  FetchSettings asking = settings();
  asking.dns_servers = {dns.address()};
  Connector connector(io, deadlines, asking);
  const auto connected = run(io, connector.connect(true, "rooted.test.", server.port(), Clock::now() + 1h));
  ASSERT_EQ(verdict(connected), "ok");
  char room[10];
  EXPECT_EQ(verdict(run(io, connected->stream->read_some(room))), "ok");
  EXPECT_EQ(asked_for, "rooted.test");
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
  EXPECT_EQ(fault.detail, "self-signed, made out to localhost");
}

TEST_F(TlsTest, UnknownIssuerIsRefused) {
  CertificateWish unknown;
  unknown.name = "a stranger";
  unknown.extension.clear();
  const auto stranger = make_certificate(unknown);
  CertificateWish wish;
  wish.issuer = &stranger;
  const auto fault = refused(make_certificate(wish));
  EXPECT_EQ(fault.reason, Reason::tls_certificate);
  EXPECT_EQ(fault.detail,
            "unknown issuer a stranger; the server sent no other certificate, one in between may be missing");
}

TEST_F(TlsTest, IssuerThatExpiredIsNamed) {
  CertificateWish between;
  between.name = "old issuer";
  between.extension.clear();
  between.valid_from = -20;
  between.valid_to = -10;
  const auto issuer = trusted(between);
  CertificateWish wish;
  wish.issuer = &issuer;
  const auto tls = make_server_tls(make_certificate(wish));
  SSL_CTX_add1_chain_cert(tls.get(), issuer.x509.get());
  LoopbackServer server(greet, tls.get());
  const auto connected = connect(server);
  ASSERT_EQ(verdict(connected), "tls_certificate");
  EXPECT_TRUE(connected.error().detail.starts_with("its issuer old issuer: expired on 20")) << connected.error().detail;
}

TEST_F(TlsTest, WeakKeyIsRefused) {
  CertificateWish weak;
  weak.rsa_bits = 1024;
  weak.issuer = &authority;
  const auto certificate = make_certificate(weak);
  ServerTls tls(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  SSL_CTX_set_security_level(tls.get(), 0);
  SSL_CTX_use_certificate(tls.get(), certificate.x509.get());
  SSL_CTX_use_PrivateKey(tls.get(), certificate.key.get());
  LoopbackServer server(greet, tls.get());
  const auto connected = connect(server);
  ASSERT_EQ(verdict(connected), "tls_certificate");
  EXPECT_EQ(connected.error().detail, "weak key, RSA 1024 bits");
}

TEST_F(TlsTest, ChainOfAHundredKilobytesIsAccepted) {
  const auto tls = make_server_tls(trusted());
  CertificateWish filler;
  filler.name = "of no use";
  filler.extension = "DNS:a.test";
  while (filler.extension.size() < 10000) filler.extension += ",DNS:" + std::string(60, 'x') + ".test";
  const auto useless = make_certificate(filler);
  for (int i = 0; i < 10; ++i) SSL_CTX_add1_chain_cert(tls.get(), useless.x509.get());
  LoopbackServer server(greet, tls.get());
  EXPECT_EQ(verdict(connect(server)), "ok");
}

TEST_F(TlsTest, AlertsOfTheServerAreToldInWords) {
  const auto tls = make_server_tls(trusted());
  SSL_CTX_set_max_proto_version(tls.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(tls.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  LoopbackServer server(greet, tls.get());
  const auto connected = connect(server);
  ASSERT_EQ(verdict(connected), "tls_failed");
  EXPECT_EQ(connected.error().detail, "the server says: handshake failure");
}

TEST_F(TlsTest, OldProtocolVersionsAreRefused) {
  const auto tls = make_server_tls(trusted());
  SSL_CTX_set_security_level(tls.get(), 0);
  SSL_CTX_set_min_proto_version(tls.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(tls.get(), TLS1_1_VERSION);
  LoopbackServer server(greet, tls.get());
  EXPECT_EQ(verdict(connect(server)), "tls_failed");
}

TEST_F(TlsTest, KeysAreNotExchangedOverFiniteFields) {
  CertificateWish rsa;
  rsa.rsa_bits = 2048;
  rsa.issuer = &authority;
  const auto tls = make_server_tls(make_certificate(rsa));
  SSL_CTX_set_max_proto_version(tls.get(), TLS1_2_VERSION);
  SSL_CTX_set_dh_auto(tls.get(), 1);
  LoopbackServer any(greet, tls.get());
  EXPECT_EQ(verdict(connect(any)), "ok");
  ASSERT_EQ(SSL_CTX_set_cipher_list(tls.get(), "kDHE"), 1);
  LoopbackServer finite(greet, tls.get());
  const auto connected = connect(finite);
  ASSERT_EQ(verdict(connected), "tls_failed");
  EXPECT_EQ(connected.error().detail, "the server says: handshake failure");
}

TEST_F(TlsTest, ServerThatDoesNotSpeakTlsFails) {
  LoopbackServer plain([](Peer& peer) { peer.send("HTTP/1.1 400 Bad Request\r\n\r\n"); });
  const auto connected = connect(plain);
  ASSERT_EQ(verdict(connected), "tls_failed");
  EXPECT_EQ(connected.error().detail, "the server does not speak TLS on this port");
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

TEST_F(TlsTest, ReadsWhileItWrites) {
  const auto tls = make_server_tls(trusted());
  LoopbackServer server(
      [](Peer& peer) {
        // Fills the way to the client, and reads what that wrote only then.
        peer.send(std::string(8 << 20, 'd'));
        peer.send(std::to_string(peer.read_request().size()));
        peer.close_notify();
        peer.wait_for_close();
      },
      tls.get());
  const auto connected = connect(server);
  ASSERT_EQ(verdict(connected), "ok");
  const std::string large = std::string(8 << 20, 'u') + "\r\n\r\n";
  auto writing = start(io, connected->stream->write(large));
  std::string all;
  for (char room[10000];;) {
    const auto count = run(io, connected->stream->read_some(room));
    ASSERT_EQ(verdict(count), "ok");
    if (*count == 0) break;
    all.append(room, *count);
  }
  EXPECT_EQ(verdict(finish(io, writing)), "ok");
  EXPECT_EQ(all, std::string(8 << 20, 'd') + std::to_string(large.size()));
}

TEST_F(TlsTest, KeysMayChangeAtAnyTime) {
  EXPECT_EQ(conversation([](Peer& peer) {
              peer.read_request();
              for (int i = 0; i < 20; ++i) {
                peer.send("x");
                SSL_key_update(peer.tls(), i % 2 == 0 ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED);
                SSL_do_handshake(peer.tls());
              }
              peer.close_notify();
              peer.wait_for_close();
            }),
            std::string(20, 'x') + "|ok");
}

TEST_F(TlsTest, ServerMayNegotiateAnew) {
  const auto tls = make_server_tls(trusted());
  SSL_CTX_set_max_proto_version(tls.get(), TLS1_2_VERSION);
  LoopbackServer server(
      [](Peer& peer) {
        peer.read_request();
        SSL_renegotiate(peer.tls());
        SSL_do_handshake(peer.tls());
        peer.send("hello");
        peer.read_request();
        peer.send(std::to_string(SSL_total_renegotiations(peer.tls())));
        peer.close_notify();
        peer.wait_for_close();
      },
      tls.get());
  const auto connected = connect(server);
  ASSERT_EQ(verdict(connected), "ok");
  run(io, connected->stream->write("one\r\n\r\n"));
  char room[100];
  const auto hello = run(io, connected->stream->read_some(room));
  ASSERT_EQ(verdict(hello), "ok");
  EXPECT_EQ(std::string(room, *hello), "hello");
  run(io, connected->stream->write("two\r\n\r\n"));
  const auto times = run(io, connected->stream->read_some(room));
  ASSERT_EQ(verdict(times), "ok");
  EXPECT_EQ(std::string(room, *times), "1");
}

TEST_F(TlsTest, EndlessMessagesOfTheProtocolItselfAreEnded) {
  EXPECT_EQ(
      conversation([](Peer& peer) {
        peer.read_request();
        while (SSL_key_update(peer.tls(), SSL_KEY_UPDATE_NOT_REQUESTED) == 1 && SSL_do_handshake(peer.tls()) == 1) {
        }
      }),
      "|tls_failed");
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

}  // namespace
}  // namespace gannet::net

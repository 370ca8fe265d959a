// Resuming TLS sessions: whether the server sees it, and what is never resumed.
#include <gtest/gtest.h>

#include <openssl/ssl.h>

#include "net/certificates.hpp"
#include "net/connector.hpp"
#include "net/loopback_server.hpp"
#include "net/run.hpp"
#include "net/session_cache.hpp"

namespace gannet::net {
namespace {

class TlsSessionsTest : public testing::Test {
 protected:
  TlsSessionsTest() {
    CertificateWish wish;
    wish.issuer = &authority;
    tls = make_server_tls(make_certificate(wish));
    settings.allow_addresses = {*AddressRange::parse("127.0.0.0/8")};
    settings.ca_file = trust.path();
  }

  // What the server, asked once over a new connection, says about it.
  std::string ask(Connector& connector, const LoopbackServer& server) {
    const auto connected = run(io, connector.connect(true, "localhost", server.port(), Clock::now() + 1h));
    if (!connected) return verdict(connected);
    run(io, connected->stream->write("\r\n\r\n"));
    char room[100];
    const auto count = run(io, connected->stream->read_some(room));
    return count ? std::string(room, *count) : verdict(count);
  }

  static void tell(Peer& peer) {
    peer.read_request();
    peer.send(SSL_session_reused(peer.tls()) == 1 ? "resumed" : "new");
    peer.wait_for_close();
  }

  Certificate authority = make_authority();
  TrustFile trust{authority};
  ServerTls tls{nullptr, &SSL_CTX_free};
  FetchSettings settings;
  boost::asio::io_context io;
  Deadlines deadlines{io};
};

TEST_F(TlsSessionsTest, NextConnectionResumes) {
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    SSL_CTX_set_max_proto_version(tls.get(), version);
    LoopbackServer server(tell, tls.get());
    Connector connector(io, deadlines, settings);
    EXPECT_EQ(ask(connector, server), "new") << version;
    EXPECT_EQ(ask(connector, server), "resumed") << version;
    EXPECT_EQ(ask(connector, server), "resumed") << version;
  }
}

TEST_F(TlsSessionsTest, OtherServerOfTheSameNameIsNotTakenForIt) {
  LoopbackServer one(tell, tls.get()), other(tell, tls.get());
  Connector connector(io, deadlines, settings);
  EXPECT_EQ(ask(connector, one), "new");
  EXPECT_EQ(ask(connector, other), "new");
}

TEST_F(TlsSessionsTest, ServerThatForgotTheSessionIsAskedAnew) {
  std::uint16_t port = 0;
  Connector connector(io, deadlines, settings);
  {
    LoopbackServer server(tell, tls.get());
    port = server.port();
    EXPECT_EQ(ask(connector, server), "new");
  }
  CertificateWish wish;
  wish.issuer = &authority;
  const auto restarted = make_server_tls(make_certificate(wish));
  LoopbackServer server(tell, restarted.get(), "127.0.0.1", port);
  EXPECT_EQ(ask(connector, server), "new");
  EXPECT_EQ(ask(connector, server), "resumed");
}

class SessionCacheTest : public testing::Test {
 protected:
  static SslSession session(int version = TLS1_3_VERSION, std::time_t made = 1000, long timeout = 100) {
    SslSession one(SSL_SESSION_new(), &SSL_SESSION_free);
    SSL_SESSION_set_protocol_version(one.get(), version);
    const unsigned char secret[32] = {1};
    SSL_SESSION_set1_master_key(one.get(), secret, sizeof secret);
    SSL_SESSION_set1_id(one.get(), secret, sizeof secret);
    // Ciphers belong to a connection; this one is of both versions' default.
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
    const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context.get()), &SSL_free);
    const unsigned char id[2][2] = {{0x13, 0x01}, {0xc0, 0x2f}};
    SSL_SESSION_set_cipher(one.get(), SSL_CIPHER_find(ssl.get(), id[version == TLS1_3_VERSION ? 0 : 1]));
    SSL_SESSION_set_time(one.get(), made);
    SSL_SESSION_set_timeout(one.get(), timeout);
    return one;
  }
};

TEST_F(SessionCacheTest, TicketOfTls13IsUsedOnce) {
  SessionCache cache(100);
  cache.keep("a", *session());
  cache.keep("a", *session());
  EXPECT_TRUE(cache.take("a", 1001));
  EXPECT_TRUE(cache.take("a", 1001));
  EXPECT_FALSE(cache.take("a", 1001));
  EXPECT_EQ(cache.size(), 0u);
}

TEST_F(SessionCacheTest, SessionOfTls12IsUsedUntilANewerOneComes) {
  SessionCache cache(100);
  cache.keep("a", *session(TLS1_2_VERSION));
  cache.keep("a", *session(TLS1_2_VERSION));
  EXPECT_EQ(cache.size(), 1u);
  EXPECT_TRUE(cache.take("a", 1001));
  EXPECT_TRUE(cache.take("a", 1001));
}

TEST_F(SessionCacheTest, OldOnesAreNotUsed) {
  SessionCache cache(100);
  cache.keep("a", *session());
  EXPECT_FALSE(cache.take("a", 1100));
  cache.keep("a", *session(TLS1_3_VERSION, 1000, 7 * 86400));  // a week, says the server
  EXPECT_FALSE(cache.take("a", 1000 + 86400));
  EXPECT_EQ(cache.size(), 0u);
}

TEST_F(SessionCacheTest, ServersThatWereNotAskedForLongestGoFirst) {
  SessionCache cache(2);
  cache.keep("a", *session(TLS1_2_VERSION));
  cache.keep("b", *session(TLS1_2_VERSION));
  EXPECT_TRUE(cache.take("a", 1001));
  cache.keep("c", *session(TLS1_2_VERSION));
  EXPECT_FALSE(cache.take("b", 1001));
  EXPECT_TRUE(cache.take("a", 1001));
  EXPECT_TRUE(cache.take("c", 1001));
}

TEST_F(SessionCacheTest, OneServerHasOnlyAFew) {
  SessionCache cache(100);
  for (int i = 0; i < 50; ++i) cache.keep("a", *session());
  EXPECT_EQ(cache.size(), 8u);
}

TEST_F(SessionCacheTest, WhatFailedIsForgotten) {
  SessionCache cache(100);
  cache.keep("a", *session());
  cache.keep("b", *session());
  cache.forget("a");
  EXPECT_FALSE(cache.take("a", 1001));
  EXPECT_EQ(cache.size(), 1u);
}

}  // namespace
}  // namespace gannet::net

// What is said to proxies, and what is made of their answers: whole, byte by byte, and hostile.
#include "net/proxy_talk.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace gannet::net {
namespace {

using namespace std::string_literals;

std::unique_ptr<ProxyTalk> talk_to(const std::string& proxy, bool with_password = false,
                                   const std::string& host = "img.example.org") {
  auto parsed = Proxy::parse(proxy).value();
  if (with_password) parsed.authenticate({{}, "me", "secret"});
  return make_proxy_talk(parsed, host, 443);
}

// What is sent for these answers of the proxy, one after the other, in pieces of this size; then how it ended.
std::string talk(ProxyTalk& talking, std::string_view answers, std::size_t piece) {
  std::string sent = talking.begin();
  while (!answers.empty() && talking.wants() > 0) {
    const auto some = answers.substr(0, std::min(piece, talking.wants()));
    answers.remove_prefix(some.size());
    auto next = talking.take(some);
    if (!next)
      return std::string(to_string(next.error().reason)) + ": " + next.error().detail +
             (next.error().of_proxy ? ", of the proxy" : "");
    sent += *next;
  }
  if (talking.wants() > 0) return "waits";
  return sent + "|open, " + std::to_string(answers.size()) + " left";
}

constexpr std::size_t pieces[] = {1, 2, 3, 7, 100000};

const std::string asked = "CONNECT img.example.org:443 HTTP/1.1\r\nHost: img.example.org:443\r\n";

TEST(HttpConnect, AsksForTheTargetAndIsDoneWithA2xx) {
  for (const auto piece : pieces) {
    for (const std::string answer :
         {"HTTP/1.1 200 Connection established\r\n\r\n", "HTTP/1.0 200\r\nVia: x\r\n\r\n", "HTTP/1.1 204 OK\nA: b\n\n",
          "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"}) {
      EXPECT_EQ(talk(*talk_to("http://p.example:3128"), answer, piece), asked + "\r\n|open, 0 left") << answer;
    }
  }
}

TEST(HttpConnect, SendsCredentialsWhenThereAreSome) {
  EXPECT_EQ(talk_to("http://p.example:3128", true)->begin(), asked + "Proxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n");
}

TEST(HttpConnect, BracketsAddressesOfIpv6) {
  EXPECT_EQ(talk_to("http://p.example:3128", false, "2001:db8::1")->begin().find("CONNECT [2001:db8::1]:443 HTTP/1.1"),
            0u);
}

TEST(HttpConnect, RefusalsAreToldInTheProxysWords) {
  for (const auto piece : pieces) {
    EXPECT_EQ(talk(*talk_to("http://p.example:3128"), "HTTP/1.1 403 Forbidden\r\nX: y\r\n\r\n", piece),
              "connect_failed: the proxy p.example:3128 said 403 Forbidden");
    EXPECT_EQ(talk(*talk_to("http://p.example:3128"), "HTTP/1.1 407\r\n\r\n", piece),
              "connect_failed: the proxy p.example:3128 said 407: it wants a user name and password "
              "(fetch.proxy_credentials, or proxy_credentials of the host in fetch.hosts), of the proxy");
    EXPECT_EQ(talk(*talk_to("http://p.example:3128", true), "HTTP/1.1 407 Who?\r\n\r\n", piece),
              "connect_failed: the proxy p.example:3128 said 407 Who?: it does not accept our user name and password "
              "(fetch.proxy_credentials, or proxy_credentials of the host in fetch.hosts), of the proxy");
  }
}

TEST(HttpConnect, WhatIsNotHttpEndsAtTheFirstWrongByte) {
  for (const std::string answer : {"SSH-2.0\r\n", "HTTP/2 200\r\n", "HTTP/1.1X", "\r\n", "\x05\x01", "http/1.1 200"}) {
    for (const auto piece : pieces) {
      EXPECT_EQ(talk(*talk_to("http://p.example:3128"), answer, piece),
                "connect_failed: the proxy p.example:3128 said what is not HTTP");
    }
  }
}

TEST(HttpConnect, GarbageBehindTheVersionIsShownWithoutControlCharacters) {
  EXPECT_EQ(talk(*talk_to("http://p.example:3128"), "HTTP/1.1 2x0 \x1b[2J\xff\r\n\r\n", 100),
            "connect_failed: the proxy p.example:3128 said HTTP/1.1 2x0 ?[2J\xef\xbf\xbd");
  const auto long_line = talk(*talk_to("http://p.example:3128"), "HTTP/1.1 500 " + std::string(9000, 'x') + "\n\n", 99);
  EXPECT_LT(long_line.size(), 200u);
}

TEST(HttpConnect, EndlessHeadersEnd) {
  for (const std::string line : {"X: y\r\n", "x"}) {
    std::string endless = "HTTP/1.1 200 OK\r\n";
    while (endless.size() < 100000) endless += line;
    EXPECT_EQ(talk(*talk_to("http://p.example:3128"), endless, 1000),
              "connect_failed: the proxy p.example:3128 said too many headers");
  }
}

TEST(HttpConnect, EndlessAnswersBeforeTheAnswerEnd) {
  std::string interim;
  while (interim.size() < 17 << 10) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  for (const auto piece : pieces) {
    EXPECT_EQ(talk(*talk_to("http://p.example:3128"), interim, piece),
              "connect_failed: the proxy p.example:3128 said too many headers");
  }
}

TEST(HttpConnect, BytesBehindTheAnswerAreRefused) {
  EXPECT_EQ(talk(*talk_to("http://p.example:3128"), "HTTP/1.1 200 OK\r\n\r\n\x16\x03", 1000),
            "connect_failed: the proxy p.example:3128 said more than that the way is there");
}

const std::string by_name = "\x05\x01\x00\x03\x0fimg.example.org\x01\xbb"s;

TEST(Socks5, GivesTheNameToTheProxyAndTakesAnyAddressBack) {
  for (const auto piece : pieces) {
    for (const auto& bound : {"\x01\x7f\x00\x00\x01\x04\x38"s, "\x03\x04host\x04\x38"s, "\x03\x00\x00\x00"s,
                              "\x04" + std::string(18, '\0')}) {
      EXPECT_EQ(talk(*talk_to("socks5://p.example:1080"), "\x05\x00\x05\x00\x00"s + bound + "TLS", piece),
                "\x05\x01\x00"s + by_name + "|open, 3 left");
    }
  }
}

TEST(Socks5, AddressesAreGivenAsSuch) {
  const std::string good = "\x05\x00\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"s;
  EXPECT_EQ(talk(*talk_to("socks5://p.example:1080", false, "192.0.2.1"), good, 99),
            "\x05\x01\x00\x05\x01\x00\x01\xc0\x00\x02\x01\x01\xbb|open, 0 left"s);
  EXPECT_EQ(talk(*talk_to("socks5://p.example:1080", false, "2001:db8::1"), good, 99),
            "\x05\x01\x00\x05\x01\x00\x04\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01\x01\xbb|open, 0 left"s);
}

TEST(Socks5, LogsInWhenAskedTo) {
  const std::string good = "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"s;
  for (const auto piece : pieces) {
    EXPECT_EQ(talk(*talk_to("socks5://p.example:1080", true), "\x05\x02\x01\x00"s + good, piece),
              "\x05\x02\x00\x02\x01\x02me\x06secret"s + by_name + "|open, 0 left");
    EXPECT_EQ(talk(*talk_to("socks5://p.example:1080", true), "\x05\x00"s + good, piece),
              "\x05\x02\x00\x02"s + by_name + "|open, 0 left");
    EXPECT_EQ(
        talk(*talk_to("socks5://p.example:1080", true), "\x05\x02\x01\x01"s, piece),
        "connect_failed: the proxy p.example:1080 does not let us in: it does not accept our user name and password "
        "(fetch.proxy_credentials, or proxy_credentials of the host in fetch.hosts), of the proxy");
    EXPECT_EQ(talk(*talk_to("socks5://p.example:1080"), "\x05\xff"s, piece),
              "connect_failed: the proxy p.example:1080 does not let us in: it wants a user name and password "
              "(fetch.proxy_credentials, or proxy_credentials of the host in fetch.hosts), of the proxy");
  }
}

TEST(Socks5, RefusalsAreToldInWords) {
  const auto refused = [](char code) {
    return talk(*talk_to("socks5://p.example:1080"), "\x05\x00\x05"s + code + "\x00\x01"s, 99);
  };
  EXPECT_EQ(refused(2), "connect_failed: the proxy p.example:1080 said: not allowed by its rules");
  EXPECT_EQ(refused(4), "connect_failed: the proxy p.example:1080 said: host unreachable");
  EXPECT_EQ(refused(5), "connect_refused: the proxy p.example:1080 said: connection refused");
  EXPECT_EQ(refused(6), "connect_timeout: the proxy p.example:1080 said: no answer in time");
  EXPECT_EQ(refused('\x7f'), "connect_failed: the proxy p.example:1080 said: error 127");
}

TEST(Socks5, GarbageIsRefused) {
  for (const auto& garbage : {"HTTP/1.1 400"s, "\x04\x00"s, "\x05\x00\x04\x00\x00\x01"s, "\x05\x00\x05\x00\x00\x09"s}) {
    for (const auto piece : pieces) {
      EXPECT_EQ(talk(*talk_to("socks5://p.example:1080"), garbage, piece),
                "connect_failed: the proxy p.example:1080 does not speak SOCKS 5");
    }
  }
  EXPECT_EQ(talk(*talk_to("socks5://p.example:1080"), "\x05\x01"s, 99).find("connect_failed"), 0u);
}

}  // namespace
}  // namespace gannet::net

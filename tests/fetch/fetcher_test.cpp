#include "fetch/fetcher.hpp"

#include <gtest/gtest.h>

#include <mutex>

#include "net/loopback_server.hpp"
#include "net/run.hpp"

namespace gannet::fetch {
namespace {

using net::LoopbackServer;
using net::Peer;

std::string reply(const std::string& lines, const std::string& body) {
  return "HTTP/1.1 " + lines + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

FetchTask task_for(std::string url) {
  FetchTask task;
  task.job = 3;
  task.attempt = 2;
  task.row.line = 17;
  task.row.url = std::move(url);
  return task;
}

class FetcherTest : public testing::Test {
 protected:
  static FetchSettings loopback() {
    FetchSettings some;
    some.allow_addresses = {*AddressRange::parse("127.0.0.0/8")};
    return some;
  }

  Fetched attempt(const std::string& url) { return attempt(task_for(url)); }

  // Goes on where redirects lead and starts again, as the frontier does.
  Fetched attempt(FetchTask task) {
    if (!fetcher) fetcher.emplace(io, settings);
    auto fetched = net::run(io, fetcher->attempt(std::move(task)));
    while (fetched.onward || fetched.again_at_pace) fetched = net::run(io, fetcher->attempt(std::move(fetched.task)));
    return fetched;
  }

  // One attempt against a server that says this to everybody.
  Fetched answered(const std::string& answer) {
    LoopbackServer server([&](Peer& peer) {
      peer.read_request();
      peer.send(answer);
    });
    return attempt(at(server));
  }

  static std::string at(const LoopbackServer& server, const std::string& path = "/") {
    return "http://127.0.0.1:" + std::to_string(server.port()) + path;
  }

  FetchSettings settings = loopback();
  boost::asio::io_context io;
  std::optional<Fetcher> fetcher;
};

// A server that answers every request by its path and keeps connections open; remembers what it was asked.
class Site {
 public:
  explicit Site(std::function<std::string(const std::string& path)> answer) : answer_(std::move(answer)) {}

  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  std::function<std::string(const std::string&)> answer_;
  std::mutex mutex_;
  std::vector<std::string> requests_;

 public:
  LoopbackServer server{[this](Peer& peer) {
    for (;;) {
      const std::string request = peer.read_request();
      if (request.empty()) return;
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      peer.send(answer_(request.substr(4, request.find(' ', 4) - 4)));
    }
  }};  // the last: it uses the rest
};

TEST_F(FetcherTest, FetchesABodyAndRecordsHow) {
  Site site([](const std::string&) { return reply("200 OK\r\n", "picture"); });
  const auto fetched = attempt(at(site.server, "/a?b"));
  EXPECT_EQ(fetched.body.view(), "picture");
  const auto& record = fetched.record;
  EXPECT_EQ(record.outcome, Outcome::ok);
  EXPECT_EQ(record.reason, Reason::none);
  EXPECT_EQ(record.http_status, 200u);
  EXPECT_EQ(record.job, 3u);
  EXPECT_EQ(record.line, 17u);
  EXPECT_EQ(record.attempts, 2u);
  EXPECT_EQ(record.url, at(site.server, "/a?b"));
  EXPECT_EQ(record.final_url, "");
  EXPECT_EQ(record.address, "127.0.0.1");
  EXPECT_EQ(record.protocol, "http/1.1");
  EXPECT_FALSE(record.reused);
  EXPECT_EQ(fetched.task.row.url, record.url);
}

TEST_F(FetcherTest, AsksAsABrowserWouldButUnderItsOwnName) {
  settings.contact = "me@example.org";
  Site site([](const std::string&) { return reply("200 OK\r\n", ""); });
  attempt(at(site.server, "/a?b"));
  ASSERT_EQ(site.requests().size(), 1u);
  EXPECT_EQ(site.requests()[0], "GET /a?b HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(site.server.port()) +
                                    "\r\nUser-Agent: gannet/" GANNET_VERSION
                                    " (+me@example.org)\r\nAccept: image/*,*/*;q=0.8\r\n\r\n");
}

TEST_F(FetcherTest, AProxyThatAsksWhoWeAreIsNoFaultOfTheHost) {
  Site proxy([](const std::string&) { return reply("407 Who?\r\n", "go away"); });
  settings.proxy = Proxy::parse("http://127.0.0.1:" + std::to_string(proxy.server.port()));
  const std::string start = "407: the proxy " + settings.proxy->place() + " does not let us in: ";
  const std::string key =
      " user name and password (fetch.proxy_credentials, or proxy_credentials of the host in fetch.hosts)";
  const auto stranger = attempt("http://img.test/a").record;
  EXPECT_EQ(stranger.reason, Reason::http_status);
  EXPECT_EQ(stranger.http_status, 407u);
  EXPECT_EQ(stranger.detail, start + "it wants a" + key);
  EXPECT_TRUE(stranger.of_proxy);
  settings.proxy->authenticate({{}, "me", "secret"});
  fetcher.emplace(io, settings);
  EXPECT_EQ(attempt("http://img.test/a").record.detail, start + "it does not accept our" + key);
}

TEST_F(FetcherTest, AServerThatSays407IsNoProxy) {
  const auto record = answered(reply("407 Who?\r\n", "")).record;
  EXPECT_EQ(record.detail, "407");
  EXPECT_FALSE(record.of_proxy);
}

TEST_F(FetcherTest, ConnectionsAreReused) {
  Site site([](const std::string&) { return reply("200 OK\r\n", "picture"); });
  EXPECT_FALSE(attempt(at(site.server, "/1")).record.reused);
  const auto second = attempt(at(site.server, "/2"));
  EXPECT_TRUE(second.record.reused);
  EXPECT_EQ(second.record.address, "127.0.0.1");
  EXPECT_EQ(site.server.connections(), 1u);
  EXPECT_EQ(site.requests().size(), 2u);
}

TEST_F(FetcherTest, ConnectionsAreReusedAfterAnErrorStatus) {
  Site site([](const std::string&) { return reply("404 Not Found\r\n", "no such picture"); });
  attempt(at(site.server));
  EXPECT_TRUE(attempt(at(site.server)).record.reused);
}

TEST_F(FetcherTest, ConnectionsTheServerGivesNoTimeAreNotReused) {
  Site site([](const std::string&) { return reply("200 OK\r\nKeep-Alive: timeout=0\r\n", "picture"); });
  attempt(at(site.server));
  EXPECT_FALSE(attempt(at(site.server)).record.reused);
}

TEST_F(FetcherTest, StaleConnectionIsReplacedWithoutBeingCounted) {
  // Every connection serves one request, and is closed only once the second has come: no client can see that before.
  LoopbackServer server([](Peer& peer) {
    peer.read_request();
    peer.send(reply("200 OK\r\n", std::to_string(peer.number())));
    peer.read_request();
  });
  EXPECT_EQ(attempt(at(server)).body.view(), "0");
  const auto second = attempt(at(server));
  EXPECT_EQ(second.record.reason, Reason::none);
  EXPECT_EQ(second.body.view(), "1");
  EXPECT_EQ(second.record.attempts, 2u);  // as its task said
  EXPECT_FALSE(second.record.reused);
  EXPECT_EQ(server.connections(), 2u);
}

TEST_F(FetcherTest, FreshConnectionThatDiesIsAReset) {
  LoopbackServer server([](Peer& peer) { peer.read_request(); });
  const auto fetched = attempt(at(server));
  EXPECT_EQ(fetched.record.reason, Reason::reset);
  EXPECT_EQ(fetched.record.outcome, Outcome::failed);
  EXPECT_EQ(fetched.record.protocol, "");
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(FetcherTest, RedirectsAreFollowedToTheEnd) {
  Site site([](const std::string& path) {
    if (path == "/a") return reply("301 Moved\r\nLocation: /b\r\n", "moved");
    if (path == "/b") return reply("302 Found\r\nLocation: c?d\r\n", "");
    return reply("200 OK\r\n", "at " + path);
  });
  const auto fetched = attempt(at(site.server, "/a"));
  EXPECT_EQ(fetched.body.view(), "at /c?d");
  EXPECT_EQ(fetched.record.http_status, 200u);
  EXPECT_EQ(fetched.record.url, at(site.server, "/a"));
  EXPECT_EQ(fetched.record.final_url, at(site.server, "/c?d"));
  EXPECT_EQ(site.server.connections(), 1u);
}

TEST_F(FetcherTest, ARedirectEndsTheRequestAndSaysWhereItLeads) {
  Site site([](const std::string&) { return reply("301 Moved\r\nLocation: /b\r\n", "moved"); });
  fetcher.emplace(io, settings);
  const auto first = net::run(io, fetcher->attempt(task_for(at(site.server, "/a"))));
  EXPECT_TRUE(first.onward);
  EXPECT_EQ(first.record.reason, Reason::none);
  EXPECT_TRUE(first.body.empty());
  ASSERT_TRUE(first.task.trail);
  EXPECT_EQ(first.task.trail->url, at(site.server, "/b"));
  EXPECT_EQ(first.task.trail->asked, std::vector{at(site.server, "/a")});
  EXPECT_EQ(site.requests().size(), 1u);
}

TEST_F(FetcherTest, TheWholeWayHasOneTotalTimeout) {
  settings.timeouts.total = 10s;
  Site site([](const std::string&) { return reply("200 OK\r\n", "picture"); });
  auto task = task_for(at(site.server, "/a"));
  task.trail = std::make_unique<Trail>(Trail{{at(site.server, "/a")}, at(site.server, "/b"), 10s});
  const auto fetched = attempt(std::move(task));
  EXPECT_EQ(fetched.record.reason, Reason::total_timeout);
  EXPECT_GE(fetched.record.ms.total, 10s);
  EXPECT_LT(fetched.took, 10s);
  EXPECT_EQ(fetched.record.final_url, at(site.server, "/b"));
}

class FetcherRevalidates : public FetcherTest {
 protected:
  Fetched ask(const std::string& url, const std::string& gave_it = {}) {
    auto task = task_for(url);
    task.earlier = std::make_unique<Earlier>();
    task.earlier->ask = true;
    task.earlier->path = "images/j/00000/000000000.jpg";
    task.earlier->bytes = 5;
    task.earlier->sha256 = "ab";
    task.earlier->final_url = gave_it;
    task.earlier->validators.etag = "\"1\"";
    return attempt(std::move(task));
  }

  static bool conditional(const std::string& request) { return request.find("If-None-Match: \"1\"") != request.npos; }
};

TEST_F(FetcherRevalidates, UnchangedIsOkWithTheEarlierFile) {
  Site site([](const std::string&) { return "HTTP/1.1 304 Not Modified\r\n\r\n"; });
  const auto fetched = ask(at(site.server, "/a"));
  EXPECT_TRUE(conditional(site.requests().at(0)));
  const auto& record = fetched.record;
  EXPECT_EQ(record.outcome, Outcome::ok);
  EXPECT_TRUE(record.from_catalogue);
  EXPECT_EQ(record.http_status, 304u);
  EXPECT_EQ(record.attempts, 2u);
  EXPECT_EQ(record.path, "images/j/00000/000000000.jpg");
  EXPECT_EQ(record.bytes, 5u);
  EXPECT_EQ(record.sha256, "ab");
  EXPECT_EQ(record.address, "127.0.0.1");
}

TEST_F(FetcherRevalidates, ChangedIsFetched) {
  Site site([](const std::string&) { return reply("200 OK\r\nETag: \"2\"\r\n", "picture"); });
  const auto fetched = ask(at(site.server, "/a"));
  EXPECT_FALSE(fetched.record.from_catalogue);
  EXPECT_EQ(fetched.record.path, "");
  EXPECT_EQ(fetched.record.validators.etag, "\"2\"");
  EXPECT_EQ(fetched.body.view(), "picture");
}

TEST_F(FetcherRevalidates, AsksNobodyButTheUrlThatGaveIt) {
  Site site([](const std::string& path) {
    return path == "/a" ? reply("302 Found\r\nLocation: /b\r\n", "") : "HTTP/1.1 304 Not Modified\r\n\r\n";
  });
  EXPECT_EQ(ask(at(site.server, "/a"), at(site.server, "/b")).record.outcome, Outcome::ok);
  EXPECT_FALSE(conditional(site.requests().at(0)));
  EXPECT_TRUE(conditional(site.requests().at(1)));
  // It was /a itself that gave it, before it moved.
  const auto moved = ask(at(site.server, "/a"));
  EXPECT_TRUE(conditional(site.requests().at(2)));
  EXPECT_FALSE(conditional(site.requests().at(3)));
  EXPECT_EQ(moved.record.reason, Reason::http_status) << "nobody asked /b for changes";
  const auto elsewhere = ask(at(site.server, "/b"), at(site.server, "/c"));
  EXPECT_FALSE(conditional(site.requests().at(4)));
  EXPECT_EQ(elsewhere.record.reason, Reason::http_status);
}

TEST_F(FetcherRevalidates, WhatTheHeadAsksOfUsCounts) {
  Site site([](const std::string&) { return "HTTP/1.1 304 Not Modified\r\nX-Robots-Tag: noai\r\n\r\n"; });
  EXPECT_EQ(ask(at(site.server, "/a")).record.reason, Reason::opt_out);
}

TEST_F(FetcherTest, EndlessRedirectsEnd) {
  settings.max_redirects = 3;
  Site site([](const std::string& path) { return reply("307 There\r\nLocation: " + path + "x\r\n", ""); });
  const auto fetched = attempt(at(site.server));
  EXPECT_EQ(fetched.record.reason, Reason::too_many_redirects);
  EXPECT_EQ(fetched.record.http_status, 307u);
  EXPECT_EQ(site.requests().size(), 4u);
}

TEST_F(FetcherTest, RedirectsToBlockedAddressesAndOtherSchemesAreRefused) {
  settings.deny_addresses = {*AddressRange::parse("127.0.0.2")};
  LoopbackServer denied([](Peer&) {}, nullptr, "127.0.0.2");
  Site site([&](const std::string& path) {
    const auto to = path == "/in" ? "http://127.0.0.2:" + std::to_string(denied.port()) + "/" : "file:///etc/passwd";
    return reply("302 Found\r\nLocation: " + to + "\r\n", "");
  });
  EXPECT_EQ(attempt(at(site.server, "/in")).record.reason, Reason::blocked_address);
  EXPECT_EQ(attempt(at(site.server, "/out")).record.reason, Reason::bad_redirect);
  EXPECT_EQ(denied.connections(), 0u);
}

TEST_F(FetcherTest, ErrorStatusesKeepTheServersWishAndNoBody) {
  const auto fetched = answered(reply("503 Busy\r\nRetry-After: 7\r\n", "please wait"));
  EXPECT_EQ(fetched.record.reason, Reason::http_status);
  EXPECT_EQ(fetched.record.http_status, 503u);
  EXPECT_EQ(fetched.retry_after, 7s);
  EXPECT_TRUE(fetched.body.empty());
}

TEST_F(FetcherTest, OptOutIsSkipped) {
  const auto fetched = answered(reply("200 OK\r\nX-Robots-Tag: nofollow\r\nX-Robots-Tag: gannet: noai\r\n", "picture"));
  EXPECT_EQ(fetched.record.reason, Reason::opt_out);
  EXPECT_EQ(fetched.record.outcome, Outcome::skipped);
  EXPECT_EQ(fetched.record.detail, "X-Robots-Tag: noai (for gannet)");
  EXPECT_TRUE(fetched.body.empty());
}

TEST_F(FetcherTest, OptsOutByTheNameThatTheHostWasTold) {
  settings.user_agent = "Picture-Bot/1";
  HostRule rule;
  rule.pattern = "127.0.0.1";
  rule.user_agent = "Host-Bot/2";
  settings.hosts = {rule};
  Site site([](const std::string& path) {
    return reply("200 OK\r\nX-Robots-Tag: " + path.substr(1) + ": noai\r\n", "picture");
  });
  const auto reason = [&](const std::string& name, const char* of_list) {
    auto task = task_for(at(site.server, "/" + name));
    JobOptions options;
    options.user_agent = of_list;
    task.options = std::make_shared<const JobOptions>(options);
    return attempt(std::move(task)).record.reason;
  };
  for (const char* of_list : {"", "List-Bot/3"}) {
    EXPECT_EQ(reason("host-bot", of_list), Reason::opt_out);
    EXPECT_EQ(reason("picture-bot", of_list), Reason::none);
    EXPECT_EQ(reason("list-bot", of_list), Reason::none);
  }
}

TEST_F(FetcherTest, PartialBodiesAndUnknownCodingsAreBad) {
  EXPECT_EQ(answered(reply("200 OK\r\nContent-Encoding: compress\r\n", "x")).record.reason, Reason::bad_response);
  EXPECT_EQ(answered(reply("206 Partial Content\r\nContent-Range: bytes 0-0/9\r\n", "x")).record.reason,
            Reason::bad_response);
  EXPECT_EQ(answered(reply("200 OK\r\nContent-Encoding: identity\r\n", "x")).record.reason, Reason::none);
}

TEST_F(FetcherTest, DetailsAreValidText) {
  const auto fetched = answered(reply("200 OK\r\nContent-Encoding: exi, \xff\xfe\r\n", "x"));
  EXPECT_EQ(fetched.record.reason, Reason::bad_response);
  EXPECT_EQ(fetched.record.detail, "cannot take off the Content-Encoding exi, \xef\xbf\xbd\xef\xbf\xbd");
}

TEST_F(FetcherTest, WhatIsNoUrlIsInvalid) {
  EXPECT_EQ(attempt("not a URL").record.outcome, Outcome::invalid);
  EXPECT_EQ(attempt("ftp://example.org/").record.reason, Reason::unsupported_scheme);
}

TEST_F(FetcherTest, SilentServerIsAFirstByteTimeout) {
  settings.timeouts.first_byte = 10ms;
  LoopbackServer server([](Peer& peer) { peer.wait_for_close(); });
  EXPECT_EQ(attempt(at(server)).record.reason, Reason::first_byte_timeout);
}

TEST_F(FetcherTest, ServerThatStopsHalfWayIsAnIdleTimeout) {
  settings.timeouts.idle = 10ms;
  LoopbackServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    peer.wait_for_close();
  });
  EXPECT_EQ(attempt(at(server)).record.reason, Reason::idle_timeout);
}

TEST_F(FetcherTest, TheWholeAttemptEndsWithinTheTotalTimeout) {
  settings.timeouts.total = 10ms;
  LoopbackServer server([](Peer& peer) { peer.wait_for_close(); });
  EXPECT_EQ(attempt(at(server)).record.reason, Reason::total_timeout);
}

TEST_F(FetcherTest, ShutDownEndsWhatRunsAndWhatComes) {
  LoopbackServer server([](Peer& peer) { peer.wait_for_close(); });
  fetcher.emplace(io, settings);
  auto running = net::start(io, fetcher->attempt(task_for(at(server))));
  while (server.connections() == 0) net::turn_once(io);
  fetcher->shut_down();
  EXPECT_EQ(net::finish(io, running).record.reason, Reason::cancelled);
  EXPECT_EQ(attempt(at(server)).record.reason, Reason::cancelled);
  EXPECT_EQ(server.connections(), 1u);
}

}  // namespace
}  // namespace gannet::fetch

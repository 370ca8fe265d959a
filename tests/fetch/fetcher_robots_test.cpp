// What becomes of attempts that obey robots.txt.
#include <gtest/gtest.h>

#include <map>
#include <mutex>

#include "fetch/fetcher.hpp"
#include "net/loopback_server.hpp"
#include "net/run.hpp"

namespace gannet::fetch {
namespace {

using net::LoopbackServer;
using net::Peer;

using Answers = std::map<std::string, std::string>;

// Answers by path, 404 where nothing is said, and remembers the paths it was asked for.
class Site {
 public:
  explicit Site(Answers answers) : answers_(std::move(answers)) {}

  std::string url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(server_.port()) + path; }

  std::string asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  std::string answer(const std::string& path) {
    const std::lock_guard lock(mutex_);
    asked_ += path + ' ';
    const auto found = answers_.find(path);
    return found == answers_.end() ? "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n" : found->second;
  }

  Answers answers_;
  std::mutex mutex_;
  std::string asked_;
  LoopbackServer server_{[this](Peer& peer) {
    for (;;) {
      const std::string request = peer.read_request();
      if (request.empty()) return;
      peer.send(answer(request.substr(4, request.find(' ', 4) - 4)));
    }
  }};  // the last: it uses the rest
};

std::string ok(const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

class FetcherRobotsTest : public testing::Test {
 protected:
  FetcherRobotsTest() { settings.allow_addresses = {*AddressRange::parse("127.0.0.0/8")}; }

  static FetchTask task(std::string url) {
    FetchTask made;
    made.obeys_robots = true;
    made.row.url = std::move(url);
    return made;
  }

  Fetched attempt(FetchTask made) {
    if (!fetcher) fetcher.emplace(io, settings);
    return net::run(io, fetcher->attempt(std::move(made)));
  }

  // The attempt with all its requests, each of which the frontier would start.
  Fetched fetch(const std::string& url) {
    Fetched fetched = attempt(task(url));
    while (fetched.again_at_pace || fetched.onward) {
      if (fetched.onward) fetched.task.knows_robots = false;
      fetched = attempt(std::move(fetched.task));
    }
    return fetched;
  }

  FetchSettings settings;
  boost::asio::io_context io;
  std::optional<Fetcher> fetcher;
};

TEST_F(FetcherRobotsTest, TheFirstAttemptIsSpentOnTheRules) {
  Site site({{"/robots.txt", ok("User-agent: *\nCrawl-delay: 2\nDisallow: /no")}, {"/yes", ok("picture")}});
  auto first = attempt(task(site.url("/yes")));
  EXPECT_TRUE(first.again_at_pace);
  EXPECT_EQ(first.record.reason, Reason::none);
  EXPECT_EQ(first.record.protocol, "http/1.1");
  EXPECT_EQ(first.crawl_delay, 2s);
  EXPECT_TRUE(first.body.empty());
  EXPECT_EQ(first.task.attempt, 1u);
  EXPECT_EQ(first.task.row.url, site.url("/yes"));

  const auto second = attempt(std::move(first.task));
  EXPECT_FALSE(second.again_at_pace);
  EXPECT_EQ(second.body.view(), "picture");
  EXPECT_EQ(second.crawl_delay, 2s);
  EXPECT_EQ(site.asked(), "/robots.txt /yes ");
}

TEST_F(FetcherRobotsTest, WhatIsForbiddenIsNotAskedForAndNotStartedAgain) {
  Site site({{"/robots.txt", ok("User-agent: *\nDisallow: /no")}});
  const auto first = attempt(task(site.url("/no")));
  EXPECT_FALSE(first.again_at_pace);
  EXPECT_EQ(first.record.reason, Reason::robots);
  EXPECT_EQ(first.record.outcome, Outcome::skipped);
  EXPECT_EQ(first.record.detail, "robots.txt: Disallow: /no (line 2, for *)");
  EXPECT_EQ(first.record.http_status, 0u);
  EXPECT_EQ(first.record.address, "127.0.0.1");
  const auto second = attempt(task(site.url("/no")));
  EXPECT_EQ(second.record.detail, first.record.detail);
  EXPECT_EQ(second.record.address, "");  // nothing was asked
  EXPECT_EQ(second.crawl_delay, 0ms);
  EXPECT_EQ(site.asked(), "/robots.txt ");
}

TEST_F(FetcherRobotsTest, ATaskThatWasStartedAgainGoesOnWhateverIsStillKnown) {
  Site site({{"/yes", ok("picture")}});
  auto again = task(site.url("/yes"));
  again.knows_robots = true;
  EXPECT_EQ(attempt(std::move(again)).body.view(), "picture");
  EXPECT_EQ(site.asked(), "/robots.txt /yes ");
}

TEST_F(FetcherRobotsTest, NobodyAsksUnlessTheTaskObeys) {
  Site site({{"/robots.txt", ok("User-agent: *\nDisallow: /")}, {"/yes", ok("picture")}});
  auto free = task(site.url("/yes"));
  free.obeys_robots = false;
  EXPECT_EQ(attempt(std::move(free)).body.view(), "picture");
  EXPECT_EQ(site.asked(), "/yes ");
}

TEST_F(FetcherRobotsTest, RulesThatCannotBeHadKeepTheirStatusAndTheServersWish) {
  Site site(Answers{{"/robots.txt", "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"}});
  const auto first = attempt(task(site.url("/a")));
  EXPECT_EQ(first.record.reason, Reason::robots);
  EXPECT_EQ(first.record.http_status, 503u);
  EXPECT_EQ(first.retry_after, 7s);
  EXPECT_EQ(attempt(task(site.url("/a"))).record.http_status, 503u);
  EXPECT_EQ(site.asked(), "/robots.txt ");
}

TEST_F(FetcherRobotsTest, ADeadServerIsToldAsThat) {
  std::string url;
  {
    Site site({});
    url = site.url("/a");
  }
  const auto record = attempt(task(url)).record;
  EXPECT_EQ(record.reason, Reason::connect_refused);
  EXPECT_TRUE(record.detail.starts_with("robots.txt: ")) << record.detail;
}

TEST_F(FetcherRobotsTest, ARedirectIsHeldToTheRulesOfWhereItLeads) {
  Site other({{"/robots.txt", ok("User-agent: *\nDisallow: /no")}, {"/yes", ok("picture")}});
  const auto to = [&](const std::string& path) {
    return "HTTP/1.1 302 There\r\nLocation: " + other.url(path) + "\r\nContent-Length: 0\r\n\r\n";
  };
  Site site({{"/a", to("/yes")}, {"/b", to("/no")}});
  EXPECT_EQ(fetch(site.url("/a")).body.view(), "picture");
  const auto record = fetch(site.url("/b")).record;
  EXPECT_EQ(record.reason, Reason::robots);
  EXPECT_EQ(record.final_url, other.url("/no"));
  EXPECT_EQ(record.http_status, 0u);
  EXPECT_EQ(other.asked(), "/robots.txt /yes ");
  EXPECT_EQ(site.asked(), "/robots.txt /a /b ");
}

TEST_F(FetcherRobotsTest, ItsOwnHeadersAndSizeAndTheLimitOfBodiesDoNotHideTheRules) {
  settings.max_body = 10;
  Site site(
      {{"/robots.txt", ok("User-agent: *\nDisallow: /no\n" + std::string(2 << 20, '#'), "X-Robots-Tag: noindex\r\n")}});
  EXPECT_EQ(attempt(task(site.url("/no"))).record.detail, "robots.txt: Disallow: /no (line 2, for *)");
}

TEST_F(FetcherRobotsTest, AProxyThatAsksWhoWeAreIsNoFileThatIsNotThere) {
  Site proxy(Answers{{"http://img.test/robots.txt", "HTTP/1.1 407 Who?\r\nContent-Length: 0\r\n\r\n"}});
  settings.proxy = Proxy::parse(proxy.url(""));
  const auto record = attempt(task("http://img.test/a")).record;
  EXPECT_EQ(record.reason, Reason::http_status);
  EXPECT_TRUE(record.of_proxy);
  EXPECT_TRUE(record.detail.starts_with("robots.txt: 407: the proxy ")) << record.detail;
}

TEST_F(FetcherRobotsTest, ShutDownEndsTheAskingForRules) {
  LoopbackServer server([](Peer& peer) { peer.wait_for_close(); });
  const std::string url = "http://127.0.0.1:" + std::to_string(server.port()) + "/a";
  fetcher.emplace(io, settings);
  const auto one = net::start(io, fetcher->attempt(task(url))), other = net::start(io, fetcher->attempt(task(url)));
  while (server.connections() == 0) net::turn_once(io);
  fetcher->shut_down();
  EXPECT_EQ(net::finish(io, one).record.reason, Reason::cancelled);
  EXPECT_EQ(net::finish(io, other).record.reason, Reason::cancelled);
}

}  // namespace
}  // namespace gannet::fetch

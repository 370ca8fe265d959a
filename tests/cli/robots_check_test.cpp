#include "cli/robots_check.hpp"

#include <gtest/gtest.h>

#include <map>
#include <mutex>

#include "net/loopback_server.hpp"

namespace gannet::cli {
namespace {

using net::LoopbackServer;
using net::Peer;

// A host that says this in its robots.txt, and remembers what it was asked for and by whom.
class Host {
 public:
  explicit Host(std::string answer) : answer_(std::move(answer)) {}

  std::string url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(server_.port()) + path; }
  std::string asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  std::string answer_;
  std::mutex mutex_;
  std::string asked_;
  LoopbackServer server_{[this](Peer& peer) {
    for (;;) {
      const std::string request = peer.read_request();
      if (request.empty()) return;
      const auto agent = request.substr(request.find("User-Agent: ") + 12);
      const std::lock_guard lock(mutex_);
      asked_ += request.substr(4, request.find(' ', 4) - 4) + ' ' + agent.substr(0, agent.find('\r')) + '\n';
      peer.send(answer_);
    }
  }};  // the last: it uses the rest
};

std::string text(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

class RobotsCheckTest : public testing::Test {
 protected:
  RobotsCheckTest() {
    settings.fetch.allow_addresses = {*AddressRange::parse("127.0.0.0/8")};
    settings.fetch.user_agent = "Bot/1";
    options->user_agent = "List-Bot/1";
  }

  struct Line {
    std::string url;
    std::shared_ptr<const JobOptions> of_list = {};
  };

  RobotsFindings check(const std::vector<Line>& lines) {
    RobotsCheck robots(settings, bounds);
    for (const auto& line : lines) robots.note(*Url::parse(line.url), line.of_list);
    robots.ask([this](std::size_t done, std::size_t all) {
      EXPECT_LE(done, all);
      ++told;
    });
    fetched = 0;
    for (const auto& line : lines) fetched += robots.judge(*Url::parse(line.url), line.of_list.get());
    return robots.findings();
  }

  Settings settings;
  RobotsCheck::Bounds bounds;
  std::shared_ptr<JobOptions> options = std::make_shared<JobOptions>();
  int told = 0;
  unsigned fetched = 0;  // of the lines, by what was judged
};

TEST_F(RobotsCheckTest, SaysWhichRulesDisallowWhat) {
  Host some(text("User-agent: *\nDisallow: /no\nDisallow: /*.gif$\n")), all(text("User-agent: *\nDisallow: /\n")),
      none("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
  const auto found = check({{some.url("/no/1")},
                            {some.url("/no/2")},
                            {some.url("/a.gif")},
                            {some.url("/a.jpg")},
                            {all.url("/a")},
                            {none.url("/a")}});
  EXPECT_EQ(found.asked, 3u);
  EXPECT_EQ(told, 3);
  EXPECT_EQ(found.allowed, 2u);
  EXPECT_EQ(found.disallowed, 4u);
  EXPECT_EQ(fetched, 6u) << "the settings do not obey it";
  ASSERT_EQ(found.disallowing.size(), 2u);
  EXPECT_EQ(found.disallowing[0].origin + "/", some.url("/"));
  EXPECT_EQ(found.disallowing[0].lines, 3u);
  ASSERT_EQ(found.disallowing[0].rules.size(), 2u);
  EXPECT_EQ(found.disallowing[0].rules[0].text, "Disallow: /no (line 2, for *)");
  EXPECT_EQ(found.disallowing[0].rules[0].lines, 2u);
  EXPECT_EQ(some.asked(), "/robots.txt Bot/1\n");
  EXPECT_EQ(none.asked(), "/robots.txt Bot/1\n");
}

TEST_F(RobotsCheckTest, SaysWhatIsLeftToBeFetchedWhereItIsObeyed) {
  Host some(text("User-agent: *\nDisallow: /no\n")), busy("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
  const std::vector<std::string> urls{some.url("/no/1"), some.url("/no/2"), some.url("/a.jpg"), busy.url("/a")};
  options->robots = Robots::obey;
  options->user_agent.reset();
  check({{urls[0], options}, {urls[1]}, {urls[2], options}, {urls[3], options}, {urls[3]}});
  EXPECT_EQ(fetched, 3u) << "one list obeys it, the other does not";
}

TEST_F(RobotsCheckTest, WhatCannotBeHadIsAskedForOnceAndAllowsNothing) {
  Host busy("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
  std::string gone;
  {
    Host was(text(""));
    gone = was.url("/a");
  }
  const auto found = check({{busy.url("/a")}, {busy.url("/b")}, {gone}});
  EXPECT_EQ(found.unread, 3u);
  EXPECT_EQ(found.unread_hosts, 2u);
  EXPECT_EQ(found.allowed + found.disallowed + found.not_asked, 0u);
  ASSERT_EQ(found.unreadable.size(), 2u);
  EXPECT_EQ(found.unreadable[0].status, 503u);
  EXPECT_EQ(found.unreadable[0].lines, 2u);
  EXPECT_EQ(found.unreadable[1].fault.reason, Reason::connect_refused);
  EXPECT_EQ(busy.asked(), "/robots.txt Bot/1\n");
}

TEST_F(RobotsCheckTest, EachListIsAnsweredByItsName) {
  Host host(text("User-agent: list-bot\nDisallow: /\n"));
  const auto found = check({{host.url("/a")}, {host.url("/a"), options}});
  EXPECT_EQ(found.allowed, 1u);
  EXPECT_EQ(found.disallowed, 1u);
  EXPECT_EQ(host.asked().size(), std::string("/robots.txt Bot/1\n/robots.txt List-Bot/1\n").size());
}

TEST_F(RobotsCheckTest, TheGuardIsThatOfTheDaemon) {
  settings.fetch.allow_addresses.clear();
  Host host(text(""));
  const auto found = check({{host.url("/a")}});
  ASSERT_EQ(found.unreadable.size(), 1u);
  EXPECT_EQ(found.unreadable[0].fault.reason, Reason::blocked_address);
  EXPECT_EQ(host.asked(), "");
}

TEST_F(RobotsCheckTest, AsksNoMoreHostsThanItMay) {
  Host first(text("")), second(text(""));
  bounds.hosts = 1;
  const auto found = check({{first.url("/a")}, {second.url("/a")}, {first.url("/b")}});
  EXPECT_TRUE(found.some_not_asked);
  EXPECT_EQ(found.allowed, 2u);
  EXPECT_EQ(found.not_asked, 1u);
  EXPECT_EQ(second.asked(), "");
}

TEST_F(RobotsCheckTest, HoldsNoMoreRulesThanItMay) {
  Host first(text("User-agent: *\nDisallow: /" + std::string(10'000, 'x'))), second(text(""));
  bounds.memory = 5'000;
  bounds.at_once = 1;
  const auto found = check({{first.url("/a")}, {second.url("/a")}});
  EXPECT_TRUE(found.some_not_asked);
  EXPECT_EQ(found.asked, 1u);
  EXPECT_EQ(found.not_asked, 1u);
}

TEST_F(RobotsCheckTest, ManyHostsShareOneAddress) {
  settings.fetch.per_address = 1;
  std::list<Host> hosts;
  std::vector<Line> lines;
  for (int i = 0; i < 40; ++i) lines.push_back({hosts.emplace_back(text("")).url("/a")});
  EXPECT_EQ(check(lines).allowed, 40u);
}

TEST_F(RobotsCheckTest, SaysWhetherTheDaemonWouldObey) {
  EXPECT_FALSE(check({}).obeyed);
  settings.frontier.robots = Robots::obey;
  EXPECT_TRUE(check({}).obeyed);
}

}  // namespace
}  // namespace gannet::cli

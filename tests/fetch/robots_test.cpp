#include "fetch/robots.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>

#include "fetch/request.hpp"
#include "net/run.hpp"

namespace gannet::fetch {
namespace {

struct Answer {
  unsigned status = 200;
  std::string body;
  std::string location;
  Reason reason = Reason::none;
  std::string retry_after{};
};

class RobotsTest : public testing::Test {
 protected:
  Robots::Ruling rule(const std::string& url, const JobOptions* of_list = nullptr) {
    return net::run(io, start(url, 30s, of_list));
  }
  net::Task<Robots::Ruling> start(const std::string& url, Duration patience = 30s,
                                  const JobOptions* of_list = nullptr) {
    return robots->rule(*Url::parse(url), Clock::now() + patience, of_list);
  }

  net::Task<Response> answer(Url url, Hop& hop, const EarlyCheck& check, const JobOptions& of_list) {
    asked.push_back(url.text());
    asked_as.emplace_back(agent_for(url.host, settings, &of_list));
    if (gate) co_await gate->wait();
    const int is_target = url.host == "target.test" ? 1 : 0;
    most_at_target = std::max(most_at_target, at_target += is_target);
    co_await boost::asio::post(io, boost::asio::use_awaitable);  // others may come
    at_target -= is_target;
    const auto found = answers.find(url.text());
    const Answer said = found == answers.end() ? Answer{404, "not here", "", Reason::none} : found->second;
    Response response;
    response.head.status = said.status;
    response.head.location = said.location;
    response.head.retry_after = said.retry_after;
    response.fault.reason = said.reason;
    hop.address = "192.0.2.1";
    if (said.body.size() > least_for_early_check) {
      const auto verdict = check(said.body, nullptr);
      if (!verdict) response.fault = verdict.error();
    }
    if (response.fault.reason == Reason::none) response.body.append(said.body);
    co_return std::move(response);
  }

  std::map<std::string, Answer> answers;
  std::vector<std::string> asked, asked_as;
  int at_target = 0, most_at_target = 0;
  boost::asio::io_context io;
  std::optional<Wake> gate;  // that answers wait for
  net::Deadlines deadlines{io};
  FetchSettings settings;
  void begin() {
    robots.emplace(io, deadlines, settings,
                   [this](Url url, Hop& hop, TimePoint, const EarlyCheck& check, const JobOptions& of_list, bool) {
                     return answer(std::move(url), hop, check, of_list);
                   });
  }
  void SetUp() override { begin(); }

  std::optional<Robots> robots;
};

using Urls = std::vector<std::string>;

TEST_F(RobotsTest, AnOriginIsAskedOnce) {
  answers["http://a.test/robots.txt"] = {200, "User-agent: *\nDisallow: /no\nCrawl-delay: 3", "", Reason::none};
  const auto first = rule("http://a.test/yes?x");
  EXPECT_EQ(first.fault.reason, Reason::none);
  EXPECT_TRUE(first.news);
  EXPECT_EQ(first.hop.address, "192.0.2.1");
  EXPECT_EQ(first.crawl_delay, 3s);
  const auto second = rule("http://a.test/no.jpg");
  EXPECT_EQ(second.fault.reason, Reason::robots);
  EXPECT_EQ(second.fault.detail, "robots.txt: Disallow: /no (line 2, for *)");
  EXPECT_FALSE(second.news);
  EXPECT_EQ(second.hop.address, "");
  EXPECT_EQ(second.crawl_delay, 3s);
  EXPECT_EQ(asked, Urls{"http://a.test/robots.txt"});
}

TEST_F(RobotsTest, SchemeHostAndPortEachHaveTheirOwn) {
  for (const char* url :
       {"http://a.test/", "https://a.test/", "http://a.test:81/", "http://b.test/", "http://a.test/x"}) {
    EXPECT_EQ(rule(url).fault.reason, Reason::none);
  }
  EXPECT_EQ(asked, (Urls{"http://a.test/robots.txt", "https://a.test/robots.txt", "http://a.test:81/robots.txt",
                         "http://b.test/robots.txt"}));
}

TEST_F(RobotsTest, WithoutAFileEverythingIsAllowed) {
  for (const unsigned status : {400u, 401u, 403u, 404u, 410u, 451u, 204u, 304u}) {
    const std::string origin = "http://h" + std::to_string(status) + ".test";
    answers[origin + "/robots.txt"] = {status, "User-agent: *\nDisallow: /", "", Reason::none};
    if (status == 204) answers[origin + "/robots.txt"].body.clear();
    const auto ruling = rule(origin + "/a");
    EXPECT_EQ(ruling.fault.reason, Reason::none) << status;
    EXPECT_EQ(ruling.crawl_delay, 0ms) << status;
  }
}

TEST_F(RobotsTest, WhatIsInTroubleForbidsEverythingForNow) {
  for (const unsigned status : {429u, 500u, 503u, 599u}) {
    const std::string origin = "http://h" + std::to_string(status) + ".test";
    answers[origin + "/robots.txt"] = {status, "", "", Reason::none};
    for (const bool news : {true, false}) {
      const auto ruling = rule(origin + "/a");
      EXPECT_EQ(ruling.fault.reason, Reason::robots) << status;
      EXPECT_EQ(ruling.fault.detail, "robots.txt could not be had, status " + std::to_string(status) +
                                         ": until it can, everything counts as forbidden");
      EXPECT_EQ(ruling.response.head.status, status);
      EXPECT_EQ(ruling.news, news);
      EXPECT_EQ(ruling.crawl_delay, std::nullopt);
      EXPECT_GT(ruling.again_after, 0ms);
      EXPECT_LE(ruling.again_after, RobotsCache::failure_life);
    }
  }
}

TEST_F(RobotsTest, FaultsOfTheTransferAreToldAndRememberedForMoments) {
  for (const auto reason : {Reason::connect_refused, Reason::bad_response, Reason::first_byte_timeout,
                            Reason::short_body, Reason::dns_not_found, Reason::blocked_address, Reason::tls_failed}) {
    asked.clear();
    begin();
    answers["http://a.test/robots.txt"] = {0, "", "", reason};
    for (const bool news : {true, false}) {
      const auto ruling = rule("http://a.test/a");
      EXPECT_EQ(ruling.fault.reason, reason);
      EXPECT_EQ(ruling.fault.detail, "robots.txt: ");
      EXPECT_EQ(ruling.news, news);
      EXPECT_EQ(ruling.asked, news ? Asked::origin : Asked::nobody);
      EXPECT_GT(ruling.again_after, 0ms);
      EXPECT_LE(ruling.again_after, RobotsCache::failure_life);
    }
    EXPECT_EQ(asked.size(), 1u);
  }
}

TEST_F(RobotsTest, WhoWasCancelledOrHadNoTimeTellsNothingOfTheOrigin) {
  for (const auto reason : {Reason::cancelled, Reason::total_timeout}) {
    asked.clear();
    answers["http://a.test/robots.txt"] = {0, "", "", reason};
    for (int i = 0; i < 2; ++i) EXPECT_EQ(rule("http://a.test/a").fault.reason, reason);
    EXPECT_EQ(asked.size(), 2u);
  }
}

TEST_F(RobotsTest, WhatTookAllTheTimeThereIsIsRemembered) {
  settings.timeouts.total = 0s;
  answers["http://a.test/robots.txt"] = {0, "", "", Reason::total_timeout};
  for (int i = 0; i < 2; ++i) EXPECT_EQ(rule("http://a.test/a").fault.reason, Reason::total_timeout);
  EXPECT_EQ(asked.size(), 1u);
}

TEST_F(RobotsTest, RedirectsAreFollowedAndTheRulesAreThoseOfTheOrigin) {
  answers["http://a.test/robots.txt"] = {301, "", "https://www.a.test/r.txt", Reason::none};
  answers["https://www.a.test/r.txt"] = {200, "User-agent: *\nDisallow: /no", "", Reason::none};
  EXPECT_EQ(rule("http://a.test/no").fault.reason, Reason::robots);
  EXPECT_EQ(asked, (Urls{"http://a.test/robots.txt", "https://www.a.test/r.txt"}));
}

TEST_F(RobotsTest, RedirectsToOneOriginAreFollowedOneByOne) {
  std::vector<std::shared_ptr<std::optional<Robots::Ruling>>> rulings;
  for (int host = 0; host < 5; ++host) {
    const std::string origin = "http://h" + std::to_string(host) + ".test";
    const std::string target = "http://target.test/" + std::to_string(host);
    answers[target] = {200, "User-agent: *\nDisallow: /no", "", Reason::none};
    answers[origin + "/robots.txt"] = {301, "", target, Reason::none};
    rulings.push_back(net::start(io, start(origin + "/no")));
  }
  for (auto& ruling : rulings) EXPECT_EQ(net::finish(io, ruling).fault.reason, Reason::robots);
  EXPECT_EQ(asked.size(), 10u);
  EXPECT_EQ(most_at_target, 1);
}

class RobotsElsewhereTest : public RobotsTest {
 protected:
  // Of the host of this number, whose file is at the target.
  Robots::Ruling rule_of(int host, const std::string& path = "/no") {
    const std::string origin = "http://h" + std::to_string(host) + ".test";
    answers[origin + "/robots.txt"] = {301, "", target, Reason::none};
    return rule(origin + path);
  }
  auto times_asked() const { return std::ranges::count(asked, target); }

  const std::string target = "http://target.test/robots.txt";
};

TEST_F(RobotsElsewhereTest, OneFileForManyIsAskedForOnce) {
  answers[target] = {200, "User-agent: *\nDisallow: /no", "", Reason::none};
  for (int host = 0; host < 5; ++host) {
    const auto ruling = rule_of(host);
    EXPECT_EQ(ruling.fault.detail, "robots.txt: Disallow: /no (line 2, for *)");
    EXPECT_EQ(ruling.asked, Asked::elsewhere);
  }
  EXPECT_EQ(times_asked(), 1);
  EXPECT_EQ(rule("http://target.test/no").fault.reason, Reason::robots);  // it is that of its own origin too
  EXPECT_EQ(times_asked(), 1);
}

TEST_F(RobotsElsewhereTest, TroubleThereIsToldAndNotAskedForByOthers) {
  for (const auto reason : {Reason::connect_refused, Reason::first_byte_timeout}) {
    asked.clear();
    begin();
    answers[target] = {0, "", "", reason};
    for (int host = 0; host < 5; ++host) {
      const auto ruling = rule_of(host);
      EXPECT_EQ(ruling.fault.reason, reason);
      EXPECT_EQ(ruling.fault.detail, "robots.txt:  (redirected to http://target.test/robots.txt)");
      EXPECT_EQ(ruling.asked, Asked::elsewhere);
    }
    EXPECT_EQ(rule_of(0).asked, Asked::nobody);
    EXPECT_EQ(times_asked(), 1);
  }
}

TEST_F(RobotsElsewhereTest, WhoAsksForPeaceThereGetsIt) {
  answers[target] = {429, "", "", Reason::none, "600"};
  for (int host = 0; host < 5; ++host) {
    const auto ruling = rule_of(host);
    EXPECT_EQ(ruling.response.head.status, 429u);
    EXPECT_GT(ruling.again_after, 590s);
    EXPECT_LE(ruling.again_after, 600s);
  }
  EXPECT_EQ(times_asked(), 1);
  answers["http://h9.test/robots.txt"] = {301, "", "http://target.test/other", Reason::none};
  EXPECT_EQ(rule("http://h9.test/a").response.head.status, 429u);
  EXPECT_EQ(asked.back(), "http://h9.test/robots.txt");
}

TEST_F(RobotsElsewhereTest, ToWhereNobodyMayOrCanGoIsNoFile) {
  for (const auto reason : {Reason::blocked_address, Reason::dns_not_found}) {
    begin();
    answers[target] = {0, "", "", reason};
    EXPECT_EQ(rule_of(0).fault.reason, Reason::none);
    EXPECT_FALSE(rule_of(0).news);
  }
}

TEST_F(RobotsTest, RedirectsThatLeadNowhereAreNoFile) {
  answers["http://a.test/robots.txt"] = {302, "", "/robots.txt", Reason::none};
  EXPECT_EQ(rule("http://a.test/a").fault.reason, Reason::none);
  asked.clear();
  for (char c = '0'; c < '9'; ++c) {
    const std::string name = c == '0' ? "robots.txt" : std::string(1, c);
    answers["http://b.test/" + name] = {302, "", std::string("/") + static_cast<char>(c + 1), Reason::none};
  }
  EXPECT_EQ(rule("http://b.test/a").fault.reason, Reason::none);
  EXPECT_EQ(asked.size(), 6u);  // five redirects
}

TEST_F(RobotsTest, OfALongFileTheBeginningCounts) {
  const std::string filler(RobotsRules::longest_text, '#');
  answers["http://a.test/robots.txt"] = {200, "User-agent: *\nDisallow: /a\n" + filler + "\nDisallow: /b", "",
                                         Reason::none};
  EXPECT_EQ(rule("http://a.test/a").fault.reason, Reason::robots);
  EXPECT_EQ(rule("http://a.test/b").fault.reason, Reason::none);
}

TEST_F(RobotsTest, OurNameIsThatOfTheUserAgentTheHostGets) {
  settings.user_agent = "PictureBot/1";
  HostRule other;
  other.pattern = "b.test";
  other.user_agent = "Other/1";
  settings.hosts.push_back(other);
  for (const char* origin : {"http://a.test", "http://b.test"}) {
    answers[std::string(origin) + "/robots.txt"] = {200, "User-agent: picturebot\nDisallow: /", "", Reason::none};
  }
  EXPECT_EQ(rule("http://a.test/a").fault.detail, "robots.txt: Disallow: / (line 2, for PictureBot)");
  EXPECT_EQ(rule("http://b.test/a").fault.reason, Reason::none);
}

TEST_F(RobotsTest, AListThatGoesByAnotherNameIsAnsweredByIt) {
  settings.user_agent = "PictureBot/1";
  JobOptions list, nothing;
  list.user_agent = "List-Bot/2 (x)";
  answers["http://a.test/robots.txt"] = {
      200, "User-agent: list-bot\nDisallow: /no\n\nUser-agent: picturebot\nDisallow: /\n", "", Reason::none};
  EXPECT_EQ(rule("http://a.test/no", &list).fault.detail, "robots.txt: Disallow: /no (line 2, for List-Bot)");
  EXPECT_EQ(rule("http://a.test/yes", &list).fault.reason, Reason::none);
  EXPECT_EQ(rule("http://a.test/yes").fault.detail, "robots.txt: Disallow: / (line 5, for PictureBot)");
  EXPECT_EQ(rule("http://a.test/yes", &nothing).fault.reason, Reason::robots);
  EXPECT_EQ(asked_as, (Urls{"List-Bot/2 (x)", "PictureBot/1"}));  // the server may answer each its own
}

TEST_F(RobotsTest, AHostsOwnSectionNamesUsWhateverTheListSays) {
  HostRule section;
  section.pattern = "a.test";
  section.user_agent = "Other/1";
  settings.hosts.push_back(section);
  JobOptions list;
  list.user_agent = "ListBot/2";
  answers["http://a.test/robots.txt"] = {200, "User-agent: other\nDisallow: /", "", Reason::none};
  EXPECT_EQ(rule("http://a.test/a", &list).fault.detail, "robots.txt: Disallow: / (line 2, for Other)");
  EXPECT_FALSE(rule("http://a.test/a").news);
}

TEST_F(RobotsTest, RemembersNoMoreOriginsThanItMay) {
  settings.robots_origins = 2;
  begin();
  for (const char* url : {"http://a.test/", "http://b.test/", "http://c.test/", "http://c.test/", "http://b.test/"}) {
    rule(url);
  }
  EXPECT_EQ(asked.size(), 3u);
  rule("http://a.test/");
  EXPECT_EQ(asked.size(), 4u);
}

TEST_F(RobotsTest, RequestsOfOneOriginWaitForOneAnswer) {
  gate.emplace(io);
  answers["http://a.test/robots.txt"] = {200, "User-agent: *\nDisallow: /no", "", Reason::none};
  const auto one = net::start(io, start("http://a.test/1")), other = net::start(io, start("http://a.test/no"));
  io.poll();
  EXPECT_FALSE(*one || *other);
  gate->signal();
  EXPECT_EQ(net::finish(io, one).fault.reason, Reason::none);
  const auto waited = net::finish(io, other);
  EXPECT_EQ(waited.fault.reason, Reason::robots);
  EXPECT_TRUE(waited.news);
  EXPECT_EQ(asked.size(), 1u);
}

TEST_F(RobotsTest, ThoseWhoWaitShareAFailure) {
  gate.emplace(io);
  answers["http://a.test/robots.txt"].reason = Reason::reset;
  const auto one = net::start(io, start("http://a.test/1")), other = net::start(io, start("http://a.test/2"));
  io.poll();
  gate->signal();
  EXPECT_EQ(net::finish(io, one).fault.reason, Reason::reset);
  EXPECT_EQ(net::finish(io, other).fault.detail, "robots.txt: ");
  EXPECT_EQ(asked.size(), 1u);
}

TEST_F(RobotsTest, WaitingEndsInTime) {
  gate.emplace(io);
  const auto one = net::start(io, start("http://a.test/1"));
  io.poll();
  EXPECT_EQ(net::run(io, start("http://a.test/2", 10ms)).fault.reason, Reason::total_timeout);
  gate->signal();
  EXPECT_EQ(net::finish(io, one).fault.reason, Reason::none);
}

}  // namespace
}  // namespace gannet::fetch

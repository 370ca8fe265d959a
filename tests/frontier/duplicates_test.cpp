#include "frontier/duplicates.hpp"

#include <gtest/gtest.h>

#include <set>

namespace gannet::frontier {
namespace {

using Turn = Duplicates::Turn;

class DuplicatesTest : public testing::Test {
 protected:
  FetchTask line(JobNumber job, std::uint64_t number, const std::string& url) {
    FetchTask task;
    task.job = job;
    task.row.line = number;
    task.row.url = url;
    task.question = duplicates.question(task, "");
    return task;
  }

  static Record record_of(const FetchTask& task, Outcome outcome = Outcome::ok) {
    Record record;
    record.job = task.job;
    record.line = task.row.line;
    record.url = task.row.url;
    record.question = task.question;
    record.outcome = outcome;
    if (outcome != Outcome::ok) record.reason = Reason::http_status;
    record.http_status = outcome == Outcome::ok ? 200 : 404;
    record.attempts = 3;
    record.bytes = 48211;
    record.sha256 = "ab";
    record.path = "images/one/00000/000000000.jpg";
    record.format = "jpeg";
    record.width = 800;
    record.height = 600;
    record.final_url = "http://example.org/b";
    record.address = "203.0.113.9";
    return record;
  }

  Turn take(JobNumber job, std::uint64_t number, const std::string& url) {
    return duplicates.take(line(job, number, url));
  }

  // A line is fetched, and its record is durable.
  void fetch(std::uint64_t number, const std::string& url) {
    ASSERT_EQ(take(1, number, url), Turn::fetch);
    duplicates.settled(record_of(line(1, number, url)));
  }

  Duplicates duplicates{10};
};

TEST_F(DuplicatesTest, GivesTheOneResultToEachLineThatWaits) {
  EXPECT_EQ(take(1, 1, "http://example.org/a"), Turn::fetch);
  EXPECT_EQ(take(1, 2, "http://example.org/a#x"), Turn::wait);
  EXPECT_EQ(take(2, 7, "HTTP://example.org/a"), Turn::wait);
  EXPECT_EQ(duplicates.waiting(), 2u);
  EXPECT_GT(duplicates.memory(), 0u);

  const Record fetched = record_of(line(1, 1, "http://example.org/a"));
  const auto records = duplicates.settled(fetched);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(duplicates.waiting(), 0u);
  EXPECT_EQ(duplicates.memory(), 0u);
  const Record& other = records[1];
  EXPECT_EQ(other.job, 2u);
  EXPECT_EQ(other.line, 7u);
  EXPECT_EQ(other.url, "HTTP://example.org/a");
  EXPECT_EQ(other.outcome, Outcome::ok);
  EXPECT_EQ(other.http_status, 200u);
  EXPECT_EQ(other.bytes, 48211u);
  EXPECT_EQ(other.sha256, "ab");
  EXPECT_EQ(other.path, "images/one/00000/000000000.jpg");
  EXPECT_EQ(other.format, "jpeg");
  EXPECT_EQ(other.width, 800u);
  EXPECT_EQ(other.height, 600u);
  EXPECT_EQ(other.final_url, "http://example.org/b");
  EXPECT_EQ(other.attempts, 0u);
  EXPECT_EQ(other.address, "");
  EXPECT_FALSE(other.question) << "its own record settles nothing";
  EXPECT_TRUE(duplicates.settled(fetched).empty()) << "nobody gets it twice";
}

TEST_F(DuplicatesTest, RemembersResultsForLaterLines) {
  fetch(1, "http://example.org/a");
  const auto late = line(3, 9, "http://example.org/a#late");
  ASSERT_EQ(duplicates.take(late), Turn::known);
  const Record record = duplicates.result(late);
  EXPECT_EQ(record.job, 3u);
  EXPECT_EQ(record.line, 9u);
  EXPECT_EQ(record.url, "http://example.org/a#late");
  EXPECT_EQ(record.path, "images/one/00000/000000000.jpg");
  EXPECT_EQ(record.bytes, 48211u);
  EXPECT_EQ(record.sha256, "ab");
  EXPECT_EQ(record.attempts, 0u);
}

TEST_F(DuplicatesTest, SharesAFailureOnlyWithThoseWhoWaited) {
  take(1, 1, "http://a.example/");
  take(1, 2, "http://a.example/");
  const auto records = duplicates.settled(record_of(line(1, 1, "http://a.example/"), Outcome::failed));
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].outcome, Outcome::failed);
  EXPECT_EQ(records[0].reason, Reason::http_status);
  EXPECT_EQ(take(1, 3, "http://a.example/"), Turn::fetch);
}

TEST_F(DuplicatesTest, ALineThatIsTriedAgainDoesNotWaitForItself) {
  take(1, 1, "http://a.example/");
  EXPECT_EQ(take(1, 1, "http://a.example/"), Turn::fetch);
  EXPECT_EQ(take(2, 1, "http://a.example/"), Turn::wait);
  EXPECT_TRUE(duplicates.settled(record_of(line(2, 1, "http://a.example/"))).empty()) << "it is not the one fetched";
  EXPECT_EQ(duplicates.settled(record_of(line(1, 1, "http://a.example/"))).size(), 1u);
}

TEST_F(DuplicatesTest, ForgetsTheOldestResultFirst) {
  duplicates.remember(2);
  for (const auto* host : {"a", "b", "c"}) fetch(1, std::string("http://") + host);
  EXPECT_EQ(take(1, 4, "http://b"), Turn::known);
  EXPECT_EQ(take(1, 5, "http://c"), Turn::known);
  EXPECT_EQ(take(1, 6, "http://a"), Turn::fetch);
  duplicates.remember(1);
  EXPECT_EQ(take(1, 7, "http://b"), Turn::fetch);
  EXPECT_EQ(take(1, 8, "http://c"), Turn::known);
}

TEST_F(DuplicatesTest, NeverForgetsWhatIsBeingFetched) {
  duplicates.remember(1);
  take(1, 1, "http://a");
  for (const auto* url : {"http://b", "http://c", "http://d"}) fetch(2, url);
  EXPECT_EQ(take(1, 3, "http://a"), Turn::wait);
  EXPECT_EQ(duplicates.settled(record_of(line(1, 1, "http://a"))).size(), 1u);
}

TEST_F(DuplicatesTest, FetchesAgainWhatIsGone) {
  duplicates.remember(2);
  fetch(1, "http://a");
  duplicates.forget(*line(1, 1, "http://a").question);
  fetch(2, "http://a");
  fetch(3, "http://b");  // the first result of a is the oldest in order, but no longer there
  EXPECT_EQ(take(1, 4, "http://a"), Turn::known);
  take(1, 5, "http://c");
  duplicates.forget(*line(1, 5, "http://c").question);
  EXPECT_EQ(take(1, 6, "http://c"), Turn::wait) << "it is being fetched, there is nothing to forget";
}

TEST_F(DuplicatesTest, RemembersNothingWhenToldSo) {
  duplicates.remember(0);
  take(1, 1, "http://a");
  EXPECT_EQ(take(1, 2, "http://a"), Turn::wait);
  EXPECT_EQ(duplicates.settled(record_of(line(1, 1, "http://a"))).size(), 1u);
  EXPECT_EQ(take(1, 3, "http://a"), Turn::fetch);
}

TEST_F(DuplicatesTest, DoesNotRememberLongResults) {
  take(1, 1, "http://a");
  Record record = record_of(line(1, 1, "http://a"));
  record.final_url += std::string(1024, 'b');
  duplicates.settled(record);
  EXPECT_EQ(take(1, 2, "http://a"), Turn::fetch);
}

TEST_F(DuplicatesTest, OnlySoManyLinesOfAListWait) {
  take(1, 1, "http://a");
  for (std::uint64_t i = 0; i < Duplicates::most_waiting; ++i) ASSERT_EQ(take(2, i, "http://a"), Turn::wait);
  EXPECT_EQ(take(2, Duplicates::most_waiting, "http://a"), Turn::crowded);
  EXPECT_FALSE(duplicates.has_room(2));
  EXPECT_EQ(take(2, Duplicates::most_waiting + 1, "http://b"), Turn::fetch) << "it waits for nobody";
  EXPECT_EQ(take(3, 1, "http://a"), Turn::wait) << "other lists have room of their own";
  EXPECT_EQ(duplicates.settled(record_of(line(1, 1, "http://a"))).size(), Duplicates::most_waiting + 1);
  EXPECT_TRUE(duplicates.has_room(2));
}

TEST_F(DuplicatesTest, SpellingsOfOneUrlAreOneQuestion) {
  std::set<std::pair<std::uint64_t, std::uint64_t>> questions;
  for (const auto* url : {"http://example.org/a~b", "HTTP://EXAMPLE.org/a~b", "http://example.org:80/a~b",
                          "http://example.org/a%7Eb#part", "http://example.org/x/../a~b"}) {
    FetchTask task;
    task.row.url = url;
    const auto question = duplicates.question(task, "");
    questions.emplace(question.first, question.second);
  }
  EXPECT_EQ(questions.size(), 1u);
}

TEST_F(DuplicatesTest, OctetsMayBeSpelledInSeveralWays) {
  const auto question = [&](const char* target) {
    FetchTask task;
    task.row.url = std::string("http://example.org") + target;
    return duplicates.question(task, "");
  };
  EXPECT_EQ(question("/%61%2D%5f"), question("/a-_"));
  EXPECT_EQ(question("/?q=%c3%a9"), question("/?q=%C3%A9"));
  EXPECT_NE(question("/a%2Fb"), question("/a/b")) << "what is reserved means something else when encoded";
  EXPECT_NE(question("/%257E"), question("/%7E"));
  EXPECT_EQ(question("/100%"), question("/100%"));
  EXPECT_NE(question("/%4"), question("/%"));
}

TEST_F(DuplicatesTest, WhatLinesAndListsExpectTellsThemApart) {
  const auto question = [&](const char* sha256, const char* md5, std::string_view judged_by) {
    FetchTask task;
    task.row.url = "http://example.org/";
    task.row.extras = std::make_unique<RowExtras>();
    task.row.extras->sha256 = sha256;
    task.row.extras->md5 = md5;
    return duplicates.question(task, judged_by);
  };
  const auto plain = question("", "", "");
  FetchTask without;
  without.row.url = "http://example.org/";
  EXPECT_EQ(plain, duplicates.question(without, "")) << "other columns do not matter";
  EXPECT_NE(plain, question("ab", "", ""));
  EXPECT_NE(question("", "ab", ""), question("ab", "", ""));
  EXPECT_NE(plain, question("", "", "1"));
  without.url_is_normal = true;
  EXPECT_EQ(plain, duplicates.question(without, "")) << "nor does it whether that is known";
}

TEST_F(DuplicatesTest, OtherBoxesToBlurAreAnotherQuestion) {
  const auto question = [&](const char* columns, const char* column = "faces") {
    FetchTask task;
    task.row.url = "http://example.org/";
    task.row.extras = std::make_unique<RowExtras>();
    task.row.extras->columns = columns;
    return duplicates.question(task, "", column);
  };
  const auto none = question("");
  for (const auto* columns : {R"({"faces":""})", R"({"faces":null})", R"({"caption":"a"})"}) {
    EXPECT_EQ(question(columns), none) << columns;
  }
  const auto left = question(R"({"faces":"[[0,0,0.5,1]]"})");
  EXPECT_EQ(question(R"({"caption":"a","faces":"[[0,0,0.5,1]]"})"), left);
  EXPECT_NE(left, none);
  EXPECT_NE(question(R"({"faces":"[[0.5,0,1,1]]"})"), left);
  EXPECT_NE(question(R"({"faces":[]})"), question(R"({"faces":[[0,0,1,1]]})"));
  EXPECT_NE(question(R"({"faces":"[[0.1"})"), none) << "that row fails, and alone";
  EXPECT_EQ(question(R"({"faces":"[[0,0,0.5,1]]"})", ""), none) << "a column like any other";
  EXPECT_EQ(question(R"({"faces":"[[0,0,0.5,1]]"})", "plates"), none);
}

class JudgedBy : public testing::Test {
 protected:
  template <class Set>
  std::string of(Set set) const {
    JobOptions options;
    set(options);
    return judged_by(settings, &options);
  }

  FrontierSettings settings;
};

TEST_F(JudgedBy, OptionsThatChangeWhatIsFetchedOrGoodTellListsApart) {
  EXPECT_EQ(of([](auto& options) {
              options.priority = Priority::bulk;
              options.dedupe = true;
              options.shard_size = 5;
              options.limits.connections = 1;
            }),
            judged_by(settings, nullptr));

  std::set<std::string> all{judged_by(settings, nullptr)};
  const auto tell = [&](auto set) { EXPECT_TRUE(all.insert(of(set)).second) << of(set); };
  tell([](auto& options) { options.limits.profile = Profile::polite; });
  tell([](auto& options) { options.tries = 1; });
  tell([](auto& options) { options.user_agent = "a"; });
  tell([](auto& options) { options.referer = "a"; });
  tell([](auto& options) { options.accept_header = "a"; });
  tell([](auto& options) { options.user_agent = "a", options.referer = "b"; });
  tell([](auto& options) { options.user_agent = "a 1:b"; });
  tell([](auto& options) { options.robots = Robots::obey; });
  tell([](auto& options) { options.accept = Accept::any; });
  tell([](auto& options) { options.accept = Accept::images; });
  tell([](auto& options) { options.max_body = 1; });
  tell([](auto& options) { options.max_pixels = 1; });
  tell([](auto& options) { options.min_size = 1; });
  tell([](auto& options) { options.hash = Hash::none; });
}

TEST_F(JudgedBy, WhatHoldsAnywayNeedNotBeSaid) {
  settings.tries = 3;
  const auto nothing = judged_by(settings, nullptr);
  EXPECT_EQ(of([](auto& options) { options.tries = 3; }), nothing);
  EXPECT_EQ(of([](auto& options) { options.tries = 10; }), nothing) << "more than is allowed";
  EXPECT_NE(of([](auto& options) { options.tries = 2; }), nothing);
  EXPECT_EQ(of([](auto& options) { options.robots = Robots::ignore; }), nothing);
  EXPECT_EQ(of([](auto& options) { options.limits.profile = Profile::open_web; }), nothing);
  EXPECT_EQ(of([](auto& options) { options.limits.profile = Profile::own_server; }), nothing);
}

TEST_F(JudgedBy, ObeyingRobotsMayHoldAnyway) {
  const auto obeys = [](JobOptions& options) { options.robots = Robots::obey; };
  const auto polite = [](JobOptions& options) { options.limits.profile = Profile::polite; };
  const auto both = [&](JobOptions& options) { obeys(options), polite(options); };
  EXPECT_EQ(of(polite), of(both));
  settings.robots = Robots::obey;
  EXPECT_EQ(of(obeys), judged_by(settings, nullptr));
  EXPECT_EQ(of(polite), of(both));
  settings.robots = Robots::ignore;
  EXPECT_NE(of(obeys), judged_by(settings, nullptr));
  EXPECT_NE(of(polite), of(both));
  settings.robots.reset();
  settings.host.profile = Profile::polite;
  EXPECT_EQ(of(obeys), judged_by(settings, nullptr));
  settings.hosts.push_back({"a.test", {}});
  EXPECT_EQ(of(obeys), judged_by(settings, nullptr));
  settings.hosts[0].limits.profile = Profile::open_web;  // where a redirect may lead
  EXPECT_NE(of(obeys), judged_by(settings, nullptr));
}

}  // namespace
}  // namespace gannet::frontier

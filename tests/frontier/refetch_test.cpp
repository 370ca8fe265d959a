#include "frontier/refetch.hpp"

#include <gtest/gtest.h>

namespace gannet::frontier {
namespace {

class RefetchTest : public testing::Test {
 protected:
  RefetchTest() {
    earlier.bytes = 1000;
    earlier.sha256 = std::string(64, 'a');
    earlier.format = "jpeg";
    earlier.width = 100;
    earlier.height = 50;
    earlier.validators.etag = "\"a\"";
    earlier.checked = now - 24h;
    rules.max_body = 1000;
    rules.refetch.kind = Refetch::Kind::never;
  }

  Use judged(Refetch refetch) {
    rules.refetch = refetch;
    return judged();
  }
  Use judged() { return judge_earlier(earlier, task, rules, now); }

  const WallTime now = *parse_rfc3339("2026-11-22T10:15:02.123Z");
  Earlier earlier;
  FetchTask task;
  RefetchRules rules;
};

TEST_F(RefetchTest, ThePolicySaysWhatWillDo) {
  using Kind = Refetch::Kind;
  EXPECT_EQ(judged({Kind::always, {}}), Use::none);
  EXPECT_EQ(judged({Kind::never, {}}), Use::take);
  EXPECT_EQ(judged({Kind::revalidate, {}}), Use::ask);
  EXPECT_EQ(judged({Kind::after, 24h + 1ms}), Use::take);
  EXPECT_EQ(judged({Kind::after, 24h}), Use::ask);
}

TEST_F(RefetchTest, WithoutAValidatorThereIsNothingToAskBy) {
  using Kind = Refetch::Kind;
  earlier.validators.etag.clear();
  EXPECT_EQ(judged({Kind::revalidate, {}}), Use::none);
  EXPECT_EQ(judged({Kind::after, 1h}), Use::none);
  EXPECT_EQ(judged({Kind::never, {}}), Use::take);
  earlier.validators.last_modified = "then";
  EXPECT_EQ(judged({Kind::revalidate, {}}), Use::ask);
}

TEST_F(RefetchTest, ATimeToComeIsNone) {
  earlier.checked = now + 1ms;
  EXPECT_EQ(judged({Refetch::Kind::after, 3650 * 24h}), Use::ask);
}

TEST_F(RefetchTest, WhatTheLineExpectsHolds) {
  task.row.extras = std::make_unique<RowExtras>();
  EXPECT_EQ(judged(), Use::take);
  task.row.extras->sha256 = earlier.sha256;
  EXPECT_EQ(judged(), Use::take);
  task.row.extras->sha256 = std::string(64, 'b');
  EXPECT_EQ(judged(), Use::none);
  task.row.extras->sha256.clear();
  task.row.extras->md5 = std::string(32, 'b');
  EXPECT_EQ(judged(), Use::none) << "nobody knows its MD5";
}

TEST_F(RefetchTest, WhatTheSettingsAskOfAnImageHolds) {
  rules.max_body = 999;
  EXPECT_EQ(judged(), Use::none);
  rules.max_body = 1000;
  rules.max_pixels = 4999;
  EXPECT_EQ(judged(), Use::none);
  rules.max_pixels = 5000;
  rules.min_size = 51;
  EXPECT_EQ(judged(), Use::none);
  rules.min_size = 50;
  EXPECT_EQ(judged(), Use::take);
  earlier.width = 0;
  rules.min_size = 51;
  EXPECT_EQ(judged(), Use::take) << "unknown is no offence";
  earlier.format.clear();
  EXPECT_EQ(judged(), Use::none) << "no image";
  rules.accept = Accept::any;
  EXPECT_EQ(judged(), Use::take);
  earlier.sha256.clear();
  EXPECT_EQ(judged(), Use::none) << "its record would have no hash";
  rules.hash = Hash::none;
  EXPECT_EQ(judged(), Use::take);
}

TEST_F(RefetchTest, AListHasRulesOfItsOwn) {
  rules.max_pixels = 100;
  JobOptions list;
  list.refetch = Refetch{Refetch::Kind::revalidate, {}};
  list.max_pixels = 0;
  list.max_body = 500;
  list.min_size = 7;
  list.accept = Accept::any;
  list.hash = Hash::none;
  const auto own = refetch_rules(rules, &list);
  EXPECT_EQ(own.refetch.kind, Refetch::Kind::revalidate);
  EXPECT_EQ(own.max_pixels, 100u) << "the stricter";
  EXPECT_EQ(own.max_body, 500u);
  EXPECT_EQ(own.min_size, 7u);
  EXPECT_EQ(own.accept, Accept::any);
  EXPECT_EQ(own.hash, Hash::none);
  list.max_body = 5000;
  EXPECT_EQ(refetch_rules(rules, &list).max_body, 1000u);
  EXPECT_EQ(refetch_rules(rules, nullptr).refetch, rules.refetch);
}

}  // namespace
}  // namespace gannet::frontier

#include "fetch/body_sink.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "fetch/coded.hpp"

namespace gannet::fetch {
namespace {

class BodySinkTest : public testing::Test {
 protected:
  ResponseHead head() const {
    ResponseHead head;
    head.status = 200;
    return head;
  }

  // "ok", or the reason of the fault, of taking all of it in pieces of this size.
  std::string take(BodySink& sink, std::string_view bytes, std::size_t size = 1000) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
      if (const auto taken = sink.append(bytes.substr(0, size)); !taken) return told(taken);
    }
    auto body = sink.finish();
    if (!body) return std::string(to_string(body.error().reason));
    body_ = std::move(*body);
    return "ok";
  }

  static std::string told(const Result<void>& result) {
    return result ? "ok" : std::string(to_string(result.error().reason));
  }

  FetchSettings settings;
  EarlyCheck check;
  boost::asio::io_context io;
  BodyBudget budget{io, 1 << 20};
  BodyBudget::Share held{budget};
  Body body_;
};

TEST_F(BodySinkTest, EveryWayInGivesTheSameBody) {
  Body first;
  first.append("one ");
  BodySink sink(settings, check);
  ASSERT_EQ(told(sink.begin(head())), "ok");
  ASSERT_EQ(told(sink.adopt(std::move(first))), "ok");
  std::memcpy(sink.prepare(4, held).data(), "two ", 4);
  ASSERT_EQ(told(sink.commit(4)), "ok");
  ASSERT_EQ(take(sink, "three"), "ok");
  EXPECT_EQ(body_.view(), "one two three");
  EXPECT_EQ(sink.received(), 13u);
}

TEST_F(BodySinkTest, EveryWayInTakesCodingsOff) {
  const auto coded = gzipped("one two three");
  auto gzip = head();
  gzip.content_encoding = "gzip";
  Body first;
  first.append(coded.substr(0, 5));
  BodySink sink(settings, check);
  ASSERT_EQ(told(sink.begin(gzip)), "ok");
  ASSERT_EQ(told(sink.adopt(std::move(first))), "ok");
  ASSERT_EQ(told(sink.decode_some()), "ok");
  std::memcpy(sink.prepare(7, held).data(), coded.data() + 5, 7);
  ASSERT_EQ(told(sink.commit(7)), "ok");
  ASSERT_EQ(told(sink.decode_some()), "ok");
  EXPECT_FALSE(sink.has_coded());
  ASSERT_EQ(take(sink, std::string_view(coded).substr(12)), "ok");
  EXPECT_EQ(body_.view(), "one two three");
  EXPECT_EQ(sink.received(), coded.size());
}

TEST_F(BodySinkTest, TheHeadMayEndItAtOnce) {
  const auto begun = [this](auto change) {
    auto changed = head();
    change(changed);
    return told(BodySink(settings, check).begin(changed));
  };
  EXPECT_EQ(begun([](auto& one) { one.status = 206; }), "bad_response");
  EXPECT_EQ(begun([](auto& one) { one.robots_tags = {"noai"}; }), "opt_out");
  EXPECT_EQ(begun([](auto& one) { one.content_encoding = "gzip, compress"; }), "bad_response");
  EXPECT_EQ(begun([&](auto& one) { one.length = settings.max_body; }), "ok");
  EXPECT_EQ(begun([&](auto& one) { one.length = settings.max_body + 1; }), "too_large");
}

TEST_F(BodySinkTest, TheLimitHoldsForWhatWasAnnouncedWhatCameAndWhatItInflatesTo) {
  settings.max_body = 10000;
  BodySink announced(settings, check);
  ASSERT_EQ(told(announced.begin(head())), "ok");
  ASSERT_EQ(told(announced.append(std::string(6000, 'x'))), "ok");
  EXPECT_EQ(told(announced.announce(4000)), "ok");
  EXPECT_EQ(told(announced.announce(4001)), "too_large");

  for (const std::size_t size : {10000, 10001}) {
    BodySink plain(settings, check);
    ASSERT_EQ(told(plain.begin(head())), "ok");
    EXPECT_EQ(take(plain, std::string(size, 'x')), size == 10000 ? "ok" : "too_large");
    auto gzip = head();
    gzip.content_encoding = "gzip";
    BodySink coded(settings, check);
    ASSERT_EQ(told(coded.begin(gzip)), "ok");
    EXPECT_EQ(take(coded, gzipped(std::string(size, 'x')), 7), size == 10000 ? "ok" : "too_large");
  }
}

TEST_F(BodySinkTest, AListCanMakeTheLimitLowerAndNotHigher) {
  settings.max_body = 10000;
  JobOptions list;
  for (const std::size_t most : {4000, 20000}) {
    list.max_body = most;
    const auto limit = std::min<std::size_t>(most, 10000);
    BodySink announced(settings, check, &list);
    auto long_one = head();
    long_one.length = limit + 1;
    EXPECT_EQ(told(announced.begin(long_one)), "too_large");
    for (const std::size_t size : {limit, limit + 1}) {
      BodySink sink(settings, check, &list);
      ASSERT_EQ(told(sink.begin(head())), "ok");
      EXPECT_EQ(take(sink, std::string(size, 'x')), size == limit ? "ok" : "too_large");
    }
  }
}

TEST_F(BodySinkTest, TheEarlyLookKnowsWhatTheListSays) {
  const JobOptions list;
  const JobOptions* seen = nullptr;
  check = [&](std::string_view, const JobOptions* of_list) -> Result<EarlyVerdict> {
    seen = of_list;
    return EarlyVerdict::settled;
  };
  BodySink sink(settings, check, &list);
  ASSERT_EQ(told(sink.begin(head())), "ok");
  ASSERT_EQ(told(sink.append(std::string(1000, 'x'))), "ok");
  EXPECT_EQ(seen, &list);
}

TEST_F(BodySinkTest, CodingThatDidNotEndIsShort) {
  auto gzip = head();
  gzip.content_encoding = "gzip";
  BodySink sink(settings, check);
  ASSERT_EQ(told(sink.begin(gzip)), "ok");
  const auto coded = gzipped("hello");
  EXPECT_EQ(take(sink, coded.substr(0, coded.size() - 1)), "short_body");
}

TEST_F(BodySinkTest, IsLookedAtEarlyAndThenAtTwiceTheSizeUntilTheVerdictIsSettled) {
  std::vector<std::size_t> looks;
  check = [&](std::string_view bytes, const JobOptions*) -> Result<EarlyVerdict> {
    looks.push_back(bytes.size());
    return looks.size() < 3 ? EarlyVerdict::undecided : EarlyVerdict::settled;
  };
  BodySink sink(settings, check);
  ASSERT_EQ(told(sink.begin(head())), "ok");
  EXPECT_EQ(take(sink, std::string(100000, 'x'), 256), "ok");
  EXPECT_EQ(looks, (std::vector<std::size_t>{512, 1024, 2048}));
}

TEST_F(BodySinkTest, AWholeBodyIsNotLookedAtEarly) {
  check = [&](std::string_view, const JobOptions*) -> Result<EarlyVerdict> { return Fault{Reason::not_an_image, {}}; };
  auto known = head();
  known.length = 50000;
  Body body;
  body.append(std::string(50000, 'x'));
  BodySink sink(settings, check);
  ASSERT_EQ(told(sink.begin(known)), "ok");
  EXPECT_EQ(told(sink.adopt(std::move(body))), "ok");
}

TEST_F(BodySinkTest, AnEarlyVerdictEndsIt) {
  check = [&](std::string_view, const JobOptions*) -> Result<EarlyVerdict> { return Fault{Reason::too_small, {}}; };
  BodySink sink(settings, check);
  ASSERT_EQ(told(sink.begin(head())), "ok");
  EXPECT_EQ(told(sink.append(std::string(least_for_early_check - 1, 'x'))), "ok");
  EXPECT_EQ(told(sink.append("x")), "too_small");
}

}  // namespace
}  // namespace gannet::fetch

#include "frontier/retry_policy.hpp"

#include <gtest/gtest.h>

#include <set>

namespace gannet::frontier {
namespace {

TEST(RetryPolicy, TriesTheStatusesThatCanPassAgain) {
  const std::set<unsigned> transient{408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524};
  for (unsigned status = 0; status < 700; ++status) {
    EXPECT_EQ(is_transient(Reason::http_status, status), transient.contains(status)) << status;
    EXPECT_EQ(is_transient(Reason::robots, status), transient.contains(status)) << status;  // in place of robots.txt
  }
}

TEST(RetryPolicy, TriesTheReasonsThatCanPassAgain) {
  const std::set<Reason> transient{Reason::dns_failed,     Reason::connect_refused, Reason::connect_timeout,
                                   Reason::connect_failed, Reason::tls_failed,      Reason::first_byte_timeout,
                                   Reason::idle_timeout,   Reason::total_timeout,   Reason::too_slow,
                                   Reason::reset,          Reason::short_body};
  for (std::size_t i = 0; i < reason_count; ++i) {
    const auto reason = static_cast<Reason>(i);
    EXPECT_EQ(is_transient(reason, 404), transient.contains(reason)) << to_string(reason);
  }
}

TEST(RetryPolicy, LooksAtTheStatusOnlyWhenItIsTheReason) {
  EXPECT_FALSE(is_transient(Reason::not_an_image, 503));
  EXPECT_FALSE(is_transient(Reason::none, 503));
  EXPECT_FALSE(is_transient(Reason::robots, 0));  // a rule said no
  EXPECT_FALSE(is_overload(Reason::reset, 503));
}

TEST(RetryPolicy, KnowsWhichStatusesAskForLess) {
  for (unsigned status = 0; status < 700; ++status) {
    EXPECT_EQ(is_overload(Reason::http_status, status), status == 429 || status == 503) << status;
    EXPECT_EQ(is_overload(Reason::robots, status), is_overload(Reason::http_status, status)) << status;
  }
}

TEST(RetryPolicy, KnowsWhichReasonsMeanThatNobodyWasThere) {
  const std::set<Reason> unreachable{Reason::connect_refused, Reason::connect_timeout, Reason::connect_failed};
  for (std::size_t i = 0; i < reason_count; ++i) {
    const auto reason = static_cast<Reason>(i);
    EXPECT_EQ(is_unreachable(reason), unreachable.contains(reason)) << to_string(reason);
  }
}

TEST(Backoff, DoublesWithEachAttempt) {
  EXPECT_EQ(backoff(1, 300s, 1), 2s);
  EXPECT_EQ(backoff(2, 300s, 1), 4s);
  EXPECT_EQ(backoff(3, 300s, 1), 8s);
  EXPECT_EQ(backoff(8, 300s, 1), 256s);
}

TEST(Backoff, IsBetweenHalfAndAllOfIt) {
  EXPECT_EQ(backoff(3, 300s, 0), 4s);
  EXPECT_EQ(backoff(3, 300s, 0.5), 6s);
  EXPECT_EQ(backoff(3, 300s, 1), 8s);
  EXPECT_EQ(backoff(3, 300s, -1), 4s);
  EXPECT_EQ(backoff(3, 300s, 2), 8s);
}

TEST(Backoff, HasALongest) {
  EXPECT_EQ(backoff(9, 300s, 1), 300s);
  EXPECT_EQ(backoff(1000000, 300s, 1), 300s);
  EXPECT_EQ(backoff(1000000, 300s, 0), 150s);
  EXPECT_EQ(backoff(1, 500ms, 1), 500ms);
  EXPECT_EQ(backoff(4, 0ms, 1), 0ms);
}

}  // namespace
}  // namespace gannet::frontier

#include "core/reason.hpp"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

namespace gannet {
namespace {

TEST(Reason, HasANameOfItsOwnAndIsFoundByIt) {
  std::set<std::string_view> names;
  for (std::size_t i = 1; i < reason_count; ++i) {
    const auto reason = static_cast<Reason>(i);
    const auto name = to_string(reason);
    EXPECT_FALSE(name.empty()) << i;
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_EQ(parse_reason(name), reason) << name;
  }
}

TEST(Reason, IsTheClosedListOfTheContract) {
  std::string all;
  for (std::size_t i = 1; i < reason_count; ++i) all += std::string(to_string(static_cast<Reason>(i))) + ' ';
  EXPECT_EQ(all,
            "bad_url unsupported_scheme blocked_address dns_not_found dns_failed connect_refused connect_timeout "
            "connect_failed tls_certificate tls_failed first_byte_timeout idle_timeout total_timeout too_slow reset "
            "short_body bad_response too_large too_many_redirects bad_redirect http_status not_an_image hash_mismatch "
            "decode_failed decode_timeout decode_crashed too_many_pixels too_small robots opt_out host_dead disk_full "
            "disk_error cancelled ");
}

TEST(Reason, IsNotFoundByOtherNames) {
  for (const auto* text : {"", "none", "Bad_url", "bad_url ", "http"}) EXPECT_FALSE(parse_reason(text)) << text;
}

TEST(Reason, DecidesTheOutcome) {
  std::set<Reason> invalid, skipped;
  for (std::size_t i = 0; i < reason_count; ++i) {
    const auto reason = static_cast<Reason>(i);
    const auto outcome = outcome_of(reason);
    EXPECT_EQ(outcome == Outcome::ok, reason == Reason::none) << to_string(reason);
    if (outcome == Outcome::invalid) invalid.insert(reason);
    if (outcome == Outcome::skipped) skipped.insert(reason);
  }
  EXPECT_EQ(invalid, (std::set{Reason::bad_url, Reason::unsupported_scheme}));
  EXPECT_EQ(skipped, (std::set{Reason::robots, Reason::opt_out}));
}

TEST(Outcome, HasANameAndIsFoundByIt) {
  EXPECT_EQ(to_string(Outcome::ok), "ok");
  EXPECT_EQ(to_string(Outcome::failed), "failed");
  EXPECT_EQ(to_string(Outcome::skipped), "skipped");
  EXPECT_EQ(to_string(Outcome::invalid), "invalid");
  for (const auto outcome : {Outcome::ok, Outcome::failed, Outcome::skipped, Outcome::invalid}) {
    EXPECT_EQ(parse_outcome(to_string(outcome)), outcome);
  }
  for (const auto* text : {"", "OK", "okay"}) EXPECT_FALSE(parse_outcome(text)) << text;
}

TEST(Result, ThrowsWhenAFaultIsAskedForItsValue) {
  const Result<int> failed = Fault{Reason::disk_full, "no room"};
  EXPECT_THROW((void)failed.value(), std::logic_error);
  EXPECT_EQ(failed.error().detail, "no room");
}

}  // namespace
}  // namespace gannet

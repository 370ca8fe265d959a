#include "net/trust_store.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <stdexcept>

#include "net/run.hpp"

namespace gannet::net {
namespace {

TEST(TrustStore, ReadsTheSystemsCertificatesWhenTheyAreNeededOnceForAllLanes) {
  boost::asio::io_context io;
  TrustStore one({}), other({});
  const auto first = run(io, one.get());
  ASSERT_EQ(verdict(first), "ok");
  EXPECT_NE(*first, nullptr);
  EXPECT_EQ(*run(io, one.get()), *first);
  EXPECT_EQ(*run(io, other.get()), *first);
}

TEST(TrustStore, TheLaneGoesOnWhileTheyAreRead) {
  boost::asio::io_context io;
  TrustStore store({});
  const auto reading = start(io, store.get());
  bool went_on = false;
  boost::asio::post(io, [&] { went_on = !reading->has_value(); });
  EXPECT_EQ(verdict(finish(io, reading)), "ok");
  EXPECT_TRUE(went_on);
}

TEST(TrustStore, AFileThatCannotBeReadStopsTheStart) {
  EXPECT_THROW(TrustStore("/nowhere/ca.pem"), std::runtime_error);
}

}  // namespace
}  // namespace gannet::net

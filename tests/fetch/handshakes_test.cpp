#include "fetch/handshakes.hpp"

#include <gtest/gtest.h>

#include "net/run.hpp"

namespace gannet::fetch {
namespace {

const std::string origin = "https://example.org";

class HandshakesTest : public testing::Test {
 protected:
  auto wait(Duration patience = 10s) { return net::start(io, handshakes.wait(origin, Clock::now() + patience)); }

  boost::asio::io_context io;
  net::Deadlines deadlines{io};
  Handshakes handshakes{io, deadlines};
};

TEST_F(HandshakesTest, RememberWhatAnOriginSpeaks) {
  EXPECT_EQ(handshakes.known(origin), Handshakes::Known::nothing);
  handshakes.learn(origin, Handshakes::Known::http1);
  EXPECT_EQ(handshakes.known(origin), Handshakes::Known::http1);
  EXPECT_EQ(handshakes.known("https://other.example"), Handshakes::Known::nothing);
}

TEST_F(HandshakesTest, RememberSoManyAndNoMore) {
  for (int i = 0; i < 50000; ++i) handshakes.learn(std::to_string(i), Handshakes::Known::http1);
  int known = 0;
  for (int i = 0; i < 50000; ++i) known += handshakes.known(std::to_string(i)) == Handshakes::Known::http1;
  EXPECT_LE(known, 20000);
  EXPECT_EQ(handshakes.known("49999"), Handshakes::Known::http1);
}

TEST_F(HandshakesTest, EndForAllWhoWaitWhenTheTurnEnds) {
  std::optional<Handshakes::Turn> turn(handshakes.begin(origin));
  EXPECT_TRUE(handshakes.under_way(origin));
  const auto one = wait(), two = wait();
  io.poll();
  EXPECT_FALSE(*one || *two);
  turn.reset();
  EXPECT_FALSE(handshakes.under_way(origin));
  EXPECT_TRUE(net::finish(io, one).has_value());
  EXPECT_TRUE(net::finish(io, two).has_value());
}

TEST_F(HandshakesTest, ShareTheirFailure) {
  auto turn = handshakes.begin(origin);
  const auto waiting = wait();
  io.poll();
  turn.failed({Reason::connect_refused, "192.0.2.1 port 443"});
  const auto waited = net::finish(io, waiting);
  EXPECT_EQ(waited.error().reason, Reason::connect_refused);
  EXPECT_EQ(waited.error().detail, "192.0.2.1 port 443");
}

TEST_F(HandshakesTest, AreWaitedForWithinTheTotalTime) {
  const auto turn = handshakes.begin(origin);
  EXPECT_EQ(net::verdict(net::run(io, handshakes.wait(origin, Clock::now() + 10ms))), "total_timeout");
  EXPECT_TRUE(handshakes.under_way(origin));
}

TEST_F(HandshakesTest, EndAsCancelledWithTheLane) {
  const auto turn = handshakes.begin(origin);
  const auto waiting = wait();
  io.poll();
  deadlines.shut_down();
  EXPECT_EQ(net::verdict(net::finish(io, waiting)), "cancelled");
  EXPECT_EQ(net::verdict(net::run(io, handshakes.wait(origin, Clock::now() + 10s))), "cancelled");
}

}  // namespace
}  // namespace gannet::fetch

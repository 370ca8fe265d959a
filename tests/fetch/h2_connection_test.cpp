#include "fetch/h2_connection.hpp"

#include <gtest/gtest.h>

#include "fetch/h2_peer.hpp"
#include "fetch/pipe_stream.hpp"
#include "net/run.hpp"

namespace gannet::fetch {
namespace {

using Answer = H2Connection::Answer;
using Asked = std::shared_ptr<std::optional<Answer>>;

class H2ConnectionTest : public testing::Test {
 protected:
  ~H2ConnectionTest() override {
    if (connection) connection->close();
    connection.reset();
    while (!peer.gone) net::turn_once(io);
  }

  void open() {
    connection = H2Connection::open(io, deadlines, std::make_unique<PipeStream>(io, deadlines, peer), "192.0.2.1",
                                    settings, gate.enter(address));
    peer.say(h2::frame(h2::settings, h2::none, 0));
  }

  Asked ask(std::string target = "/", Duration patience = 10s) {
    if (!connection) open();
    auto& request = requests.emplace_back(std::make_unique<Request>());
    request->secure = true;
    request->authority = "example.org";
    request->target = std::move(target);
    auto asked = net::start(io, connection->exchange(*request, settings, Clock::now() + patience, check, budget));
    settle();
    return asked;
  }

  /// Lets both sides do what they can do now: what was asked is sent then.
  void settle() {
    if (io.stopped()) io.restart();
    io.poll();
  }

  Answer finish(const Asked& asked) { return net::finish(io, asked); }

  /// Turns the loop until our side has sent such a frame.
  h2::Sent wait_for(h2::Type type) {
    for (;;) {
      for (const auto& frame : h2::frames_of(peer.heard)) {
        if (frame.type == type) return frame;
      }
      net::turn_once(io);
    }
  }

  FetchSettings settings;
  EarlyCheck check;
  boost::asio::io_context io;
  net::Deadlines deadlines{io};
  BodyBudget budget{io, 1600, {}, nullptr, 1h};
  PipeStream::Peer peer;
  const net::AddressGate::Address address = boost::asio::ip::make_address("192.0.2.1");
  net::AddressGate gate{1, 10};
  std::vector<std::unique_ptr<Request>> requests;
  std::shared_ptr<H2Connection> connection;
};

TEST_F(H2ConnectionTest, KeepsItsSlotUntilItIsIdleAndSomebodyWaits) {
  const auto one = ask("/1");
  net::AddressGate::Waiter waiter(gate, {address}, net::AddressGate::Patience::some, [] {});
  settle();
  EXPECT_TRUE(connection->accepting());
  peer.say(h2::ok(1, 1) + h2::body(1, "1"));
  EXPECT_EQ(finish(one).response.fault.reason, Reason::none);
  EXPECT_TRUE(connection->over());
  while (!peer.gone) net::turn_once(io);
  EXPECT_TRUE(waiter.take_slot());
}

TEST_F(H2ConnectionTest, GivesItsSlotUpWhileItIsIdle) {
  const auto one = ask("/1");
  peer.say(h2::ok(1, 1) + h2::body(1, "1"));
  finish(one);
  EXPECT_FALSE(connection->over());
  net::AddressGate::Waiter waiter(gate, {address}, net::AddressGate::Patience::some, [] {});
  const auto late = ask("/2");  // before it was told
  EXPECT_EQ(finish(late).again, H2Stream::Again::free);
  EXPECT_TRUE(connection->over());
  while (!peer.gone) net::turn_once(io);
  EXPECT_TRUE(waiter.take_slot());
}

TEST_F(H2ConnectionTest, TakesNoMoreThanSomeRequestsWhileOthersWait) {
  std::vector<Asked> all;
  for (int i = 0; i < 32; ++i) all.push_back(ask());
  EXPECT_TRUE(connection->accepting());
  net::AddressGate::Waiter waiter(gate, {address}, net::AddressGate::Patience::some, [] {});
  EXPECT_FALSE(connection->accepting());
  for (std::uint32_t stream = 1; stream < 64; stream += 2) peer.say(h2::ok(stream, 1) + h2::body(stream, "1"));
  for (const auto& one : all) EXPECT_EQ(finish(one).response.fault.reason, Reason::none);
  EXPECT_TRUE(connection->over());
}

TEST_F(H2ConnectionTest, ServesManyRequestsAtOnce) {
  const auto one = ask("/1"), two = ask("/2");
  peer.say(h2::ok(3, 3) + h2::ok(1, 3) + h2::body(3, "two") + h2::body(1, "one"));
  const auto first = finish(one), second = finish(two);
  EXPECT_EQ(first.response.fault.reason, Reason::none);
  EXPECT_EQ(first.response.head.status, 200u);
  EXPECT_EQ(first.response.body.view(), "one");
  EXPECT_EQ(second.response.body.view(), "two");
  EXPECT_TRUE(first.response.began);
  EXPECT_EQ(connection->asked(), 2u);
  EXPECT_EQ(connection->served(), 2u);
  EXPECT_EQ(connection->in_flight(), 0u);
  EXPECT_TRUE(connection->accepting());
}

TEST_F(H2ConnectionTest, AsksNoMoreWhileBodiesFillTheMemory) {
  std::vector<Asked> all;
  for (int i = 0; i < 16; ++i) all.push_back(ask());
  for (std::uint32_t stream = 1; stream < 32; stream += 2) peer.say(h2::ok(stream, 101));
  EXPECT_TRUE(budget.has_room());
  for (std::uint32_t stream = 1; stream < 32; stream += 2) peer.say(h2::body(stream, std::string(100, 'x'), false));
  settle();
  EXPECT_FALSE(budget.has_room());
  const auto late = ask("/late");
  EXPECT_EQ(connection->asked(), 16u);
  EXPECT_EQ(connection->in_flight(), 17u);
  peer.say(h2::body(1, "x"));
  EXPECT_EQ(finish(all[0]).response.body.size(), 101u);
  settle();
  EXPECT_EQ(connection->asked(), 17u);
  peer.say(h2::ok(33, 1) + h2::body(33, "1"));
  EXPECT_EQ(finish(late).response.body.view(), "1");
}

TEST_F(H2ConnectionTest, ThatEndsWhileARequestWaitsForMemoryLeavesItToAnother) {
  BodyBudget none(io, 0, {}, nullptr, 1h);
  open();
  Request request;
  const auto asked = net::start(io, connection->exchange(request, settings, Clock::now() + 10s, check, none));
  settle();
  connection->close();
  none.lift();
  EXPECT_EQ(finish(asked).again, H2Stream::Again::free);
  EXPECT_EQ(connection->in_flight(), 0u);
}

TEST_F(H2ConnectionTest, RequestsOfOneTurnLeaveInOnePiece) {
  open();
  settle();
  const auto writes = peer.writes;
  Request request;
  std::vector<Asked> all;
  for (int i = 0; i < 10; ++i) {
    all.push_back(net::start(io, connection->exchange(request, settings, Clock::now() + 10s, check, budget)));
  }
  settle();
  EXPECT_EQ(std::ranges::count(h2::frames_of(peer.heard), h2::headers, &h2::Sent::type), 10);
  EXPECT_EQ(peer.writes, writes + 1);
  connection->close();
  for (auto& asked : all) finish(asked);
}

TEST_F(H2ConnectionTest, AnErrorStatusNeedsNoBody) {
  const auto asked = ask();
  peer.say(h2::head(1, {{":status", "503"}, {"retry-after", "7"}}));
  const auto answer = finish(asked);
  EXPECT_EQ(answer.response.fault.reason, Reason::none);
  EXPECT_EQ(answer.response.head.status, 503u);
  EXPECT_EQ(answer.response.head.retry_after, "7");
}

TEST_F(H2ConnectionTest, ARequestThatTakesTooLongIsCancelledAlone) {
  settings.timeouts.idle = 20ms;
  const auto slow = ask("/slow"), other = ask("/other");
  peer.say(h2::ok(1, 100) + h2::body(1, "some", false));
  EXPECT_EQ(finish(slow).response.fault.reason, Reason::idle_timeout);
  const auto frame = wait_for(h2::rst_stream);
  EXPECT_EQ(frame.stream, 1u);
  EXPECT_EQ(frame.payload, h2::number(h2::cancel, 4));
  EXPECT_FALSE(*other);
  peer.say(h2::ok(3, 1) + h2::body(3, "b"));
  EXPECT_EQ(finish(other).response.body.view(), "b");
}

TEST_F(H2ConnectionTest, AConnectionOnWhichNothingComesIsLeft) {
  settings.timeouts.first_byte = 20ms;
  const auto asked = ask();
  EXPECT_EQ(finish(asked).response.fault.reason, Reason::first_byte_timeout);
  EXPECT_FALSE(connection->accepting());
  EXPECT_TRUE(connection->over());
}

TEST_F(H2ConnectionTest, AConnectionThatIsSilentAboutOneRequestAloneIsKept) {
  settings.timeouts.first_byte = 200ms;
  const auto silent = ask("/silent");
  while (!*silent) {
    peer.say(h2::frame(h2::ping, h2::none, 0, "12345678"));
    io.run_for(20ms);
  }
  EXPECT_EQ(finish(silent).response.fault.reason, Reason::first_byte_timeout);
  EXPECT_TRUE(connection->accepting());
}

TEST_F(H2ConnectionTest, WaitingForAStreamHasTheTotalTimeAlone) {
  settings.timeouts.first_byte = 20ms;
  open();
  peer.say(h2::frame(h2::settings, h2::none, 0, h2::setting(h2::max_concurrent_streams, 0)));
  wait_for(h2::settings);
  while (connection->has_room()) net::turn_once(io);
  EXPECT_EQ(finish(ask("/", 100ms)).response.fault.reason, Reason::total_timeout);
  EXPECT_TRUE(std::ranges::none_of(h2::frames_of(peer.heard), [](auto& one) { return one.type == h2::headers; }));
}

TEST_F(H2ConnectionTest, ADrippingResponseIsTooSlow) {
  settings.min_speed = 1 << 20;
  settings.min_speed_window = settings.min_speed_grace = 0ms;
  const auto asked = ask();
  peer.say(h2::ok(1, 100));
  while (!*asked) {
    peer.say(h2::body(1, "a", false));
    net::turn_once(io);
  }
  EXPECT_EQ(finish(asked).response.fault.reason, Reason::too_slow);
}

TEST_F(H2ConnectionTest, AnEarlyVerdictEndsTheStream) {
  check = [](std::string_view, const JobOptions*) {
    return Result<EarlyVerdict>(Fault{Reason::not_an_image, "a page"});
  };
  const auto asked = ask();
  peer.say(h2::ok(1, 1 << 20) + h2::body(1, std::string(8192, '<'), false));
  EXPECT_EQ(finish(asked).response.fault.reason, Reason::not_an_image);
  EXPECT_EQ(wait_for(h2::rst_stream).stream, 1u);
  EXPECT_TRUE(connection->accepting());
}

TEST_F(H2ConnectionTest, ALargeAnnouncementIsRefusedAtOnce) {
  settings.max_body = 1000;
  const auto asked = ask();
  peer.say(h2::ok(1, 100000));
  EXPECT_EQ(finish(asked).response.fault.reason, Reason::too_large);
}

TEST_F(H2ConnectionTest, AFloodEndsEveryRequestAndThePeerIsTold) {
  const auto one = ask(), two = ask();
  std::string flood;
  for (int i = 0; i < 3000; ++i) flood += h2::frame(h2::window_update, h2::none, 0, h2::number(1, 4));
  peer.say(flood);
  EXPECT_EQ(finish(one).response.fault.reason, Reason::bad_response);
  EXPECT_EQ(finish(two).response.fault.reason, Reason::bad_response);
  wait_for(h2::goaway);
  EXPECT_TRUE(connection->over());
}

TEST_F(H2ConnectionTest, AClosedConnectionEndsEveryRequest) {
  const auto begun = ask(), unbegun = ask();
  peer.say(h2::ok(1, 100) + h2::body(1, "some", false));
  peer.end({});
  EXPECT_EQ(finish(begun).response.fault.reason, Reason::short_body);
  const auto answer = finish(unbegun);
  EXPECT_EQ(answer.response.fault.reason, Reason::reset);
  EXPECT_FALSE(answer.response.began);
  EXPECT_EQ(finish(ask()).again, H2Stream::Again::free) << "nothing can be asked over it any more";
}

TEST_F(H2ConnectionTest, AnIdleConnectionEndsWithTheGoodbyeOfThePeer) {
  open();
  peer.say(h2::farewell(0, h2::no_error));
  while (!connection->over()) net::turn_once(io);
  EXPECT_FALSE(connection->accepting());
}

TEST_F(H2ConnectionTest, AfterAGoodbyeTheLastRequestClosesTheConnection) {
  const auto asked = ask();
  peer.say(h2::ok(1, 1) + h2::farewell(1, h2::no_error));
  while (connection->accepting()) net::turn_once(io);
  EXPECT_FALSE(connection->over());
  peer.say(h2::body(1, "a"));
  EXPECT_EQ(finish(asked).response.body.view(), "a");
  EXPECT_TRUE(connection->over());
}

TEST_F(H2ConnectionTest, ClosingCancelsWhatIsUnderWay) {
  const auto asked = ask();
  wait_for(h2::headers);
  connection->close();
  EXPECT_EQ(finish(asked).response.fault.reason, Reason::cancelled);
}

TEST_F(H2ConnectionTest, StoppingTheLaneCancelsWhatIsUnderWayAndWhatComes) {
  const auto asked = ask();
  wait_for(h2::headers);
  connection->close();
  deadlines.shut_down();
  EXPECT_EQ(finish(asked).response.fault.reason, Reason::cancelled);
  connection.reset();
  while (!peer.gone) net::turn_once(io);
  peer = {};
  open();
  EXPECT_EQ(finish(ask()).response.fault.reason, Reason::cancelled);
}

}  // namespace
}  // namespace gannet::fetch

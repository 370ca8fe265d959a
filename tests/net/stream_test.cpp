// What every ByteStream promises, over real sockets.
#include <gtest/gtest.h>

#include "net/connector.hpp"
#include "net/loopback_server.hpp"
#include "net/run.hpp"

namespace gannet::net {
namespace {

class PlainStreamTest : public testing::Test {
 protected:
  std::unique_ptr<ByteStream> connect_to(const LoopbackServer& server) {
    auto connected = run(io, connector.connect(false, "127.0.0.1", server.port(), Clock::now() + 1h));
    EXPECT_EQ(verdict(connected), "ok");
    return connected ? std::move(connected->stream) : nullptr;
  }

  static FetchSettings settings() {
    FetchSettings some;
    some.allow_addresses = {*AddressRange::parse("127.0.0.0/8")};
    return some;
  }

  std::string read_all(ByteStream& stream) {
    std::string all;
    for (char room[1000];;) {
      const auto count = run(io, stream.read_some(room));
      if (!count || *count == 0) return all + "|" + verdict(count);
      all.append(room, *count);
    }
  }

  boost::asio::io_context io;
  Deadlines deadlines{io};
  Connector connector{io, deadlines, settings()};
};

TEST_F(PlainStreamTest, BytesGoBothWaysUntilTheEnd) {
  LoopbackServer server([](Peer& peer) { peer.send("echo " + peer.read_request()); });
  const auto stream = connect_to(server);
  ASSERT_TRUE(stream);
  EXPECT_EQ(verdict(run(io, stream->write("hello\r\n\r\n"))), "ok");
  EXPECT_EQ(verdict(run(io, stream->readable())), "ok");
  EXPECT_EQ(read_all(*stream), "echo hello\r\n\r\n|ok");
}

TEST_F(PlainStreamTest, WritesMoreThanTheSocketTakesAtOnce) {
  LoopbackServer server([](Peer& peer) { peer.send(std::to_string(peer.read_request().size())); });
  const auto stream = connect_to(server);
  ASSERT_TRUE(stream);
  const std::string large = std::string(16 << 20, 'x') + "\r\n\r\n";
  EXPECT_EQ(verdict(run(io, stream->write(large))), "ok");
  EXPECT_EQ(read_all(*stream), std::to_string(large.size()) + "|ok");
}

TEST_F(PlainStreamTest, ResetIsTold) {
  LoopbackServer server([](Peer& peer) {
    peer.read_request();
    peer.reset_on_close();
  });
  const auto stream = connect_to(server);
  ASSERT_TRUE(stream);
  EXPECT_EQ(verdict(run(io, stream->write("hello\r\n\r\n"))), "ok");
  EXPECT_EQ(read_all(*stream), "|reset");
}

TEST_F(PlainStreamTest, DeadlineEndsReadingAndWaitingWithItsReason) {
  LoopbackServer server([](Peer& peer) { peer.wait_for_close(); });
  const auto stream = connect_to(server);
  ASSERT_TRUE(stream);
  char room[10];
  stream->expires_at(Clock::now(), Reason::idle_timeout);
  EXPECT_EQ(verdict(run(io, stream->read_some(room))), "idle_timeout");
  EXPECT_EQ(verdict(run(io, stream->readable())), "idle_timeout");
  stream->expires_at(Clock::now(), Reason::first_byte_timeout);
  EXPECT_EQ(verdict(run(io, stream->readable())), "first_byte_timeout");
}

TEST_F(PlainStreamTest, DeadlineEndsWritingToAPeerThatDoesNotRead) {
  LoopbackServer server([](Peer& peer) { peer.ignore_until_close(); });
  const auto stream = connect_to(server);
  ASSERT_TRUE(stream);
  stream->expires_at(Clock::now(), Reason::total_timeout);
  const std::string endless(64 << 20, 'x');
  EXPECT_EQ(verdict(run(io, stream->write(endless))), "total_timeout");
}

TEST_F(PlainStreamTest, ShutDownEndsWhatIsWaiting) {
  LoopbackServer server([](Peer& peer) { peer.wait_for_close(); });
  const auto stream = connect_to(server);
  ASSERT_TRUE(stream);
  char room[10];
  stream->expires_at(Clock::now() + 1h, Reason::idle_timeout);
  auto reading = start(io, stream->read_some(room));
  io.poll();
  ASSERT_FALSE(reading->has_value());
  deadlines.shut_down();
  EXPECT_EQ(verdict(finish(io, reading)), "cancelled");
}

TEST_F(PlainStreamTest, IsQuietUntilThePeerSpeaksOrCloses) {
  LoopbackServer server([](Peer& peer) {
    peer.read_request();
    if (peer.number() == 0) peer.send("unasked");
    if (peer.number() == 0) peer.wait_for_close();
  });
  for (const char* then : {"speaks", "closes"}) {
    const auto stream = connect_to(server);
    ASSERT_TRUE(stream);
    EXPECT_TRUE(stream->quiet()) << then;
    run(io, stream->write("\r\n\r\n"));
    EXPECT_EQ(verdict(run(io, stream->readable())), "ok");
    EXPECT_FALSE(stream->quiet()) << then;
  }
}

}  // namespace
}  // namespace gannet::net

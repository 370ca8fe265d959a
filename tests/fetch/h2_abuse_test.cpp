#include "fetch/h2_listener.hpp"

namespace gannet::fetch {
namespace {

class H2Abuse : public H2SessionTest {
 protected:
  /// Feeds a frame until the session has had enough; that must be long before `most`.
  std::string flood(const std::string& frame, unsigned most = 5000) {
    for (unsigned count = 0; count < most; ++count) {
      if (const auto verdict = feed(frame); verdict != "ok") return verdict;
      sent();  // our side reads and answers: it is not only the queue of answers that is limited
    }
    return "endured";
  }
};

constexpr const char* flooded = "bad_response: a flood of HTTP/2 frames, most of them ";

TEST_F(H2Abuse, FloodsOfFramesThatBringNothingEnd) {
  const std::vector<std::pair<std::string, std::string>> floods{
      {"SETTINGS", h2::frame(h2::settings, h2::none, 0)},
      {"PING", h2::frame(h2::ping, h2::none, 0, "12345678")},
      {"PING", h2::frame(h2::ping, h2::ack, 0, "12345678")},
      {"WINDOW_UPDATE", h2::frame(h2::window_update, h2::none, 0, h2::number(1, 4))},
      {"PRIORITY", h2::frame(h2::priority, h2::none, 1, h2::number(0, 5))},
      {"DATA", h2::body(1, "", false)},
      {"RST_STREAM", h2::reset(1, h2::cancel)},
      {"unknown", h2::frame(h2::unknown, h2::none, 0, "payload")},
  };
  for (const auto& [kind, frame] : floods) {
    start();
    auto& asked = ask();
    ASSERT_EQ(feed(h2::ok(static_cast<std::uint32_t>(asked.id), 1000)), "ok");
    EXPECT_EQ(flood(frame), flooded + kind);
    EXPECT_TRUE(sent_of(h2::goaway)) << "the peer is told";
    session->fail_all({Reason::bad_response, "flood"});
    EXPECT_TRUE(asked.failed);
  }
}

TEST_F(H2Abuse, InterimResponsesWithoutEndAreTooLarge) {
  auto& asked = ask();
  const auto interim = h2::head(1, {{":status", "103"}, {"link", std::string(200, 'a')}});
  for (unsigned i = 0; i < 5000 && !asked.failed; ++i) ASSERT_EQ(feed(interim), "ok");
  EXPECT_EQ(asked.fault.reason, Reason::too_large);
}

TEST_F(H2Abuse, ContinuationsWithoutEndEndTheConnection) {
  ask();
  EXPECT_EQ(feed(h2::frame(h2::headers, h2::none, 1, h2::block({{":status", "200"}}))), "ok");
  EXPECT_TRUE(flood(h2::frame(h2::continuation, h2::none, 1))
                  .starts_with("bad_response: the server broke the rules of HTTP/2: "));
}

TEST_F(H2Abuse, DataOfStreamsThatAreOverIsAFlood) {
  auto& asked = ask();
  EXPECT_EQ(feed(h2::ok(1, 1) + h2::body(1, "a")), "ok");
  EXPECT_TRUE(asked.ended);
  EXPECT_EQ(flood(h2::body(1, std::string(16000, 'b'), false)), std::string(flooded) + "DATA");
}

TEST_F(H2Abuse, ACancelledStreamMayStillDeliverWhatIsUnderWay) {
  for (std::uint32_t id = 1; id < 41; id += 2) {
    ask();
    EXPECT_EQ(feed(h2::ok(id, 100 << 20) + h2::body(id, "a", false)), "ok");
    session->cancel(static_cast<std::int32_t>(id));
    sent();
    for (unsigned i = 0; i < 200; ++i) ASSERT_EQ(feed(h2::body(id, std::string(5000, 'b'), false)), "ok") << id;
  }
}

TEST_F(H2Abuse, SmallPiecesOfAPictureAreNoFlood) {
  auto& asked = ask();
  EXPECT_EQ(feed(h2::ok(1, 20000)), "ok");
  for (unsigned i = 0; i < 19999; ++i) ASSERT_EQ(feed(h2::body(1, "a", false)), "ok");
  EXPECT_EQ(feed(h2::body(1, "a")), "ok");
  EXPECT_TRUE(asked.ended);
}

TEST_F(H2Abuse, AnsweringPingsIsNoFlood) {
  for (std::uint32_t id = 1; id < 10001; id += 2) {
    auto& asked = ask();
    ASSERT_EQ(feed(h2::frame(h2::ping, h2::none, 0, "12345678") + h2::ok(id, 2) + h2::body(id, "a", false) +
                   h2::body(id, "b") + h2::frame(h2::window_update, h2::none, 0, h2::number(1, 4))),
              "ok")
        << id;
    ASSERT_TRUE(asked.ended);
  }
}

TEST_F(H2Abuse, AnswersThatThePeerDoesNotReadAreLimited) {
  std::string pings;
  for (unsigned i = 0; i < 1500; ++i) pings += h2::frame(h2::ping, h2::none, 0, "12345678");
  EXPECT_TRUE(feed(pings).starts_with("bad_response: the server broke the rules of HTTP/2: "))
      << "all of them before one could be answered";
}

TEST_F(H2Abuse, PromisesOfPushesEndTheConnection) {
  ask();
  const auto promise = h2::frame(
      h2::push_promise, h2::end_headers, 1,
      h2::number(2, 4) +
          h2::block({{":method", "GET"}, {":scheme", "https"}, {":authority", "example.org"}, {":path", "/b"}}));
  EXPECT_EQ(feed(h2::frame(h2::settings, h2::ack, 0)), "ok");
  EXPECT_TRUE(feed(promise).starts_with("bad_response: the server broke the rules of HTTP/2: "))
      << "we said that we take none";
}

TEST_F(H2Abuse, PromisesBeforeOurSettingsWereHeardComeToNothing) {
  auto& asked = ask();
  const auto promise = h2::frame(
      h2::push_promise, h2::end_headers, 1,
      h2::number(2, 4) +
          h2::block({{":method", "GET"}, {":scheme", "https"}, {":authority", "example.org"}, {":path", "/b"}}));
  feed(promise + h2::ok(2, 1) + h2::body(2, "b"));
  EXPECT_FALSE(asked.ended);
  EXPECT_TRUE(asked.body.empty());
}

TEST_F(H2Abuse, WhatIsNoHttp2EndsTheConnection) {
  const std::vector<std::string> nonsense{
      "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
      h2::frame(h2::data, h2::none, 0, "data of no stream"),
      h2::frame(h2::headers, h2::end_headers, 2, h2::block({{":status", "200"}})),
      h2::frame(h2::headers, h2::end_headers, 1, "\xff\xff\xff\xff\xff\xff\xff\xff"),
      h2::frame(h2::ping, h2::none, 0, "short"),
      h2::frame(h2::settings, h2::none, 0, "odd"),
      h2::frame(h2::window_update, h2::none, 0, h2::number(0, 4)),
      h2::reset(7, h2::cancel),
      h2::number(1 << 20, 3) + h2::frame(h2::data, h2::none, 1).substr(3) + std::string(1000, 'a'),
      h2::frame(h2::continuation, h2::end_headers, 1),
  };
  for (const auto& bytes : nonsense) {
    start();
    auto& asked = ask();
    EXPECT_TRUE(feed(bytes).starts_with("bad_response: the server broke the rules of HTTP/2: ")) << bytes;
    EXPECT_FALSE(session->accepting());
    session->fail_all({Reason::bad_response, "over"});
    EXPECT_TRUE(asked.failed);
  }
}

}  // namespace
}  // namespace gannet::fetch

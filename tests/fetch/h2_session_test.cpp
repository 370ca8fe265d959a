#include "fetch/h2_session.hpp"

#include "fetch/h2_listener.hpp"

namespace gannet::fetch {
namespace {

using Again = H2Stream::Again;

TEST_F(H2SessionTest, BeginsWithThePrefaceAndItsSettings) {
  H2Session fresh(1000);
  std::string bytes;
  ASSERT_TRUE(fresh.output(bytes));
  EXPECT_TRUE(bytes.starts_with("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
  const auto frames = h2::frames_of(bytes);
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].type, h2::settings);
  EXPECT_EQ(frames[0].payload, h2::setting(2, 0) + h2::setting(4, 1 << 20) + h2::setting(6, 1000));
  EXPECT_EQ(frames[1].type, h2::window_update);
  EXPECT_EQ(frames[1].payload, h2::number((16 << 20) - 65535, 4));
}

TEST_F(H2SessionTest, ARequestIsOneHeadersFrame) {
  const auto& asked = ask();
  EXPECT_TRUE(asked.sent);
  const auto frame = sent_of(h2::headers);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->flags, h2::end_stream | h2::end_headers);
  EXPECT_EQ(frame->stream, static_cast<std::uint32_t>(asked.id));
  EXPECT_EQ(session->streams(), 1u);
}

TEST_F(H2SessionTest, AResponseIsHeardInOrder) {
  auto& asked = ask();
  EXPECT_EQ(feed(h2::head(1, {{":status", "200"}, {"content-length", "7"}, {"x-a", "b"}})), "ok");
  EXPECT_EQ(asked.status, 200u);
  EXPECT_EQ(asked.fields.find("x-a")->second, "b");
  EXPECT_EQ(asked.fields.count(":status"), 0u);
  EXPECT_EQ(feed(h2::body(1, "pic", false)), "ok");
  EXPECT_EQ(asked.body, "pic");
  EXPECT_FALSE(asked.ended);
  EXPECT_EQ(feed(h2::body(1, "ture")), "ok");
  EXPECT_TRUE(asked.ended);
  EXPECT_EQ(asked.body, "picture");
  EXPECT_EQ(session->streams(), 0u);
  EXPECT_TRUE(session->accepting());
}

TEST_F(H2SessionTest, BytesMayComeInAnyPieces) {
  auto& asked = ask();
  for (const char byte : h2::ok(1, 7) + h2::body(1, "picture")) ASSERT_EQ(feed(std::string(1, byte)), "ok");
  EXPECT_TRUE(asked.ended);
  EXPECT_EQ(asked.body, "picture");
}

TEST_F(H2SessionTest, ResponsesMayBeInterleaved) {
  auto &one = ask("/1"), &other = ask("/2");
  EXPECT_EQ(feed(h2::ok(3, 2) + h2::ok(1, 4) + h2::body(1, "on", false) + h2::body(3, "tw") + h2::body(1, "e!")), "ok");
  EXPECT_EQ(one.body, "one!");
  EXPECT_EQ(other.body, "tw");
  EXPECT_TRUE(one.ended && other.ended);
}

TEST_F(H2SessionTest, InterimResponsesAndTrailersSayNothing) {
  auto& asked = ask();
  EXPECT_EQ(feed(h2::head(1, {{":status", "103"}, {"link", "</style.css>"}}) + h2::head(1, {{":status", "200"}}) +
                 h2::body(1, "picture", false) + h2::head(1, {{"x-checksum", "1"}}, true)),
            "ok");
  EXPECT_TRUE(asked.ended);
  EXPECT_EQ(asked.status, 200u);
  EXPECT_EQ(asked.body, "picture");
  EXPECT_TRUE(asked.fields.empty());
}

TEST_F(H2SessionTest, AResponseMayHaveNoBody) {
  auto& asked = ask();
  EXPECT_EQ(feed(h2::head(1, {{":status", "204"}}, true)), "ok");
  EXPECT_TRUE(asked.ended);
}

TEST_F(H2SessionTest, ALongHeadComesInSeveralFrames) {
  auto& asked = ask();
  const auto block = h2::block({{":status", "200"}, {"x-long", std::string(40000, 'a')}});
  EXPECT_EQ(feed(h2::frame(h2::headers, h2::end_stream, 1, block.substr(0, 16000)) +
                 h2::frame(h2::continuation, h2::none, 1, block.substr(16000, 16000)) +
                 h2::frame(h2::continuation, h2::end_headers, 1, block.substr(32000))),
            "ok");
  EXPECT_TRUE(asked.ended);
  EXPECT_EQ(asked.fields.find("x-long")->second.size(), 40000u);
}

TEST_F(H2SessionTest, HeadersAreLimitedInterimOnesAndTrailersCounted) {
  start(1000);
  auto& asked = ask();
  const auto interim = h2::head(1, {{":status", "103"}, {"x-a", std::string(400, 'a')}});
  EXPECT_EQ(feed(interim + interim), "ok");
  EXPECT_FALSE(asked.failed);
  EXPECT_EQ(feed(interim), "ok") << "it is the stream that ends";
  EXPECT_EQ(asked.fault.reason, Reason::too_large);
  EXPECT_EQ(sent_of(h2::rst_stream)->stream, 1u);
  EXPECT_TRUE(session->accepting());
}

TEST_F(H2SessionTest, AHeaderBombIsEndedByWhatItUnpacksTo) {
  auto& asked = ask();
  // One field of 4000 bytes goes into the table, then it is named again and again, one byte each (RFC 7541, 6.1).
  const std::string value(3900, 'a');
  std::string block = h2::block({{":status", "200"}});
  block += std::string("\x40\x03x-a\x7f\xbd\x1d", 8) + value + std::string(5000, '\xbe');
  EXPECT_EQ(feed(h2::frame(h2::headers, h2::end_headers, 1, block)), "ok");
  EXPECT_EQ(asked.fault.reason, Reason::too_large) << asked.fault.detail;
  auto& next = ask("/b");
  EXPECT_EQ(feed(h2::ok(3, 1) + h2::body(3, "b")), "ok") << "the others go on";
  EXPECT_TRUE(next.ended);
}

TEST_F(H2SessionTest, AResetEndsOneStream) {
  auto &one = ask(), &other = ask();
  EXPECT_EQ(feed(h2::ok(1, 9) + h2::body(1, "half", false) + h2::reset(1, h2::internal_error)), "ok");
  EXPECT_EQ(one.fault.reason, Reason::reset);
  EXPECT_EQ(one.fault.detail, "the server reset the stream: INTERNAL_ERROR (it failed inside)");
  EXPECT_EQ(one.again, Again::no);
  EXPECT_EQ(feed(h2::ok(3, 1) + h2::body(3, "b")), "ok");
  EXPECT_TRUE(other.ended);
}

TEST_F(H2SessionTest, AResetWithoutErrorBehindAllBytesIsAnEnd) {
  auto &whole = ask(), &half = ask();
  EXPECT_EQ(feed(h2::ok(1, 4) + h2::body(1, "all.", false) + h2::reset(1, h2::no_error)), "ok");
  EXPECT_TRUE(whole.ended);
  EXPECT_EQ(feed(h2::ok(3, 8) + h2::body(3, "half", false) + h2::reset(3, h2::no_error)), "ok");
  EXPECT_EQ(half.fault.reason, Reason::reset);
}

TEST_F(H2SessionTest, WhatIsReadPastCanBeGivenUp) {
  auto &unwanted = ask(), &other = ask();
  unwanted.wants_body = false;
  EXPECT_EQ(feed(h2::ok(1, 9) + h2::ok(3, 1)), "ok");
  EXPECT_TRUE(session->reads_past());
  session->cancel_passed();
  EXPECT_FALSE(session->reads_past());
  const auto reset = sent_of(h2::rst_stream);
  ASSERT_TRUE(reset.has_value());
  EXPECT_EQ(reset->stream, 1u);
  EXPECT_EQ(feed(h2::body(3, "b")), "ok");
  EXPECT_TRUE(other.ended);
}

TEST_F(H2SessionTest, WhatBrokeAConnectionIsOnlyKnownWhenItWasAlone) {
  auto &one = ask(), &other = ask();
  session->fail_all({Reason::bad_response, "nonsense"});
  EXPECT_EQ(one.again, Again::by_http1);
  EXPECT_EQ(other.again, Again::by_http1);
  start();
  auto& alone = ask();
  session->fail_all({Reason::bad_response, "nonsense"});
  EXPECT_EQ(alone.again, Again::no);
  EXPECT_EQ(alone.fault.reason, Reason::bad_response);
}

TEST_F(H2SessionTest, Http1InsteadOfFramesIsToldAsSuch) {
  session.emplace(300 << 10);
  EXPECT_EQ(feed("HTTP/1.1 400 Bad Request\r\n\r\n"), "bad_response: the server chose HTTP/2 and speaks HTTP/1");
}

TEST_F(H2SessionTest, WindowsAreOpenedAgainAsBytesArrive) {
  auto& asked = ask();
  EXPECT_EQ(feed(h2::frame(h2::settings, h2::ack, 0) + h2::ok(1, 64 << 20)), "ok");
  all_sent.clear();
  for (unsigned i = 0; i < 600; ++i) ASSERT_EQ(feed(h2::body(1, std::string(16 << 10, 'a'), false)), "ok");
  sent();
  std::uint64_t stream = 0, connection = 0;
  for (const auto& frame : all_sent) {
    ASSERT_EQ(frame.type, h2::window_update);
    (frame.stream == 0 ? connection : stream) += h2::value_of(frame.payload);
  }
  EXPECT_GE(stream, (600u << 14) - (1u << 20));
  EXPECT_GE(connection, 8u << 20);
  EXPECT_LE(all_sent.size(), 25u) << "not one for each frame";
  EXPECT_EQ(asked.body.size(), 600u << 14);
}

TEST_F(H2SessionTest, ARefusedStreamMayBeAskedForAgain) {
  auto& asked = ask();
  EXPECT_EQ(feed(h2::reset(1, h2::refused_stream)), "ok");
  EXPECT_EQ(asked.fault.reason, Reason::reset);
  EXPECT_EQ(asked.again, Again::free);
  EXPECT_FALSE(session->accepting()) << "but over another connection";
}

TEST_F(H2SessionTest, RefusalsBeforeThePeersLimitWasKnownAreNothingToMind) {
  session.emplace(1000);
  auto& asked = ask();
  EXPECT_EQ(feed(h2::frame(h2::settings, h2::none, 0, h2::setting(h2::max_concurrent_streams, 0)) +
                 h2::reset(1, h2::refused_stream)),
            "ok");
  EXPECT_EQ(asked.again, Again::free);
  EXPECT_TRUE(session->accepting());
}

TEST_F(H2SessionTest, AStreamMayHaveToBeAskedForByHttp1) {
  auto& asked = ask();
  EXPECT_EQ(feed(h2::reset(1, h2::http_1_1_required)), "ok");
  EXPECT_EQ(asked.again, Again::by_http1);
}

TEST_F(H2SessionTest, AConnectionMayHaveToBeReplacedByHttp1) {
  auto& asked = ask();
  EXPECT_EQ(feed(h2::farewell(0, h2::http_1_1_required)), "ok");
  EXPECT_TRUE(asked.failed);
  EXPECT_EQ(asked.again, Again::by_http1);
  EXPECT_FALSE(session->accepting());
}

TEST_F(H2SessionTest, AfterGoawayOldStreamsGoOnAndNewOnesAreFree) {
  auto &one = ask(), &two = ask(), &three = ask();
  EXPECT_EQ(feed(h2::ok(1, 4) + h2::farewell(3, h2::no_error)), "ok");
  EXPECT_FALSE(session->accepting());
  EXPECT_EQ(three.again, Again::free);
  EXPECT_FALSE(two.failed);
  EXPECT_EQ(feed(h2::body(1, "done") + h2::ok(3, 1) + h2::body(3, "2")), "ok");
  EXPECT_TRUE(one.ended && two.ended);
  Listener late;
  EXPECT_EQ(session->submit(request("/late"), late), 0);
}

TEST_F(H2SessionTest, RequestsWaitUntilThePeerAllowsMore) {
  EXPECT_EQ(feed(h2::frame(h2::settings, h2::none, 0, h2::setting(h2::max_concurrent_streams, 1))), "ok");
  EXPECT_EQ(session->peer_allows(), 1u);
  auto &one = ask(), &two = ask(), &three = ask();
  EXPECT_TRUE(one.sent);
  EXPECT_FALSE(two.sent || three.sent);
  EXPECT_EQ(feed(h2::ok(1, 1) + h2::body(1, "a")), "ok");
  sent();
  EXPECT_TRUE(two.sent);
  EXPECT_FALSE(three.sent) << "in order";
  EXPECT_EQ(feed(h2::frame(h2::settings, h2::none, 0, h2::setting(h2::max_concurrent_streams, 0))), "ok");
  EXPECT_EQ(feed(h2::ok(3, 1) + h2::body(3, "b")), "ok");
  sent();
  EXPECT_TRUE(two.ended);
  EXPECT_FALSE(three.sent) << "a limit that was lowered to nothing";
  EXPECT_EQ(feed(h2::frame(h2::settings, h2::none, 0, h2::setting(h2::max_concurrent_streams, 5))), "ok");
  sent();
  EXPECT_TRUE(three.sent);
}

TEST_F(H2SessionTest, AWaitingRequestCanBeCancelledAndIsNeverSent) {
  EXPECT_EQ(feed(h2::frame(h2::settings, h2::none, 0, h2::setting(h2::max_concurrent_streams, 1))), "ok");
  auto &one = ask(), &two = ask(), &three = ask();
  session->cancel(two.id);
  EXPECT_EQ(session->streams(), 2u);
  EXPECT_EQ(feed(h2::ok(1, 1) + h2::body(1, "a")), "ok");
  sent();
  EXPECT_TRUE(one.ended);
  EXPECT_FALSE(two.sent);
  EXPECT_TRUE(three.sent);
}

TEST_F(H2SessionTest, WaitingRequestsAreFreeWhenThePeerSaysGoodbye) {
  EXPECT_EQ(feed(h2::frame(h2::settings, h2::none, 0, h2::setting(h2::max_concurrent_streams, 1))), "ok");
  auto &one = ask(), &two = ask();
  EXPECT_EQ(feed(h2::farewell(1, h2::no_error)), "ok");
  sent();
  EXPECT_FALSE(one.failed);
  EXPECT_EQ(two.again, Again::free);
}

TEST_F(H2SessionTest, ACancelledStreamIsResetAndHearsNothingMore) {
  auto &one = ask(), &other = ask();
  EXPECT_EQ(feed(h2::ok(1, 100) + h2::body(1, "some", false)), "ok");
  session->cancel(1);
  const auto frame = sent_of(h2::rst_stream);
  EXPECT_EQ(frame->payload, h2::number(h2::cancel, 4));
  EXPECT_EQ(feed(h2::body(1, "more", false) + h2::ok(3, 1) + h2::body(3, "b")), "ok");
  EXPECT_EQ(one.body, "some");
  EXPECT_FALSE(one.ended || one.failed);
  EXPECT_TRUE(other.ended);
}

TEST_F(H2SessionTest, AStreamOfWhichEnoughIsKnownIsCancelled) {
  auto &by_head = ask(), &by_data = ask();
  by_head.wants_body = false;
  by_data.enough = 4;
  EXPECT_EQ(feed(h2::ok(1, 100000)), "ok");
  EXPECT_EQ(sent_of(h2::rst_stream)->stream, 1u);
  EXPECT_EQ(feed(h2::ok(3, 100000) + h2::body(3, "some", false)), "ok");
  EXPECT_EQ(sent_of(h2::rst_stream)->stream, 3u);
  EXPECT_FALSE(by_head.failed || by_data.failed);
  EXPECT_EQ(session->streams(), 0u);
}

TEST_F(H2SessionTest, LittleThatNobodyWantsIsReadPast) {
  auto &announced = ask(), &other = ask();
  announced.wants_body = other.wants_body = false;
  EXPECT_EQ(feed(h2::ok(1, 5) + h2::body(1, "some", false) + h2::body(1, "!")), "ok");
  EXPECT_EQ(session->streams(), 1u);
  EXPECT_EQ(feed(h2::head(3, {{":status", "404"}}) + h2::body(3, "a page", false) + h2::body(3, "")), "ok");
  EXPECT_EQ(session->streams(), 0u);
  EXPECT_FALSE(sent_of(h2::rst_stream));
  EXPECT_FALSE(announced.failed || announced.ended || other.failed || other.ended);
}

TEST_F(H2SessionTest, MuchThatNobodyWantsIsCancelledThoughNotAnnounced) {
  auto& asked = ask();
  asked.wants_body = false;
  EXPECT_EQ(feed(h2::head(1, {{":status", "404"}})), "ok");
  for (unsigned i = 0; i < 4; ++i) EXPECT_EQ(feed(h2::body(1, std::string(16 << 10, 'a'), false)), "ok");
  EXPECT_FALSE(sent_of(h2::rst_stream));
  EXPECT_EQ(feed(h2::body(1, "a", false)), "ok");
  EXPECT_TRUE(sent_of(h2::rst_stream));
  EXPECT_EQ(session->streams(), 0u);
}

TEST_F(H2SessionTest, FewerBytesThanAnnouncedAreAShortBody) {
  auto &asked = ask(), &other = ask();
  EXPECT_EQ(feed(h2::ok(1, 9) + h2::body(1, "half")), "ok");
  sent();
  EXPECT_EQ(asked.fault.reason, Reason::short_body);
  EXPECT_EQ(asked.fault.detail, "4 bytes of 9");
  EXPECT_FALSE(other.failed);
}

TEST_F(H2SessionTest, MoreBytesThanAnnouncedAreABadResponse) {
  auto& asked = ask();
  EXPECT_EQ(feed(h2::ok(1, 3) + h2::body(1, "more")), "ok");
  sent();
  EXPECT_EQ(asked.fault.reason, Reason::bad_response);
  EXPECT_EQ(asked.fault.detail, "more than the announced 3 bytes");
}

TEST_F(H2SessionTest, MalformedHeadsEndTheirStream) {
  const std::vector<std::vector<std::pair<std::string, std::string>>> malformed{
      {{"x-a", "no status"}},
      {{":status", "abc"}},
      {{":status", "099"}},
      {{":status", "200"}, {":status", "200"}},
      {{":status", "200"}, {":unheard-of", "a"}},
      {{"x-a", "b"}, {":status", "200"}},
      {{":status", "200"}, {"content-length", "-1"}},
      {{":status", "200"}, {"content-length", "3"}, {"content-length", "4"}},
      {{":status", "200"}, {"transfer-encoding", "chunked"}},
      {{":status", "200"}, {"connection", "close"}},
      {{":status", "101"}},
  };
  for (const auto& fields : malformed) {
    auto& asked = ask();
    EXPECT_EQ(feed(h2::head(static_cast<std::uint32_t>(asked.id), fields)), "ok");
    sent();
    EXPECT_TRUE(asked.failed) << fields.back().first << ": " << fields.back().second;
    EXPECT_EQ(asked.fault.reason, Reason::bad_response);
  }
  EXPECT_TRUE(session->accepting());
}

TEST_F(H2SessionTest, WhatComesBehindTheEndIsIgnored) {
  auto& asked = ask();
  EXPECT_EQ(feed(h2::ok(1, 1) + h2::body(1, "a")), "ok");
  EXPECT_TRUE(asked.ended);
  feed(h2::body(1, "b") + h2::reset(1, h2::internal_error));
  EXPECT_EQ(asked.body, "a");
}

TEST_F(H2SessionTest, AClosedConnectionEndsEachRequestByWhatItHas) {
  auto &begun = ask(), &unbegun = ask();
  EXPECT_EQ(feed(h2::ok(1, 9) + h2::body(1, "half", false)), "ok");
  session->fail_all({Reason::short_body, "the connection was closed"});
  EXPECT_EQ(begun.fault.reason, Reason::short_body);
  EXPECT_EQ(begun.fault.detail, "4 bytes of 9, the connection was closed");
  EXPECT_EQ(unbegun.fault.reason, Reason::reset);
  EXPECT_EQ(session->streams(), 0u);
}

TEST_F(H2SessionTest, TheReasonOfAGoodbyeIsTold) {
  auto& asked = ask();
  EXPECT_EQ(feed(h2::farewell(1, h2::enhance_your_calm)), "ok");
  EXPECT_FALSE(asked.failed);
  session->fail_all({Reason::reset, "Connection reset by peer"});
  EXPECT_EQ(asked.fault.detail,
            "Connection reset by peer, after the server sent GOAWAY with ENHANCE_YOUR_CALM (we ask too much of it)");
}

TEST_F(H2SessionTest, WhatAServerSaysToAGoodbyeIsShown) {
  auto& unseen = ask();
  EXPECT_EQ(feed(h2::frame(h2::goaway, h2::none, 0,
                           h2::number(0, 4) + h2::number(h2::enhance_your_calm, 4) + "too_many\x1b_pings")),
            "ok");
  EXPECT_EQ(
      unseen.fault.detail,
      "the server ended the connection without looking at this request: GOAWAY with ENHANCE_YOUR_CALM (we ask too "
      "much of it), 'too_many?_pings'");
}

TEST_F(H2SessionTest, WhatIsWrongWithAHeadIsSaidInWordsAndOfItsStreamAlone) {
  const auto fault_of = [this](const std::string& bytes) {
    start();
    auto& asked = ask();
    EXPECT_EQ(feed(bytes), "ok");
    sent();
    return asked.fault.detail;
  };
  const std::string broke = "the server broke the rules of HTTP/2: ";
  EXPECT_EQ(fault_of(h2::head(1, {{":status", "200"}, {"connection", "close"}})),
            broke + "a header field that may not stand there, 'connection: close'");
  EXPECT_EQ(fault_of(h2::head(1, {{"x-a", "b"}})), broke + "a head without a status");
  EXPECT_EQ(fault_of(h2::head(1, {{":status", "099"}})), broke + "status 099");
  EXPECT_EQ(fault_of(h2::head(1, {{":status", "204"}}) + h2::body(1, "x")),
            broke + "what may not follow this head (PROTOCOL_ERROR)");
  start();
  auto &one = ask(), &other = ask();
  EXPECT_EQ(feed(h2::head(1, {{":status", "200"}, {"connection", "close"}}) + h2::head(3, {{"x-a", "b"}})), "ok");
  sent();
  EXPECT_EQ(one.fault.detail, broke + "a header field that may not stand there, 'connection: close'");
  EXPECT_EQ(other.fault.detail, broke + "a head without a status");
}

TEST_F(H2SessionTest, WhatEndsAConnectionIsSaidInWords) {
  const auto verdict = [this](const std::string& bytes) {
    start();
    ask();
    return feed(bytes);
  };
  const std::string broke = "bad_response: the server broke the rules of HTTP/2: ";
  EXPECT_EQ(verdict(h2::frame(h2::ping, h2::none, 0, "short")), broke + "a frame of a wrong size (FRAME_SIZE_ERROR)");
  EXPECT_EQ(verdict(h2::frame(h2::headers, h2::end_headers, 1, "\xff\xff\xff\xff\xff\xff\xff\xff")),
            broke + "headers that cannot be decompressed (COMPRESSION_ERROR)");
  EXPECT_EQ(verdict(h2::reset(7, h2::cancel)), broke + "RST_STREAM: stream in idle (PROTOCOL_ERROR)");
  std::string pings;
  for (unsigned i = 0; i < 1500; ++i) pings += h2::frame(h2::ping, h2::none, 0, "12345678");
  EXPECT_EQ(verdict(pings), broke + "more SETTINGS and PING than could be answered");
}

}  // namespace
}  // namespace gannet::fetch

#include "fetch/exchange.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "fetch/body_budget.hpp"
#include "fetch/coded.hpp"
#include "fetch/scripted_stream.hpp"
#include "net/run.hpp"

namespace gannet::fetch {
namespace {

using namespace std::string_literals;
using End = ScriptedStream::End;

const std::string by_length = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello, world";
const std::string by_chunks =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7;x=y\r\n, world\r\n0\r\nT: x\r\n\r\n";
const std::string by_close = "HTTP/1.1 200 OK\r\n\r\nhello, world";

class ExchangeTest : public testing::Test {
 protected:
  Response exchange_with(ScriptedStream& stream) {
    return net::run(io, exchange(stream, "GET / HTTP/1.1\r\n\r\n", settings, Clock::now() + 1h, check, budget));
  }

  Response answer(std::vector<std::string> pieces, End end = End::silent) {
    ScriptedStream stream(std::move(pieces), end);
    return exchange_with(stream);
  }

  // Body and how it ended, in a line.
  static std::string told(const Response& response) {
    return std::string(response.body.view()) + "|" + std::string(to_string(response.fault.reason)) +
           (response.reusable ? "|reusable" : "");
  }

  boost::asio::io_context io;
  FetchSettings settings;
  EarlyCheck check;
  BodyBudget budget{io, settings.memory};
};

const std::string none(to_string(Reason::none));

TEST_F(ExchangeTest, SendsTheRequestAndReturnsTheAnswer) {
  ScriptedStream stream({by_length}, End::silent);
  const auto response = exchange_with(stream);
  EXPECT_EQ(stream.written(), "GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(response.head.status, 200u);
  EXPECT_TRUE(response.began);
  EXPECT_EQ(told(response), "hello, world|" + none + "|reusable");
}

TEST_F(ExchangeTest, TheSameBodyByLengthChunksAndCloseWhereverItIsSplit) {
  for (const auto& text : {by_length, by_chunks, by_close}) {
    const bool closes = text == by_close;
    const auto expected = "hello, world|" + none + (closes ? "" : "|reusable");
    const End end = closes ? End::closed : End::silent;
    EXPECT_EQ(told(answer(byte_by_byte(text), end)), expected);
    for (std::size_t at = 0; at < text.size(); ++at) EXPECT_EQ(told(answer(in_two(text, at), end)), expected) << at;
  }
}

// A hundred kilobytes come in one receive and may inflate to a hundred megabytes.
TEST_F(ExchangeTest, OthersHaveTurnsWhileABodyInflates) {
  const auto coded = gzipped(std::string(64 << 20, 'x'));
  std::ostringstream chunked;
  chunked << "Transfer-Encoding: chunked\r\n\r\n" << std::hex << coded.size() << "\r\n" << coded << "\r\n0\r\n\r\n";
  for (const auto& framing :
       {"Content-Length: " + std::to_string(coded.size()) + "\r\n\r\n" + coded, "\r\n" + coded, chunked.str()}) {
    ScriptedStream stream({"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n" + framing}, End::closed);
    const auto answer = net::start(io, exchange(stream, "GET", settings, Clock::now() + 1h, check, budget));
    std::size_t turns = 0;
    for (; !*answer; ++turns) net::turn_once(io);
    EXPECT_EQ((*answer)->body.size(), 64u << 20) << to_string((*answer)->fault.reason);
    EXPECT_GE(turns, coded.size() / 1024);
  }
}

TEST_F(ExchangeTest, LeftoversMakeTheConnectionUnusable) {
  for (const auto& text : {by_length, by_chunks, std::string("HTTP/1.1 204 No Content\r\n\r\n"),
                           std::string("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno")}) {
    EXPECT_TRUE(answer({text}).reusable) << text;
    const auto response = answer({text + "H"});
    EXPECT_FALSE(response.reusable) << text;
    EXPECT_EQ(response.fault.reason, Reason::none) << text;
    EXPECT_NE(response.body.view(), "hello, worldH");
  }
}

TEST_F(ExchangeTest, BytesThatComeTogetherWithTheEndOfABodyMakeTheConnectionUnusable) {
  const std::string start = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + std::string(60000, 'x');
  EXPECT_TRUE(answer({start, std::string(40000, 'x')}).reusable);
  const auto response = answer({start, std::string(40000, 'x') + "HTTP/1.1 200 OK\r\n"});
  EXPECT_EQ(response.body.size(), 100000u);
  EXPECT_FALSE(response.reusable);
}

TEST_F(ExchangeTest, CodingsAreTakenOffWhateverTheFraming) {
  const auto coded = gzipped("hello, world");
  const auto size = std::to_string(coded.size());
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n";
  std::string chunks;
  for (const char byte : coded) chunks += std::string("1\r\n") + byte + "\r\n";
  for (const auto& text : {head + "Content-Length: " + size + "\r\n\r\n" + coded, head + "\r\n" + coded,
                           head + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n"}) {
    EXPECT_EQ(answer({text}, End::closed).body.view(), "hello, world");
    EXPECT_EQ(answer(byte_by_byte(text), End::closed).body.view(), "hello, world");
  }
  EXPECT_EQ(told(answer({head + "Content-Length: 9\r\n\r\n" + coded.substr(0, 9)})), "|short_body|reusable");
}

TEST_F(ExchangeTest, WhatTheHeadAlreadyRefusesIsReadPastWhenItIsShort) {
  const std::string head = "HTTP/1.1 200 OK\r\nX-Robots-Tag: noai\r\nContent-Length: ";
  EXPECT_EQ(told(answer({head + "5\r\n\r\nhello"})), "|opt_out|reusable");
  EXPECT_EQ(told(answer({head + "5\r\n\r\nhello!"})), "|opt_out");
  EXPECT_EQ(told(answer({head + "100000\r\n\r\nhello"})), "|opt_out");
}

TEST_F(ExchangeTest, UnwantedBodiesAreNotWaitedForLong) {
  settings.timeouts.idle = 30min;
  for (const auto& head :
       {"404 Not Found\r\n"s, "302 Found\r\nLocation: /\r\n"s, "200 OK\r\nX-Robots-Tag: noai\r\n"s}) {
    for (const auto& body : {"Content-Length: 5\r\n\r\nno"s, "Transfer-Encoding: chunked\r\n\r\n5\r\nno"s}) {
      ScriptedStream stream({"HTTP/1.1 " + head, body}, End::silent);
      EXPECT_FALSE(exchange_with(stream).reusable) << head << body;
      EXPECT_LT(stream.armed_for(), Clock::now() + 5s) << head << body;
    }
  }
}

class EarlyVerdicts : public ExchangeTest {
 protected:
  EarlyVerdicts() {
    check = [](std::string_view, const JobOptions*) -> Result<EarlyVerdict> {
      return Fault{Reason::not_an_image, "a page"};
    };
  }

  // A body of that size, of known length or in chunks of 5000, a piece a receive.
  static std::vector<std::string> page(std::size_t size, bool chunked) {
    std::vector<std::string> pieces{"HTTP/1.1 200 OK\r\n"};
    pieces[0] +=
        chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: " + std::to_string(size) + "\r\n\r\n";
    for (std::size_t sent = 0; sent < size; sent += 5000) {
      pieces.push_back(chunked ? "1388\r\n" + std::string(5000, 'x') + "\r\n" : std::string(5000, 'x'));
    }
    if (chunked) pieces.emplace_back("0\r\n\r\n");
    return pieces;
  }
};

TEST_F(EarlyVerdicts, LittleThatIsLeftIsReadPast) {
  for (const bool chunked : {false, true}) {
    ScriptedStream stream(page(50000, chunked), End::silent);
    const auto response = exchange_with(stream);
    EXPECT_EQ(told(response), "|not_an_image|reusable") << chunked;
    EXPECT_EQ(response.fault.detail, "a page");
    EXPECT_EQ(response.head.status, 200u);
    EXPECT_TRUE(stream.quiet());
  }
}

TEST_F(EarlyVerdicts, MuchThatIsLeftIsNotRead) {
  ScriptedStream known(page(200000, false), End::silent);
  EXPECT_EQ(told(exchange_with(known)), "|not_an_image");
  EXPECT_LE(known.taken(), 5100u);
  ScriptedStream chunked(page(200000, true), End::silent);
  EXPECT_EQ(told(exchange_with(chunked)), "|not_an_image");
  EXPECT_LE(chunked.taken(), 80000u);
}

TEST_F(EarlyVerdicts, AConnectionThatWillCloseIsNotReadFurther) {
  ScriptedStream stream({"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9000\r\n\r\n", std::string(5000, 'x'),
                         std::string(4000, 'x')});
  EXPECT_EQ(told(exchange_with(stream)), "|not_an_image");
  EXPECT_LE(stream.taken(), 5100u);
}

TEST_F(EarlyVerdicts, AFaultWhileReadingPastIsNoneOfTheResponse) {
  for (const bool chunked : {false, true}) {
    auto pieces = page(50000, chunked);
    pieces.resize(4);
    for (const End end : {End::closed, End::reset, End::silent}) EXPECT_EQ(told(answer(pieces, end)), "|not_an_image");
  }
}

TEST_F(ExchangeTest, ConnectionIsNotReusedWhenTheServerWillCloseIt) {
  EXPECT_FALSE(answer({"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"}).reusable);
  EXPECT_FALSE(answer({"HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"}).reusable);
  EXPECT_FALSE(answer({"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"}).reusable);
}

TEST_F(ExchangeTest, InterimResponsesAreSkipped) {
  const std::string interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
  EXPECT_EQ(told(answer({interim + by_length})), "hello, world|" + none + "|reusable");
  EXPECT_EQ(told(answer(byte_by_byte(interim + by_length))), "hello, world|" + none + "|reusable");
}

TEST_F(ExchangeTest, EndlessInterimResponsesAreTooLarge) {
  std::string interim;
  while (interim.size() <= settings.max_headers) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(told(answer({interim})), "|too_large");
}

TEST_F(ExchangeTest, SwitchingProtocolsIsBad) {
  EXPECT_EQ(told(answer({"HTTP/1.1 101 Switching Protocols\r\n\r\n"})), "|bad_response");
}

TEST_F(ExchangeTest, HeadersUpToTheLimitAreReadAndBeyondAreTooLarge) {
  const std::string start = "HTTP/1.1 204 No Content\r\nX: ";
  const auto head = [&](std::size_t size) { return start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n"; };
  settings.max_headers = 5000;
  EXPECT_EQ(told(answer({head(5000)})), "|" + none + "|reusable");
  EXPECT_EQ(told(answer({head(5001)})), "|too_large");
  EXPECT_EQ(told(answer(byte_by_byte(head(5001)))), "|too_large");
  EXPECT_EQ(told(answer({start + std::string(6000, 'x')})), "|too_large");  // and the end never comes
}

TEST_F(ExchangeTest, WhatIsNotHttpIsBadAtItsFirstWrongByte) {
  for (const char* bytes : {"<html>", "HTTP/2", "\x15\x03\x01", "ICY 200 OK"}) {
    const auto response = answer({bytes});
    EXPECT_EQ(told(response), "|bad_response") << bytes;
    EXPECT_TRUE(response.began);
    EXPECT_EQ(response.head.status, 0u);
  }
}

TEST_F(ExchangeTest, BadHeadsEndTheExchange) {
  EXPECT_EQ(told(answer({"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"})), "|bad_response");
}

TEST_F(ExchangeTest, BodiesUpToTheLimitAreReadWhateverTheirFraming) {
  settings.max_body = 12;
  EXPECT_EQ(answer({by_length}).body.view(), "hello, world");
  EXPECT_EQ(answer({by_chunks}).body.view(), "hello, world");
  EXPECT_EQ(told(answer({by_close}, End::closed)), "hello, world|" + none);
}

TEST_F(ExchangeTest, BodiesBeyondTheLimitAreTooLargeWhateverTheirFraming) {
  settings.max_body = 11;
  for (const auto& text : {by_length, by_chunks, by_close}) {
    for (const auto& pieces : {std::vector{text}, byte_by_byte(text)}) {
      const auto response = answer(pieces, End::closed);
      EXPECT_EQ(response.fault.reason, Reason::too_large) << text;
      EXPECT_TRUE(response.body.empty());
    }
  }
}

TEST_F(ExchangeTest, HugeAnnouncedLengthIsNotAllocated) {
  settings.max_body = 64ull << 40;
  ScriptedStream stream({"HTTP/1.1 200 OK\r\nContent-Length: 70368744177664\r\n\r\n", "x"});
  const auto response = exchange_with(stream);
  EXPECT_EQ(response.fault.reason, Reason::short_body);
  EXPECT_LE(stream.largest_room(), 2u << 20);
}

TEST_F(ExchangeTest, LengthsBeyond63BitsAreBadAndOthersBeyondTheLimitTooLarge) {
  const auto announced = [this](const std::string& length) {
    return told(answer({"HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\nx"}));
  };
  EXPECT_EQ(announced("9223372036854775807"), "|too_large");
  for (const char* length : {"9223372036854775808", "18446744073709551615", "18446744073709551616"}) {
    EXPECT_EQ(announced(length), "|bad_response") << length;
  }
  EXPECT_EQ(announced(std::string(1000, '9')), "|bad_response");
  const auto chunk = [this](const std::string& size) {
    return told(answer({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + size + "\r\nx"}));
  };
  EXPECT_EQ(chunk("7fffffffffffffff"), "|too_large");
  for (const char* size : {"8000000000000000", "ffffffffffffffff", "10000000000000000"}) {
    EXPECT_EQ(chunk(size), "|bad_response") << size;
  }
}

TEST_F(ExchangeTest, CutBodiesAreShort) {
  for (const End end : {End::closed, End::cut}) {
    for (const auto& text : {by_length, by_chunks}) {
      const auto body = text.find("\r\n\r\n") + 4;
      for (auto at = body; at < text.size(); ++at) {
        EXPECT_EQ(told(answer({text.substr(0, at)}, end)), "|short_body") << text.substr(0, at);
      }
    }
  }
  EXPECT_EQ(told(answer({by_close}, End::cut)), "|short_body");
}

TEST_F(ExchangeTest, ResetInsideTheBodyIsAReset) {
  EXPECT_EQ(told(answer({by_length.substr(0, by_length.size() - 1)}, End::reset)), "|reset");
  EXPECT_EQ(told(answer({by_close}, End::reset)), "|reset");
}

TEST_F(ExchangeTest, ClosedBeforeTheFirstByteIsAResetThatNeverBegan) {
  for (const End end : {End::closed, End::cut, End::reset}) {
    const auto response = answer({}, end);
    EXPECT_EQ(told(response), "|reset");
    EXPECT_FALSE(response.began);
  }
}

TEST_F(ExchangeTest, ClosedInsideTheHeadIsAReset) {
  for (const End end : {End::closed, End::cut}) {
    for (std::size_t at = 1; at < by_length.find("hello"); ++at) {
      const auto response = answer({by_length.substr(0, at)}, end);
      ASSERT_EQ(told(response), "|reset") << at;
      EXPECT_TRUE(response.began);
    }
  }
}

TEST_F(ExchangeTest, SilenceEndsWithTheTimeoutOfItsPhase) {
  EXPECT_EQ(told(answer({})), "|first_byte_timeout");
  EXPECT_EQ(told(answer({"HTTP/1.1 200"})), "|idle_timeout");
  EXPECT_EQ(told(answer({by_length.substr(0, by_length.size() - 1)})), "|idle_timeout");
  EXPECT_EQ(told(answer({by_chunks.substr(0, by_chunks.size() - 1)})), "|idle_timeout");
  EXPECT_EQ(told(answer({by_close})), "|idle_timeout");
}

TEST_F(ExchangeTest, TimeoutsTellWhatWasThere) {
  EXPECT_EQ(answer({"HTTP/1.1 200"}).fault.detail, "inside the headers, 12 bytes so far");
  EXPECT_EQ(answer({by_length.substr(0, by_length.size() - 1)}).fault.detail, "11 bytes so far");
  EXPECT_EQ(answer({by_close}).fault.detail, "12 bytes so far");
  ScriptedStream silent({}, End::silent);
  const auto late = net::run(io, exchange(silent, "GET", settings, Clock::now() + 1s, check, budget));
  EXPECT_EQ(late.fault.detail, "no response yet");
}

TEST_F(ExchangeTest, TotalTimeoutComesFirstWhenItIsSooner) {
  ScriptedStream silent({}, End::silent);
  const auto end = Clock::now() + 1s;  // sooner than the first byte is due
  EXPECT_EQ(told(net::run(io, exchange(silent, "GET", settings, end, check, budget))), "|total_timeout");
  EXPECT_EQ(silent.armed_for(), end);
}

TEST_F(ExchangeTest, PeerThatAlwaysHasMoreIsEndedByTheTotalTimeout) {
  ScriptedStream stream(byte_by_byte(by_length), End::silent);
  EXPECT_EQ(told(net::run(io, exchange(stream, "GET", settings, Clock::now(), check, budget))), "|total_timeout");
}

TEST_F(ExchangeTest, DrippingPeerIsTooSlow) {
  settings.min_speed = UINT64_MAX;
  settings.min_speed_window = settings.min_speed_grace = 0ms;
  EXPECT_EQ(told(answer(byte_by_byte(by_length))), "|too_slow");
}

TEST_F(ExchangeTest, AnswerToARequestThatCouldNotBeSentWholeIsHeard) {
  ScriptedStream stream({"HTTP/1.1 413 Too Large\r\nConnection: close\r\n\r\n"});
  stream.write_fault = {Reason::reset, {}};
  EXPECT_EQ(exchange_with(stream).head.status, 413u);
}

TEST_F(ExchangeTest, OtherFaultsOfSendingEndTheExchange) {
  ScriptedStream stream({by_length});
  stream.write_fault = {Reason::total_timeout, {}};
  EXPECT_EQ(told(exchange_with(stream)), "|total_timeout");
}

TEST_F(ExchangeTest, UnwantedBodiesAreReadPastAndTheConnectionIsReused) {
  for (const char* body : {"Content-Length: 5\r\n\r\nsorry",
                           "Transfer-Encoding: chunked\r\n\r\n5\r\nsorry\r\n0\r\n\r\n", "Content-Length: 0\r\n\r\n"}) {
    const auto text = std::string("HTTP/1.1 404 Not Found\r\n") + body;
    const auto response = answer(byte_by_byte(text));
    EXPECT_EQ(told(response), "|" + none + "|reusable") << body;
    EXPECT_EQ(response.head.status, 404u);
  }
  EXPECT_TRUE(answer({"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"}).reusable);
}

TEST_F(ExchangeTest, UnwantedBodiesThatAreTooLongOrBrokenOnlyCostTheConnection) {
  const std::string large(100 << 10, 'x');
  for (const auto& body : {"Content-Length: 102400\r\n\r\n" + large, std::string("Content-Length: 5\r\n\r\nsor"),
                           "Transfer-Encoding: chunked\r\n\r\n19000\r\n" + large + "\r\n0\r\n\r\n",
                           std::string("Transfer-Encoding: chunked\r\n\r\nnonsense\r\n"), "\r\n" + large}) {
    const auto response = answer({"HTTP/1.1 404 Not Found\r\n" + body}, End::closed);
    EXPECT_EQ(told(response), "|" + none) << body.substr(0, 60);
    EXPECT_EQ(response.head.status, 404u);
  }
}

TEST_F(ExchangeTest, DoubtsAboutABodyThatNobodyWantsOnlyCostTheConnection) {
  for (const std::string status : {"204 No Content", "304 Not Modified", "302 Found", "404 Not Found", "503 Busy"}) {
    for (const char* doubtful : {"Content-Length: 1\r\nContent-Length: 2\r\n", "Content-Length: 5x\r\n",
                                 "Transfer-Encoding: gzip\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n",
                                 "Content-Length : 1\r\n", "Transfer-Encoding: chunked, chunked\r\n"}) {
      const auto response = answer({"HTTP/1.1 " + status + "\r\n" + doubtful + "\r\n"});
      EXPECT_EQ(told(response), "|" + none) << status << doubtful;
      EXPECT_EQ(std::to_string(response.head.status), status.substr(0, 3));
    }
  }
  const std::string interim = "HTTP/1.1 103 Hints\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n";
  EXPECT_EQ(told(answer({interim + by_length})), "hello, world|" + none + "|reusable");
}

TEST_F(ExchangeTest, EndlessChunkHeadersAndTrailersAreBad) {
  settings.max_headers = 5000;
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(told(answer({head, "1;" + std::string(6000, 'x')})), "|bad_response");
  std::string trailers;
  while (trailers.size() < 6000) trailers += "X: y\r\n";
  EXPECT_EQ(told(answer({head, "0\r\n" + trailers})), "|bad_response");
}

TEST_F(ExchangeTest, ChunksOfLittleButHeadersAreTooLarge) {
  settings.max_headers = 5000;
  settings.max_body = 5000;
  std::string chunks;
  while (chunks.size() < 200000) chunks += "1;" + std::string(1000, 'x') + "\r\ny\r\n";
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(answer({head, chunks + "0\r\n\r\n"}).fault.reason, Reason::too_large);
}

}  // namespace
}  // namespace gannet::fetch

// Bodies that memory has no room for, on their way through the disk: who moves, who waits, who is given up.
#include <gtest/gtest.h>

#include "fetch/body_sink.hpp"
#include "fetch/busy_disk.hpp"
#include "fetch/coded.hpp"
#include "fetch/exchange.hpp"
#include "fetch/fetcher.hpp"
#include "fetch/scripted_stream.hpp"
#include "net/loopback_server.hpp"
#include "net/run.hpp"
#include "support/file_size_limit.hpp"
#include "support/temp_folder.hpp"

namespace gannet::fetch {
namespace {

// No two parts of it are the same.
std::string large(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; text.size() < size; ++i) text += std::to_string(i) + ' ';
  text.resize(size);
  return text;
}

std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

constexpr ByteCount little = 256 << 10;  // memory

class SpoolingTest : public testing::Test {
 protected:
  std::string whole(std::shared_ptr<SpooledBody> spooled, Body rest) {
    if (!spooled) return std::string(rest.view());
    auto loaded = net::run(io, spooled->load(std::move(rest)));
    return loaded ? std::string(loaded->view()) : loaded.error().detail;
  }

  void settle() {
    while (budget.held() > 0) net::turn_once(io);
  }

  test::TempFolder folder;
  FetchSettings settings;
  EarlyCheck check;
  JobOptions list;
  boost::asio::io_context io;
  Spool spool{folder.path()};
  BodyBudget budget{io, little, {}, &spool};
};

// One body that is received in pieces.
class Receiving {
 public:
  Receiving(BodyBudget& budget, const FetchSettings& settings, const EarlyCheck& check,
            std::optional<std::uint64_t> length = {}, std::string coding = {})
      : held(budget), sink(settings, check) {
    ResponseHead head;
    head.status = 200;
    head.length = length;
    head.content_encoding = std::move(coding);
    EXPECT_TRUE(sink.begin(head));
  }

  Result<void> take(std::string_view bytes) {
    held.grow(bytes.size());
    if (auto taken = sink.append(bytes); !taken) return taken;
    return sink.relieve(held);
  }

  BodyBudget::Share held;
  BodySink sink;
};

TEST_F(SpoolingTest, ABodyStaysInMemoryWhileThereIsRoom) {
  Receiving one(budget, settings, check);
  ASSERT_TRUE(one.take(large(little / 2)));
  EXPECT_EQ(one.sink.take_spooled(), nullptr);
  EXPECT_EQ(one.sink.finish()->view(), large(little / 2));
}

TEST_F(SpoolingTest, LargeBodiesMakeRoomBeforeItIsFull) {
  const auto text = large(little * 2);
  Receiving small(budget, settings, check), big(budget, settings, check);
  ASSERT_TRUE(small.take("small"));
  for (std::size_t at = 0; at < text.size(); at += 10'000) ASSERT_TRUE(big.take(text.substr(at, 10'000)));
  while (budget.held() >= little / 2) net::turn_once(io);
  ASSERT_TRUE(small.take(" still"));
  EXPECT_TRUE(budget.has_room());
  auto spooled = big.sink.take_spooled();
  ASSERT_TRUE(spooled);
  EXPECT_EQ(whole(spooled, *big.sink.finish()), text);
  EXPECT_EQ(small.sink.take_spooled(), nullptr);
}

// What has been given is used sooner or later, by one body or the next.
TEST_F(SpoolingTest, RoomIsGivenWithCareWhenOthersHaveMuch) {
  Receiving first(budget, settings, check, 1 << 20), second(budget, settings, check, 1 << 20);
  EXPECT_GE(first.sink.prepare(1 << 20, first.held).size(), little);
  EXPECT_LE(second.sink.prepare(1 << 20, second.held).size(), little / 8);
  EXPECT_EQ(budget.held(), 0u) << "nothing has come";
}

TEST_F(SpoolingTest, WhatABodyInflatesToCounts) {
  const std::string text(little / 2, 'x');
  Receiving one(budget, settings, check, {}, "gzip");
  ASSERT_TRUE(one.take(gzipped(text)));
  EXPECT_EQ(budget.held(), text.size());
  Receiving other(budget, settings, check, {}, "gzip");
  ASSERT_TRUE(other.take(gzipped(text)));
  EXPECT_EQ(whole(other.sink.take_spooled(), *other.sink.finish()), text);
  EXPECT_EQ(budget.held(), text.size()) << "of the first";
}

TEST_F(SpoolingTest, WhoeverLooksAtTheFirstBytesFindsThemInMemoryUpToAMebibyte) {
  check = [](std::string_view, const JobOptions*) -> Result<EarlyVerdict> { return EarlyVerdict::undecided; };
  Receiving one(budget, settings, check);
  ASSERT_TRUE(one.take(large((1 << 20) - 1)));
  EXPECT_GT(budget.held(), little);
  ASSERT_TRUE(one.take("x"));
  EXPECT_EQ(whole(one.sink.take_spooled(), *one.sink.finish()), large((1 << 20) - 1) + 'x');
}

TEST_F(SpoolingTest, NothingMoreIsReceivedWhileTheDiskIsBehind) {
  const auto text = large(little * 4);
  std::vector<std::string> pieces;
  for (auto rest = ok(text); !rest.empty(); rest.erase(0, 50'000)) pieces.push_back(rest.substr(0, 50'000));
  ScriptedStream stream(std::move(pieces), ScriptedStream::End::silent);
  std::shared_ptr<std::optional<Response>> answer;
  const auto total_end = Clock::now() + 1h;
  {
    const BusyDisk busy(spool);
    answer = net::start(io, exchange(stream, "GET", settings, total_end, check, budget));
    io.poll();
    EXPECT_FALSE(*answer);
    EXPECT_LT(stream.taken(), little * 2);
    EXPECT_LT(budget.held(), little * 2);
    EXPECT_FALSE(stream.armed()) << "it is us who wait";
  }
  auto response = net::finish(io, answer);
  EXPECT_EQ(response.fault.reason, Reason::none);
  EXPECT_TRUE(response.reusable);
  EXPECT_EQ(whole(response.spooled, std::move(response.body)), text);
  settle();
}

TEST_F(SpoolingTest, WhenTheDiskTakesNothingAsManyStayAsFitInWholeAndTheRestIsGivenUp) {
  {
    const test::FileSizeLimit full(0);
    Receiving lost(budget, settings, check);
    ASSERT_TRUE(lost.take(large(little)));
    while (spool.takes()) net::turn_once(io);
    settle();
    const auto given_up = lost.take("x");
    ASSERT_FALSE(given_up);
    EXPECT_EQ(given_up.error().reason, Reason::cancelled);
    EXPECT_GT(given_up.error().again_in, 0ms);
  }
  Receiving first(budget, settings, check, little * 4);
  Receiving second(budget, settings, check, little * 4);
  ASSERT_TRUE(first.take(large(little))) << "one at least, however large";
  const auto given_up = second.take(large(little));
  ASSERT_FALSE(given_up);
  EXPECT_GT(given_up.error().again_in, 0ms);
  ASSERT_TRUE(first.take(large(little)));
  EXPECT_EQ(first.sink.take_spooled(), nullptr);
}

TEST_F(SpoolingTest, WhatIsCompleteWaitsForTheStoreOneAtATime) {
  bool store_has_room = false;
  BodyBudget careful(io, little, [&] { return store_has_room; });
  int passed = 0;
  const auto pass = [](BodyBudget& own, int& count) -> net::Task<bool> {
    co_await own.wait_for_store();
    ++count;
    co_return true;
  };
  const auto one = net::start(io, pass(careful, passed)), two = net::start(io, pass(careful, passed));
  io.poll();
  EXPECT_EQ(passed, 0);
  store_has_room = true;
  careful.store_made_room();
  io.poll();
  EXPECT_EQ(passed, 1);
  careful.store_made_room();
  io.poll();
  EXPECT_EQ(passed, 1) << "the first is not through yet";
  careful.pass_on();
  EXPECT_TRUE(net::finish(io, two));
  EXPECT_TRUE(**one);
}

class SpoolingFetcherTest : public SpoolingTest {
 protected:
  SpoolingFetcherTest() {
    settings.allow_addresses = {*AddressRange::parse("127.0.0.0/8")};
    settings.memory = little;
  }

  FetchTask task() const {
    FetchTask made;
    made.row.url = "http://127.0.0.1:" + std::to_string(server.port()) + "/";
    return made;
  }

  const std::string text = large(little * 8);
  std::promise<void> end;  // lets the server send the last byte
  net::LoopbackServer server{[this, until = end.get_future().share()](net::Peer& peer) {
    const auto answer = ok(text);
    while (!peer.read_request().empty()) {
      peer.send(std::string_view(answer).substr(0, answer.size() - 1));
      until.wait();
      peer.send(std::string_view(answer).substr(answer.size() - 1));
    }
  }};
};

TEST_F(SpoolingFetcherTest, ABodyThatWasOnDiskArrivesWhole) {
  end.set_value();
  Fetcher fetcher(io, settings, check, {}, nullptr, &spool);
  const auto fetched = net::run(io, fetcher.attempt(task()));
  EXPECT_EQ(fetched.record.outcome, Outcome::ok);
  EXPECT_EQ(fetched.body.view(), text);
  EXPECT_EQ(fetched.again_in, 0ms);
}

TEST_F(SpoolingFetcherTest, ALineWhoseBodyFoundNoRoomIsToBeStartedAgain) {
  end.set_value();
  const test::FileSizeLimit full(little);
  Fetcher fetcher(io, settings, check, {}, nullptr, &spool);
  const auto fetched = net::run(io, fetcher.attempt(task()));
  EXPECT_EQ(fetched.record.reason, Reason::cancelled);
  EXPECT_GT(fetched.again_in, 0ms);
  EXPECT_TRUE(fetched.body.empty());
}

TEST_F(SpoolingFetcherTest, WhatIsOnDiskWhenItIsShutDownStaysThere) {
  bool store_has_room = true;
  Fetcher fetcher(
      io, settings, check, [&] { return store_has_room; }, nullptr, &spool);
  const auto fetched = net::start(io, fetcher.attempt(task()));
  while (fetcher.body_bytes() == 0) net::turn_once(io);
  store_has_room = false;
  end.set_value();
  while (fetcher.body_bytes() > 0) net::turn_once(io);
  EXPECT_FALSE(*fetched);
  fetcher.shut_down();
  EXPECT_EQ(net::finish(io, fetched).record.reason, Reason::cancelled);
}

}  // namespace
}  // namespace gannet::fetch

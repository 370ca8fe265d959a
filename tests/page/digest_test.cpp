#include "page/digest.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "page/records.hpp"

namespace gannet::page {
namespace {

using test::failed;
using test::ok;

class DigestTest : public testing::Test {
 protected:
  void add(const Record& record) { digest->add(record); }

  std::unique_ptr<Digest> digest = std::make_unique<Digest>();
};

TEST_F(DigestTest, TheBodyIsWhatIsLeftOfTheWholeFetch) {
  add(ok(1));
  EXPECT_EQ(digest->phases.queue.most(), 1u);
  EXPECT_EQ(digest->phases.dns.most(), 3u);
  EXPECT_EQ(digest->phases.connect.most(), 12u);
  EXPECT_EQ(digest->phases.tls.most(), 15u);
  EXPECT_EQ(digest->phases.first_byte.most(), 40u);
  EXPECT_EQ(digest->phases.body.most(), 18u);
  EXPECT_EQ(digest->phases.total.most(), 88u);
}

TEST_F(DigestTest, APhaseThatRoundsToNothingCountsAndOneThatWasNotThereDoesNot) {
  Record quick = ok(1, "http://example.org/a.jpg");
  quick.ms = {};
  add(quick);
  EXPECT_EQ(digest->phases.dns.count(), 1u);
  EXPECT_EQ(digest->phases.connect.count(), 1u);
  EXPECT_EQ(digest->phases.tls.count(), 0u);  // http
  EXPECT_EQ(digest->phases.first_byte.count(), 1u);
  quick.reused = true;
  add(quick);
  EXPECT_EQ(digest->phases.dns.count(), 1u);
  EXPECT_EQ(digest->phases.first_byte.count(), 2u);
  add(failed(3, Reason::connect_refused));
  EXPECT_EQ(digest->phases.first_byte.count(), 2u);
  EXPECT_EQ(digest->phases.total.count(), 3u);
  EXPECT_EQ(digest->answers, 2u);
  EXPECT_EQ(digest->reused, 1u);
}

TEST_F(DigestTest, RedirectsHaveNoBodyOfTheirOwnAndTheSchemeTheyLedTo) {
  Record redirected = ok(1, "http://example.org/a.jpg");
  redirected.final_url = "https://example.org/a.jpg";
  redirected.ms.tls = 0ms;
  add(redirected);
  EXPECT_EQ(digest->phases.body.count(), 0u);
  EXPECT_EQ(digest->phases.tls.count(), 1u);
}

TEST_F(DigestTest, ImagesOfOtherLinesAreNotCountedTwice) {
  add(ok(1));
  Record shared = ok(2);
  shared.attempts = 0;
  shared.protocol.clear();
  add(shared);
  Record unchanged = ok(3);
  unchanged.from_catalogue = true;
  add(unchanged);
  EXPECT_EQ(digest->totals.of(Outcome::ok), 3u);
  EXPECT_EQ(digest->totals.bytes, 48'211u);
  EXPECT_EQ(digest->bytes.sum(), digest->totals.bytes);
  EXPECT_EQ(digest->files, 1u);
  EXPECT_EQ(digest->shared, 2u);
  EXPECT_EQ(digest->phases.total.count(), 2u);
  EXPECT_EQ(digest->phases.body.count(), 1u);
}

TEST_F(DigestTest, KeepsTheFirstLinesOfEachReason) {
  for (std::uint64_t line = 1; line <= 9; ++line) {
    Record record = failed(line, line % 2 == 0 ? Reason::reset : Reason::too_slow);
    record.url += std::string(5000, 'x');
    add(record);
  }
  const auto& shown = digest->examples[static_cast<std::size_t>(Reason::reset)];
  ASSERT_EQ(shown.size(), Digest::most_examples);
  EXPECT_EQ(shown[0].line, 2u);
  EXPECT_EQ(shown[2].line, 6u);
  EXPECT_LT(shown[0].url.size(), 300u);
}

TEST_F(DigestTest, TellsFewNamesApartWhateverTheJournalHolds) {
  for (std::uint64_t line = 1; line <= 1000; ++line) {
    Record record = ok(line);
    record.protocol = "p" + std::to_string(line);
    record.format = record.protocol;
    add(record);
  }
  EXPECT_LE(digest->protocols.ranked().size(), 41u);
  EXPECT_EQ(digest->protocols.ranked()[0].name, "others");
  EXPECT_EQ(digest->formats.count(), 1000u);
}

TEST_F(DigestTest, StepsOfSizesAndPixelsHoldWhatTheySay) {
  for (const std::uint64_t bytes : {999, 1000, 1999, 2000, 65'536}) {
    Record record = ok(1);
    record.bytes = bytes;
    add(record);
  }
  const auto steps = digest->sizes.bytes();
  ASSERT_EQ(steps.front().from, 500u);
  EXPECT_EQ(steps.front().count, 1u);
  EXPECT_EQ(steps[1].from, 1000u);
  EXPECT_EQ(steps[1].to, 2000u);
  EXPECT_EQ(steps[1].count, 2u);
  EXPECT_EQ(steps.back().from, 50'000u);
  EXPECT_EQ(steps.back().to, 100'000u);
  EXPECT_EQ(ImageSizes::pixel_edge(1), 8u);
  EXPECT_EQ(ImageSizes::pixel_edge(2), 12u);
  EXPECT_EQ(ImageSizes::pixel_edge(3), 16u);
  EXPECT_EQ(ImageSizes::pixel_edge(14), 768u);
  EXPECT_EQ(ImageSizes::pixel_edge(13), 512u);
  EXPECT_EQ(digest->sizes.pixels(14, 13), 5u);  // 800 x 600
  EXPECT_EQ(digest->sizes.landscape(), 5u);
}

TEST_F(DigestTest, SamplesSmallImagesFairlyAndTheSameEachTime) {
  Sample first(Sample::Of::small), second(Sample::Of::small), all(Sample::Of::all);
  for (std::uint64_t line = 1; line <= 4800; ++line) {
    Record record = ok(line);
    record.bytes = line % 2 == 0 ? 20'480 : 20'481;
    first.add(record);
    second.add(record);
    all.add(record);
  }
  EXPECT_EQ(first.eligible(), 2400u);
  EXPECT_EQ(all.eligible(), 4800u);
  EXPECT_EQ(all.chosen().size(), Sample::most_images);
  const auto chosen = first.chosen();
  ASSERT_EQ(chosen.size(), Sample::most_images);
  std::uint64_t late = 0;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    EXPECT_EQ(chosen[i].bytes, 20'480u);
    EXPECT_EQ(chosen[i].line, second.chosen()[i].line);
    EXPECT_LT(i == 0 ? 0 : chosen[i - 1].line, chosen[i].line);
    late += chosen[i].line > 2400 ? 1 : 0;
  }
  EXPECT_GT(late, 12u);
  EXPECT_LT(late, 36u);
}

TEST_F(DigestTest, SamplesNothingThatABrowserMustFear) {
  Sample sample(Sample::Of::small);
  for (const auto* format : {"svg", "tiff", "\"><script>", ""}) {
    Record record = ok(1);
    record.bytes = 100;
    record.format = format;
    sample.add(record);
  }
  Record bomb = ok(1);
  bomb.bytes = 100;
  bomb.width = 60'000;
  sample.add(bomb);
  EXPECT_EQ(sample.eligible(), 0u);
}

}  // namespace
}  // namespace gannet::page

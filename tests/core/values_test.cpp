#include <gtest/gtest.h>

#include "core/job.hpp"
#include "core/layout.hpp"
#include "core/line_set.hpp"
#include "core/totals.hpp"

namespace gannet {
namespace {

TEST(LineSet, KnowsWhatWasPutIntoIt) {
  LineSet lines;
  EXPECT_FALSE(lines.contains(0));
  EXPECT_FALSE(lines.contains(1000000));
  for (const std::uint64_t line : {0, 1, 63, 64, 65, 127, 128, 100000}) {
    EXPECT_TRUE(lines.insert(line)) << line;
    EXPECT_FALSE(lines.insert(line)) << line;
    EXPECT_TRUE(lines.contains(line)) << line;
  }
  EXPECT_EQ(lines.size(), 8u);
  for (const std::uint64_t line : {2, 62, 66, 126, 129, 99999, 100001, 100000000}) {
    EXPECT_FALSE(lines.contains(line)) << line;
  }
}

TEST(LineSet, FillsUpInAnyOrder) {
  LineSet lines;
  for (std::uint64_t i = 0; i < 5000; ++i) EXPECT_TRUE(lines.insert(i * 3001 % 5000));
  EXPECT_EQ(lines.size(), 5000u);
  for (std::uint64_t i = 0; i < 5000; ++i) EXPECT_TRUE(lines.contains(i));
  EXPECT_FALSE(lines.contains(5000));
}

TEST(ImageName, IsShardAndKey) {
  EXPECT_EQ(image_name(0, 10000, "jpg"), "00000/000000000.jpg");
  EXPECT_EQ(image_name(11, 10000, "jpg"), "00000/000000011.jpg");
  EXPECT_EQ(image_name(9999, 10000, "png"), "00000/000009999.png");
  EXPECT_EQ(image_name(10000, 10000, "png"), "00001/000010000.png");
  EXPECT_EQ(image_name(7, 1, "webp"), "00007/000000007.webp");
}

TEST(ImageName, GrowsWhenItsDigitsAreUsedUp) {
  EXPECT_EQ(image_name(1234567890, 10000, "gif"), "123456/1234567890.gif");
  EXPECT_EQ(image_name(~std::uint64_t{0}, 1, "jpg"), "18446744073709551615/18446744073709551615.jpg");
}

TEST(Layout, HasEverythingUnderTheRoot) {
  const Layout layout{"/data"};
  EXPECT_EQ(layout.inbox(), "/data/inbox");
  EXPECT_EQ(layout.inbox(Priority::urgent), "/data/inbox/urgent");
  EXPECT_EQ(layout.inbox(Priority::normal), "/data/inbox");
  EXPECT_EQ(layout.inbox(Priority::bulk), "/data/inbox/bulk");
  EXPECT_EQ(layout.images(), "/data/images");
  EXPECT_EQ(layout.staging(), "/data/state/incoming");
  Job job;
  job.folder = layout.active() / "j";
  job.list_name = "list.txt.gz";
  EXPECT_EQ(job.list(), "/data/active/j/list.txt.gz");
  EXPECT_EQ(job.journal(), "/data/active/j/results.jsonl");
}

TEST(Totals, BytesAreThoseOfTheLineThatWasFetched) {
  Totals totals;
  Record shared;
  shared.bytes = 100;
  totals.add(shared);
  EXPECT_EQ(totals.lines, 1u);
  EXPECT_EQ(totals.bytes, 0u);
}

TEST(Totals, CountsRecordsByOutcomeAndReason) {
  Totals totals;
  EXPECT_TRUE(totals.all_good());
  Record stored;
  stored.bytes = 100;
  stored.attempts = 1;
  totals.add(stored);
  totals.add(Outcome::skipped, Reason::opt_out, 0);
  EXPECT_TRUE(totals.all_good()) << "a rule that said no is no failure";
  totals.add(Outcome::failed, Reason::http_status, 999);
  totals.add(Outcome::failed, Reason::reset, 0);
  EXPECT_EQ(totals.lines, 4u);
  EXPECT_EQ(totals.bytes, 100u) << "only what was stored";
  EXPECT_EQ(totals.of(Outcome::ok), 1u);
  EXPECT_EQ(totals.of(Outcome::failed), 2u);
  EXPECT_EQ(totals.of(Reason::none), 1u);
  EXPECT_EQ(totals.of(Reason::http_status), 1u);
  EXPECT_EQ(totals.of(Reason::too_slow), 0u);
  EXPECT_FALSE(totals.all_good());
}

TEST(Totals, AreNotGoodWithAnInvalidLine) {
  Totals totals;
  totals.add(Outcome::invalid, Reason::bad_url, 0);
  EXPECT_FALSE(totals.all_good());
}

}  // namespace
}  // namespace gannet

#include "cli/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/books.hpp"

namespace gannet::cli {
namespace {

namespace fs = std::filesystem;

using test::read_file;
using test::write_file;
using testing::HasSubstr;
using testing::Not;

class Report : public BooksTest {
 protected:
  Report() {
    options.job = id;
    options.output = page;
    options.settings.store.root = layout.root;
  }

  int run() {
    return captured([this] { return report(options); });
  }

  fs::path page = folder / "page.html";
  ReportOptions options;
};

TEST_F(Report, MakesAPageAndSaysWhere) {
  make_job();
  ASSERT_EQ(run(), 0) << err;
  EXPECT_THAT(out, HasSubstr("4 of 6 images were fetched in "));
  EXPECT_THAT(out, HasSubstr("-> " + page.string()));
  EXPECT_EQ(err, "");
  const auto html = read_file(page);
  EXPECT_THAT(html, HasSubstr("4 of 6 images were fetched in "));
  EXPECT_THAT(html, HasSubstr("cats.txt"));
  EXPECT_THAT(html, HasSubstr("<data value=\"4\">4</data> ok"));
}

TEST_F(Report, FindsJobsAsTheOtherCommandsDo) {
  make_job();
  for (const std::string name : {"cats", "20261126", "done/20261126T120000-0001-cats/"}) {
    options.job = name;
    EXPECT_EQ(run(), 0) << err;
  }
  make_job("20261126T120001-0002-dogs");
  options.job = "20261126";
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(err, HasSubstr("there are 2 jobs 20261126: say which"));
  options.job = "all";
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(err, HasSubstr("one job at a time"));
  options.job = "nobody";
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(err, HasSubstr("there is no job nobody"));
  EXPECT_EQ(out, "");
}

TEST_F(Report, WritesToStdoutWhenAsked) {
  make_job();
  options.output = "-";
  ASSERT_EQ(run(), 0) << err;
  EXPECT_TRUE(out.starts_with("<!doctype html>"));
  EXPECT_TRUE(out.ends_with("</html>\n"));
}

TEST_F(Report, SaysWhenThePageCannotBeWritten) {
  make_job();
  options.output = folder / "nowhere" / "page.html";
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(err, HasSubstr("nowhere"));
}

TEST_F(Report, OfARunningJobCountsWholeRecords) {
  make_job(id, "active");
  change_journal([](std::vector<std::string>& lines) { lines.resize(3), lines[2].resize(20); }, "active");
  ASSERT_EQ(run(), 0) << err;
  EXPECT_THAT(out, HasSubstr("So far all 2 images have been fetched"));
  EXPECT_THAT(read_file(page), Not(HasSubstr("no record")));
  fs::remove(journal("active"));
  ASSERT_EQ(run(), 0) << err;
  EXPECT_THAT(out, HasSubstr("No line has ended yet."));
}

TEST_F(Report, SaysWhatIsNoRecord) {
  make_job();
  change_journal([](std::vector<std::string>& lines) { lines[1] = "{\"torn\n"; });
  ASSERT_EQ(run(), 0) << err;
  EXPECT_THAT(read_file(page), HasSubstr("1 line of the journal is no record"));
  fs::remove(journal());
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(err, HasSubstr("results.jsonl"));
}

TEST_F(Report, SaysWhyAListBroke) {
  make_job(id, "failed");
  write_file(layout.failed() / id / "reason.txt", "truncated <b>gzip</b>\n");
  ASSERT_EQ(run(), 0) << err;
  EXPECT_THAT(read_file(page), HasSubstr("truncated &lt;b&gt;gzip&lt;/b&gt;"));
}

TEST_F(Report, ShowsSmallImagesAndFollowsNoLinks) {
  make_job();
  change_journal([](std::vector<std::string>& lines) {
    for (std::size_t i = 0; i < 3; ++i)
      replace(lines[i], ",\"ms\"", ",\"format\":\"png\",\"width\":9,\"height\":9,\"ms\"");
  });
  write_file(folder / "secret", "image 1111");
  fs::remove(image(1));
  fs::create_symlink(folder / "secret", image(1));
  fs::remove(image(2));
  ASSERT_EQ(run(), 0) << err;
  const auto html = read_file(page);
  EXPECT_THAT(html, HasSubstr("src=\"data:image/png;base64,aW1hZ2UgMA==\""));
  EXPECT_EQ(html.find("data:image/png"), html.rfind("data:image/png"));
}

TEST_F(Report, ShowsThumbnailsWhereThereAreSome) {
  make_job();
  for (const auto* side : {"64", "256", "512", "none"}) {
    const auto at = layout.thumbnails() / id / side / "00000";
    fs::create_directories(at);
    write_file(at / "000000001.jpg", side);
  }
  ASSERT_EQ(run(), 0) << err;
  const auto html = read_file(page);
  EXPECT_THAT(html, HasSubstr("src=\"data:image/jpeg;base64,MjU2\""));  // "256"
  EXPECT_THAT(html, HasSubstr("<data value=\"1\">1</data> of the <data value=\"4\">4</data> images, chosen"));
}

}  // namespace
}  // namespace gannet::cli

#include "cli/check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "cli/command_test.hpp"

namespace gannet::cli {
namespace {

namespace fs = std::filesystem;

using test::write_file;
using testing::HasSubstr;
using testing::Not;

class Check : public CommandTest {
 protected:
  int run(std::vector<fs::path> lists) {
    options.lists = std::move(lists);
    return captured([this] { return check(options); });
  }

  CheckOptions options;
};

TEST_F(Check, SaysWhatAListHoldsAndHowLongItTakes) {
  options.settings.frontier.host.requests_per_second = 1;
  std::string text = "# pictures\n";
  for (int i = 0; i < 3601; ++i) text += "http://example.org/" + std::to_string(i) + "\n";
  text += "http://Example.org/7\nhttps://example.net/\n";
  EXPECT_EQ(run({make("cats.txt", text)}), 0);
  EXPECT_EQ(out,
            "lines                3,603\n"
            "invalid                  0  0.0 %\n"
            "duplicates               1  the URL of another line, in whatever spelling\n"
            "hosts                    2\n"
            "\n"
            "largest hosts                                lines     at least\n"
            "  http://example.org                         3,602    1 h 0 min  1 requests/s\n"
            "  https://example.net                            1          1 s  1 requests/s\n"
            "\n"
            "time          at least 1 h 0 min\n"
            "  decided by  http://example.org, 1 requests/s\n"
            "  assumed     100 ms an answer, 50.0 kB a picture\n"
            "  not counted failures, retries, parking, Crawl-delay, this machine's speed\n");
  EXPECT_EQ(err, "");
}

TEST_F(Check, SaysWhatMayTakeLessThanItCounts) {
  const auto list = make("cats.txt", "http://example.org/\n");
  options.settings.frontier.robots = Robots::obey;
  options.settings.store.refetch.kind = Refetch::Kind::never;
  run({list});
  EXPECT_THAT(out, HasSubstr("or less     by what robots.txt forbids of hosts that were not asked for it\n"));
  EXPECT_THAT(out, HasSubstr("or less     by what earlier fetches have (store.refetch)\n"));
  options.json = true;
  run({list, make("dogs.txt", "#! store.refetch=always\nhttp://example.org/dog\n")});
  EXPECT_TRUE(boost::json::parse(out).at("time").at("refetch_may_spare").as_bool());
  run({make("birds.txt", "#! store.refetch=always\nhttp://example.org/bird\n")});
  EXPECT_FALSE(boost::json::parse(out).at("time").at("refetch_may_spare").as_bool());
}

TEST_F(Check, TellsInvalidLinesAndWhy) {
  EXPECT_EQ(run({make("cats.txt", "http://example.org/\n\nftp://example.org/\n")}), 3);
  EXPECT_THAT(out, HasSubstr("invalid                  1  50.0 %\n"));
  EXPECT_THAT(out, HasSubstr("1  unsupported_scheme\n"));
  EXPECT_THAT(out, HasSubstr("  line 3: "));
  EXPECT_THAT(out, HasSubstr("ftp://example.org/"));
}

TEST_F(Check, GoesOnAfterAListThatCannotBeRead) {
  const auto good = make("cats.csv", "url,caption\nhttp://example.org/,one\n");
  EXPECT_EQ(run({folder / "missing.txt", make("photo.jpg", "x"), folder.path(), good}), 1);
  EXPECT_THAT(err, HasSubstr("missing.txt: "));
  EXPECT_THAT(err, HasSubstr("photo.jpg: .jpg is not a list"));
  EXPECT_THAT(out, HasSubstr("lines                    1\n"));
  EXPECT_THAT(out, HasSubstr("NOT READ TO ITS END"));
}

TEST_F(Check, AnEmptyListIsNoMistake) {
  EXPECT_EQ(run({make("cats.txt", "\n# nothing\n")}), 0);
  EXPECT_EQ(out, "lines                    0\n");
}

TEST_F(Check, IsReadByProgramsAsJson) {
  options.json = true;
  EXPECT_EQ(run({make("cats.txt", "http://example.org/a\nhttp://example.org/a\nnonsense\n")}), 3);
  const auto value = boost::json::parse(out);
  EXPECT_EQ(value.at("lines").to_number<int>(), 3);
  EXPECT_EQ(value.at("invalid").to_number<int>(), 1);
  EXPECT_EQ(value.at("reasons").at("bad_url").to_number<int>(), 1);
  EXPECT_EQ(value.at("invalid_lines").at(0).at("line").to_number<int>(), 3);
  EXPECT_EQ(value.at("duplicates").at("count").to_number<int>(), 1);
  EXPECT_EQ(value.at("hosts").at("count").to_number<int>(), 1);
  EXPECT_EQ(value.at("largest_hosts").at(0).at("origin").as_string(), "http://example.org");
  EXPECT_EQ(value.at("time").at("decided_by").as_string(), "http://example.org");
  EXPECT_EQ(value.at("lists").at(0).at("path").as_string(), (folder / "cats.txt").string());
}

TEST_F(Check, DisarmsWhatListsSay) {
  const auto list = make("cats\x1b[2J.txt", "http://example.org/\n\x1b]0;owned\x07\n");
  EXPECT_EQ(run({list, folder / "dogs\x1b[2J.txt"}), 1);
  EXPECT_THAT(out, HasSubstr("owned"));
  options.json = true;
  const std::string page = out;
  run({list});
  for (const auto& said : {page, out, err}) EXPECT_THAT(said, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace gannet::cli

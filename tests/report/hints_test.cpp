#include "report/hints.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "support/temp_folder.hpp"

namespace gannet::report {
namespace {

std::string said(Reason reason) { return std::string(hint_for(reason)); }

TEST(Hints, SayWhatItMeansAndWhatToDo) {
  EXPECT_EQ(said(Reason::none), "");
  for (std::size_t i = 1; i < reason_count; ++i) {
    const auto hint = said(static_cast<Reason>(i));
    EXPECT_NE(hint.find("; "), std::string::npos) << hint;
    EXPECT_FALSE(hint.ends_with('.')) << hint;
    EXPECT_LE(hint.size(), 2 * 76u) << "two lines beside its reason at most: " << hint;
  }
}

// Each reason has a section in its order, which begins with its hint.
TEST(Hints, AreExplainedInTheHandbook) {
  std::istringstream lines(test::read_file(std::filesystem::path(GANNET_TEST_DATA) / "../docs/troubleshooting.md"));
  std::vector<std::pair<std::string, std::string>> sections;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("### `")) {
      sections.emplace_back(line.substr(5, line.size() - 6), "");
    } else if (line.starts_with("> ") && !sections.empty()) {
      auto& hint = sections.back().second;
      hint += (hint.empty() ? "" : " ") + line.substr(2);
    }
  }
  std::vector<std::pair<std::string, std::string>> expected;
  for (std::size_t i = 1; i < reason_count; ++i) {
    const auto reason = static_cast<Reason>(i);
    expected.emplace_back(to_string(reason), hint_for(reason));
  }
  EXPECT_THAT(sections, testing::ElementsAreArray(expected));
}

}  // namespace
}  // namespace gannet::report

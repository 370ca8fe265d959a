// What hints tell people to set must exist.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "config/load.hpp"
#include "report/hints.hpp"

namespace gannet::cli {
namespace {

TEST(Hints, NameKeysThatExist) {
  const std::regex key("(fetch|decode|store|input|log)\\.[a-z_.0-9]*[a-z0-9]");
  const auto keys = config::keys();
  int named = 0;
  for (std::size_t i = 1; i < reason_count; ++i) {
    const std::string hint(report::hint_for(static_cast<Reason>(i)));
    for (std::sregex_iterator at(hint.begin(), hint.end(), key), end; at != end; ++at, ++named) {
      EXPECT_TRUE(std::ranges::count(keys, at->str(), &config::KeyHelp::name)) << at->str();
    }
  }
  EXPECT_GT(named, 10);
}

}  // namespace
}  // namespace gannet::cli

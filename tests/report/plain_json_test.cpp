#include "report/plain_json.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <charconv>
#include <limits>

namespace gannet::report {
namespace {

namespace json = boost::json;

TEST(PlainJson, HasNoExponents) {
  EXPECT_EQ(plain_json(0.371), "0.371");
  EXPECT_EQ(plain_json(32.5), "32.5");
  EXPECT_EQ(plain_json(0.0), "0");
  EXPECT_EQ(plain_json(-2e21), "-2000000000000000000000");
  using Limits = std::numeric_limits<double>;
  for (const double value : {1e-7, 1 / 3e9, Limits::max(), Limits::lowest(), Limits::min(), Limits::denorm_min()}) {
    const auto text = plain_json(value);
    EXPECT_EQ(text.find_first_not_of("-.0123456789"), std::string::npos) << text;
    double again = 0;
    std::from_chars(text.data(), text.data() + text.size(), again);
    EXPECT_EQ(again, value) << text;
  }
}

TEST(PlainJson, IsOtherwiseAsBefore) {
  for (const std::string text :
       {R"({"a":[1,-2,18446744073709551615,[],{}],"b\n\"":{"c":null,"d":[true,false]},"":"x\u0001\\"})", "[]", "{}",
        "null", R"([[[1],2],{"a":{"b":[]}}])"}) {
    EXPECT_EQ(plain_json(json::parse(text)), text);
  }
}

}  // namespace
}  // namespace gannet::report

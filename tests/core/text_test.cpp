#include "core/text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace gannet {
namespace {

// With a question mark for each replacement, to be readable.
std::string repaired(std::string_view text) {
  std::string out = to_valid_utf8(text);
  for (std::size_t at; (at = out.find("\xef\xbf\xbd")) != std::string::npos;) out.replace(at, 3, "?");
  return out;
}

TEST(ToValidUtf8, LeavesValidTextAlone) {
  for (const std::string_view text :
       {"", "plain", "\x01\x7f", "k\xc3\xa4tzchen", "\xe7\x8c\xab", "\xf0\x9f\x90\x88", "\xc2\x80\xdf\xbf",
        "\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(to_valid_utf8(text), text);
  }
}

TEST(ToValidUtf8, ReplacesNul) { EXPECT_EQ(repaired(std::string_view("a\0b\0", 4)), "a?b?"); }

TEST(ToValidUtf8, ReplacesEachByteThatIsNotPartOfACharacter) {
  EXPECT_EQ(repaired("a\x80z"), "a?z");
  EXPECT_EQ(repaired("\xfe\xff"), "??");
  EXPECT_EQ(repaired("k\xe4tzchen"), "k?tzchen");
  EXPECT_EQ(repaired("\xc3"), "?");
  EXPECT_EQ(repaired("\xe7\x8c"), "??");
  EXPECT_EQ(repaired("\xf0\x9f\x90"), "???");
  EXPECT_EQ(repaired("\xe7\x8c"
                     "a"),
            "??a");
  EXPECT_EQ(repaired("\xc3\xc3\xa4"), "?\xc3\xa4");
}

TEST(ToValidUtf8, ReplacesOverlongForms) {
  EXPECT_EQ(repaired("\xc0\xaf"), "??");
  EXPECT_EQ(repaired("\xc1\xbf"), "??");
  EXPECT_EQ(repaired("\xe0\x9f\xbf"), "???");
  EXPECT_EQ(repaired("\xf0\x8f\xbf\xbf"), "????");
}

TEST(ToValidUtf8, ReplacesSurrogatesAndWhatIsBeyondUnicode) {
  EXPECT_EQ(repaired("\xed\xa0\x80"), "???");
  EXPECT_EQ(repaired("\xed\xbf\xbf"), "???");
  EXPECT_EQ(repaired("\xf4\x90\x80\x80"), "????");
  EXPECT_EQ(repaired("\xf5\x80\x80\x80"), "????");
}

TEST(ToValidUtf8, IsContentWithItsOwnWork) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  const std::string once = to_valid_utf8(all + all);
  EXPECT_EQ(to_valid_utf8(once), once);
}

TEST(HumanBytes, HasThreeDigitsAndAUnit) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(999), "999 B");
  EXPECT_EQ(human_bytes(1000), "1.00 kB");
  EXPECT_EQ(human_bytes(48211), "48.2 kB");
  EXPECT_EQ(human_bytes(999499), "999 kB");
  EXPECT_EQ(human_bytes(999500), "1.00 MB");
  EXPECT_EQ(human_bytes(1190000000), "1.19 GB");
  EXPECT_EQ(human_bytes(std::numeric_limits<std::uint64_t>::max()), "18447 PB");
}

TEST(HumanCount, GroupsByThousands) {
  EXPECT_EQ(human_count(0), "0");
  EXPECT_EQ(human_count(999), "999");
  EXPECT_EQ(human_count(1000), "1,000");
  EXPECT_EQ(human_count(12345), "12,345");
  EXPECT_EQ(human_count(123456), "123,456");
  EXPECT_EQ(human_count(std::numeric_limits<std::uint64_t>::max()), "18,446,744,073,709,551,615");
}

TEST(EqualsIgnoringCase, KnowsAsciiLettersOnly) {
  EXPECT_TRUE(equals_ignoring_case("Content-Type", "content-TYPE"));
  EXPECT_TRUE(equals_ignoring_case("", ""));
  EXPECT_FALSE(equals_ignoring_case("a", "ab"));
  EXPECT_FALSE(equals_ignoring_case("@", "`"));
  EXPECT_FALSE(equals_ignoring_case("[", "{"));
  EXPECT_FALSE(equals_ignoring_case("\xc3\xa4", "\xc3\x84"));
}

TEST(OnOneLine, IsOutsideTextWithoutControlCharactersAndNotTooLong) {
  EXPECT_EQ(on_one_line("a\nb\x1b[2J"), "a?b?[2J");
  EXPECT_EQ(on_one_line("\xff"), "\xef\xbf\xbd");
  EXPECT_EQ(on_one_line("größe"), "größe");
  EXPECT_EQ(on_one_line(std::string(1000, 'x')), std::string(80, 'x') + "...");
  EXPECT_EQ(on_one_line("abcdef", 3), "abc...");
}

TEST(Trim, TakesBlanksFromBothEnds) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim("a"), "a");
  EXPECT_EQ(trim(" \r\n\t"), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Padded, HasTheWidthOrWhatTheNumberNeeds) {
  std::string out;
  append_padded(out, 7, 3);
  append_padded(out, 0, 2);
  append_padded(out, 12345, 2);
  append_padded(out, 18446744073709551615u, 20);
  EXPECT_EQ(out,
            "007"
            "00"
            "12345"
            "18446744073709551615");
}

}  // namespace
}  // namespace gannet

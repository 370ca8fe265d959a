#include "inbox/row_parser.hpp"

#include <algorithm>
#include <cctype>

#include "core/text.hpp"

namespace gannet::inbox {

Fault misplaced_option(std::uint64_t line) {
  return {Reason::bad_url, "line " + std::to_string(line) +
                               ": only .txt, .urls and .jsonl lists hold options (#!); for this one write a .job file"};
}

Result<Step> OptionLines::next_row(LineReader& lines, Line& line) {
  const auto step = lines.next(line);
  if (!step || *step != Step::item) return step;
  line.text = trim(line.text);
  if (line.text.starts_with('#')) {
    if (auto taken = take(line); !taken) return taken.error();
    return Step::more;
  }
  if (line.text.empty() && !line.too_long) return Step::more;
  ended_ = true;
  return Step::item;
}

Result<void> OptionLines::take(const Line& line) {
  if (ended_ || !line.text.starts_with("#!")) return {};
  const std::string where = "line " + std::to_string(line.number);
  if (line.too_long) return Fault{Reason::bad_url, where + ": an option that is longer than a line may be"};
  auto wrong = handed_over_ ? where + ": an option behind megabytes of comments; put it first"
                            : options_.read(line.number, line.text.substr(2));
  if (wrong) return Fault{Reason::bad_url, std::move(*wrong)};
  return {};
}

config::ListOptions OptionLines::hand_over() {
  handed_over_ = true;
  return std::move(options_);
}

std::string_view text_problem(std::string_view text) {
  if (std::ranges::all_of(text, [](char c) { return c > 0; })) return {};
  if (text.find('\0') != std::string_view::npos) return "contains a NUL byte";
  return to_valid_utf8(text) == text ? std::string_view() : "not valid UTF-8";
}

void set_fault(Row& row, std::uint64_t line, std::string_view text, std::string why) {
  constexpr std::size_t longest = 200;
  if (text.size() > longest) {
    std::size_t cut = longest;  // not within a character
    while (cut > longest - 4 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) --cut;
    text = text.substr(0, cut);
  }
  row.line = line;
  row.url = to_valid_utf8(trim(text));
  row.extras.reset();
  row.fault = Reason::bad_url;
  row.detail = std::move(why);
}

std::string too_long_message(const ListSettings& settings) {
  return "longer than " + std::to_string(settings.max_line) + " bytes";
}

bool read_hash(std::string_view text, std::size_t digits, std::string& hash) {
  hash = trim(text);
  if (hash.empty()) return true;
  if (hash.size() != digits) return false;
  if (!std::ranges::all_of(hash, [](unsigned char c) { return std::isxdigit(c) != 0; })) return false;
  std::ranges::transform(hash, hash.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return true;
}

}  // namespace gannet::inbox

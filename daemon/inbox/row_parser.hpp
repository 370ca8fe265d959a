// Lines into rows: one parser a format, and what they have in common. A parser belongs to one list being read and pulls
// its lines; it does not number the rows, and whether a URL can be fetched is decided elsewhere.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "config/list_options.hpp"
#include "core/row.hpp"
#include "core/settings.hpp"
#include "inbox/line_reader.hpp"

namespace gannet::inbox {

class RowParser {
 public:
  virtual ~RowParser() = default;

  /// One bounded step. `row` is set, its key apart, when the answer is `item`; it is given empty. A fault `bad_url`
  /// means that this is no list, any other that it cannot be read on.
  virtual Result<Step> next(Row& row) = 0;

  /// Whether the row that was given last is the last thing that was read.
  virtual bool between_rows() const { return true; }

  /// Why the rows seen so far show that this was never a list, or empty.
  virtual std::string objection() const { return {}; }

  /// The options before the first row, to be asked for once: any that come later are a fault `bad_url`.
  virtual config::ListOptions take_options() { return {}; }
};

/// The options that a list holds itself: its `#!` lines before the first row. Ignoring one would fetch the list in a
/// way its owner did not ask for.
class OptionLines {
 public:
  /// One bounded step to the next line that is neither empty nor a comment, trimmed: from then on `#!` is a comment
  /// like any other. A fault `bad_url` when an option before it cannot be.
  Result<Step> next_row(LineReader& lines, Line& line);

  config::ListOptions hand_over();

 private:
  Result<void> take(const Line& line);

  bool ended_ = false;
  bool handed_over_ = false;
  config::ListOptions options_;
};

/// `lines` must outlive the parser.
std::unique_ptr<RowParser> make_txt_parser(LineReader& lines, ListSettings settings);
std::unique_ptr<RowParser> make_csv_parser(LineReader& lines, ListSettings settings, char separator);
std::unique_ptr<RowParser> make_jsonl_parser(LineReader& lines, ListSettings settings);

/// The fault of a line that is an option where there can be none: they go into a .job file.
Fault misplaced_option(std::uint64_t line);

/// What is wrong with the bytes of a line, or empty: NUL bytes, not UTF-8.
std::string_view text_problem(std::string_view text);

/// Makes `row` the record of a line that is no row: its number, its first 200 bytes made valid, and what is wrong.
void set_fault(Row& row, std::uint64_t line, std::string_view text, std::string why);

/// "longer than N bytes".
std::string too_long_message(const ListSettings& settings);

/// A hash as lists write it, into lower case. False when it is not `digits` hexadecimal digits; blank is no hash.
bool read_hash(std::string_view text, std::size_t digits, std::string& hash);

}  // namespace gannet::inbox

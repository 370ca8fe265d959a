// .csv and .tsv: a header row, then RFC 4180 records, whose quoted fields may go on over lines.
//
// A stray quote would swallow the lines after it. So when a field is not closed within the longest line allowed, or
// something follows its closing quote, only its first line is faulty: the lines after it are read again, each as a
// record of its own. That keeps the harm to one line, and the work linear.
//
// A line that begins with '#' is a comment, unless it is plainly a row: as many columns as the header has, and a URL in
// the URL's column, which is not the first. Otherwise a first column of hashtags would silently cost rows.
#include <deque>
#include <optional>

#include "core/text.hpp"
#include "inbox/csv_header.hpp"
#include "inbox/csv_record.hpp"
#include "inbox/row_parser.hpp"

namespace gannet::inbox {
namespace {

struct HeldLine {
  std::uint64_t number;
  std::string text;
  bool too_long;
};

class CsvParser final : public RowParser {
 public:
  CsvParser(LineReader& lines, ListSettings settings, char separator)
      : lines_(lines), settings_(std::move(settings)), record_(separator) {}

  bool between_rows() const override { return held_.empty(); }

  Result<Step> next(Row& row) override {
    if (!held_.empty() && !spanning_) {
      again_ = std::move(held_.front());
      held_.pop_front();
      return first_line({again_.number, again_.text, again_.too_long}, false, row);
    }
    Line line;
    const auto step = lines_.next(line);
    if (!step || *step == Step::more) return step;
    if (*step == Step::end) return spanning_ ? give_up("a quoted field is not closed", row) : Step::end;
    return spanning_ ? further_line(line, row) : first_line(line, true, row);
  }

 private:
  Result<Step> first_line(const Line& line, bool may_span, Row& row) {
    if (!line.too_long && trim(line.text).empty()) return Step::more;
    record_.clear();
    const CsvState state = line.too_long ? CsvState::malformed : record_.feed(line.text);
    if (!header_ && line.text.starts_with("#!")) return misplaced_option(line.number);
    if (line.text.starts_with('#') && !is_row(state)) return Step::more;
    if (line.too_long) return refuse(line.number, line.text, too_long_message(settings_), row);
    if (state == CsvState::malformed) {
      return refuse(line.number, line.text, "something follows a closing quote", row);
    }
    problem_ = text_problem(line.text);
    if (state == CsvState::complete) return finish(line.number, line.text, row);
    if (!may_span) return refuse(line.number, line.text, "a quoted field is not closed", row);
    spanning_ = true;
    length_ = line.text.size();
    hold(line);
    return Step::more;
  }

  Result<Step> further_line(const Line& line, Row& row) {
    hold(line);
    length_ += line.text.size() + 1;
    if (line.too_long || length_ > settings_.max_line) {
      return give_up("a quoted field is not closed within " + std::to_string(settings_.max_line) + " bytes", row);
    }
    if (problem_.empty()) problem_ = text_problem(line.text);
    const CsvState state = record_.feed(line.text);
    if (state == CsvState::open) return Step::more;
    if (state == CsvState::malformed) return give_up("something follows a closing quote", row);
    spanning_ = false;
    const HeldLine first = std::move(held_.front());
    held_.clear();
    return finish(first.number, first.text, row);
  }

  void hold(const Line& line) { held_.push_back({line.number, std::string(line.text), line.too_long}); }

  // The lines after the first stay held, to be read again.
  Result<Step> give_up(std::string why, Row& row) {
    spanning_ = false;
    const HeldLine first = std::move(held_.front());
    held_.pop_front();
    return refuse(first.number, first.text, std::move(why), row);
  }

  Result<Step> refuse(std::uint64_t number, std::string_view text, std::string why, Row& row) const {
    if (!header_) {
      return Fault{Reason::bad_url, "the header row (line " + std::to_string(number) + ") cannot be read: " + why};
    }
    set_fault(row, number, text, std::move(why));
    return Step::item;
  }

  Result<Step> finish(std::uint64_t number, std::string_view text, Row& row) {
    if (!problem_.empty()) return refuse(number, text, std::string(problem_), row);
    const auto& fields = record_.fields();
    if (!header_) {
      auto header = CsvHeader::parse(fields, settings_.url_column);
      if (!header) return header.error();
      header_ = std::move(*header);
      return Step::more;
    }
    if (fields.size() != header_->columns()) {
      return refuse(
          number, text,
          std::to_string(fields.size()) + " columns where the header has " + std::to_string(header_->columns()), row);
    }
    row.line = number;
    row.url = trim(header_->url(fields));
    if (row.url.empty()) return refuse(number, text, "the URL column is empty", row);
    std::string why;
    row.extras = header_->extras(fields, why);
    if (why.empty()) return Step::item;
    const std::string url = std::move(row.url);
    return refuse(number, url, std::move(why), row);
  }

  bool is_row(CsvState state) const {
    const auto& fields = record_.fields();
    return state == CsvState::complete && header_ && !header_->url_comes_first() &&
           fields.size() == header_->columns() && header_->url(fields).find("://") != std::string::npos;
  }

  LineReader& lines_;
  ListSettings settings_;
  CsvRecord record_;
  std::optional<CsvHeader> header_;
  bool spanning_ = false;      // a record goes on over lines: held_ is what it has so far
  std::deque<HeldLine> held_;  // otherwise lines to be read again
  HeldLine again_{};           // the one of these being looked at
  ByteCount length_ = 0;       // of the record that goes on
  std::string_view problem_;   // with the bytes of the record
};

}  // namespace

std::unique_ptr<RowParser> make_csv_parser(LineReader& lines, ListSettings settings, char separator) {
  return std::make_unique<CsvParser>(lines, std::move(settings), separator);
}

}  // namespace gannet::inbox

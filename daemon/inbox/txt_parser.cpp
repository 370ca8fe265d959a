// .txt and .urls: one URL a line. Lines that begin with '#' are comments, but with "#!" before the first URL options.
#include "core/text.hpp"
#include "inbox/row_parser.hpp"

namespace gannet::inbox {
namespace {

class TxtParser final : public RowParser {
 public:
  TxtParser(LineReader& lines, ListSettings settings) : lines_(lines), settings_(std::move(settings)) {}

  Result<Step> next(Row& row) override {
    Line line;
    const auto step = lines_.next(line);
    if (!step || *step != Step::item) return step;
    const auto text = trim(line.text);
    if (text.starts_with('#')) return comment(line.number, text);
    if (text.empty() && !line.too_long) return Step::more;

    seen_row_ = true;
    if (line.too_long) {
      set_fault(row, line.number, text, too_long_message(settings_));
    } else if (const auto problem = text_problem(text); !problem.empty()) {
      set_fault(row, line.number, text, std::string(problem));
    } else {
      row.line = line.number;
      row.url = text;
    }
    return Step::item;
  }

  config::ListOptions take_options() override {
    taken_ = true;
    return std::move(options_);
  }

 private:
  // Ignoring an option would fetch the list in a way its owner did not ask for.
  Result<Step> comment(std::uint64_t number, std::string_view text) {
    if (seen_row_ || !text.starts_with("#!")) return Step::more;
    auto wrong = taken_ ? "line " + std::to_string(number) + ": an option behind megabytes of comments; put it first"
                        : options_.read(number, text.substr(2));
    if (wrong) return Fault{Reason::bad_url, std::move(*wrong)};
    return Step::more;
  }

  LineReader& lines_;
  ListSettings settings_;
  bool seen_row_ = false;
  config::ListOptions options_;
  bool taken_ = false;
};

}  // namespace

std::unique_ptr<RowParser> make_txt_parser(LineReader& lines, ListSettings settings) {
  return std::make_unique<TxtParser>(lines, std::move(settings));
}

}  // namespace gannet::inbox

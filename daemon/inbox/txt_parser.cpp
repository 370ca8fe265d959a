// .txt and .urls: one URL a line. Lines that begin with '#' are comments.
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

 private:
  // Options come before the first URL; ignoring one would fetch a list in a way its owner did not ask for.
  Result<Step> comment(std::uint64_t number, std::string_view text) const {
    if (seen_row_ || !text.starts_with("#!")) return Step::more;
    return Fault{Reason::bad_url,
                 "list options are not supported by this version (line " + std::to_string(number) + ")"};
  }

  LineReader& lines_;
  ListSettings settings_;
  bool seen_row_ = false;
};

}  // namespace

std::unique_ptr<RowParser> make_txt_parser(LineReader& lines, ListSettings settings) {
  return std::make_unique<TxtParser>(lines, std::move(settings));
}

}  // namespace gannet::inbox

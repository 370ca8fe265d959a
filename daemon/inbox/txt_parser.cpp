// .txt and .urls: one URL a line. Lines that begin with '#' are comments, but with "#!" before the first URL options.
#include "inbox/row_parser.hpp"

namespace gannet::inbox {
namespace {

class TxtParser final : public RowParser {
 public:
  TxtParser(LineReader& lines, ListSettings settings) : lines_(lines), settings_(std::move(settings)) {}

  Result<Step> next(Row& row) override {
    Line line;
    const auto step = options_.next_row(lines_, line);
    if (!step || *step != Step::item) return step;

    if (line.too_long) {
      set_fault(row, line.number, line.text, too_long_message(settings_));
    } else if (const auto problem = text_problem(line.text); !problem.empty()) {
      set_fault(row, line.number, line.text, std::string(problem));
    } else {
      row.line = line.number;
      row.url = line.text;
    }
    return Step::item;
  }

  config::ListOptions take_options() override { return options_.hand_over(); }

 private:
  LineReader& lines_;
  ListSettings settings_;
  OptionLines options_;
};

}  // namespace

std::unique_ptr<RowParser> make_txt_parser(LineReader& lines, ListSettings settings) {
  return std::make_unique<TxtParser>(lines, std::move(settings));
}

}  // namespace gannet::inbox

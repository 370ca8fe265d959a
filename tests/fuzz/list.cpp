// The parsers of list lines. Input: the first byte says which, and how large the pieces are that the text comes in; the
// rest is the text. In whichever pieces it comes, it holds the same rows.
#include <algorithm>

#include "fuzz/fuzz_target.hpp"
#include "inbox/line_reader.hpp"
#include "inbox/row_parser.hpp"

namespace gannet::inbox {
namespace {

using fuzz::require;

class Pieces final : public ByteSource {
 public:
  Pieces(std::string_view text, std::size_t size) : left_(text), size_(size) {}

  Result<std::string_view> read() override {
    piece_ = left_.substr(0, size_);  // a copy of its own, gone with the next call
    left_.remove_prefix(piece_.size());
    return std::string_view(piece_);
  }

  bool seek(std::uint64_t) override { return false; }
  Result<bool> grown() const override { return false; }
  double progress() const override { return 0; }

 private:
  std::string_view left_;
  std::size_t size_;
  std::string piece_;
};

ListSettings settings() {
  ListSettings settings;
  settings.max_line = 200;
  return settings;
}

std::unique_ptr<RowParser> make_parser(unsigned kind, LineReader& lines) {
  switch (kind) {
    case 0:
      return make_txt_parser(lines, settings());
    case 1:
      return make_csv_parser(lines, settings(), ',');
    case 2:
      return make_csv_parser(lines, settings(), '\t');
    default:
      return make_jsonl_parser(lines, settings());
  }
}

// What the list says of itself, as far as it could harm: it is within the bounds of the configuration.
std::string options_of(RowParser& parser) {
  JobOptions said;
  if (!parser.take_options().apply_to(said)) return {};
  const auto tries = said.tries.value_or(1);
  require(tries >= 1 && tries <= 20, "an option is within its bounds");
  const auto agent = said.user_agent.value_or("");
  require(agent.size() <= 256 && agent.find_first_of("\r\n") == agent.npos, "a header is one line");
  return "options " + std::to_string(tries) + ' ' + agent + ' ' + said.referer.value_or("") + '\n';
}

// All rows as one text, and the options.
std::string rows_of(unsigned kind, std::string_view text, std::size_t piece) {
  LineReader lines(std::make_unique<Pieces>(text, piece), settings().max_line);
  const auto parser = make_parser(kind, lines);
  const auto most = static_cast<std::uint64_t>(std::ranges::count(text, '\n')) + 1;
  std::string all;
  std::uint64_t last = 0;
  for (;;) {
    Row row;
    const auto step = parser->next(row);
    if (!step) {
      require(step.error().reason == Reason::bad_url, "only the source has other faults");
      return all + "fault " + step.error().detail;
    }
    if (*step == Step::end) return all + parser->objection() + options_of(*parser);
    if (*step == Step::more) continue;
    require(row.line > last && row.line <= most, "rows have the numbers of lines, in order");
    require(row.fault != Reason::none || row.url.size() <= 3 * settings().max_line, "a row is no longer than a line");
    last = row.line;
    all += std::to_string(row.line) + ' ' + row.url + ' ' + row.detail + ' ';
    if (row.extras) all += row.extras->sha256 + ' ' + row.extras->md5 + ' ' + row.extras->columns;
    all += '\n';
  }
}

}  // namespace
}  // namespace gannet::inbox

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gannet;
  if (size == 0) return 0;
  const unsigned kind = data[0] & 3;
  const std::size_t piece = static_cast<std::size_t>(data[0] >> 2) + 1;
  const auto text = fuzz::as_text(data + 1, size - 1);
  fuzz::require(inbox::rows_of(kind, text, size) == inbox::rows_of(kind, text, piece),
                "the rows are the same in whichever pieces the text comes");
  return 0;
}

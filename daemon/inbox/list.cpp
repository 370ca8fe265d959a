#include "inbox/list.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <utility>

#include "inbox/line_reader.hpp"
#include "inbox/row_parser.hpp"

namespace gannet::inbox {
namespace {

constexpr ByteCount bytes_per_read = 4 << 20;
constexpr std::size_t rows_looked_at = 100;
constexpr std::size_t bytes_looked_at = 1024;

std::unique_ptr<RowParser> make_parser(ListFormat format, LineReader& lines, const ListSettings& settings) {
  switch (format) {
    case ListFormat::txt:
      return make_txt_parser(lines, settings);
    case ListFormat::csv:
      return make_csv_parser(lines, settings, ',');
    case ListFormat::tsv:
      return make_csv_parser(lines, settings, '\t');
    case ListFormat::jsonl:
      return make_jsonl_parser(lines, settings);
  }
  std::abort();
}

class List final : public RowSource {
 public:
  List(std::unique_ptr<ByteSource> bytes, ListFormat format, const ListSettings& settings)
      : lines_(std::move(bytes), settings.max_line), parser_(make_parser(format, lines_, settings)) {}

  // Reads the first rows and keeps them for read(). The fault when this was never a list.
  std::optional<Fault> look() {
    if (const auto start = lines_.peek(); start && start->substr(0, bytes_looked_at).find('\0') != start->npos) {
      return Fault{Reason::bad_url, "this is not text (it may be binary, or UTF-16: lists are UTF-8)"};
    }
    const auto all = pull(first_rows_, rows_looked_at);
    if (!all && all.error().reason == Reason::bad_url) return all.error();
    if (std::string why = parser_->objection(); !why.empty()) return Fault{Reason::bad_url, std::move(why)};
    return std::nullopt;
  }

  Result<bool> read(std::vector<Row>& rows, std::size_t most) override {
    if (delivered_ == first_rows_.size()) return pull(rows, most);
    const auto from = first_rows_.begin() + static_cast<std::ptrdiff_t>(delivered_);
    const auto count = std::min(most, first_rows_.size() - delivered_);
    std::move(from, from + static_cast<std::ptrdiff_t>(count), std::back_inserter(rows));
    delivered_ += count;
    if (delivered_ < first_rows_.size()) return true;
    first_rows_.clear();
    first_rows_.shrink_to_fit();
    delivered_ = 0;
    return !ended_;
  }

  double progress() const override { return lines_.progress(); }

 private:
  Result<bool> pull(std::vector<Row>& rows, std::size_t most) {
    const ByteCount limit = lines_.consumed() + bytes_per_read;
    std::size_t count = 0;
    while (count < most && lines_.consumed() < limit && !ended_ && !fault_) {
      Row row;
      const auto step = parser_->next(row);
      if (!step) {
        fault_ = step.error();
      } else if (*step == Step::end) {
        ended_ = true;
      } else if (*step == Step::item) {
        row.key = next_key_++;
        rows.push_back(std::move(row));
        ++count;
      }
    }
    if (fault_ && count == 0) return *fault_;  // after the rows in front of it, on a call of its own
    return !ended_;
  }

  LineReader lines_;
  std::unique_ptr<RowParser> parser_;
  std::vector<Row> first_rows_;
  std::size_t delivered_ = 0;  // of first_rows_
  std::uint64_t next_key_ = 0;
  bool ended_ = false;
  std::optional<Fault> fault_;
};

class BrokenList final : public RowSource {
 public:
  explicit BrokenList(Fault fault) : fault_(std::move(fault)) {}
  Result<bool> read(std::vector<Row>&, std::size_t) override { return fault_; }
  double progress() const override { return 0; }

 private:
  Fault fault_;
};

}  // namespace

Result<std::unique_ptr<RowSource>> open_list(const std::filesystem::path& file, const ListSettings& settings) {
  const auto format = list_format(file);
  if (!format) {
    const std::string extension = list_extension(file);
    const std::string found = extension.empty() ? "a name without extension" : "." + extension;
    return Fault{Reason::bad_url,
                 found + " is not a list; the accepted extensions are " + std::string(accepted_extensions)};
  }
  auto bytes = open_bytes(file);
  if (!bytes) return bytes.error();
  auto list = std::make_unique<List>(std::move(*bytes), *format, settings);
  if (auto fault = list->look()) return std::move(*fault);
  return std::unique_ptr<RowSource>(std::move(list));
}

std::unique_ptr<RowSource> broken_list(Fault fault) { return std::make_unique<BrokenList>(std::move(fault)); }

}  // namespace gannet::inbox

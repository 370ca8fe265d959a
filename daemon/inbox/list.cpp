#include "inbox/list.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <utility>

#include "config/job_order.hpp"
#include "core/disk.hpp"
#include "inbox/line_reader.hpp"
#include "inbox/named_list.hpp"
#include "inbox/row_parser.hpp"

namespace gannet::inbox {
namespace {

constexpr ByteCount bytes_per_read = 4 << 20;
constexpr std::size_t rows_looked_at = 100;
constexpr std::size_t bytes_looked_at = 1024;
constexpr std::size_t largest_order = 64 << 10;

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
    options_ = parser_->take_options();
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

  Result<bool> grown() const override { return lines_.grown(); }

  std::optional<ListMark> mark() const override {
    const bool told = first_rows_.empty() && !fault_ && !skipping_;
    if (!told || !lines_.between_lines() || !parser_->between_rows()) return std::nullopt;
    return ListMark{lines_.position(), lines_.number(), next_key_};
  }

  // Header and options are read by then: they stand before the first row.
  bool go_on_from(const ListMark& mark) override {
    const bool further = mark.offset > lines_.position() && mark.line > lines_.number() && mark.key >= next_key_;
    if (first_rows_.empty() || !further || fault_ || !lines_.between_lines() || !parser_->between_rows()) return false;
    lines_.go_on_from(mark.offset, mark.line);
    first_rows_.clear();
    first_rows_.shrink_to_fit();
    next_key_ = mark.key;
    skipping_ = true;
    ended_ = false;
    return true;
  }

  /// Once it was looked at.
  const config::ListOptions& options() const { return options_; }

 private:
  Result<bool> pull(std::vector<Row>& rows, std::size_t most) {
    const ByteCount limit = lines_.consumed() + bytes_per_read;
    std::size_t count = 0;
    while (skipping_ && lines_.consumed() < limit && !fault_) {
      const auto more = lines_.skip();
      if (!more) fault_ = more.error();
      skipping_ = more && *more;
    }
    if (skipping_) return true;
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
  config::ListOptions options_;
  std::vector<Row> first_rows_;
  std::size_t delivered_ = 0;  // of first_rows_
  std::uint64_t next_key_ = 0;
  bool skipping_ = false;  // to where it is gone on from
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

Fault unknown_extension(const std::filesystem::path& file, std::string before, const char* besides) {
  const std::string extension = list_extension(file);
  before += extension.empty() ? "a name without extension" : "." + extension;
  return {Reason::bad_url,
          before + " is not a list; the accepted extensions are " + std::string(accepted_extensions) + besides};
}

Result<std::unique_ptr<List>> look_into(ListFormat format, Result<std::unique_ptr<ByteSource>> bytes,
                                        const ListSettings& settings) {
  if (!bytes) return bytes.error();
  auto list = std::make_unique<List>(std::move(*bytes), format, settings);
  if (auto fault = list->look()) return std::move(*fault);
  return list;
}

OpenedList opened(std::unique_ptr<RowSource> rows, const config::ListOptions& said, std::string state) {
  OpenedList list{std::move(rows), nullptr, std::move(state), said.as_lines()};
  JobOptions options;
  if (said.apply_to(options)) list.options = std::make_shared<const JobOptions>(std::move(options));
  return list;
}

// The text of a .job file, or a fault.
Result<std::string> read_order(const std::filesystem::path& file) {
  std::error_code ignored;
  const bool regular = std::filesystem::is_regular_file(file, ignored);
  if (!regular) return Fault{Reason::disk_error, "the .job file is not a regular file"};
  auto text = read_start(file, largest_order + 1);
  if (!text) return cannot_open("the .job file", errno);
  if (text->size() > largest_order) return Fault{Reason::bad_url, "a .job file has at most 64 KiB"};
  return text;
}

// The list that a .job file names. What the file says wins over what the list says of itself.
Result<OpenedList> open_ordered(const std::filesystem::path& file, const ListSettings& settings,
                                const std::string& state) {
  const auto text = read_order(file);
  if (!text) return text.error();
  const auto order = config::read_job_order(*text);
  if (!order) return order.error();
  const auto format = list_format(order->list);
  if (!format) return unknown_extension(order->list, "list: " + for_people(order->list) + ": ", "");
  auto named = open_named_list(order->list, settings.roots);
  if (!named && (state.empty() || named.error().again_in > 0ms)) return named.error();
  if (!named) return list_changed(order->list, named.error().detail);
  if (!state.empty() && named->state != state) return list_changed(order->list, "it was written to or replaced");
  Descriptor again(::fcntl(named->file.get(), F_DUPFD_CLOEXEC, 0));
  if (!again) return cannot_open("the list", errno);
  auto list = look_into(*format, open_bytes(std::move(again)), settings);
  if (!list) return list.error();
  config::ListOptions said = (*list)->options();
  said.overrule(order->options);
  std::string named_state = named->state;
  return opened(watched(std::move(*named), std::move(*list)), said, std::move(named_state));
}

}  // namespace

Result<OpenedList> open_with_options(const std::filesystem::path& file, const ListSettings& settings,
                                     const std::string& state) {
  if (is_job_name(file)) return open_ordered(file, settings, state);
  const auto format = list_format(file);
  if (!format) return unknown_extension(file, "", ", and .job");
  auto list = look_into(*format, open_bytes(file), settings);
  if (!list) return list.error();
  const config::ListOptions said = (*list)->options();
  return opened(std::move(*list), said, {});
}

Result<std::unique_ptr<RowSource>> open_list(const std::filesystem::path& file, const ListSettings& settings) {
  auto list = open_with_options(file, settings);
  if (!list) return list.error();
  return std::move(list->rows);
}

std::unique_ptr<RowSource> broken_list(Fault fault) { return std::make_unique<BrokenList>(std::move(fault)); }

}  // namespace gannet::inbox

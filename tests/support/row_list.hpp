// A list of rows in memory: the smallest real RowSource. It can be broken at its end, as a truncated archive is.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/row.hpp"

namespace gannet::test {

inline Row row_of(std::uint64_t line, std::string url) {
  Row row;
  row.line = line;
  row.key = line - 1;
  row.url = std::move(url);
  return row;
}

class RowList final : public RowSource {
 public:
  explicit RowList(std::vector<Row> rows, std::string broken = {})
      : rows_(std::move(rows)), broken_(std::move(broken)) {}

  /// Lines 1 to `count`, on `hosts` hosts in turn.
  RowList(std::uint64_t count, std::uint64_t hosts, const std::string& name = "host") {
    for (std::uint64_t line = 1; line <= count; ++line) {
      rows_.push_back(
          row_of(line, "http://" + name + std::to_string(line % hosts) + ".example/" + std::to_string(line)));
    }
  }

  Result<bool> read(std::vector<Row>& rows, std::size_t most) override {
    for (; most > 0 && next_ < rows_.size(); --most) rows.push_back(std::move(rows_[next_++]));
    if (next_ < rows_.size()) return true;
    if (!broken_.empty()) return Fault{Reason::disk_error, broken_};
    return false;
  }

  double progress() const override {
    return rows_.empty() ? 1 : static_cast<double>(next_) / static_cast<double>(rows_.size());
  }

 private:
  std::vector<Row> rows_;
  std::string broken_;
  std::size_t next_ = 0;
};

}  // namespace gannet::test

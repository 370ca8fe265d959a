// A list of any length that takes no memory: the URL of each line follows from its number.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/row.hpp"

namespace gannet::test {

class MadeUpList : public RowSource {
 public:
  /// Counts from 1. An empty URL: there is no such line.
  using UrlOf = std::function<std::string(std::uint64_t line)>;

  MadeUpList(std::uint64_t lines, UrlOf url_of) : lines_(lines), url_of_(std::move(url_of)) {}

  Result<bool> read(std::vector<Row>& rows, std::size_t most) override {
    for (; most > 0 && read_ < lines_; --most) {
      Row row;
      row.line = ++read_;
      row.key = read_ - 1;
      row.url = url_of_(row.line);
      if (!row.url.empty()) rows.push_back(std::move(row));
    }
    return read_ < lines_;
  }

  double progress() const override { return static_cast<double>(read_) / static_cast<double>(lines_); }

 private:
  std::uint64_t lines_;
  UrlOf url_of_;
  std::uint64_t read_ = 0;
};

}  // namespace gannet::test

// A list of any length that takes no memory: the host of each line follows from its number. Every host has a line, the
// rest go to hosts as Zipf has it (the n-th has 1/n as many as the first), in an order without any order.
#pragma once

#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "core/row.hpp"

namespace gannet::simulation {

/// A number without visible relation to `number` (the finalizer of SplitMix64).
inline std::uint64_t mixed(std::uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9;
  number = (number ^ number >> 27) * 0x94d049bb133111eb;
  return number ^ number >> 31;
}

class GeneratedList final : public RowSource {
 public:
  GeneratedList(std::string name, std::uint64_t lines, std::uint64_t hosts)
      : name_(std::move(name)), lines_(lines), hosts_(hosts), step_(lines * 5 / 8 | 1) {
    while (std::gcd(step_, lines_) != 1) step_ += 2;
  }

  /// 0 is the one with most lines.
  std::uint64_t host_of(std::uint64_t line) const {
    const auto place = line % lines_ * step_ % lines_;
    if (place < hosts_) return place;
    const double random = static_cast<double>(mixed(line) >> 11) / 9007199254740992.0;
    return static_cast<std::uint64_t>(std::pow(static_cast<double>(hosts_), random)) - 1;
  }

  Result<bool> read(std::vector<Row>& rows, std::size_t most) override {
    for (; most > 0 && read_ < lines_; --most) {
      Row row;
      row.line = ++read_;
      row.key = read_ - 1;
      row.url = "https://" + name_ + std::to_string(host_of(row.line)) + ".example/images/2026/" +
                std::to_string(mixed(row.line)) + ".jpg";
      rows.push_back(std::move(row));
    }
    return read_ < lines_;
  }

  double progress() const override { return static_cast<double>(read_) / static_cast<double>(lines_); }

 private:
  std::string name_;
  std::uint64_t lines_;
  std::uint64_t hosts_;
  std::uint64_t step_;
  std::uint64_t read_ = 0;
};

}  // namespace gannet::simulation

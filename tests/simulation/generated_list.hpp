// A list of which the host of each line follows from its number. Every host has a line, the
// rest go to hosts as Zipf has it (the n-th has 1/n as many as the first), in an order without any order.
#pragma once

#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>

#include "support/made_up_list.hpp"

namespace gannet::simulation {

/// A number without visible relation to `number` (the finalizer of SplitMix64).
inline std::uint64_t mixed(std::uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9;
  number = (number ^ number >> 27) * 0x94d049bb133111eb;
  return number ^ number >> 31;
}

class GeneratedList final : public test::MadeUpList {
 public:
  GeneratedList(std::string name, std::uint64_t lines, std::uint64_t hosts)
      : MadeUpList(lines, [this](std::uint64_t line) { return url_of(line); }),
        name_(std::move(name)),
        lines_(lines),
        hosts_(hosts),
        step_(lines * 5 / 8 | 1) {
    while (std::gcd(step_, lines_) != 1) step_ += 2;
  }

  /// 0 is the one with most lines.
  std::uint64_t host_of(std::uint64_t line) const {
    const auto place = line % lines_ * step_ % lines_;
    if (place < hosts_) return place;
    const double random = static_cast<double>(mixed(line) >> 11) / 9007199254740992.0;
    return static_cast<std::uint64_t>(std::pow(static_cast<double>(hosts_), random)) - 1;
  }

 private:
  std::string url_of(std::uint64_t line) const {
    return "https://" + name_ + std::to_string(host_of(line)) + ".example/images/2026/" + std::to_string(mixed(line)) +
           ".jpg";
  }

  std::string name_;
  std::uint64_t lines_;
  std::uint64_t hosts_;
  std::uint64_t step_;
};

}  // namespace gannet::simulation

// How numbers are spread: percentiles of any count of them in a few hundred kilobytes. Exact up to 65,535; larger
// numbers are kept to 16 significant bits, so a percentile is at most 0.0031 % too low. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace gannet::page {

class Distribution {
 public:
  void add(std::uint64_t value);

  std::uint64_t count() const { return count_; }
  std::uint64_t sum() const { return sum_; }
  std::uint64_t least() const { return count_ == 0 ? 0 : least_; }  // exact, as is most()
  std::uint64_t most() const { return most_; }

  /// By nearest rank: the lowest number that is not below `per_mille` thousandths of them all. 0 when there are none.
  std::uint64_t percentile(unsigned per_mille) const;

 private:
  // Numbers of the same octave, each of whose 2^15 parts is a counter; the lowest 16 octaves are one, and exact.
  std::array<std::vector<std::uint64_t>, 49> octaves_;
  std::uint64_t count_ = 0, sum_ = 0, most_ = 0;
  std::uint64_t least_ = ~std::uint64_t{0};
};

}  // namespace gannet::page

#include "page/distribution.hpp"

#include <algorithm>
#include <bit>

namespace gannet::page {
namespace {

constexpr unsigned exact_bits = 16;
constexpr std::uint64_t half = std::uint64_t{1} << (exact_bits - 1);

}  // namespace

void Distribution::add(std::uint64_t value) {
  const auto bits = static_cast<unsigned>(std::bit_width(value));
  const unsigned octave = bits <= exact_bits ? 0 : bits - exact_bits;
  auto& counters = octaves_[octave];
  if (counters.empty()) counters.resize(octave == 0 ? 2 * half : half);
  ++counters[octave == 0 ? value : (value >> octave) - half];
  ++count_;
  sum_ += value;
  least_ = std::min(least_, value);
  most_ = std::max(most_, value);
}

std::uint64_t Distribution::percentile(unsigned per_mille) const {
  const std::uint64_t rank =
      std::max<std::uint64_t>((count_ / 1000) * per_mille + (count_ % 1000 * per_mille + 999) / 1000, 1);
  std::uint64_t seen = 0;
  for (unsigned octave = 0; octave < octaves_.size(); ++octave) {
    const auto& counters = octaves_[octave];
    for (std::size_t slot = 0; slot < counters.size(); ++slot) {
      seen += counters[slot];
      if (seen < rank) continue;
      const std::uint64_t lowest = octave == 0 ? slot : (slot + half) << octave;
      return std::clamp(lowest, least_, most_);
    }
  }
  return most_;
}

}  // namespace gannet::page

// A set of line numbers: which lines of a list already have their record. One bit a line, so 100 million lines take 12
// MB.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace gannet {

/// No list is longer: numbers from files must not be believed when memory is asked for.
inline constexpr std::uint64_t most_lines = std::uint64_t{1} << 32;

class LineSet {
 public:
  /// True when the line was not in the set before.
  bool insert(std::uint64_t line) {
    const std::size_t word = line / 64;
    if (word >= words_.size()) words_.resize(std::max(word + 1, words_.size() * 3 / 2));
    const std::uint64_t bit = std::uint64_t{1} << line % 64;
    if (words_[word] & bit) return false;
    words_[word] |= bit;
    ++size_;
    return true;
  }

  bool contains(std::uint64_t line) const {
    return line / 64 < words_.size() && (words_[line / 64] >> line % 64 & 1) != 0;
  }

  /// How many lines from `first` to before `end` are in the set; `first` is a multiple of 64.
  std::uint64_t count(std::uint64_t first, std::uint64_t end) const {
    std::uint64_t lines = 0;
    for (std::size_t word = first / 64; word < words_.size() && word * 64 < end; ++word) {
      const std::uint64_t left = end - word * 64;
      const std::uint64_t mask = left < 64 ? (std::uint64_t{1} << left) - 1 : ~std::uint64_t{0};
      lines += static_cast<std::uint64_t>(std::popcount(words_[word] & mask));
    }
    return lines;
  }

  std::uint64_t size() const { return size_; }

 private:
  std::vector<std::uint64_t> words_;
  std::uint64_t size_ = 0;
};

}  // namespace gannet

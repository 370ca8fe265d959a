// A set of line numbers: which lines of a list already have their record. One bit a line, so 100 million lines take 12
// MB; and none for those below a line up to which nothing is missing, so it can be kept as small as what is under way.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

namespace gannet {

/// No list is longer: numbers from files must not be believed when memory is asked for.
inline constexpr std::uint64_t most_lines = std::uint64_t{1} << 32;

class LineSet {
 public:
  LineSet() = default;

  /// What settled() and words() were of another; `settled` is a multiple of 64. Its size is that of the words.
  LineSet(std::uint64_t settled, std::vector<std::uint64_t> words) : settled_(settled), words_(std::move(words)) {
    size_ = count(settled_, settled_ + words_.size() * 64);
  }

  /// True when the line was not in the set before.
  bool insert(std::uint64_t line) {
    if (line < settled_) return false;
    const std::size_t word = (line - settled_) / 64;
    if (word >= words_.size()) words_.resize(std::max(word + 1, words_.size() * 3 / 2));
    const std::uint64_t bit = std::uint64_t{1} << line % 64;
    if (words_[word] & bit) return false;
    words_[word] |= bit;
    ++size_;
    return true;
  }

  bool contains(std::uint64_t line) const {
    if (line < settled_) return true;
    const std::size_t word = (line - settled_) / 64;
    return word < words_.size() && (words_[word] >> line % 64 & 1) != 0;
  }

  /// How many lines from `first` to before `end` are in the set; `first` is a multiple of 64, not below settled().
  std::uint64_t count(std::uint64_t first, std::uint64_t end) const {
    std::uint64_t lines = 0;
    for (std::size_t word = (first - settled_) / 64; word < words_.size() && settled_ + word * 64 < end; ++word) {
      const std::uint64_t left = end - settled_ - word * 64;
      const std::uint64_t mask = left < 64 ? (std::uint64_t{1} << left) - 1 : ~std::uint64_t{0};
      lines += static_cast<std::uint64_t>(std::popcount(words_[word] & mask));
    }
    return lines;
  }

  /// From now on all lines below `line` are in the set, rounded down to a multiple of 64. size() stays.
  void settle(std::uint64_t line) {
    const std::uint64_t settled = line / 64 * 64;
    if (settled <= settled_) return;
    const auto gone = std::min<std::uint64_t>((settled - settled_) / 64, words_.size());
    words_.erase(words_.begin(), words_.begin() + static_cast<std::ptrdiff_t>(gone));
    words_.shrink_to_fit();
    settled_ = settled;
  }

  std::uint64_t settled() const { return settled_; }
  const std::vector<std::uint64_t>& words() const { return words_; }
  std::uint64_t size() const { return size_; }  // lines that were inserted

 private:
  std::uint64_t settled_ = 0;  // a multiple of 64
  std::vector<std::uint64_t> words_;
  std::uint64_t size_ = 0;
};

}  // namespace gannet

// How many different things there were, told by their hashes, in memory that does not grow past a bound. Exact up to
// the bound; past it only hashes that end in more and more zero bits are kept, and the number is an estimate from them.
#pragma once

#include <cstdint>
#include <vector>

namespace gannet::cli {

class DistinctCounter {
 public:
  /// Keeps at most `most` hashes, of 8 bytes each in a table of up to three times that.
  explicit DistinctCounter(std::size_t most);

  /// False when it was there before; never when that can no longer be told.
  bool add(std::uint64_t hash);

  std::uint64_t count() const { return static_cast<std::uint64_t>(kept_) << zero_bits_; }
  bool exact() const { return zero_bits_ == 0; }

 private:
  bool put(std::uint64_t hash);
  void rebuild(std::size_t slots);

  std::size_t most_;
  unsigned zero_bits_ = 0;
  std::size_t kept_ = 0;
  bool has_zero_ = false;             // the hash 0, which in the table means that nothing is there
  std::vector<std::uint64_t> slots_;  // as many as a power of two, open addressing
};

}  // namespace gannet::cli

// What a list says, as far as its records can be held against it: which lines are rows, which of them cannot be
// fetched, and what their URLs are. Takes some 12 bits a row, however long its URL is. One thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/line_set.hpp"
#include "core/row.hpp"

namespace gannet::cli {

class RowBook {
 public:
  /// All the rows, in the order of the list.
  void add(const Row& row);

  std::uint64_t rows() const { return lines_.size(); }
  bool has(std::uint64_t line) const { return lines_.contains(line); }

  /// Of lines that are rows alone:
  bool is_invalid(std::uint64_t line) const { return invalid_.contains(line); }
  std::uint64_t key(std::uint64_t line) const;

  /// False when the row has another URL. Of those that have, one in 256 is not noticed.
  bool may_have_url(std::uint64_t line, std::string_view url) const;

  /// Crosses the row out, once; false, and it is not, when it is known to have another URL.
  bool cross_out(std::uint64_t line, std::string_view url);

  /// The first keys of the blocks of `block` rows that are all crossed out, with URLs of which one is another.
  std::vector<std::uint64_t> unlike() const;
  static constexpr std::uint64_t block = 512;

 private:
  // What is left of so many rows that follow each other.
  struct Block {
    std::uint64_t sum = 0;  // of their store::print_of()
    std::uint16_t rows = 0;
  };

  LineSet lines_;
  LineSet invalid_;
  std::vector<std::uint64_t> before_;       // how many rows come before each block of lines
  std::vector<std::uint8_t> fingerprints_;  // of the URLs, by key
  std::vector<Block> blocks_;               // by key / block
};

}  // namespace gannet::cli

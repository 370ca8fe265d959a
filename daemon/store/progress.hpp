// How far a job has got by its journal: which lines have their record, which keys their file, and up to where in the
// list nothing is missing. Plain values, fed record by record; whoever holds one feeds it on one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <string_view>

#include "core/line_set.hpp"
#include "core/row.hpp"
#include "core/totals.hpp"

namespace gannet::store {

struct Progress {
  LineSet lines;  // that have their record
  LineSet files;  // keys of rows that have a file of their own
  Totals totals;
  ListMark mark;           // all rows before it have their record
  std::uint64_t urls = 0;  // the sum of print_of() over those that do: what the list said when they got it
  std::uint64_t journal_bytes = 0;
  std::uint64_t journal_lines = 0;
  std::uint64_t shard_size = 0;  // of the folders that images went to last; 0: unknown

  /// The next record of the journal. False: its line had one already.
  bool add(const Record& record);
};

/// A number for a line and its URL, the same in each process.
std::uint64_t print_of(std::uint64_t line, std::string_view url);

/// Likewise, for a line and the key that it has among the rows.
std::uint64_t print_of(std::uint64_t line, std::uint64_t key);

/// Moves the mark of a job on as its lines get their records.
class MarkKeeper {
 public:
  /// The list has been read to there.
  void read_to(const ListMark& mark) { ahead_.push_back(mark); }

  /// Finds the last place up to which nothing is missing, and forgets the single lines before it.
  void advance(Progress& progress);

 private:
  std::deque<ListMark> ahead_;
};

}  // namespace gannet::store

// How far a job has got by its journal: which lines have their record, which keys their file, and up to where in the
// list nothing is missing. Plain values, fed record by record; whoever holds one feeds it on one thread.
#pragma once

#include <cstdint>
#include <deque>

#include "core/line_set.hpp"
#include "core/row.hpp"
#include "core/totals.hpp"

namespace gannet::store {

struct Progress {
  LineSet lines;  // that have their record
  LineSet files;  // keys of rows that have a file of their own
  Totals totals;
  ListMark mark;  // all rows before it have their record
  std::uint64_t journal_bytes = 0;
  std::uint64_t journal_lines = 0;
  std::uint64_t shard_size = 0;  // of the folders that images went to last; 0: unknown

  /// The next record of the journal. False: its line had one already.
  bool add(const Record& record);
};

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

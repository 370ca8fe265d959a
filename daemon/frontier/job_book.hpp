// The account of one job: what was read of its list, what is under way, what is recorded. Plain bookkeeping on the
// dispatcher's thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/job.hpp"
#include "core/line_set.hpp"
#include "core/row.hpp"
#include "core/snapshot.hpp"
#include "core/totals.hpp"

namespace gannet::frontier {

/// A job to be worked on: its list, and what earlier runs have recorded of it.
struct NewJob {
  Job job;
  std::unique_ptr<RowSource> source;
  LineSet recorded;
  Totals totals;
  std::uint64_t rows_before = 0;  // of the list, which are not read again
};

/// A job of which every line that could be read has its record.
struct JobEnd {
  Job job;
  Totals totals;
  std::string broken;  // why the list could not be read to its end; empty when it was
  bool grown = false;  // somebody has written more into the list since
};

class JobBook {
 public:
  JobBook(NewJob opened, TimePoint now);

  const Job& job() const { return new_.job; }

  /// Reads up to `most` rows; those that have a record already are left out. A list that breaks ends here.
  std::vector<Row> read(std::size_t most);

  /// A place up to which the list has been read, once in a thousand rows.
  std::optional<ListMark> take_mark();

  /// A record of this job became durable.
  void recorded(Outcome outcome, Reason reason, std::uint64_t bytes, TimePoint now);

  std::uint64_t outstanding() const { return outstanding_; }  // rows handed out and not yet recorded
  bool read_to_end() const { return read_to_end_; }
  bool finished() const { return read_to_end_ && outstanding_ == 0; }

  JobStatus status(TimePoint now) const;
  JobEnd end() &&;

  /// How much of the reading and of the window it gets: urgent 8, normal 4, bulk 1.
  unsigned weight() const;

 private:
  NewJob new_;
  TimePoint opened_;
  std::uint64_t lines_read_ = 0;
  std::uint64_t next_mark_ = 0;  // not before so many rows
  std::uint64_t outstanding_ = 0;
  std::uint64_t recorded_now_ = 0;  // by this process
  TimePoint last_recorded_{};
  bool read_to_end_ = false;
  std::string broken_;
};

}  // namespace gannet::frontier

// Reads the lists of all jobs ahead of their fetching, as far as the frontier's window allows, and keeps their books.
// Plain code on the dispatcher's thread.
#pragma once

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "frontier/frontier.hpp"
#include "frontier/job_book.hpp"

namespace gannet::frontier {

class Intake {
 public:
  using Books = std::map<JobNumber, JobBook>;

  explicit Intake(Frontier& frontier) : frontier_(frontier) {}

  void add(NewJob job, TimePoint now);

  /// Reads what there is room for. `invalid` hears of lines that are fetched by nobody. True: there is more to read at
  /// once; it stopped to let others have their turn.
  bool read(TimePoint now, const std::function<void(Finished)>& invalid);

  /// Whether a list has not been read to its end.
  bool is_reading() const;

  /// A record became durable. False: it is of none of these jobs.
  bool recorded(JobNumber job, Outcome outcome, Reason reason, std::uint64_t bytes, TimePoint now);

  /// How far lists have been read, the furthest last.
  std::vector<std::pair<JobNumber, ListMark>> take_marks() { return std::exchange(marks_, {}); }

  /// The jobs of which every line has its record; they are forgotten here.
  std::vector<JobEnd> take_ended();

  const Books& books() const { return books_; }
  std::uint64_t outstanding() const { return outstanding_; }  // lines read and without a record, of all jobs

  /// Whether so many lines have ended and wait for their record to be durable that more must wait: those of which
  /// nothing is fetched end much faster than a disk writes.
  bool crowded() const;

 private:
  bool may_read(const JobBook& book, unsigned weights, TimePoint now);
  bool make_room(TimePoint now);
  void take_in(JobBook& book, std::vector<Row> rows, TimePoint now, const std::function<void(Finished)>& invalid);

  Frontier& frontier_;
  Books books_;
  std::vector<std::pair<JobNumber, ListMark>> marks_;
  std::uint64_t outstanding_ = 0;
  TimePoint no_room_before_{};
};

}  // namespace gannet::frontier

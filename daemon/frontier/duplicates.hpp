// Lines that ask for the same as another line does: one of them is fetched, and its result is that of all. Plain code
// without clock, socket or disk; owned by the frontier, which asks it when a line's turn has come, and not before: so
// what is known here are lines under way, and nobody waits for a line that itself is still waiting for its turn.
//
// A line that waits here has no record yet: when it is lost with the process, it is read again from its list. Results
// are remembered up to a number, the oldest forgotten first; a later line is then fetched anew.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/fetch_task.hpp"

namespace gannet::frontier {

/// Tells apart lists whose options change what is fetched, or what counts as good: they do not share. Of tries, profile
/// and robots what holds under these settings counts, however it is said. `options` may be null.
std::string judged_by(const FrontierSettings& settings, const JobOptions* options);

class Duplicates {
 public:
  /// About 500 bytes for each result that is `remembered`, 1.2 KiB at most.
  explicit Duplicates(std::size_t remembered) : most_(remembered) {}

  void remember(std::size_t most);

  /// What makes lines ask for the same: the URL in normal form, the hashes that the line expects, the boxes that it has
  /// in `blur_column` (empty: none), and judged_by(). A line keeps it, whatever the settings become: its retries must
  /// not be taken for another line.
  Hash128 question(const FetchTask& task, std::string_view judged_by, std::string_view blur_column = {});

  enum class Turn : unsigned char {
    fetch,   // nobody else asks for it: fetch it, and tell settled() of its record
    wait,    // the line was taken, and comes back from settled() as a record
    known,   // result() has it
    crowded  // it would have to wait, but so many of its list do that it must stay where it is
  };

  /// Whose question was set. A line that is tried again asks again, and is told to fetch. `never_crowded`: it must not
  /// stay where it is, as some of those that others wait for may be behind it.
  Turn take(const FetchTask& task, bool never_crowded = false);

  /// The record of a line whose turn was `known`.
  Record result(const FetchTask& task) const;

  /// What is remembered is no longer there.
  void forget(const Hash128& question);

  /// The record of a line whose turn was `fetch` is durable. Returns those of the lines that waited for it.
  std::vector<Record> settled(const Record& record);

  /// Whether lines of a list that were `crowded` may try again.
  bool has_room(JobNumber job) const;

  std::uint64_t waiting() const { return waiting_; }
  std::uint64_t memory() const;  // bytes, about; without what is remembered

  /// How many lines of one list may wait here.
  static constexpr std::size_t most_waiting = 10'000;

 private:
  struct Hasher {
    std::size_t operator()(const Hash128& hash) const { return hash.first; }
  };
  struct Line {
    JobNumber job = 0;
    std::uint64_t line = 0;
    std::string url;  // as written
  };
  struct Asked {
    JobNumber job = 0;  // the line that is fetched
    std::uint64_t line = 0;
    std::vector<Line> others;  // that wait for it
    std::string result;        // as JSON, which is small; empty while it is fetched
    std::uint64_t turn = 0;    // of its result, so that `order_` is known to mean this one
  };

  void keep(Hash128 question, Asked& asked, const Record& record);

  std::size_t most_;
  KeyedHash hash_;
  std::unordered_map<Hash128, Asked, Hasher> asked_;
  std::deque<std::pair<Hash128, std::uint64_t>> order_;  // of what is remembered, the oldest first
  std::uint64_t next_turn_ = 0;
  std::size_t known_ = 0;  // results in asked_
  std::unordered_map<JobNumber, std::size_t> waiting_of_;
  std::uint64_t waiting_ = 0;
  std::uint64_t waiting_bytes_ = 0;
};

}  // namespace gannet::frontier

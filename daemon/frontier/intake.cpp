#include "frontier/intake.hpp"

#include <algorithm>

#include "core/url.hpp"
#include "frontier/unfetched.hpp"

namespace gannet::frontier {
namespace {

constexpr std::size_t rows_a_weight = 64;  // read at a time for each point of a job's weight
constexpr std::size_t rows_a_turn = 1024;  // then the dispatcher looks at what else has come
constexpr std::uint64_t most_unrecorded = 100'000;
constexpr double largest_share = 15. / 16;       // of the window, even for a list that is alone
constexpr milliseconds room_is_looked_for{200};  // after there was none

}  // namespace

void Intake::add(NewJob job, TimePoint now) {
  const JobNumber number = job.job.number;
  const auto options = job.job.options;
  const auto [book, is_new] = books_.try_emplace(number, std::move(job), now);
  if (is_new) frontier_.open(number, book->second.weight(), options);
}

bool Intake::read(TimePoint now, const std::function<void(Finished)>& invalid) {
  frontier_.forget_hosts(now);
  unsigned weights = 0;
  for (const auto& [number, book] : books_) weights += book.read_to_end() ? 0 : book.weight();
  std::size_t rows = 0;
  for (bool progress = true; progress;) {
    progress = false;
    if (crowded()) return false;
    if (rows >= rows_a_turn) return true;
    for (auto& [number, book] : books_) {
      if (book.read_to_end() || !may_read(book, weights, now)) continue;
      const std::size_t most = rows_a_weight * book.weight();
      take_in(book, book.read(most), now, invalid);
      if (const auto mark = book.take_mark()) marks_.emplace_back(number, *mark);
      rows += most;
      progress = true;
    }
  }
  return false;
}

// Within its share of the window; and past that while all it has is of hosts that must wait, and connections are free.
// What is left of the disk is for those that have less: a list that comes later must find something.
bool Intake::may_read(const JobBook& book, unsigned weights, TimePoint now) {
  const JobNumber job = book.job().number;
  const bool within = frontier_.is_within(job, std::min(static_cast<double>(book.weight()) / weights, largest_share));
  if (within && frontier_.has_room()) return true;
  if (!frontier_.starving(job)) return false;
  if ((within || !frontier_.spilled().is_scarce()) && make_room(now)) return true;
  return frontier_.has_foothold_for(job);
}

bool Intake::make_room(TimePoint now) {
  if (frontier_.has_room()) return true;
  if (now < no_room_before_) return false;
  if (frontier_.make_room()) return true;
  no_room_before_ = now + room_is_looked_for;
  return false;
}

void Intake::take_in(JobBook& book, std::vector<Row> rows, TimePoint now,
                     const std::function<void(Finished)>& invalid) {
  const JobNumber job = book.job().number;
  outstanding_ += rows.size();
  for (auto& row : rows) {
    FetchTask task;
    task.job = job;
    task.queued = now;
    task.row = std::move(row);
    Fault fault{task.row.fault, std::move(task.row.detail)};
    if (fault.reason == Reason::none) {
      const auto url = Url::parse(task.row.url);
      if (url) {
        task.url_is_normal = url->text() == task.row.url;
        frontier_.add(std::move(task), url->origin(), now);
        continue;
      }
      fault = url.error();
    }
    invalid(unfetched(task, std::move(fault)));
  }
}

bool Intake::crowded() const { return outstanding_ >= frontier_.queued() + frontier_.in_flight() + most_unrecorded; }

bool Intake::is_reading() const {
  return std::ranges::any_of(books_, [](const auto& one) { return !one.second.read_to_end(); });
}

bool Intake::recorded(JobNumber job, Outcome outcome, Reason reason, std::uint64_t bytes, TimePoint now) {
  const auto book = books_.find(job);
  if (book == books_.end()) return false;
  book->second.recorded(outcome, reason, bytes, now);
  --outstanding_;
  return true;
}

std::vector<JobEnd> Intake::take_ended() {
  std::vector<JobEnd> ended;
  for (auto book = books_.begin(); book != books_.end();) {
    if (!book->second.finished()) {
      ++book;
      continue;
    }
    frontier_.close(book->first);
    ended.push_back(std::move(book->second).end());
    book = books_.erase(book);
  }
  return ended;
}

}  // namespace gannet::frontier

#include "frontier/job_book.hpp"

#include <algorithm>

namespace gannet::frontier {

namespace {

constexpr std::uint64_t rows_between_marks = 1000;

}  // namespace

JobBook::JobBook(NewJob opened, TimePoint now)
    : new_(std::move(opened)),
      opened_(now),
      lines_read_(new_.rows_before),
      next_mark_(lines_read_ + rows_between_marks) {}

std::vector<Row> JobBook::read(std::size_t most) {
  std::vector<Row> rows;
  rows.reserve(most);
  const auto more = new_.source->read(rows, most);
  if (!more) broken_ = more.error().detail;
  if (!more || !*more) read_to_end_ = true;
  lines_read_ += rows.size();
  std::erase_if(rows, [this](const Row& row) { return new_.recorded.contains(row.line); });
  outstanding_ += rows.size();
  return rows;
}

std::optional<ListMark> JobBook::take_mark() {
  if (lines_read_ < next_mark_) return std::nullopt;
  auto mark = new_.source->mark();
  if (mark) next_mark_ = lines_read_ + rows_between_marks;
  return mark;
}

void JobBook::recorded(Outcome outcome, Reason reason, std::uint64_t bytes, TimePoint now) {
  --outstanding_;
  ++recorded_now_;
  last_recorded_ = now;
  new_.totals.add(outcome, reason, bytes);
}

JobEnd JobBook::end() && {
  const auto grown = broken_.empty() ? new_.source->grown() : Result<bool>(false);
  if (!grown) broken_ = grown.error().detail;
  return {std::move(new_.job), new_.totals, std::move(broken_), grown && *grown};
}

JobStatus JobBook::status(TimePoint now) const {
  JobStatus status;
  status.id = new_.job.id;
  status.priority = new_.job.priority;
  status.claimed = new_.job.claimed;
  status.totals = new_.totals;
  status.lines_read = lines_read_;
  status.read_fraction = read_to_end_ ? 1 : std::clamp(new_.source->progress(), 0.0, 1.0);
  const double elapsed = std::chrono::duration<double>(now - opened_).count();
  if (recorded_now_ > 0 && elapsed > 0 && status.read_fraction > 0) {
    const double expected = static_cast<double>(lines_read_) / status.read_fraction;
    const double missing = std::max(0.0, expected - static_cast<double>(new_.totals.lines));
    // Those of a slow host may be left: what has not ended for a while will hardly end sooner than in another.
    const double quiet = std::chrono::duration<double>(now - last_recorded_).count();
    const double at_its_pace = missing * elapsed / static_cast<double>(recorded_now_);
    status.remaining =
        std::chrono::round<seconds>(std::chrono::duration<double>(std::min(std::max(at_its_pace, quiet), 1e9)));
  }
  return status;
}

unsigned JobBook::weight() const {
  switch (new_.job.priority) {
    case Priority::urgent:
      return 8;
    case Priority::normal:
      return 4;
    case Priority::bulk:
      return 1;
  }
  return 4;
}

}  // namespace gannet::frontier

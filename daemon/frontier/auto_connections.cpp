#include "frontier/auto_connections.hpp"

#include <algorithm>
#include <cmath>

namespace gannet::frontier {
namespace {

// In intervals.
constexpr unsigned settling = 2;           // after a change, until what was started before it has ended
constexpr unsigned measuring = 4;          // enough to see a few percent through the noise
constexpr unsigned resting = 20;           // after a step that was not worth it
constexpr unsigned remembering = 10 * 60;  // a number that was too high for something

constexpr double small_step = 1.25;
constexpr double worth_it = 0.25;       // of what the step would bring if nothing else were short
constexpr double costs_nothing = 0.03;  // of what there was before
constexpr double busy = 0.9;            // of the processors
constexpr double unusual = 0.05;        // more failures than usual, for each record
constexpr double relief = 2.0 / 3;      // of the failures are left when it helped
constexpr double fewest_failures = 4;   // in one interval, to be taken for a sign

// Both count: a list of small files is about records, one of large ones about bytes.
double gain(double records, double bytes, double records_before, double bytes_before) {
  if (records_before <= 0) return records > 0 ? 1 : 0;
  const double of_records = records / records_before - 1;
  return bytes_before <= 0 ? of_records : (of_records + bytes / bytes_before - 1) / 2;
}

}  // namespace

AutoConnections::AutoConnections(unsigned most)
    : least_(std::min(least, most)),
      most_(most),
      limit_(std::min(first, most)),
      came_from_(limit_),
      waiting_(settling) {}

unsigned AutoConnections::feed(const Seen& seen) {
  if (bad_for_ > 0 && --bad_for_ == 0) known_bad_ = 0;
  if (!seen.limited) return limit_;
  if (waiting_ > 0) {
    --waiting_;
    return limit_;
  }
  sum_.records += seen.records;
  sum_.bytes += seen.bytes;
  sum_.failures += seen.failures;
  sum_.cpu += seen.cpu;
  if (++measured_ < measuring) return limit_;
  const Worth now = sum_;
  sum_ = {};
  measured_ = 0;
  judge(now);
  return limit_;
}

void AutoConnections::judge(const Worth& now) {
  const double won = gain(now.records, now.bytes, before_.records, before_.bytes);
  const double failing = now.failures >= fewest_failures * measuring ? now.failing() : 0;
  const bool overloaded = failing > usual_ + unusual;
  switch (step_) {
    case Step::none:
      before_ = now;
      if (overloaded) return take(Step::relieve);
      usual_ = std::min(usual_, failing);
      if (next_ == Step::up && (limit_ >= ceiling() || now.cpu / measuring > busy)) next_ = Step::down;
      if (next_ == Step::down && limit_ <= least_) next_ = Step::up;
      if (limit_ >= ceiling() && limit_ <= least_) return;
      return take(next_);
    case Step::up: {
      const double hoped = static_cast<double>(limit_) / came_from_ - 1;
      if (overloaded && failing > before_.failing() + unusual) {
        known_bad_ = limit_;
        bad_for_ = remembering;
        return go_back();
      }
      if (won < worth_it * hoped) return go_back();
      before_ = now;
      return keep(limit_ < ceiling() && now.cpu / measuring <= busy);
    }
    case Step::down:
      if (won < -costs_nothing) return go_back();
      before_ = now;
      return keep(limit_ > least_);
    case Step::relieve:
      if (failing > relief * before_.failing()) {  // it is the hosts, not us
        usual_ = std::max(failing, before_.failing());
        return go_back();
      }
      known_bad_ = came_from_;
      bad_for_ = remembering;
      before_ = now;
      if (overloaded && limit_ > least_) return take(Step::relieve);
      return rest();
  }
}

void AutoConnections::take(Step step) {
  const double factor = step == Step::up ? factor_ : step == Step::down ? 1 / small_step : 0.5;
  const auto next = static_cast<unsigned>(std::lround(limit_ * factor));
  came_from_ = limit_;
  limit_ = std::clamp(next, least_, std::max(step == Step::up ? ceiling() : limit_, least_));
  step_ = step;
  waiting_ = settling;
}

void AutoConnections::keep(bool go_on) {
  if (go_on) return take(step_);
  next_ = step_ == Step::up ? Step::down : Step::up;
  rest();
}

void AutoConnections::go_back() {
  if (step_ != Step::relieve) next_ = step_ == Step::up ? Step::down : Step::up;
  factor_ = small_step;
  limit_ = came_from_;
  rest();
}

// What it is worth is measured again before the next step: lists change.
void AutoConnections::rest() {
  step_ = Step::none;
  waiting_ = resting;
}

unsigned AutoConnections::ceiling() const {
  if (known_bad_ == 0) return most_;
  return std::clamp(static_cast<unsigned>(known_bad_ / small_step), least_, most_);
}

}  // namespace gannet::frontier

#include "report/hook_queue.hpp"

namespace gannet::report {

bool HookQueue::add(std::string_view line) {
  if (lines_.size() >= limits_.lines || bytes_ + line.size() >= limits_.bytes) {
    ++counts_.dropped;
    return false;
  }
  lines_.emplace_back(line) += '\n';
  bytes_ += lines_.back().size();
  return true;
}

const std::string* HookQueue::next() {
  if (under_way_ == lines_.size() || under_way_ == limits_.unacknowledged) return nullptr;
  return &lines_[under_way_++];
}

bool HookQueue::acknowledged() {
  if (under_way_ == 0) return false;
  take_oldest();
  --under_way_;
  ++counts_.acknowledged;
  return true;
}

bool HookQueue::died() {
  const bool on_a_line = under_way_ > 0;
  under_way_ = 0;
  if (!on_a_line || ++deaths_ < limits_.deaths) return false;
  take_oldest();
  ++counts_.left_out;
  return true;
}

void HookQueue::take_oldest() {
  bytes_ -= lines_.front().size();
  lines_.pop_front();
  deaths_ = 0;
}

}  // namespace gannet::report

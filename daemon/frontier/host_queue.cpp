#include "frontier/host_queue.hpp"

#include <algorithm>

namespace gannet::frontier {
void HostQueue::push(const PackedLine& line) {
  if (rest_ && !rest_->blocks.empty()) {
    rest_->newer.push(line);
  } else {
    fresh_.push(line);
  }
}

bool HostQueue::push_onward(const PackedLine& line) {
  const bool behind = line.attempt() == 1 && rest_ && rest_->again.held().bytes > LineQueue::block_size;
  if (behind) {
    push(line);
  } else {
    push_again(line);
  }
  return behind;
}

PackedLine HostQueue::pop_again() {
  PackedLine line = rest_->again.pop();
  tidy();
  return line;
}

Result<PackedLine> HostQueue::pop_fresh(Spill& spill) {
  if (fresh_.empty()) {
    const auto block = rest_->blocks.front();
    auto bytes = spill.take(block);
    if (!bytes) return bytes.error();
    rest_->blocks.erase(rest_->blocks.begin());
    rest_->on_disk -= block.lines;
    std::string_view left = *bytes;
    for (std::uint32_t line = 0; line < block.lines; ++line) {
      const auto length = PackedLine::length_of(left);
      if (length == 0) return Fault{Reason::disk_error, "what was spilled to disk came back as something else"};
      fresh_.push(left.substr(0, length));
      left.remove_prefix(length);
    }
    if (rest_->blocks.empty()) fresh_.take_over(std::move(rest_->newer));
    tidy();
  }
  return fresh_.pop();
}

Result<void> HostQueue::spill(Spill& spill, std::size_t keep) {
  auto done = spill_fresh(spill, keep);
  if (done && rest_) done = spill_newer(spill);
  tidy();
  return done;
}

// From the back, so that what cannot be written stays in front of what was.
Result<void> HostQueue::spill_fresh(Spill& spill, std::size_t keep) {
  while (fresh_.held().lines > keep) {
    const auto run = fresh_.last(keep);
    const auto block = spill.put(run.bytes, static_cast<std::uint32_t>(run.lines));
    if (!block) return block.error();
    fresh_.drop_last(run);
    rest().blocks.insert(rest_->blocks.begin(), *block);
    rest_->on_disk += run.lines;
  }
  return {};
}

// From the front, behind the blocks that are there.
Result<void> HostQueue::spill_newer(Spill& spill) {
  auto& newer = rest_->newer;
  while (!newer.empty()) {
    const auto run = newer.first();
    const auto block = spill.put(run.bytes, static_cast<std::uint32_t>(run.lines));
    if (!block) return block.error();
    newer.drop_first(run);
    rest_->blocks.push_back(*block);
    rest_->on_disk += run.lines;
  }
  return {};
}

Held HostQueue::spillable(std::size_t keep) const {
  Held held = rest_ ? rest_->newer.held() : Held{};
  const Held& fresh = fresh_.held();
  if (fresh.lines > keep) held += {fresh.lines - keep, fresh.bytes / fresh.lines * (fresh.lines - keep)};
  return held;
}

void HostQueue::tidy() {
  if (rest_ && rest_->again.empty() && rest_->blocks.empty() && rest_->newer.empty()) rest_.reset();
}

Held HostQueue::held() const {
  Held held = fresh_.held();
  if (rest_) held += rest_->again.held();
  if (rest_) held += rest_->newer.held();
  return held;
}

std::uint64_t HostQueue::lines() const { return held().lines + (rest_ ? rest_->on_disk : 0); }

}  // namespace gannet::frontier

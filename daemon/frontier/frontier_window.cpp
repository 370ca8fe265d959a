// How much of the lists is in memory, and what goes to disk.
#include <algorithm>

#include "frontier/frontier.hpp"

namespace gannet::frontier {
namespace {

constexpr std::size_t of_host = sizeof(Host) + sizeof(Host::Part) + 192;  // bytes, with its places in tables

}  // namespace

bool Frontier::starving(JobNumber job) const {
  const JobLines& lines = jobs_.at(job);
  return !trouble_.active() && in_flight_ < settings_.connections && lines.ready.empty() && lines.spare.empty();
}

bool Frontier::is_within(JobNumber job, double share) const {
  const Held& held = jobs_.at(job).held;
  const auto within = [share](std::uint64_t part, std::uint64_t whole) {
    return part == 0 || static_cast<double>(part) < share * static_cast<double>(whole);
  };
  return within(held.lines, settings_.window_lines) && within(held.bytes, settings_.window_memory);
}

bool Frontier::has_foothold_for(JobNumber job) const {
  return jobs_.at(job).held.lines == 0 && memory() < settings_.window_memory + settings_.window_memory / 16;
}

// Lines of this job took so much memory, and take so much now.
void Frontier::recount(JobNumber job, const Held& before, const Held& after) {
  for (Held* held : {&held_, &jobs_.at(job).held}) {
    *held += after;
    *held -= before;
  }
}

std::uint64_t Frontier::memory() const { return held_.bytes + hosts_.size() * of_host + duplicates_.memory() + left_; }

void Frontier::leave_memory(ByteCount bytes) {
  left_ = std::min<ByteCount>(bytes, settings_.window_memory / 4 * 3);
  keep_to_window();
}

// Those with nothing to do leave most of the window to lines.
void Frontier::bound_hosts() {
  constexpr std::size_t most_idle = 50'000;
  hosts_.most(std::min<std::size_t>(most_idle, settings_.window_memory / 4 / of_host));
}

// What redirects bring was not read, so nobody asked whether there is room: it may have come back from disk, and where
// they lead may take more memory than where they began. Likewise when others come to need the memory of what was read.
void Frontier::keep_to_window() {
  const bool within = held_.lines <= settings_.window_lines && memory() <= settings_.window_memory;
  if (within) makes_room_at_ = {};
  if (within || (held_.lines < makes_room_at_.lines && memory() < makes_room_at_.bytes)) return;
  make_room();
  // There may be none: then not for each line.
  makes_room_at_ = {held_.lines + settings_.window_lines / 16, memory() + settings_.window_memory / 16};
}

// Lines that come back soonest go last: those of hosts that wait first, then the far end of long queues.
bool Frontier::make_room() {
  for (const std::size_t keep : {1024u, 64u, 0u}) spill(keep, false);
  for (const std::size_t keep : {64u, 0u}) spill(keep, true);
  return has_room();
}

// Until a sixteenth of the window is free.
void Frontier::spill(std::size_t keep, bool listed_too) {
  constexpr std::uint64_t worth_it = 1024;  // bytes; what a queue on disk takes in memory is not far from that
  const auto lines = settings_.window_lines - settings_.window_lines / 16;
  const auto bytes = settings_.window_memory - settings_.window_memory / 16;
  for (OriginId id = 0; id < hosts_.numbers(); ++id) {
    if (held_.lines < lines && memory() < bytes) return;
    Host* one = hosts_.get(id);
    if (!one) continue;
    for (auto& part : one->parts) {
      if ((part.listed != Host::Part::Listed::no && !listed_too) || part.lines.spillable(keep).bytes < worth_it)
        continue;
      const auto before = part.lines.held();
      const auto done = part.lines.spill(spill_, keep);
      recount(part.job, before, part.lines.held());
      if (!done) return;  // nothing is lost: reading waits
    }
  }
}

}  // namespace gannet::frontier

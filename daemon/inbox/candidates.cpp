#include "inbox/candidates.hpp"

namespace gannet::inbox {

const Sighting* Candidates::find(const InboxFile& file) const {
  const auto found = entries_.find(file);
  return found == entries_.end() ? nullptr : &found->second.sighting;
}

void Candidates::wait(const InboxFile& file, const Sighting& sighting, TimePoint due) {
  blocked_.erase(file);
  Node& node = take(file);
  node.second.sighting = sighting;
  node.second.due = due;
  waiting_.emplace(due, &node.first);
}

void Candidates::ready(const InboxFile& file, const Sighting& sighting) {
  Node& node = take(file);
  node.second.sighting = sighting;
  node.second.ready = true;
  node.second.was_blocked = blocked_.contains(file);
  ready_.insert(ready_key(node));
}

bool Candidates::block(const InboxFile& file, std::string why) {
  take(file);
  return blocked_.insert_or_assign(file, std::move(why)).second;
}

bool Candidates::is_held(const InboxFile& file) const {
  const auto found = entries_.find(file);
  return found != entries_.end() && found->second.held;
}

void Candidates::forget(const InboxFile& file) {
  blocked_.erase(file);
  const auto found = entries_.find(file);
  if (found == entries_.end()) return;
  unlist(*found);
  --counts_[static_cast<std::size_t>(file.priority)];
  entries_.erase(found);
}

std::optional<InboxFile> Candidates::due(TimePoint now) const {
  if (waiting_.empty() || waiting_.begin()->first > now) return std::nullopt;
  return *waiting_.begin()->second;
}

std::optional<TimePoint> Candidates::next_due() const {
  if (waiting_.empty()) return std::nullopt;
  return waiting_.begin()->first;
}

std::optional<InboxFile> Candidates::best() const {
  if (ready_.empty()) return std::nullopt;
  return *std::get<const InboxFile*>(*ready_.begin());
}

void Candidates::retry_blocked(TimePoint now) {
  for (const auto& [file, why] : blocked_) {
    if (is_held(file)) continue;
    Node& node = take(file);
    node.second.due = now;
    waiting_.emplace(now, &node.first);
  }
}

Candidates::ReadyKey Candidates::ready_key(const Node& node) {
  const auto& [file, entry] = node;
  return {entry.was_blocked, file.priority, entry.sighting.state.changed, file.name, &file};
}

// The entry of the file, made when there is none, and in neither order.
Candidates::Node& Candidates::take(const InboxFile& file) {
  const auto [found, added] = entries_.try_emplace(file);
  if (added) ++counts_[static_cast<std::size_t>(file.priority)];
  unlist(*found);
  return *found;
}

void Candidates::unlist(Node& node) {
  if (node.second.due) waiting_.erase({*node.second.due, &node.first});
  if (node.second.ready) ready_.erase(ready_key(node));
  node.second.due.reset();
  node.second.ready = false;
  node.second.held = false;
}

}  // namespace gannet::inbox

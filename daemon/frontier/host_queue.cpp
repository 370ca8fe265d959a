#include "frontier/host_queue.hpp"

namespace gannet::frontier {
namespace {

constexpr std::size_t block_size = 64 << 10;  // what comes back into memory at a time

// Puts the lines behind `blocks`. Those that could not be written are left in `lines`.
Result<std::uint64_t> write_blocks(Spill& spill, std::vector<PackedLine>& lines, std::vector<Spill::Block>& blocks) {
  std::uint64_t written = 0;
  while (written < lines.size()) {
    std::string bytes;
    std::uint32_t count = 0;
    for (auto i = written; i < lines.size() && bytes.size() < block_size; ++i, ++count) bytes += lines[i].bytes();
    const auto block = spill.put(bytes, count);
    if (!block) {
      lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(written));
      return block.error();
    }
    blocks.push_back(*block);
    written += count;
  }
  lines.clear();
  return written;
}

}  // namespace

void HostQueue::push(PackedLine line) {
  if (rest_ && !rest_->blocks.empty()) {
    rest_->newer.push(std::move(line));
  } else {
    fresh_.push(std::move(line));
  }
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
      fresh_.push(PackedLine(left.substr(0, length)));
      left.remove_prefix(length);
    }
    if (rest_->blocks.empty()) {
      while (!rest_->newer.empty()) fresh_.push(rest_->newer.pop());
    }
    tidy();
  }
  return fresh_.pop();
}

Result<void> HostQueue::spill(Spill& spill, std::size_t keep) {
  const bool first = !rest_ || rest_->blocks.empty();
  LineQueue& from = first ? fresh_ : rest_->newer;
  auto lines = from.cut(first ? keep : 0);
  if (lines.empty()) return {};
  const auto before = rest().blocks.size();
  const auto done = write_blocks(spill, lines, rest_->blocks);
  for (auto i = before; i < rest_->blocks.size(); ++i) rest_->on_disk += rest_->blocks[i].lines;
  for (auto& line : lines) push(std::move(line));
  tidy();
  if (!done) return done.error();
  return {};
}

Held HostQueue::spillable(std::size_t keep) const {
  if (rest_ && !rest_->blocks.empty()) return rest_->newer.held();
  Held held = fresh_.held();
  if (held.lines <= keep) return {};
  const auto part = held.lines - keep;
  return {part, held.bytes / held.lines * part};
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

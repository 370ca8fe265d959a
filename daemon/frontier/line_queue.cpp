#include "frontier/line_queue.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace gannet::frontier {
namespace {

// Larger ones are not of the heap, where what is between others stays resident when it is freed.
constexpr std::size_t least_mapped = 16 << 10;
constexpr std::size_t page = 4 << 10;
constexpr std::size_t small = 512;  // a block is at least so large when that much is there before it

char* map(std::size_t size) {
  void* const pages = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  return static_cast<char*>(pages);
}

// Whole pages of what is mapped.
std::uint32_t fit(std::size_t capacity) {
  return static_cast<std::uint32_t>(capacity < least_mapped ? capacity : (capacity + page - 1) / page * page);
}

}  // namespace

LineQueue::Block::Block(std::size_t capacity)
    : bytes_(capacity < least_mapped ? new char[capacity] : map(fit(capacity)), {fit(capacity)}) {}

void LineQueue::Block::Free::operator()(char* bytes) const {
  if (capacity < least_mapped) {
    delete[] bytes;
  } else {
    ::munmap(bytes, capacity);
  }
}

void LineQueue::Block::push(std::string_view bytes, std::size_t lines) {
  std::memcpy(bytes_.get() + end_, bytes.data(), bytes.size());
  end_ += static_cast<std::uint32_t>(bytes.size());
  lines_ += static_cast<std::uint32_t>(lines);
}

void LineQueue::Block::put_in_front(std::string_view line) {
  begin_ -= static_cast<std::uint32_t>(line.size());
  std::memcpy(bytes_.get() + begin_, line.data(), line.size());
  ++lines_;
}

void LineQueue::Block::drop_front(std::size_t bytes) {
  begin_ += static_cast<std::uint32_t>(bytes);
  --lines_;
}

std::string_view LineQueue::Block::behind(std::size_t lines) const {
  auto rest = view();
  for (; lines > 0; --lines) rest.remove_prefix(PackedLine::length_of(rest));
  return rest;
}

// A single line takes no more than it needs, and of many few bytes are empty.
void LineQueue::push(std::string_view line) {
  if (blocks_.empty() || blocks_.back().room() < line.size()) {
    const auto wanted = std::max<std::size_t>(held_.bytes / 4, std::min<std::size_t>(held_.bytes, small));
    push_block(Block(std::max(std::min(wanted, block_size), line.size())));
  }
  blocks_.back().push(line, 1);
  ++held_.lines;
}

void LineQueue::push_block(Block block) {
  held_.bytes += block.memory();
  if (blocks_.size() == blocks_.capacity()) blocks_.reserve(blocks_.size() + blocks_.size() / 4 + 1);
  blocks_.push_back(std::move(block));
}

void LineQueue::put_back(std::string_view line) {
  if (blocks_.empty() || blocks_.front().room_in_front() < line.size()) {
    Block first(line.size());
    first.push(line, 1);
    held_.bytes += first.memory();
    blocks_.insert(blocks_.begin(), std::move(first));
  } else {
    blocks_.front().put_in_front(line);
  }
  ++held_.lines;
}

PackedLine LineQueue::pop() {
  Block& block = blocks_.front();
  PackedLine line(block.view().substr(0, PackedLine::length_of(block.view())));
  block.drop_front(line.bytes().size());
  --held_.lines;
  if (block.lines() == 0) {
    held_.bytes -= block.memory();
    blocks_.erase(blocks_.begin());
    if (blocks_.empty()) blocks_.shrink_to_fit();
  }
  return line;
}

void LineQueue::take_over(LineQueue&& other) {
  held_ += std::exchange(other.held_, {});
  for (auto& block : other.blocks_) blocks_.push_back(std::move(block));
  other.blocks_ = std::vector<Block>();
}

LineQueue::Run LineQueue::last(std::size_t keep) const {
  const auto most = held_.lines > keep ? held_.lines - keep : 0;
  Run run;
  for (auto block = blocks_.rbegin(); block != blocks_.rend() && run.lines < most; ++block) {
    if (!run.bytes.empty() && run.bytes.size() + block->view().size() > block_size) break;
    const auto lines = std::min(block->lines(), most - run.lines);
    run.bytes.insert(0, block->behind(block->lines() - lines));
    run.lines += lines;
  }
  return run;
}

LineQueue::Run LineQueue::first() const {
  Run run;
  for (const auto& block : blocks_) {
    if (!run.bytes.empty() && run.bytes.size() + block.view().size() > block_size) break;
    run.bytes += block.view();
    run.lines += block.lines();
  }
  return run;
}

void LineQueue::drop_last(const Run& run) {
  held_.lines -= run.lines;
  for (auto left = run.lines; left > 0;) {
    const Block block = std::move(blocks_.back());
    blocks_.pop_back();
    held_.bytes -= block.memory();
    const auto stay = block.lines() - std::min(block.lines(), left);
    left -= block.lines() - stay;
    if (stay == 0) continue;
    const auto bytes = block.view().substr(0, block.view().size() - block.behind(stay).size());
    push_block(Block(bytes.size()));
    blocks_.back().push(bytes, stay);
  }
  if (blocks_.empty()) blocks_.shrink_to_fit();
}

void LineQueue::drop_first(const Run& run) {
  held_.lines -= run.lines;
  auto end = blocks_.begin();
  for (auto left = run.lines; left > 0; ++end) {
    left -= end->lines();
    held_.bytes -= end->memory();
  }
  blocks_.erase(blocks_.begin(), end);
  if (blocks_.empty()) blocks_.shrink_to_fit();
}

}  // namespace gannet::frontier

// Bytes on their way from a socket to a file: read into, trimmed at the front, moved on, never copied and never
// cleared. One owner at a time; it moves with the response from stage to stage.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <utility>

namespace gannet {

class Body {
 public:
  Body() = default;
  Body(Body&& other) noexcept { swap(other); }
  Body& operator=(Body&& other) noexcept {
    Body(std::move(other)).swap(*this);
    return *this;
  }

  /// Room for at least `least` more bytes; what is already there stays valid only until the next call.
  std::span<char> prepare(std::size_t least) {
    if (capacity_ - end_ < least) grow(least);
    return {bytes_.get() + end_, capacity_ - end_};
  }

  /// Says that `count` bytes of the prepared room were filled.
  void commit(std::size_t count) { end_ += count; }

  void append(std::string_view text) {
    if (text.empty()) return;
    std::memcpy(prepare(text.size()).data(), text.data(), text.size());
    commit(text.size());
  }

  /// Forgets the first `count` bytes. When none is left, all of the room is free again.
  void drop_front(std::size_t count) {
    begin_ += count;
    if (begin_ == end_) begin_ = end_ = 0;
  }

  /// Forgets all but the first `count` bytes.
  void truncate(std::size_t count) { end_ = begin_ + count; }

  std::string_view view() const { return {bytes_.get() + begin_, end_ - begin_}; }
  std::size_t size() const { return end_ - begin_; }
  bool empty() const { return size() == 0; }

  /// Gives back room that is not needed, in place: at most `more` bytes will come.
  void shrink(std::size_t more = 0) {
    if (capacity_ - end_ < least_given_back || capacity_ - end_ - least_given_back < more) return;
    if (empty() && more == 0) {
      *this = Body();
      return;
    }
    char* const same = static_cast<char*>(std::realloc(bytes_.get(), end_ + more));
    if (!same) return;
    (void)bytes_.release();
    bytes_.reset(same);
    capacity_ = end_ + more;
  }

  /// The memory it holds, in bytes.
  std::size_t capacity() const { return capacity_; }

 private:
  static constexpr std::size_t least_given_back = 4 << 10;

  void grow(std::size_t least) {
    const std::size_t wanted = std::max(size() + least, size() * 2);
    Bytes larger(static_cast<char*>(std::malloc(wanted)));
    if (!larger) throw std::bad_alloc();
    if (size() > 0) std::memcpy(larger.get(), bytes_.get() + begin_, size());
    end_ = size();
    begin_ = 0;
    bytes_ = std::move(larger);
    capacity_ = wanted;
  }

  struct Free {
    void operator()(char* bytes) const { std::free(bytes); }
  };
  using Bytes = std::unique_ptr<char, Free>;

  void swap(Body& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(begin_, other.begin_);
    std::swap(end_, other.end_);
    std::swap(capacity_, other.capacity_);
  }

  Bytes bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace gannet

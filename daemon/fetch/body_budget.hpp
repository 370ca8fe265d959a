// How much a lane holds in memory of bodies that the next stage does not have yet. When thousands of answers begin at
// once, or the disk is behind, those that find no room wait in their sockets, where TCP slows their servers; but none
// waits for long, so that bodies which never end stop nobody. Those that are large make room before that: they go on
// on disk (spool). When the disk takes nothing either, as many stay as fit in here whole, and the rest is given up.
// Lane thread only.
#pragma once

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <limits>
#include <memory>

#include "core/settings.hpp"
#include "fetch/spool.hpp"
#include "net/byte_stream.hpp"

namespace gannet::fetch {

class BodyBudget {
 public:
  /// `store_has_room` says whether what is complete finds room in the next stage; none: always. `spool` may be null:
  /// then all stays in memory.
  BodyBudget(boost::asio::io_context& io, ByteCount limit, std::function<bool()> store_has_room = {},
             Spool* spool = nullptr, milliseconds longest_wait = 1s);
  BodyBudget(const BodyBudget&) = delete;
  BodyBudget& operator=(const BodyBudget&) = delete;

  /// What one response has received, from its first byte to its end.
  class Share {
   public:
    explicit Share(BodyBudget& budget) : budget_(budget) {}
    ~Share() {
      budget_.kept_ -= kept_;
      budget_.reserved_ -= reserved_;
      budget_.give_back(counted_);
    }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    void grow(ByteCount count) {
      counted_ += count;
      budget_.hold(count);
    }

    /// So much of it is in memory, at least: more than was received, when it was inflated.
    void cover(ByteCount in_memory) {
      if (in_memory > counted_) grow(in_memory - counted_);
    }

    /// Its buffers have room for so many bytes, whether they have come or not: what the allocator hands out is written
    /// to sooner or later, by one or another.
    void reserve(ByteCount room) {
      budget_.reserved_ += room - reserved_;
      reserved_ = room;
    }

    /// Whether a body should get no more room than it needs at once.
    bool is_crowded() const { return budget_.reserved_ >= budget_.limit_ / 2; }

    /// Whether large bodies must make room.
    bool is_cramped() const {
      return budget_.spool_ && std::max(budget_.held(), budget_.reserved_) >= budget_.limit_ / 4 * 3;
    }

    enum class Place : unsigned char { memory, disk, none };

    /// Where a large body goes on that may take `whole` bytes.
    Place place(ByteCount whole);

    /// Moves the piece to disk, and `to` is the file; it is counted until it is written.
    void spool(std::shared_ptr<SpooledBody>& to, Body piece);

   private:
    BodyBudget& budget_;
    ByteCount counted_ = 0;
    ByteCount reserved_ = 0;
    ByteCount kept_ = 0;  // room that it has for the whole of it, whatever the disk does
  };

  /// Whether another body may begin now.
  bool has_room() const { return waiting_.empty() && lets_in(); }

  /// Until there is room, or for the longest wait.
  net::Task<void> wait();

  /// Until what is complete finds room in the next stage, however long that takes. One at a time: pass_on() lets the
  /// next in.
  net::Task<void> wait_for_store();
  void pass_on();

  /// Whether so much waits to be written to the spool that nothing more should be received; and until it is less.
  bool disk_is_behind() const { return spooling_ >= limit_ / 2; }
  net::Task<void> wait_for_disk();

  /// Whether the spool takes anything, if there is one.
  bool disk_takes() const { return spool_ && spool_->takes(); }

  /// `store_has_room` is true again.
  void store_made_room();

  /// From now on nobody waits.
  void lift();
  bool is_lifted() const { return limit_ == std::numeric_limits<ByteCount>::max(); }

  /// Bytes in memory. Any thread.
  ByteCount held() const { return held_.load(std::memory_order_relaxed); }

 private:
  struct Waiter;

  void hold(ByteCount more) { held_.store(held() + more, std::memory_order_relaxed); }
  bool lets_in() const { return held() < limit_ && (!store_has_room_ || store_has_room_()); }
  bool keep(ByteCount whole);
  void give_back(ByteCount count);
  void written(ByteCount count);
  void let_in(unsigned most);
  static void let_in_first(std::deque<Waiter*>& line);
  static void let_in_all(std::deque<Waiter*>& line);

  boost::asio::io_context& io_;
  ByteCount limit_;
  std::function<bool()> store_has_room_;
  milliseconds longest_wait_;
  std::atomic<ByteCount> held_{0};  // changed by the lane alone
  ByteCount spooling_ = 0;          // of these: on their way to the disk
  ByteCount reserved_ = 0;          // the room of all buffers that are being filled
  ByteCount kept_ = 0;              // room that is promised to some while the disk takes nothing
  bool passing_ = false;            // one that is complete is on its way to the next stage
  Spool* spool_;
  std::deque<Waiter*> waiting_;    // in the order they came; each lives in the coroutine that waits
  std::deque<Waiter*> completed_;  // likewise, of those that wait for the store
  std::deque<Waiter*> held_up_;    // of those that wait for the disk
};

}  // namespace gannet::fetch

// How much a lane receives of bodies that are not complete yet. When thousands of answers begin at once, or the disk is
// behind, those that find no room wait in their sockets, where TCP slows their servers. None waits for long, and no
// body counts for much, so that bodies which never end slow others a little and stop nobody. Lane thread only.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>

#include "core/settings.hpp"
#include "net/byte_stream.hpp"

namespace gannet::fetch {

class BodyBudget {
 public:
  /// `store_has_room` says whether what is complete finds room in the next stage; none: always.
  BodyBudget(boost::asio::io_context& io, ByteCount limit, std::function<bool()> store_has_room = {},
             milliseconds longest_wait = 1s);
  BodyBudget(const BodyBudget&) = delete;
  BodyBudget& operator=(const BodyBudget&) = delete;

  /// What one response has received, from its first byte to its end.
  class Share {
   public:
    explicit Share(BodyBudget& budget) : budget_(budget) {}
    ~Share() { budget_.give_back(counted_); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    void grow(ByteCount count);

   private:
    BodyBudget& budget_;
    ByteCount counted_ = 0;
  };

  /// Whether another body may begin now.
  bool has_room() const { return waiting_.empty() && lets_in(); }

  /// Until there is room, or for the longest wait.
  net::Task<void> wait();

  /// `store_has_room` is true again.
  void store_made_room();

  /// From now on nobody waits.
  void lift();

  ByteCount held() const { return held_; }

 private:
  struct Waiter;

  bool lets_in() const { return held_ < limit_ && (!store_has_room_ || store_has_room_()); }
  void give_back(ByteCount count);
  void let_in(unsigned most);

  boost::asio::io_context& io_;
  ByteCount limit_;
  std::function<bool()> store_has_room_;
  milliseconds longest_wait_;
  ByteCount held_ = 0;
  std::deque<Waiter*> waiting_;  // in the order they came; each lives in the coroutine that waits
};

}  // namespace gannet::fetch

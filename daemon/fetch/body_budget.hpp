// How much a lane holds of bodies that are still being received. When thousands of answers begin at once, or the disk
// is behind, those that find no room wait in their sockets, where TCP slows their servers. None waits for long, so that
// bodies which never end can slow others a little and stop nobody. Lane thread only.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <utility>

#include "core/settings.hpp"
#include "net/byte_stream.hpp"

namespace gannet::fetch {

class BodyBudget {
 public:
  /// `store_has_room` says whether those that are complete find room in the next stage; none: always.
  BodyBudget(boost::asio::io_context& io, ByteCount limit, std::function<bool()> store_has_room = {})
      : io_(io), limit_(limit), store_has_room_(std::move(store_has_room)) {}
  BodyBudget(const BodyBudget&) = delete;
  BodyBudget& operator=(const BodyBudget&) = delete;

  /// What one response holds, from its first byte to its end.
  class Share {
   public:
    explicit Share(BodyBudget& budget) : budget_(budget) {}
    ~Share() { budget_.give_back(held_); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    void grow(ByteCount count) {
      held_ += count;
      budget_.held_ += count;
    }

   private:
    BodyBudget& budget_;
    ByteCount held_ = 0;
  };

  /// Whether another body may begin now.
  bool has_room() const { return waiting_.empty() && lets_in(); }

  /// Until there is room, or for a second.
  net::Task<void> wait();

  /// `store_has_room` is true again.
  void store_made_room();

  /// From now on nobody waits.
  void lift();

  ByteCount held() const { return held_; }

 private:
  bool lets_in() const { return held_ < limit_ && (!store_has_room_ || store_has_room_()); }
  void give_back(ByteCount count);
  void wake_next();

  boost::asio::io_context& io_;
  ByteCount limit_;
  std::function<bool()> store_has_room_;
  ByteCount held_ = 0;
  std::deque<boost::asio::steady_timer*> waiting_;  // in the order they came
};

}  // namespace gannet::fetch

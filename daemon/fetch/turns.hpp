// What only one request of a lane does for an origin at a time, such as finding out what it speaks: the others wait
// until that is done, and look again. Lane thread only; must outlive its turns and waits.
#pragma once

#include <boost/asio/io_context.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fetch/wake.hpp"
#include "net/byte_stream.hpp"
#include "net/deadlines.hpp"

namespace gannet::fetch {

class Turns {
 public:
  /// `while_waiting`, a literal, is what the fault of a wait that took too long says.
  Turns(boost::asio::io_context& io, net::Deadlines& deadlines, std::string_view while_waiting)
      : io_(io), deadlines_(deadlines), while_waiting_(while_waiting) {}

  /// Held meanwhile: its end ends the waiting of the others.
  class Turn {
   public:
    Turn() = default;
    Turn(Turn&& other) noexcept : all_(std::exchange(other.all_, nullptr)), origin_(std::move(other.origin_)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (all_) all_->end(origin_, Fault{});
    }

    /// It did not work, and those who wait would not fare better.
    void failed(const Fault& fault) { std::exchange(all_, nullptr)->end(origin_, fault); }

   private:
    friend class Turns;
    Turn(Turns& all, std::string origin) : all_(&all), origin_(std::move(origin)) {}

    Turns* all_ = nullptr;
    std::string origin_;
  };

  bool under_way(const std::string& origin) const { return waiting_.contains(origin); }

  /// Only when none is under way.
  Turn begin(const std::string& origin);

  /// Ends with the turn that is under way, with its fault if there is one; look again then. Faults of our own:
  /// `total_timeout`, `cancelled`.
  net::Task<Result<void>> wait(std::string origin, TimePoint total_end);

 private:
  struct Waiter;

  void end(const std::string& origin, const Fault& fault);

  boost::asio::io_context& io_;
  net::Deadlines& deadlines_;
  std::string_view while_waiting_;
  std::unordered_map<std::string, std::vector<Waiter*>> waiting_;  // by origin whose turn is under way
};

}  // namespace gannet::fetch

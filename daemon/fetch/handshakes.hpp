// Which origins of https speak HTTP/2 is known once one connection is there. Until then the requests of a lane to one
// origin wait for the first of them to find out, so that a server of HTTP/2 gets one connection, not as many as there
// are requests; one that speaks HTTP/1.1 is remembered. Lane thread only; must outlive its turns and waits.
#pragma once

#include <boost/asio/io_context.hpp>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fetch/wake.hpp"
#include "net/byte_stream.hpp"
#include "net/deadlines.hpp"

namespace gannet::fetch {

class Handshakes {
 public:
  enum class Known : unsigned char {
    nothing,
    http1,       // spoke it when both were offered: no need to wait for each other
    only_http1,  // sent us away when we spoke HTTP/2: do not offer it
  };

  Handshakes(boost::asio::io_context& io, net::Deadlines& deadlines) : io_(io), deadlines_(deadlines) {}

  Known known(const std::string& origin) const;
  void learn(const std::string& origin, Known what);

  /// Held while connecting: its end ends the waiting of the others.
  class Turn {
   public:
    Turn() = default;
    Turn(Turn&& other) noexcept : all_(std::exchange(other.all_, nullptr)), origin_(std::move(other.origin_)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (all_) all_->end(origin_, Fault{});
    }

    /// There is no connection, and those who wait would not fare better.
    void failed(const Fault& fault) { std::exchange(all_, nullptr)->end(origin_, fault); }

   private:
    friend class Handshakes;
    Turn(Handshakes& all, std::string origin) : all_(&all), origin_(std::move(origin)) {}

    Handshakes* all_ = nullptr;
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
  std::unordered_map<std::string, std::vector<Waiter*>> waiting_;  // by origin that is being connected to
  std::unordered_map<std::string, Known> known_;
};

}  // namespace gannet::fetch

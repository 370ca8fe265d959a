// Which origins of https speak HTTP/2 is known once one connection is there. Until then the requests of a lane to one
// origin wait for the first of them to find out, so that a server of HTTP/2 gets one connection, not as many as there
// are requests; one that speaks HTTP/1.1 is remembered. Lane thread only; must outlive its turns and waits.
#pragma once

#include <boost/asio/io_context.hpp>
#include <string>
#include <unordered_map>

#include "fetch/turns.hpp"
#include "net/deadlines.hpp"

namespace gannet::fetch {

class Handshakes {
 public:
  enum class Known : unsigned char {
    nothing,
    http1,       // spoke it when both were offered: no need to wait for each other
    only_http1,  // sent us away when we spoke HTTP/2: do not offer it
  };

  Handshakes(boost::asio::io_context& io, net::Deadlines& deadlines)
      : turns_(io, deadlines, "while another request was connecting") {}

  Known known(const std::string& origin) const;
  void learn(const std::string& origin, Known what);

  /// See Turns: held while connecting.
  using Turn = Turns::Turn;
  bool under_way(const std::string& origin) const { return turns_.under_way(origin); }
  Turn begin(const std::string& origin) { return turns_.begin(origin); }
  net::Task<Result<void>> wait(std::string origin, TimePoint total_end) {
    return turns_.wait(std::move(origin), total_end);
  }

 private:
  Turns turns_;
  std::unordered_map<std::string, Known> known_;
};

}  // namespace gannet::fetch

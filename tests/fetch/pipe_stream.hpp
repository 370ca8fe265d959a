// A connection whose other end is the test itself: what it says arrives when it says so, and what was written to it can
// be looked at. Deadlines work as on a socket.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "fetch/wake.hpp"
#include "net/byte_stream.hpp"
#include "net/deadlines.hpp"

namespace gannet::fetch {

class PipeStream final : public net::ByteStream {
 public:
  /// The test's end; outlives the stream.
  struct Peer {
    std::string said;             // and not yet read
    std::optional<Fault> ending;  // after that; reason none: closed in order
    std::string heard;
    unsigned writes = 0;
    bool gone = false;  // our side has let go of the connection
    PipeStream* stream = nullptr;

    void say(std::string_view bytes) {
      said += bytes;
      if (stream) stream->arrived_.signal();
    }
    void end(Fault how) {
      ending = std::move(how);
      if (stream) stream->arrived_.signal();
    }
  };

  PipeStream(boost::asio::io_context& io, net::Deadlines& deadlines, Peer& peer)
      : arrived_(io), deadline_(deadlines, [this] { arrived_.signal(); }), peer_(peer) {
    peer.stream = this;
  }
  ~PipeStream() override {
    peer_.stream = nullptr;
    peer_.gone = true;
  }

  net::Task<Result<std::size_t>> read_some(std::span<char> room) override {
    const auto ready = co_await readable();
    if (!ready) co_return ready.error();
    if (peer_.said.empty() && peer_.ending->reason != Reason::none) co_return *peer_.ending;
    const auto count = std::min(room.size(), peer_.said.size());
    std::copy_n(peer_.said.begin(), count, room.begin());
    peer_.said.erase(0, count);
    co_return count;
  }

  net::Task<Result<void>> write(std::string_view bytes) override {
    peer_.heard += bytes;
    ++peer_.writes;
    co_return Result<void>();
  }

  net::Task<Result<void>> readable() override {
    while (peer_.said.empty() && !peer_.ending && deadline_.expired() == Reason::none) co_await arrived_.wait();
    if (peer_.said.empty() && !peer_.ending) co_return Fault{deadline_.expired(), {}};
    co_return Result<void>();
  }

  bool quiet() override { return peer_.said.empty() && !peer_.ending; }
  void expires_at(TimePoint at, Reason why) override { deadline_.arm(at, why); }
  void expires_never() override { deadline_.disarm(); }

 private:
  Wake arrived_;
  net::Deadline deadline_;
  Peer& peer_;
};

}  // namespace gannet::fetch

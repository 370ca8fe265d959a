// An open HTTP/2 connection that serves many requests at once: a reader and a writer over one ByteStream, and between
// them an H2Session that says what the bytes mean. Lane thread only.
//
// Shared, because nobody knows who will be the last: the pool that hands it out, a request that is under way, or its
// reader and writer, which live until it is over. Each request has its own deadlines; what happens to one does not
// harm the others.
#pragma once

#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <string>

#include "core/early_check.hpp"
#include "core/settings.hpp"
#include "fetch/body_budget.hpp"
#include "fetch/exchange.hpp"
#include "fetch/h2_session.hpp"
#include "fetch/request.hpp"
#include "fetch/wake.hpp"
#include "net/address_gate.hpp"
#include "net/byte_stream.hpp"
#include "net/deadlines.hpp"

namespace gannet::fetch {

class H2Connection : public std::enable_shared_from_this<H2Connection> {
 public:
  struct Answer {
    Response response;
    H2Stream::Again again = H2Stream::Again::no;
  };

  /// Begins at once. `settings` must outlive it; `address` is the peer's. While others wait for its `slot`, if it has
  /// one, it ends when it is idle, and takes no more than a few requests.
  static std::shared_ptr<H2Connection> open(boost::asio::io_context& io, net::Deadlines& deadlines,
                                            std::unique_ptr<net::ByteStream> stream, std::string address,
                                            const FetchSettings& settings,
                                            std::unique_ptr<net::AddressGate::Slot> slot = {});

  /// As exchange() over HTTP/1.1 does it, beside others. The arguments must outlive the task; `of_body` says which
  /// bodies are wanted. Without room in the `budget` it waits before it asks: answers cannot be left waiting one by one
  /// here.
  net::Task<Answer> exchange(const Request& request, const FetchSettings& of_body, TimePoint total_end,
                             const EarlyCheck& check, BodyBudget& budget, const JobOptions* of_list = nullptr);

  /// Whether it takes another request; and whether that would be sent at once.
  bool accepting() const { return !over_ && !silent_ && session_.accepting() && !gives_way(); }
  bool has_room() const { return session_.streams() < session_.peer_allows(); }

  /// Requests that were asked over it; those that got their response; those that wait for one.
  std::uint64_t asked() const { return asked_; }
  std::uint64_t served() const { return served_; }
  /// The peer has done something for us, or has begun to.
  bool useful() const { return served_ > 0 || session_.took_some(); }
  std::size_t in_flight() const { return in_flight_; }

  /// Since when nobody waits for anything.
  TimePoint idle_since() const { return idle_since_; }
  bool over() const { return over_; }
  const std::string& address() const { return address_; }

  /// What is under way ends as `cancelled`.
  void close();

 private:
  class Exchange;

  H2Connection(boost::asio::io_context& io, std::unique_ptr<net::ByteStream> stream, std::string address,
               net::Deadlines& deadlines, const FetchSettings& settings, std::unique_ptr<net::AddressGate::Slot> slot);

  static net::Task<void> read_all(std::shared_ptr<H2Connection> self);
  static net::Task<void> write_all(std::shared_ptr<H2Connection> self);
  void half_ended(const std::exception_ptr& thrown);
  void end(const Fault& why);
  void leave();
  void give_up_passed();
  bool gives_way() const;
  bool rest();

  boost::asio::io_context& io_;
  net::Deadlines& deadlines_;
  const FetchSettings& settings_;
  std::unique_ptr<net::AddressGate::Slot> slot_;  // given back behind the stream
  std::unique_ptr<net::ByteStream> stream_;
  unsigned halves_ = 2;  // reader and writer
  std::string address_;
  H2Session session_;
  net::Deadline patience_;  // with what is read past
  Wake output_;             // there is something to write, or nothing ever again
  bool over_ = false;
  bool passing_ = false;   // something is read past, and patience_ is armed
  bool held_up_ = false;   // the reader waits for the disk
  bool silent_ = false;    // a request timed out, and for half of that time nothing at all had come
  TimePoint last_read_{};  // when bytes came last
  TimePoint idle_since_{};
  std::uint64_t asked_ = 0;
  std::uint64_t served_ = 0;
  std::size_t in_flight_ = 0;
  BodyBudget* budget_ = nullptr;  // of those who asked
};

}  // namespace gannet::fetch

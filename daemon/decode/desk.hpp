// The thread of the decode workers: hands images out, hears replies and deaths, and watches the time. It carries out
// what the Roster decides. One thread: that of its io_context, from its start on.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "core/mailbox.hpp"
#include "decode/memory_file.hpp"
#include "decode/pool.hpp"
#include "decode/roster.hpp"

namespace gannet::decode {

class Pool::Desk {
 public:
  Desk(Pool& pool, std::unique_ptr<ForkServer> server, const DecodeSettings& settings, const Inspector& inspector,
       Callbacks callbacks);

  /// Any thread.
  void post(Undecoded one) { mail_.post(std::move(one)); }
  DecodeStatus status() const;

  void apply(const DecodeSettings& settings);  // any thread

  /// Calls `ended`, on this thread, once nothing waits. Any thread.
  void when_idle(std::function<void()> ended);

 private:
  using Image = Roster::Image;
  using Seat = Roster::Seat;

  struct Worker {
    std::uint64_t number = 0;  // of all that were ever spawned
    std::unique_ptr<boost::asio::posix::stream_descriptor> socket;
    Descriptor process;
    bool unwanted = false;  // is to end: at once, or as soon as it is born
    std::optional<Tray> tray;
    Request request;
    Descriptor output;
    TimePoint given{};
  };

  void take_mail();
  void carry_out();  // all that the roster wants now
  void wake_at(TimePoint when);
  void spawn(Seat seat);
  void give(Seat seat, Image image);
  void end(Seat seat);
  static void signal_end(const Worker& worker);
  void forget_question(Seat seat);
  void distrust(Seat seat, std::string what);
  void settle_failed(Image image, const Fault& fault);

  void listen_to_server();
  void hear_server();
  void hear_event(const Event& event, Descriptor process);
  void lose_server();
  bool start_server();

  void listen_to(Seat seat);
  void hear_worker(Seat seat);
  void hear_reply(Seat seat, const Reply& reply);
  void hear_death(Seat seat, const Fault& fault);

  void pass_on(Image image);  // its line has ended
  std::optional<Seat> seat_of(std::uint64_t worker) const;
  void publish();

  Pool& pool_;
  DecodeSettings settings_;
  const Inspector& inspector_;
  Callbacks callbacks_;
  Mailbox<Undecoded> mail_;
  boost::asio::steady_timer timer_;
  TimePoint wakes_ = TimePoint::max();
  std::unique_ptr<ForkServer> server_;
  std::unique_ptr<boost::asio::posix::stream_descriptor> server_socket_;
  Roster roster_;
  std::vector<Worker> workers_;  // by seat
  std::unordered_map<Image, Undecoded> images_;
  Image next_image_ = 0;
  std::uint64_t next_worker_ = 0;
  std::function<void()> idle_;
  mutable std::mutex status_mutex_;  // held for the time of a copy
  DecodeStatus status_;
  DecodeStatus published_;
};

}  // namespace gannet::decode

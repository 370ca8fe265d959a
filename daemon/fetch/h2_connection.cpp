#include "fetch/h2_connection.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>

#include "fetch/body_sink.hpp"
#include "fetch/speed_guard.hpp"

namespace gannet::fetch {

namespace asio = boost::asio;

namespace {

constexpr std::size_t read_size = 16 << 10;    // a TLS record
constexpr unsigned reads_a_turn = 16;          // then whoever else is ready has a turn
constexpr auto longest_turn = 5ms;             // likewise: what is coded may take long to inflate
constexpr milliseconds farewell_time{1000};    // to tell a peer what it did wrong
constexpr milliseconds passing_time{1000};     // for the rest of bodies that nobody wants
constexpr std::uint64_t asked_in_a_turn = 32;  // while others wait for the address

}  // namespace

// One request, on the frame of the coroutine that waits for it.
class H2Connection::Exchange final : public H2Stream {
 public:
  Exchange(H2Connection& connection, const FetchSettings& of_body, TimePoint total_end, const EarlyCheck& check,
           BodyBudget& budget, const JobOptions* of_list)
      : done(connection.io_),
        connection_(connection),
        settings_(connection.settings_),
        total_end_(total_end),
        held_(budget),
        sink_(of_body, check, of_list),
        deadline_(
            connection.deadlines_, [this] { expire(); }, net::Deadline::Counted::no) {}

  void begin(std::int32_t id) {
    id_ = id;
    deadline_.arm(total_end_, Reason::total_timeout);  // waiting for the peer to allow the stream
    if (deadline_.expired() != Reason::none) expire();
  }

  void on_sent() override {
    waits_since_ = sent_at_ = Clock::now();
    arm(settings_.timeouts.first_byte, Reason::first_byte_timeout);
  }

  void on_field(std::string_view name, std::string_view value) override {
    if (fault_.reason != Reason::none) return;
    const auto taken = take_field(answer.response.head, name, value);
    if (!taken) fault_ = taken.error();
  }

  bool on_head(unsigned status) override {
    Response& response = answer.response;
    waits_since_ = connection_.last_read_;
    response.began = true;
    response.first_byte = std::chrono::round<milliseconds>(waits_since_ - sent_at_);
    response.head.status = status;
    if (fault_.reason != Reason::none) return finish(fault_);
    if (status / 100 != 2) return finish({});  // nobody wants its body
    const auto begun = sink_.begin(response.head);
    if (!begun) return finish(begun.error());
    if (response.head.length)
      (void)sink_.prepare(static_cast<std::size_t>(*response.head.length), held_);  // no growing
    speed_.emplace(settings_.min_speed, settings_.min_speed_window, settings_.min_speed_grace, waits_since_);
    arm(settings_.timeouts.idle, Reason::idle_timeout);
    return true;
  }

  bool on_data(std::string_view bytes) override {
    waits_since_ = connection_.last_read_;
    held_.grow(bytes.size());
    const auto taken = sink_.append(bytes);
    if (!taken) return finish(taken.error());
    if (const auto relieved = sink_.relieve(held_); !relieved) return finish(relieved.error());
    // A peer that always has more keeps the event loop from looking at the deadline.
    if (waits_since_ >= total_end_) return finish({Reason::total_timeout, so_far()});
    if (speed_->too_slow(waits_since_, sink_.received())) return finish({Reason::too_slow, so_far()});
    arm(settings_.timeouts.idle, Reason::idle_timeout);
    return true;
  }

  void on_end() override {
    auto body = sink_.finish();
    if (body) answer.response.body = std::move(*body);
    answer.response.spooled = sink_.take_spooled();
    finish(body ? Fault{} : body.error());
  }

  void on_failed(Fault fault, Again again) override {
    answer.again = again;
    finish(std::move(fault));
  }

  Wake done;
  Answer answer;

 private:
  bool finish(Fault fault) {
    answer.response.fault = std::move(fault);
    answer.response.received = sink_.received();
    deadline_.disarm();
    done.signal();
    return false;
  }

  void expire() {
    const auto why = deadline_.expired();
    if (why != Reason::cancelled && connection_.held_up_) return give_way();
    const auto waited = id_ == 0 || sent_at_ == TimePoint{} ? settings_.timeouts.first_byte : patience_;
    if (why != Reason::cancelled && Clock::now() - connection_.last_read_ > waited / 2) connection_.silent_ = true;
    connection_.session_.cancel(id_);
    connection_.output_.signal();
    finish({why, sent_at_ == TimePoint{} ? "the server allows no more requests at once" : so_far()});
  }

  // It is us who did not read.
  void give_way() {
    connection_.session_.cancel(id_);
    connection_.output_.signal();
    finish(no_room("the disk was too slow to go on"));
  }

  void arm(milliseconds room, Reason why) {
    patience_ = room;
    const auto phase_end = waits_since_ + room;
    deadline_.arm(std::min(phase_end, total_end_), total_end_ < phase_end ? Reason::total_timeout : why);
  }

  std::string so_far() const {
    return answer.response.began ? std::to_string(sink_.received()) + " bytes so far" : "no response yet";
  }

  H2Connection& connection_;
  const FetchSettings& settings_;
  TimePoint total_end_;
  BodyBudget::Share held_;
  BodySink sink_;
  net::Deadline deadline_;
  std::optional<SpeedGuard> speed_;
  Fault fault_;  // found in a field
  std::int32_t id_ = 0;
  TimePoint sent_at_{};
  TimePoint waits_since_{};  // for the next piece
  milliseconds patience_{};  // and for how long
};

H2Connection::H2Connection(asio::io_context& io, std::unique_ptr<net::ByteStream> stream, std::string address,
                           net::Deadlines& deadlines, const FetchSettings& settings,
                           std::unique_ptr<net::AddressGate::Slot> slot)
    : io_(io),
      deadlines_(deadlines),
      settings_(settings),
      slot_(std::move(slot)),
      stream_(std::move(stream)),
      address_(std::move(address)),
      session_(settings.max_headers),
      patience_(
          deadlines, [this] { give_up_passed(); }, net::Deadline::Counted::no),
      output_(io) {}

std::shared_ptr<H2Connection> H2Connection::open(asio::io_context& io, net::Deadlines& deadlines,
                                                 std::unique_ptr<net::ByteStream> stream, std::string address,
                                                 const FetchSettings& settings,
                                                 std::unique_ptr<net::AddressGate::Slot> slot) {
  std::shared_ptr<H2Connection> made(
      new H2Connection(io, std::move(stream), std::move(address), deadlines, settings, std::move(slot)));
  made->idle_since_ = made->last_read_ = Clock::now();
  made->stream_->expires_never();
  const auto ended = [made](const std::exception_ptr& thrown) { made->half_ended(thrown); };
  asio::co_spawn(io, read_all(made), ended);
  asio::co_spawn(io, write_all(made), ended);
  return made;
}

// Of reader and writer. The second lets go of the socket, whoever may still hold the connection.
void H2Connection::half_ended(const std::exception_ptr& thrown) {
  if (thrown) {
    spdlog::error("a bug, please report it: an exception on an HTTP/2 connection to {}", address_);
    end({Reason::bad_response, "internal error"});
  }
  if (--halves_ > 0) return;
  stream_.reset();
  slot_.reset();
}

net::Task<H2Connection::Answer> H2Connection::exchange(const Request& request, const FetchSettings& of_body,
                                                       TimePoint total_end, const EarlyCheck& check, BodyBudget& budget,
                                                       const JobOptions* of_list) {
  const auto self = shared_from_this();
  Exchange one(*this, of_body, total_end, check, budget, of_list);
  budget_ = &budget;
  if (in_flight_ == 0 && slot_ && !slot_->work()) close();
  ++in_flight_;
  if (!budget.has_room()) co_await budget.wait();
  const auto id = over_ ? 0 : session_.submit(request, one);
  if (id == 0) {
    one.answer.response.fault = {Reason::reset, "the connection takes no more requests"};
    one.answer.again = H2Stream::Again::free;
    leave();
    co_return std::move(one.answer);
  }
  ++asked_;
  one.begin(id);
  output_.signal();
  co_await one.done.wait();
  if (one.answer.response.fault.reason == Reason::none) ++served_;
  if (!over_ && !passing_ && session_.reads_past()) {
    passing_ = true;
    patience_.arm(Clock::now() + passing_time, Reason::idle_timeout);
  }
  leave();
  co_return std::move(one.answer);
}

// They count among the streams that the peer allows, so they must not stay.
void H2Connection::give_up_passed() {
  passing_ = false;
  if (over_) return;
  session_.cancel_passed();
  output_.signal();
}

void H2Connection::leave() {
  --in_flight_;
  if (in_flight_ > 0) return;
  idle_since_ = Clock::now();
  if (!accepting() || !rest()) close();  // the last one closes the door
}

bool H2Connection::gives_way() const { return slot_ && asked_ >= asked_in_a_turn && slot_->wanted(); }

bool H2Connection::rest() {
  if (!slot_) return true;
  return slot_->rest([&io = io_, weak = weak_from_this()] {
    asio::post(io, [weak] {
      if (const auto idle = weak.lock(); idle && idle->in_flight_ == 0) idle->close();
    });
  });
}

void H2Connection::close() { end({Reason::cancelled, {}}); }

// Reader and writer end by it.
void H2Connection::end(const Fault& why) {
  if (over_) return;
  over_ = true;
  session_.fail_all(why);
  const bool farewell = why.reason != Reason::cancelled && session_.has_output();
  stream_->expires_at(Clock::now() + (farewell ? farewell_time : 0ms), Reason::cancelled);
  output_.signal();
}

net::Task<void> H2Connection::read_all(std::shared_ptr<H2Connection> self) {
  unsigned reads = 0;
  std::unique_ptr<char[]> room;  // an idle connection holds none
  while (!self->over_) {
    const auto ready = co_await self->stream_->readable();
    if (!ready) {
      self->end(ready.error());
      break;
    }
    if (self->budget_ && self->budget_->disk_is_behind()) {
      self->held_up_ = true;
      co_await self->budget_->wait_for_disk();
      self->held_up_ = false;
    }
    if (!room) room = std::make_unique_for_overwrite<char[]>(read_size);
    const auto count = co_await self->stream_->read_some({room.get(), read_size});
    if (!count) {
      self->end(count.error());
      break;
    }
    if (*count == 0) {
      self->end({Reason::short_body, "the connection was closed"});
      break;
    }
    self->last_read_ = Clock::now();
    const auto fed = self->session_.feed({room.get(), *count});
    if (!fed) self->end(fed.error());
    if (self->in_flight_ == 0 && !self->accepting()) self->close();
    if (self->session_.has_output()) self->output_.signal();
    if (self->in_flight_ == 0) room.reset();
    const bool long_turn = Clock::now() - self->last_read_ > longest_turn;
    if (++reads % reads_a_turn == 0 || long_turn) co_await asio::post(self->io_, asio::use_awaitable);
  }
}

net::Task<void> H2Connection::write_all(std::shared_ptr<H2Connection> self) {
  std::string out;
  for (;;) {
    out.clear();
    const auto fine = self->session_.output(out);
    if (!fine) self->end(fine.error());
    if (!out.empty()) {
      const auto written = co_await self->stream_->write(out);
      if (!written) break;  // what the peer still says is for the reader to hear
    } else if (self->over_) {
      break;
    } else {
      co_await self->output_.wait();
    }
  }
  while (!self->over_) co_await self->output_.wait();
  self->stream_->expires_at(Clock::now(), Reason::cancelled);  // ends the reader
}

}  // namespace gannet::fetch

#include "fetch/exchange.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

#include "fetch/body_budget.hpp"
#include "fetch/body_sink.hpp"
#include "fetch/chunk_decoder.hpp"
#include "fetch/response_parser.hpp"
#include "fetch/speed_guard.hpp"

namespace gannet::fetch {

namespace asio = boost::asio;

namespace {

// One receive for the head and most pictures, so that few have to move to a larger room.
constexpr std::size_t first_read = 128 << 10;
constexpr std::size_t next_read = 16 << 10;  // of what does not go straight into the body
// Of a body that nobody wants; beyond either, a new connection is cheaper. The verdict waits for it, and so does all
// that waits for the connection.
constexpr std::uint64_t most_read_past = 64 << 10;
constexpr milliseconds longest_read_past = 1s;

class Exchange {
 public:
  Exchange(net::ByteStream& stream, const FetchSettings& settings, TimePoint total_end, const EarlyCheck& check,
           const JobOptions* of_list, BodyBudget& budget)
      : stream_(stream),
        settings_(settings),
        total_end_(total_end),
        budget_(budget),
        held_(budget),
        sink_(settings, check, of_list),
        chunks_(settings.max_headers) {}

  net::Task<Response> run(std::string_view request) {
    const auto done = co_await ask(request);
    if (!done) response_.fault = explained(done.error());
    response_.received = received_;
    // Whether the body was wanted or not: where it ended cleanly, the next response begins.
    if (!response_.head.keep_alive) response_.reusable = false;
    co_return std::move(response_);
  }

 private:
  net::Task<Result<void>> ask(std::string_view request) {
    auto sent_at = Clock::now();
    arm(settings_.timeouts.first_byte, Reason::first_byte_timeout);
    const auto sent = co_await stream_.write(request);
    // A server may answer and close before it has read all of the request: look for the answer all the same.
    if (!sent && sent.error().reason != Reason::reset) co_return sent.error();
    const auto began = co_await stream_.readable();
    if (!began) co_return began.error();
    if (!budget_.has_room()) sent_at += co_await wait_for_room();
    const auto head = co_await read_head(sent_at);
    if (!head) co_return head.error();
    if (response_.head.status / 100 != 2) {
      co_await read_past();
      co_return Result<void>();
    }
    refusal_ = sink_.begin(response_.head);
    if (refusal_) {
      const auto received = co_await read_body();
      if (!received) co_return received.error();
    }
    if (!refusal_) {
      co_await read_past();
      co_return refusal_.error();
    }
    auto body = sink_.finish();
    if (!body) co_return body.error();
    response_.body = std::move(*body);
    response_.spooled = sink_.take_spooled();
    co_return Result<void>();
  }

  // It is us who wait, so no deadline of the server runs meanwhile. What is there may be less than an answer: over TLS
  // also tickets make a stream readable.
  net::Task<Duration> wait_for_room() {
    const auto since = Clock::now();
    stream_.expires_at(total_end_, Reason::total_timeout);
    co_await budget_.wait();
    arm(settings_.timeouts.first_byte, Reason::first_byte_timeout);
    co_return Clock::now() - since;
  }

  // Likewise; and the disk ends this, whatever the time.
  net::Task<void> wait_for_disk() {
    const auto since = Clock::now();
    stream_.expires_never();
    co_await budget_.wait_for_disk();
    total_end_ += Clock::now() - since;
    arm(settings_.timeouts.idle, Reason::idle_timeout);
  }

  // Leaves in buffer_ what came behind the head.
  net::Task<Result<void>> read_head(TimePoint sent_at) {
    std::size_t searched = 0;
    std::size_t heads = 0;  // bytes of interim responses
    for (;;) {
      if (!may_be_http(buffer_.view())) co_return Fault{Reason::bad_response, "not HTTP"};
      const auto length = head_length(buffer_.view(), searched);
      if (heads + length.value_or(buffer_.size()) > settings_.max_headers) {
        co_return Fault{Reason::too_large, "headers beyond " + std::to_string(settings_.max_headers) + " bytes"};
      }
      if (length) {
        auto head = parse_head(buffer_.view().substr(0, *length));
        if (!head) co_return head.error();
        buffer_.drop_front(*length);
        searched = 0;
        heads += *length;
        if (head->status == 101) co_return Fault{Reason::bad_response, "switched protocols unasked"};
        if (head->status >= 200) {
          response_.head = std::move(*head);
          co_return Result<void>();
        }
        continue;  // 1xx: the answer is still to come
      }
      searched = buffer_.size();
      const auto count = co_await receive(buffer_.capacity() == 0 ? first_read : 4096);
      if (!count && count.error().reason != Reason::short_body) co_return count.error();
      if (!count || *count == 0) co_return Fault{Reason::reset, "closed before the end of the headers"};
      if (!response_.began) {
        response_.began = true;
        const auto now = Clock::now();
        response_.first_byte = std::chrono::round<milliseconds>(now - sent_at);
        speed_.emplace(settings_.min_speed, settings_.min_speed_window, settings_.min_speed_grace, now);
        arm(settings_.timeouts.idle, Reason::idle_timeout);
      }
    }
  }

  // Faults are those of the transfer. When the sink refuses what it gets, this ends without one, and refusal_ says so.
  net::Task<Result<void>> read_body() {
    switch (response_.head.framing) {
      case Framing::none:
        response_.reusable = buffer_.empty();
        break;
      case Framing::length:
        co_return co_await read_length(*response_.head.length);
      case Framing::chunked:
        co_return co_await read_wanted_chunks();
      case Framing::until_close:
        co_return co_await read_until_close();
    }
    co_return Result<void>();
  }

  net::Task<Result<void>> read_length(std::uint64_t length) {
    bool clean = buffer_.size() <= length;  // leftovers would be taken for the next response
    buffer_.truncate(static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size(), length)));
    refusal_ = sink_.adopt(std::exchange(buffer_, Body()));
    for (;;) {
      if (sink_.has_coded()) co_await decode_some();
      if (!refusal_ || (!sink_.has_coded() && sink_.received() >= length)) break;
      if (auto relieved = sink_.relieve(held_); !relieved) co_return relieved.error();
      if (budget_.disk_is_behind()) co_await wait_for_disk();
      if (sink_.has_coded()) continue;
      const auto missing = static_cast<std::size_t>(length - sink_.received());
      sink_.fit(missing + 1);
      const auto room = sink_.prepare(missing + 1, held_);  // to see whether there is more
      const auto count = co_await receive_into(room.first(std::min(room.size(), missing + 1)));
      if (!count) co_return cut(count.error(), "of " + std::to_string(length));
      if (*count == 0) co_return short_body("of " + std::to_string(length));
      clean = *count <= missing;
      refusal_ = sink_.commit(std::min(*count, missing));
    }
    response_.reusable = clean;
    co_return Result<void>();
  }

  net::Task<Result<void>> read_until_close() {
    refusal_ = sink_.adopt(std::exchange(buffer_, Body()));
    for (;;) {
      if (sink_.has_coded()) co_await decode_some();
      if (!refusal_) break;
      if (auto relieved = sink_.relieve(held_); !relieved) co_return relieved.error();
      if (budget_.disk_is_behind()) co_await wait_for_disk();
      if (sink_.has_coded()) continue;
      const auto wished = std::max<std::uint64_t>(sink_.received() / 2, next_read);
      const auto count = co_await receive_into(sink_.prepare(static_cast<std::size_t>(wished), held_));
      if (!count) co_return cut(count.error(), "before the connection broke");
      if (*count == 0) break;
      refusal_ = sink_.commit(*count);
    }
    co_return Result<void>();
  }

  // A little of what was received; then others have a turn.
  net::Task<void> decode_some() {
    refusal_ = sink_.decode_some();
    co_await give_turn();
  }

  // To whoever else is ready in this lane.
  static net::Task<void> give_turn() { co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable); }

  net::Task<Result<void>> read_wanted_chunks() {
    auto take = [this](std::string_view bytes) {
      refusal_ = sink_.append(bytes);
      if (refusal_) refusal_ = sink_.announce(chunks_.missing());
      return refusal_.has_value();
    };
    co_return co_await read_chunks(sink_.most(), std::move(take));
  }

  // Hands each piece of the body to `take`, until it has had enough and returns false. Tiny chunks with long headers
  // carry little body for many bytes, so what is received beyond `most` is limited too.
  template <class Take>
  net::Task<Result<void>> read_chunks(std::uint64_t most, Take take) {
    const auto most_received = received_ + most + settings_.max_headers;
    for (;;) {
      const auto before = buffer_.view().substr(0, sink_.at_a_time());
      auto bytes = before;
      bool wanted = true;
      while (wanted && !bytes.empty() && !chunks_.complete()) {
        const auto piece = chunks_.next(bytes);
        if (!piece) co_return piece.error();
        wanted = take(*piece);
      }
      buffer_.drop_front(before.size() - bytes.size());
      if (chunks_.complete()) response_.reusable = buffer_.empty();
      if (!wanted || chunks_.complete()) co_return Result<void>();
      if (auto relieved = sink_.relieve(held_); !relieved) co_return relieved.error();
      if (budget_.disk_is_behind()) co_await wait_for_disk();
      if (received_ > most_received) co_return Fault{Reason::too_large, "chunks of little but headers"};
      if (!buffer_.empty()) {
        co_await give_turn();
        continue;
      }
      const auto count = co_await receive(next_read);
      if (!count) co_return cut(count.error(), "before the last chunk");
      if (*count == 0) co_return short_body("before the last chunk");
    }
  }

  // Reads past what is left of a body that nobody wants, if that is cheaper than a new connection. A fault here is no
  // fault of the response, it only costs the connection.
  net::Task<void> read_past() {
    const auto& head = response_.head;
    const bool clean = response_.reusable;  // unless something was left over behind the body
    response_.reusable = false;
    if (!head.keep_alive) co_return;
    total_end_ = std::min(total_end_, Clock::now() + longest_read_past);
    arm(settings_.timeouts.idle, Reason::idle_timeout);
    if (head.framing == Framing::none) {
      response_.reusable = buffer_.empty();
    } else if (head.framing == Framing::chunked) {
      std::uint64_t left = most_read_past;
      auto take = [this, &left](std::string_view bytes) {
        left -= std::min<std::uint64_t>(left, bytes.size());
        return left > chunks_.missing();
      };
      const auto done = co_await read_chunks(left, std::move(take));
      response_.reusable = response_.reusable && done.has_value();
    } else if (head.framing == Framing::length) {
      auto left = *head.length - sink_.received();
      if (left > most_read_past || (sink_.received() > 0 && !clean)) co_return;
      const auto here = std::min<std::uint64_t>(left, buffer_.size());
      buffer_.drop_front(static_cast<std::size_t>(here));
      for (left -= here; left > 0;) {
        const auto room = buffer_.prepare(next_read);
        const auto count = co_await receive_into(room.first(std::min<std::size_t>(room.size(), left)));
        if (!count || *count == 0) co_return;
        left -= *count;
      }
      response_.reusable = buffer_.empty();
    }
  }

  net::Task<Result<std::size_t>> receive(std::size_t least) {
    const auto count = co_await receive_into(buffer_.prepare(least));
    if (count) buffer_.commit(*count);
    co_return count;
  }

  net::Task<Result<std::size_t>> receive_into(std::span<char> room) {
    const auto count = co_await stream_.read_some(room);
    if (!count) co_return count;
    received_ += *count;
    held_.grow(*count);
    if (speed_) {
      const auto now = Clock::now();
      // A peer that always has more keeps the event loop from looking at the deadline.
      if (now >= total_end_) co_return Fault{Reason::total_timeout, std::to_string(received_) + " bytes so far"};
      if (speed_->too_slow(now, received_)) {
        co_return Fault{Reason::too_slow, std::to_string(received_) + " bytes so far"};
      }
      arm_from(now, settings_.timeouts.idle, Reason::idle_timeout);
    }
    co_return count;
  }

  void arm(milliseconds room, Reason why) { arm_from(Clock::now(), room, why); }
  void arm_from(TimePoint now, milliseconds room, Reason why) {
    const auto phase_end = now + room;
    stream_.expires_at(std::min(phase_end, total_end_), total_end_ < phase_end ? Reason::total_timeout : why);
  }

  // A deadline says that it passed; what was there by then is known here.
  Fault explained(Fault fault) const {
    const bool late = fault.reason == Reason::total_timeout || fault.reason == Reason::idle_timeout;
    if (!late || !fault.detail.empty()) return fault;
    const auto so_far = [](std::uint64_t count) { return std::to_string(count) + " bytes so far"; };
    fault.detail = !response_.began             ? "no response yet"
                   : response_.head.status == 0 ? "inside the headers, " + so_far(received_)
                                                : so_far(sink_.received());
    return fault;
  }

  // A TLS stream that ends without close_notify inside a body may have been cut by anybody.
  Fault cut(const Fault& fault, const std::string& where) {
    return fault.reason == Reason::short_body ? short_body(where + ", " + fault.detail) : fault;
  }
  Fault short_body(const std::string& where) {
    return {Reason::short_body, std::to_string(sink_.received()) + " bytes " + where};
  }

  net::ByteStream& stream_;
  const FetchSettings& settings_;
  TimePoint total_end_;
  BodyBudget& budget_;
  BodyBudget::Share held_;
  std::optional<SpeedGuard> speed_;  // from the first byte on: until then the server may think
  BodySink sink_;
  ChunkDecoder chunks_;
  Result<void> refusal_;  // of the sink, when it is one
  Response response_;
  Body buffer_;  // bytes received and not yet handed on
  std::uint64_t received_ = 0;
};

}  // namespace

net::Task<Response> exchange(net::ByteStream& stream, std::string_view request, const FetchSettings& settings,
                             TimePoint total_end, const EarlyCheck& check, BodyBudget& budget,
                             const JobOptions* of_list) {
  Exchange one(stream, settings, total_end, check, of_list, budget);
  co_return co_await one.run(request);
}

}  // namespace gannet::fetch

#include "fetch/exchange.hpp"

#include <algorithm>
#include <optional>

#include "fetch/speed_guard.hpp"

namespace gannet::fetch {
namespace {

constexpr std::size_t first_read = 64 << 10;        // one receive for the head and most pictures
constexpr std::uint64_t most_trusted = 1 << 20;     // of an announced length: more room is made as bytes arrive
constexpr std::uint64_t most_read_past = 64 << 10;  // of a body nobody wants; beyond, closing is cheaper

class Exchange {
 public:
  Exchange(net::ByteStream& stream, const FetchSettings& settings, TimePoint total_end)
      : stream_(stream), settings_(settings), total_end_(total_end) {}

  net::Task<Response> run(std::string_view request) {
    const auto done = co_await ask(request);
    if (!done) {
      response_.fault = done.error();
      response_.body = Body();  // part of one is of no use to anybody
    }
    if (!done || !response_.head.keep_alive) response_.reusable = false;
    co_return std::move(response_);
  }

 private:
  net::Task<Result<void>> ask(std::string_view request) {
    const auto sent_at = Clock::now();
    arm(settings_.timeouts.first_byte, Reason::first_byte_timeout);
    const auto sent = co_await stream_.write(request);
    // A server may answer and close before it has read all of the request: look for the answer all the same.
    if (!sent && sent.error().reason != Reason::reset) co_return sent.error();
    const auto began = co_await stream_.readable();
    if (!began) co_return began.error();
    const auto head = co_await read_head(sent_at);
    if (!head) co_return head.error();
    if (response_.head.status / 100 == 2) co_return co_await read_body();
    co_await read_past();
    co_return Result<void>();
  }

  // Leaves in body_ what came behind the head.
  net::Task<Result<void>> read_head(TimePoint sent_at) {
    std::size_t searched = 0;
    std::size_t heads = 0;  // bytes of interim responses
    for (;;) {
      if (!may_be_http(body_.view())) co_return Fault{Reason::bad_response, "not HTTP"};
      const auto length = head_length(body_.view(), searched);
      if (heads + length.value_or(body_.size()) > settings_.max_headers) {
        co_return Fault{Reason::too_large, "headers beyond " + std::to_string(settings_.max_headers) + " bytes"};
      }
      if (length) {
        parser_ = ResponseParser();
        auto head = parser_.parse_head(body_.view().substr(0, *length));
        if (!head) co_return head.error();
        body_.drop_front(*length);
        searched = 0;
        heads += *length;
        if (head->status == 101) co_return Fault{Reason::bad_response, "switched protocols unasked"};
        if (head->status >= 200) {
          response_.head = std::move(*head);
          co_return Result<void>();
        }
        continue;  // 1xx: the answer is still to come
      }
      searched = body_.size();
      const auto count = co_await receive(body_, body_.capacity() == 0 ? first_read : 4096);
      if (!count && count.error().reason != Reason::short_body) co_return count.error();
      if (!count || *count == 0) {
        co_return Fault{response_.began ? Reason::bad_response : Reason::reset, "closed before the end of the headers"};
      }
      if (!response_.began) {
        response_.began = true;
        const auto now = Clock::now();
        response_.first_byte = std::chrono::round<milliseconds>(now - sent_at);
        speed_.emplace(settings_.min_speed, settings_.min_speed_window, settings_.min_speed_grace, now);
        arm(settings_.timeouts.idle, Reason::idle_timeout);
      }
    }
  }

  net::Task<Result<void>> read_body() {
    switch (response_.head.framing) {
      case Framing::none:
        co_return finish(body_.empty());
      case Framing::length:
        co_return co_await read_length();
      case Framing::chunked:
        co_return co_await read_chunks(response_.body, settings_.max_body);
      case Framing::until_close:
        co_return co_await read_until_close();
    }
    co_return Result<void>();
  }

  net::Task<Result<void>> read_length() {
    const auto length = response_.head.length;
    if (length > settings_.max_body)
      co_return Fault{Reason::too_large, "announced " + std::to_string(length) + " bytes"};
    while (body_.size() < length) {
      const auto missing = static_cast<std::size_t>(length - body_.size());
      const auto room = body_.prepare(std::min<std::size_t>(missing, most_trusted));
      const auto count = co_await receive_into(room.first(std::min(room.size(), missing)));
      if (!count) co_return cut(count.error(), "of " + std::to_string(length));
      if (*count == 0) co_return short_body("of " + std::to_string(length));
      body_.commit(*count);
    }
    const bool clean = body_.size() == length;
    body_.truncate(static_cast<std::size_t>(length));
    response_.body = std::move(body_);
    co_return finish(clean);
  }

  net::Task<Result<void>> read_until_close() {
    for (;;) {
      if (body_.size() > settings_.max_body) co_return beyond_limit();
      const auto count = co_await receive(body_, std::max<std::size_t>(body_.size() / 2, 16 << 10));
      if (!count) co_return cut(count.error(), "before the connection broke");
      if (*count == 0) break;
    }
    response_.body = std::move(body_);
    co_return Result<void>();
  }

  net::Task<Result<void>> read_chunks(Body& out, std::uint64_t most) {
    // Tiny chunks with long headers carry little body for many bytes.
    const auto most_received = received_ + most + settings_.max_headers;
    for (;;) {
      const auto chunks = parser_.parse_chunks(body_.view(), out, most);
      if (!chunks) co_return chunks.error();
      body_.drop_front(chunks->consumed);
      if (chunks->complete) co_return finish(body_.empty());
      // What is left undecoded is one chunk header or the trailers.
      if (body_.size() > settings_.max_headers) co_return Fault{Reason::bad_response, "endless chunk header"};
      if (received_ > most_received) co_return Fault{Reason::too_large, "chunks of little but headers"};
      const auto count = co_await receive(body_, 16 << 10);
      if (!count) co_return cut(count.error(), "before the last chunk");
      if (*count == 0) co_return short_body("before the last chunk");
    }
  }

  // Reads past a body that nobody wants, if that is cheaper than a new connection. A fault here is no fault of the
  // response, it only costs the connection.
  net::Task<void> read_past() {
    const auto& head = response_.head;
    Body unwanted;
    bool clean = false;
    if (head.framing == Framing::none) {
      clean = body_.empty();
    } else if (head.framing == Framing::chunked) {
      const auto done = co_await read_chunks(unwanted, most_read_past);
      clean = done.has_value() && response_.reusable;
    } else if (head.framing == Framing::length && head.length <= most_read_past && head.keep_alive) {
      while (body_.size() < head.length) {
        const auto count = co_await receive(body_, static_cast<std::size_t>(head.length));
        if (!count || *count == 0) break;
      }
      clean = body_.size() == head.length;
    }
    response_.reusable = clean;
  }

  net::Task<Result<std::size_t>> receive(Body& into, std::size_t least) {
    const auto count = co_await receive_into(into.prepare(least));
    if (count) into.commit(*count);
    co_return count;
  }

  net::Task<Result<std::size_t>> receive_into(std::span<char> room) {
    const auto count = co_await stream_.read_some(room);
    if (!count) co_return count;
    received_ += *count;
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

  Result<void> finish(bool clean) {
    response_.reusable = clean;  // leftovers would be taken for the next response
    return {};
  }

  // A TLS stream that ends without close_notify inside a body may have been cut by anybody.
  Fault cut(const Fault& fault, const std::string& where) {
    return fault.reason == Reason::short_body ? short_body(where + ", " + fault.detail) : fault;
  }
  Fault short_body(const std::string& where) {
    const auto got = std::max(body_.size(), response_.body.size());
    return {Reason::short_body, std::to_string(got) + " bytes " + where};
  }
  Fault beyond_limit() { return {Reason::too_large, "beyond " + std::to_string(settings_.max_body) + " bytes"}; }

  net::ByteStream& stream_;
  const FetchSettings& settings_;
  TimePoint total_end_;
  std::optional<SpeedGuard> speed_;  // from the first byte on: until then the server may think
  ResponseParser parser_;
  Response response_;
  Body body_;  // bytes received and not yet handed on
  std::uint64_t received_ = 0;
};

}  // namespace

net::Task<Response> exchange(net::ByteStream& stream, std::string_view request, const FetchSettings& settings,
                             TimePoint total_end) {
  Exchange one(stream, settings, total_end);
  co_return co_await one.run(request);
}

}  // namespace gannet::fetch

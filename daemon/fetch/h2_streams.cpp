// What becomes of each request: how its stream goes on, and what an end of the stream or of the connection means for
// it.
#include <algorithm>
#include <charconv>

#include "core/text.hpp"
#include "fetch/h2_session.hpp"
#include "fetch/h2_words.hpp"

namespace gannet::fetch {
namespace {

constexpr std::int64_t most_read_past = 64 << 10;  // of a body nobody wants, as for HTTP/1.1
// What a peer may send beside a head or a piece of a body: some ask for the round-trip time with a PING again and
// again.
constexpr unsigned frames_a_head = 10, frames_a_piece = 3;

}  // namespace

void H2Session::drop(std::int32_t id) {
  auto* stream = find(id);
  if (!stream) return;
  if (!stream->sent || stream->announced - stream->received > most_read_past) return cancel(id);
  stream->listener = nullptr;
}

bool H2Session::reads_past() const {
  return std::ranges::any_of(streams_, [](const Stream& stream) { return !stream.listener; });
}

void H2Session::cancel_passed() {
  std::vector<std::int32_t> passed;
  for (const auto& stream : streams_) {
    if (!stream.listener) passed.push_back(stream.id);
  }
  for (const auto id : passed) cancel(id);
}

void H2Session::fail_all(const Fault& fault) {
  const bool http1 = goodbye_ && goaway_code_ == NGHTTP2_HTTP_1_1_REQUIRED;
  const bool anybodys = fault.reason == Reason::bad_response && streams_.size() > 1;
  while (!streams_.empty()) {
    const auto& stream = streams_.front();
    Fault own = fault;
    if (fault.reason == Reason::short_body && !stream.have_head) {
      own = {Reason::reset, "closed before the end of the headers"};
    } else if (fault.reason == Reason::short_body) {
      own.detail = std::to_string(stream.received) + " bytes";
      if (stream.announced >= 0) own.detail += " of " + std::to_string(stream.announced);
      own.detail += ", " + fault.detail;
    }
    if (goodbye_ && goaway_code_ != NGHTTP2_NO_ERROR) own.detail += ", after the server sent " + goodbye_words_;
    const bool apart = anybodys || (http1 && !stream.have_head);
    fail(stream.id, std::move(own), apart ? H2Stream::Again::by_http1 : H2Stream::Again::no);
  }
}

H2Session::Stream* H2Session::find(std::int32_t id) {
  const auto found = std::ranges::lower_bound(streams_, id, {}, &Stream::id);
  return found != streams_.end() && found->id == id ? &*found : nullptr;
}

void H2Session::end(std::int32_t id) {
  auto* stream = find(id);
  if (!stream || !stream->have_head) return;
  H2Stream* listener = stream->listener;
  streams_.erase(streams_.begin() + (stream - streams_.data()));
  if (listener) listener->on_end();
}

void H2Session::fail(std::int32_t id, Fault fault, H2Stream::Again again) {
  auto* stream = find(id);
  if (!stream) return;
  H2Stream* listener = stream->listener;
  streams_.erase(streams_.begin() + (stream - streams_.data()));
  if (listener) listener->on_failed(std::move(fault), again);
}

int H2Session::take_field(std::int32_t id, std::string_view name, std::string_view value) {
  auto* stream = find(id);
  if (!stream) return 0;
  stream->header_bytes += name.size() + value.size() + 32;  // as RFC 9113, 6.5.2, counts
  if (stream->header_bytes > max_headers_) {
    stream->fault = {Reason::too_large, "headers beyond " + std::to_string(max_headers_) + " bytes"};
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // nghttp2 resets the stream
  }
  if (stream->have_head) return 0;  // a trailer says nothing we act on
  if (name == ":status") {
    std::from_chars(value.data(), value.data() + value.size(), stream->status);  // nghttp2 has seen that it is a number
    if (stream->status >= 100) return 0;
    stream->fault = {Reason::bad_response, broke_rules("status " + on_one_line(value))};
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }
  if (stream->status < 200) return 0;  // interim responses are skipped
  if (name == "content-length") {
    std::from_chars(value.data(), value.data() + value.size(), stream->announced);  // likewise
  }
  if (stream->listener) stream->listener->on_field(name, value);
  return 0;
}

void H2Session::take_headers(const nghttp2_frame& frame) {
  auto* stream = find(frame.hd.stream_id);
  if (!stream || stream->have_head || stream->status < 200) return;
  meter_.progress(frames_a_head);
  stream->have_head = true;
  if (stream->listener && !stream->listener->on_head(stream->status)) drop(frame.hd.stream_id);
}

void H2Session::take_data(std::int32_t id, std::string_view bytes) {
  auto* stream = find(id);
  if (!stream) return;
  meter_.progress(frames_a_piece);
  stream->received += static_cast<std::int64_t>(bytes.size());
  if (!stream->listener) {
    stream->passed += static_cast<std::int64_t>(bytes.size());
    if (stream->passed > most_read_past) cancel(id);
  } else if (!stream->listener->on_data(bytes)) {
    drop(id);
  }
}

// Only of streams that did not end as they should: those that did are not known any more.
void H2Session::take_close(std::int32_t id, std::uint32_t code) {
  const bool by_peer = std::exchange(reset_by_peer_, 0) == id;
  auto* stream = find(id);
  if (!stream) return;
  if (stream->fault.reason != Reason::none) return fail(id, stream->fault);
  if (code == NGHTTP2_REFUSED_STREAM) {
    refusing_ = refusing_ || !stream->early;
    return fail(id, {Reason::reset, "the server refused the request: " + told_by_server(code)}, H2Stream::Again::free);
  }
  if (code == NGHTTP2_HTTP_1_1_REQUIRED) {
    return fail(id, {Reason::reset, "the server wants HTTP/1.1"}, H2Stream::Again::by_http1);
  }
  const bool whole = stream->have_head && stream->announced >= 0 && stream->received == stream->announced;
  if (by_peer && code == NGHTTP2_NO_ERROR && whole) return end(id);  // it wants no more of the request (RFC 9113, 8.1)
  if (by_peer) return fail(id, {Reason::reset, "the server reset the stream: " + told_by_server(code)});
  if (stream->announced >= 0 && stream->arriving > stream->announced) {
    return fail(id, {Reason::bad_response, "more than the announced " + std::to_string(stream->announced) + " bytes"});
  }
  // nghttp2 does not tell a head that announces a body and ends the stream; but its status counts, as over HTTP/1.1.
  if (!stream->have_head && stream->status >= 200 && stream->announced > 0) {
    stream->have_head = true;
    if (stream->listener && !stream->listener->on_head(stream->status)) {
      streams_.erase(streams_.begin() + (stream - streams_.data()));
      return;
    }
  }
  if (stream->have_head && stream->announced > stream->received) {
    return fail(
        id, {Reason::short_body, std::to_string(stream->received) + " bytes of " + std::to_string(stream->announced)});
  }
  const bool headless = code == NGHTTP2_PROTOCOL_ERROR && !stream->have_head;
  fail(id, {Reason::bad_response,
            headless ? broke_rules("a head without a status") : broke_rules(code, "what may not follow this head")});
}

void H2Session::take_goaway(const nghttp2_goaway& goaway) {
  goodbye_ = true;
  goaway_code_ = goaway.error_code;
  last_taken_ = goaway.last_stream_id;
  goodbye_words_ = "GOAWAY with " + told_by_server(goaway.error_code);
  const std::string_view debug(reinterpret_cast<const char*>(goaway.opaque_data), goaway.opaque_data_len);
  if (!debug.empty()) goodbye_words_ += ", '" + on_one_line(debug) + "'";
  std::vector<std::int32_t> unseen;  // by the peer, now and for ever; nghttp2 would let those wait that were not sent
  for (const auto& stream : streams_) {
    if (!stream.sent || stream.id > goaway.last_stream_id) unseen.push_back(stream.id);
  }
  const bool http1 = goaway.error_code == NGHTTP2_HTTP_1_1_REQUIRED;
  for (const auto id : unseen) {
    nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
    fail(id, {Reason::reset, "the server ended the connection without looking at this request: " + goodbye_words_},
         http1 ? H2Stream::Again::by_http1 : H2Stream::Again::free);
  }
}

}  // namespace gannet::fetch

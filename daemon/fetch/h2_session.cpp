// The session with nghttp2: what it is told, what it calls back, and its faults. What that means for each request is in
// h2_streams.cpp.
#include "fetch/h2_session.hpp"

#include <array>
#include <new>

#include "fetch/h2_words.hpp"

namespace gannet::fetch {
namespace {

constexpr std::uint32_t stream_window = 1 << 20;       // most pictures come without waiting for a WINDOW_UPDATE
constexpr std::int32_t connection_window = 16 << 20;   // so that one slow reader does not hold up the others
constexpr std::size_t acknowledgements_waiting = 200;  // of SETTINGS and PING, while the peer does not read
constexpr std::size_t settings_a_frame = 32;
constexpr std::size_t frame_size = 16 << 10;  // the largest we allow, as everybody may send (RFC 9113, 4.2)
constexpr unsigned smallest_usual_frame = 4 << 10;

std::string_view view(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

nghttp2_nv field(std::string_view name, std::string_view value) {
  // nghttp2 takes pointers to what it only reads.
  const auto bytes = [](std::string_view text) {
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

std::string lower(std::string_view text) {
  std::string all(text);
  for (char& c : all) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return all;
}

}  // namespace

// nghttp2's callbacks: each finds its session and says in our words what happened.
struct H2Session::Callbacks {
  static H2Session& self(void* user_data) { return *static_cast<H2Session*>(user_data); }

  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                       const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user_data) {
    return self(user_data).take_field(frame->hd.stream_id, view(name, name_size), view(value, value_size));
  }

  static int on_begin_frame(nghttp2_session*, const nghttp2_frame_hd* frame, void* user_data) {
    if (frame->type != NGHTTP2_DATA || (frame->flags & NGHTTP2_FLAG_PADDED) != 0) return 0;
    auto* stream = self(user_data).find(frame->stream_id);
    if (stream) stream->arriving = stream->received + static_cast<std::int64_t>(frame->length);
    return 0;
  }

  static int on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    H2Session& session = self(user_data);
    session.head_of_ = frame->hd.type == NGHTTP2_HEADERS ? frame->hd.stream_id : 0;
    if (auto* stream = session.find(frame->hd.stream_id); stream && !stream->have_head) stream->status = 0;
    return 0;
  }

  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* data, std::size_t size,
                     void* user_data) {
    self(user_data).take_data(id, view(data, size));
    return 0;
  }

  static int on_frame_recv(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    H2Session& session = self(user_data);
    switch (frame->hd.type) {
      case NGHTTP2_HEADERS:
        session.take_headers(*frame);
        break;
      case NGHTTP2_SETTINGS:
        session.settings_seen_ = true;
        break;
      case NGHTTP2_RST_STREAM:
        session.reset_by_peer_ = frame->hd.stream_id;
        break;
      case NGHTTP2_GOAWAY:
        session.take_goaway(frame->goaway);
        break;
      default:
        break;
    }
    const bool ends = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (ends && (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA)) session.end(frame->hd.stream_id);
    return 0;
  }

  static int on_stream_close(nghttp2_session*, std::int32_t id, std::uint32_t code, void* user_data) {
    self(user_data).take_close(id, code);
    return 0;
  }

  static int on_frame_send(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    H2Session& session = self(user_data);
    if (frame->hd.type == NGHTTP2_HEADERS) {
      if (auto* stream = session.find(frame->hd.stream_id)) {
        stream->sent = true;
        stream->early = !session.settings_seen_;
        if (stream->listener) stream->listener->on_sent();
      }
    } else if (frame->hd.type == NGHTTP2_GOAWAY) {  // we never say it: nghttp2 has found something unbearable
      session.terminated_ = true;
      const auto& goaway = frame->goaway;
      session.trouble_ = broke_rules(goaway.error_code, view(goaway.opaque_data, goaway.opaque_data_len));
    }
    return 0;
  }

  static int on_frame_not_send(nghttp2_session*, const nghttp2_frame* frame, int, void* user_data) {
    if (frame->hd.type != NGHTTP2_HEADERS) return 0;
    self(user_data).fail(frame->hd.stream_id, {Reason::reset, "the server takes no more requests on this connection"},
                         H2Stream::Again::free);
    return 0;
  }

  // Of a field it says it here alone. Some it only leaves out, "Ignoring ...".
  static int on_error(nghttp2_session*, int code, const char* text, std::size_t size, void* user_data) {
    H2Session& session = self(user_data);
    const std::string_view complaint(text, size);
    auto* stream = session.find(session.head_of_);
    if (code == NGHTTP2_ERR_HTTP_HEADER && stream && complaint.starts_with("Invalid")) {
      stream->fault = {Reason::bad_response, broke_rules_by_field(complaint)};
    }
    return 0;
  }

  // Shared by all sessions: they copy it.
  static const nghttp2_session_callbacks* all() {
    static const auto* made = [] {
      nghttp2_session_callbacks* callbacks = nullptr;
      if (nghttp2_session_callbacks_new(&callbacks) != 0) throw std::bad_alloc();
      nghttp2_session_callbacks_set_on_header_callback(callbacks, &on_header);
      nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, &on_begin_frame);
      nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, &on_begin_headers);
      nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, &on_data);
      nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &on_frame_recv);
      nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, &on_stream_close);
      nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, &on_frame_send);
      nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, &on_frame_not_send);
      nghttp2_session_callbacks_set_error_callback2(callbacks, &on_error);
      return callbacks;
    }();
    return made;
  }
};

H2Session::H2Session(ByteCount max_headers) : max_headers_(max_headers), session_(nullptr, &nghttp2_session_del) {
  nghttp2_option* options = nullptr;
  if (nghttp2_option_new(&options) != 0) throw std::bad_alloc();
  const std::unique_ptr<nghttp2_option, void (*)(nghttp2_option*)> owned(options, &nghttp2_option_del);
  nghttp2_option_set_no_closed_streams(options, 1);
  nghttp2_option_set_max_outbound_ack(options, acknowledgements_waiting);
  nghttp2_option_set_max_settings(options, settings_a_frame);
  nghttp2_option_set_max_continuations(options, static_cast<std::size_t>(max_headers / frame_size) + 8);
  nghttp2_session* session = nullptr;
  if (nghttp2_session_client_new2(&session, Callbacks::all(), this, options) != 0) throw std::bad_alloc();
  session_.reset(session);

  const std::array settings{
      nghttp2_settings_entry{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, stream_window},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(max_headers)},
  };
  if (nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings.data(), settings.size()) != 0 ||
      nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, connection_window) != 0) {
    throw std::bad_alloc();
  }
}

H2Session::~H2Session() = default;

std::int32_t H2Session::submit(const Request& request, H2Stream& listener) {
  if (!accepting()) return 0;
  std::vector<std::string> names;  // in lower case, as HTTP/2 has them
  std::vector<nghttp2_nv> fields;
  names.reserve(request.fields.size());
  fields.reserve(request.fields.size() + 4);
  fields.push_back(field(":method", "GET"));
  fields.push_back(field(":scheme", request.secure ? "https" : "http"));
  fields.push_back(field(":authority", request.authority));
  fields.push_back(field(":path", request.target));
  for (const auto& [name, value] : request.fields) fields.push_back(field(names.emplace_back(lower(name)), value));
  const auto id = nghttp2_submit_request(session_.get(), nullptr, fields.data(), fields.size(), nullptr, nullptr);
  if (id <= 0) return 0;
  Stream& stream = streams_.emplace_back();
  stream.id = id;
  stream.listener = &listener;
  return id;
}

void H2Session::cancel(std::int32_t id) {
  const auto* stream = find(id);
  if (!stream) return;
  streams_.erase(streams_.begin() + (stream - streams_.data()));
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
  meter_.forgive(stream_window / smallest_usual_frame);
}

Result<void> H2Session::feed(std::string_view bytes) {
  if (!std::exchange(begun_, true) && bytes.starts_with("HTTP/")) {
    return Fault{Reason::bad_response, "the server chose HTTP/2 and speaks HTTP/1"};
  }
  if (!meter_.feed(bytes)) {
    const std::string kind(meter_.most_frequent());
    nghttp2_session_terminate_session(session_.get(), NGHTTP2_ENHANCE_YOUR_CALM);
    (void)drain();
    return Fault{Reason::bad_response, "a flood of HTTP/2 frames, most of them " + kind};
  }
  const auto taken =
      nghttp2_session_mem_recv(session_.get(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (taken < 0) return own_fault(static_cast<int>(taken));
  return drain();
}

Result<void> H2Session::drain() {
  for (;;) {
    const std::uint8_t* bytes = nullptr;
    const auto size = nghttp2_session_mem_send(session_.get(), &bytes);
    if (size < 0) return own_fault(static_cast<int>(size));
    if (size == 0) break;
    output_ += view(bytes, static_cast<std::size_t>(size));
  }
  if (terminated_) return Fault{Reason::bad_response, trouble_};
  return {};
}

Result<void> H2Session::output(std::string& out) {
  const auto drained = drain();
  if (out.empty()) {
    std::swap(out, output_);
  } else {
    out += output_;
    output_.clear();
  }
  return drained;
}

bool H2Session::accepting() const {
  return !goodbye_ && !refusing_ && !terminated_ && nghttp2_session_check_request_allowed(session_.get()) != 0;
}

std::uint32_t H2Session::peer_allows() const {
  return nghttp2_session_get_remote_settings(session_.get(), NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}

Fault H2Session::own_fault(int error) {
  const std::string_view words = nghttp2_strerror(error);
  if (error == NGHTTP2_ERR_FLOODED) {
    return {Reason::bad_response, broke_rules("more SETTINGS and PING than could be answered")};
  }
  const bool ours = error == NGHTTP2_ERR_NOMEM || error == NGHTTP2_ERR_CALLBACK_FAILURE;
  return {Reason::bad_response, ours ? "HTTP/2 failed here: " + std::string(words) : broke_rules(words)};
}

}  // namespace gannet::fetch

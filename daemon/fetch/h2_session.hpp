// One HTTP/2 connection (RFC 9113) as the client sees it, over nghttp2: bytes in, bytes out, and what happens to each
// request. No sockets, no clocks, no waiting. Owned by an H2Connection; lane thread only.
//
// What nghttp2 does not judge is judged here: floods of frames that bring nothing, endless headers, and what the end of
// a stream or of the connection means for a request.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/reason.hpp"
#include "core/settings.hpp"
#include "fetch/h2_frame_meter.hpp"
#include "fetch/request.hpp"

namespace gannet::fetch {

/// Hears what happens to one request, from within the session's functions: it may not call them. Ends with exactly one
/// of on_end() and on_failed(), unless the stream was cancelled before.
class H2Stream {
 public:
  enum class Again : unsigned char {
    no,
    free,      // the server says that it has not looked at the request: sending it again is nobody's failure
    by_http1,  // the server wants to be asked over HTTP/1.1
  };

  virtual ~H2Stream() = default;

  /// The request's HEADERS are on their way; until then it waited for the peer to allow another stream.
  virtual void on_sent() = 0;
  /// Of the final response, without pseudo fields and trailers; the name in lower case.
  virtual void on_field(std::string_view name, std::string_view value) = 0;
  /// The final head is complete; its fields were told before. False: nothing more is wanted, drop the stream.
  virtual bool on_head(unsigned status) = 0;
  /// False: likewise.
  virtual bool on_data(std::string_view bytes) = 0;
  virtual void on_end() = 0;
  virtual void on_failed(Fault fault, Again again) = 0;
};

class H2Session {
 public:
  explicit H2Session(ByteCount max_headers);
  ~H2Session();
  H2Session(const H2Session&) = delete;
  H2Session& operator=(const H2Session&) = delete;

  /// The number of the stream, or nothing when the connection takes no more. The listener must live until it has heard
  /// the end, or cancel().
  std::int32_t submit(const Request& request, H2Stream& listener);

  /// Tells the peer that nobody wants it any more. The listener hears nothing more.
  void cancel(std::int32_t stream);

  /// The same where little is still to come: reading past it is cheaper, and servers take many resets for an attack.
  void drop(std::int32_t stream);

  /// Whether a stream is being read past; and an end to all of those, whose rest did not come soon.
  bool reads_past() const;
  void cancel_passed();

  /// What was received, in any pieces. A fault is the end of the connection: what is left to do is to send output(),
  /// and fail_all().
  Result<void> feed(std::string_view bytes);

  /// The connection is over, and so is every request. `short_body` says that it was closed: a request whose response
  /// had not begun is then `reset`. `bad_response` with several requests under way may be the fault of any of them:
  /// they are to be asked again apart from each other, over HTTP/1.1.
  void fail_all(const Fault& fault);

  /// Moves what is to be sent to the end of `out`. A fault as in feed().
  Result<void> output(std::string& out);
  bool has_output() const { return !output_.empty() || nghttp2_session_want_write(session_.get()) != 0; }

  /// Whether it takes requests: the peer has neither said goodbye nor refused one, and stream numbers are left.
  bool accepting() const;
  /// Requests that have not ended, those included that wait for the peer to allow them or are read past.
  std::size_t streams() const { return streams_.size(); }
  /// The peer has taken on some request before it said goodbye.
  bool took_some() const { return goodbye_ && last_taken_ > 0; }
  /// How many streams the peer allows at once; 100 until it has said so (nghttp2's guess).
  std::uint32_t peer_allows() const;

 private:
  struct Callbacks;
  struct Stream {
    std::int32_t id = 0;
    H2Stream* listener = nullptr;  // none: it is read past
    std::int64_t passed = 0;       // so far
    unsigned status = 0;
    bool sent = false;
    bool early = false;  // before the peer has said how many it allows
    bool have_head = false;
    std::uint64_t header_bytes = 0;
    std::int64_t announced = -1;  // Content-Length
    std::int64_t received = 0;
    std::int64_t arriving = 0;  // likewise, with the whole of the frame that is being read
    Fault fault;                // ours, found while reading
  };

  Stream* find(std::int32_t id);
  void end(std::int32_t id);
  void fail(std::int32_t id, Fault fault, H2Stream::Again again = H2Stream::Again::no);
  int take_field(std::int32_t id, std::string_view name, std::string_view value);
  void take_headers(const nghttp2_frame& frame);
  void take_data(std::int32_t id, std::string_view bytes);
  void take_close(std::int32_t id, std::uint32_t code);
  void take_goaway(const nghttp2_goaway& goaway);
  Result<void> drain();
  static Fault own_fault(int error);

  ByteCount max_headers_;
  std::unique_ptr<nghttp2_session, void (*)(nghttp2_session*)> session_;
  H2FrameMeter meter_;
  std::vector<Stream> streams_;  // by id, ascending
  std::string output_;
  std::string trouble_;             // why nghttp2 has had enough of the peer
  std::int32_t head_of_ = 0;        // the stream whose head is being read, or was last; 0: a promise's
  std::uint32_t goaway_code_ = 0;   // with which the peer said goodbye
  std::string goodbye_words_;       // and all that it said then, for people
  std::int32_t last_taken_ = 0;     // and the last stream that it had looked at
  bool goodbye_ = false;            // it did
  bool begun_ = false;              // something was received
  std::int32_t reset_by_peer_ = 0;  // the stream that is being closed because the peer reset it
  bool settings_seen_ = false;      // of the peer
  bool refusing_ = false;           // it refused what it should have allowed
  bool terminated_ = false;         // nghttp2 has had enough of the peer
};

}  // namespace gannet::fetch

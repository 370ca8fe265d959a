#include "fetch/response_parser.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <charconv>
#include <limits>

#include "core/text.hpp"

namespace gannet::fetch {
namespace {

namespace http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

bool has_foreign_name(std::string_view line) {
  const auto name = line.substr(0, line.find(':'));
  return std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

// Beast is stricter than the web. RFC 9112, section 2.2, lets a recipient take a lone LF for a line's end; some servers
// leave out the space behind a status without a reason phrase; some send header names that are not ASCII, which name
// nothing that we or HTTP know.
std::string normalised(std::string_view head) {
  std::string out;
  out.reserve(head.size() + 64);
  bool dropping = false;  // the continuation lines of a dropped one go with it
  for (bool first = true; !head.empty(); first = false) {
    const auto end = head.find('\n');
    auto line = head.substr(0, end);
    head.remove_prefix(end == std::string_view::npos ? head.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool continuation = !first && (line.starts_with(' ') || line.starts_with('\t'));
    dropping = continuation ? dropping : !first && has_foreign_name(line);
    if (dropping) continue;
    out += line;
    if (first && line.size() == std::string_view("HTTP/1.1 200").size()) out += ' ';
    out += "\r\n";
  }
  return out;
}

std::optional<seconds> keep_alive_timeout(std::string_view value) {
  const auto at = value.find("timeout=");
  if (at == std::string_view::npos) return std::nullopt;
  unsigned count = 0;
  const auto digits = value.substr(at + 8);
  if (std::from_chars(digits.data(), digits.data() + digits.size(), count).ec != std::errc{}) return std::nullopt;
  return seconds{count};
}

Fault bad(std::string detail) { return {Reason::bad_response, std::move(detail)}; }

}  // namespace

std::optional<std::size_t> head_length(std::string_view bytes, std::size_t searched) {
  // The blank line may have begun in the last three bytes searched before.
  for (auto at = bytes.find('\n', searched < 3 ? 0 : searched - 3); at != std::string_view::npos;
       at = bytes.find('\n', at + 1)) {
    const auto rest = bytes.substr(at + 1, 2);
    if (rest.starts_with('\n')) return at + 2;
    if (rest == "\r\n") return at + 3;
  }
  return std::nullopt;
}

bool may_be_http(std::string_view bytes) {
  constexpr std::string_view start = "HTTP/1.";
  return bytes.substr(0, start.size()) == start.substr(0, bytes.size());
}

class ResponseParser::Impl final : public http::basic_parser<false> {
 public:
  Impl() {
    header_limit(std::numeric_limits<std::uint32_t>::max());  // limited by who reads the bytes
    body_limit(boost::none);                                  // likewise
    eager(false);
  }

  ResponseHead head;
  bool foreign_coding = false;  // a Transfer-Encoding other than chunked alone
  bool head_done = false;
  Body* out = nullptr;
  std::uint64_t most = 0;
  bool too_large = false;

 private:
  void on_request_impl(http::verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int status, string_view, int, error_code&) override {
    head.status = static_cast<unsigned>(status);
  }
  void on_field_impl(http::field name, string_view spelled, string_view value, error_code&) override {
    if (head_done) return;  // a trailer says nothing we act on
    const std::string_view text(value.data(), value.size());
    if (equals_ignoring_case({spelled.data(), spelled.size()}, "x-robots-tag")) head.robots_tags.emplace_back(text);
    switch (name) {
      case http::field::transfer_encoding:
        foreign_coding = foreign_coding || !equals_ignoring_case(trim(text), "chunked");
        break;
      case http::field::location:
        if (head.location.empty()) head.location = text;  // as browsers do: the first one counts
        break;
      case http::field::retry_after:
        head.retry_after = text;
        break;
      case http::field::content_type:
        head.content_type = text;
        break;
      case http::field::content_encoding:
        head.content_encoding = text;
        break;
      case http::field::keep_alive:
        head.keep_alive_timeout = keep_alive_timeout(text);
        break;
      default:
        break;
    }
  }
  void on_header_impl(error_code&) override { head_done = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view text, error_code&) override { return text.size(); }
  void on_chunk_header_impl(std::uint64_t size, string_view, error_code& error) override {
    if (size <= most - out->size()) return;
    too_large = true;
    error = http::error::body_limit;
  }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view text, error_code&) override {
    out->append({text.data(), text.size()});
    return text.size();
  }
  void on_finish_impl(error_code&) override {}
};

ResponseParser::ResponseParser() : impl_(std::make_unique<Impl>()) {}
ResponseParser::~ResponseParser() = default;
ResponseParser::ResponseParser(ResponseParser&&) noexcept = default;
ResponseParser& ResponseParser::operator=(ResponseParser&&) noexcept = default;

Result<ResponseHead> ResponseParser::parse_head(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return bad("NUL in the headers");
  const std::string normal = normalised(text);
  error_code error;
  std::size_t used = 0;
  while (!impl_->is_header_done()) {
    used += impl_->put(boost::asio::buffer(normal) + used, error);
    if (error) return bad(error.message());
  }
  ResponseHead& head = impl_->head;
  head.keep_alive = impl_->keep_alive();
  if (head.status < 100) return bad("no status");
  if (impl_->foreign_coding) return bad("a Transfer-Encoding other than chunked");
  const bool bodiless = head.status < 200 || head.status == 204 || head.status == 304;
  if (bodiless) {
    head.framing = Framing::none;
  } else if (impl_->chunked()) {
    head.framing = Framing::chunked;
  } else if (const auto length = impl_->content_length()) {
    head.framing = Framing::length;
    head.length = *length;
  } else {
    head.framing = Framing::until_close;
    head.keep_alive = false;
  }
  return std::move(head);
}

Result<ResponseParser::Chunks> ResponseParser::parse_chunks(std::string_view bytes, Body& out, std::uint64_t most) {
  impl_->out = &out;
  impl_->most = most;
  Chunks chunks;
  // Whatever is complete ends in "0\r\n\r\n"; given less of that, Beast's parser fails an assertion of its own.
  constexpr std::size_t shortest_end = 5;
  while (!impl_->is_done() && bytes.size() - chunks.consumed >= shortest_end) {
    error_code error;
    const auto rest = bytes.substr(chunks.consumed);
    chunks.consumed += impl_->put(boost::asio::buffer(rest.data(), rest.size()), error);
    if (error == http::error::need_more) break;
    if (impl_->too_large) return Fault{Reason::too_large, "chunks beyond " + std::to_string(most) + " bytes"};
    if (error) return bad(error.message());
  }
  chunks.complete = impl_->is_done();
  return chunks;
}

}  // namespace gannet::fetch

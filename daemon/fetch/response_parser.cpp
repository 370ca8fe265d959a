#include "fetch/response_parser.hpp"

#include <algorithm>
#include <string>

#include "core/text.hpp"

namespace gannet::fetch {
namespace {

constexpr std::string_view start = "HTTP/1.";

Fault bad(std::string detail) { return {Reason::bad_response, std::move(detail)}; }

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The next line, without what ends it. Text mode on Windows makes "\r\r\n" of a line end.
std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  while (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

struct StatusLine {
  unsigned minor = 0;
  unsigned status = 0;
};

// "HTTP/1.1 200 OK"; the reason may be any text or missing.
std::optional<StatusLine> read_status_line(std::string_view line) {
  if (!may_be_http(line) || line.size() < start.size()) return std::nullopt;
  line.remove_prefix(start.size());
  if (!line.starts_with("0 ") && !line.starts_with("1 ")) return std::nullopt;
  const unsigned minor = line.front() == '1' ? 1 : 0;
  line.remove_prefix(2);
  while (line.starts_with(' ')) line.remove_prefix(1);
  if (line.size() < 3 || !std::ranges::all_of(line.substr(0, 3), is_digit)) return std::nullopt;
  if (line.size() > 3 && is_digit(line[3])) return std::nullopt;
  unsigned status = 0;
  for (const char digit : line.substr(0, 3)) status = status * 10 + static_cast<unsigned>(digit - '0');
  return status < 100 ? std::nullopt : std::optional(StatusLine{minor, status});
}

bool has_word(std::string_view list, std::string_view wanted) {
  for (std::size_t begin = 0; begin <= list.size();) {
    const auto end = std::min(list.find(',', begin), list.size());
    if (equals_ignoring_case(trim(list.substr(begin, end - begin)), wanted)) return true;
    begin = end + 1;
  }
  return false;
}

// What the fields say about the connection and the end of the body.
struct Transfer {
  Result<void> sound;  // the first fault in that
  bool close = false, keep = false;
  unsigned codings = 0;  // Transfer-Encoding fields
  bool foreign = false;  // one that is not chunked alone
};

Result<void> read_field(std::string_view line, ResponseHead& head, Transfer& transfer) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return bad("a header without a colon");
  const auto name = trim(line.substr(0, colon));
  const auto value = trim(line.substr(colon + 1));
  const bool length = equals_ignoring_case(name, "content-length");
  const bool coding = equals_ignoring_case(name, "transfer-encoding");
  // "Content-Length : 5" is a length to some and not to others.
  if (name.size() < colon && (length || coding)) {
    transfer.sound = bad("a blank before the colon of " + std::string(name));
    return {};
  }
  if (equals_ignoring_case(name, "connection")) {
    transfer.close = transfer.close || has_word(value, "close");
    transfer.keep = transfer.keep || has_word(value, "keep-alive");
    return {};
  }
  if (coding) {
    ++transfer.codings;
    transfer.foreign = transfer.foreign || !equals_ignoring_case(value, "chunked");
    return {};
  }
  if (const auto taken = take_field(head, name, value); !taken) transfer.sound = taken;
  return {};
}

// Field by field; a field goes on in the lines behind it that begin with a blank (RFC 9112, section 5.2).
Result<void> read_fields(std::string_view text, ResponseHead& head, Transfer& transfer) {
  std::string unfolded;
  auto line = take_line(text);
  if (!line.empty() && is_blank(line.front())) return bad("a folded line behind no header");
  while (!line.empty()) {
    auto next = take_line(text);
    if (!next.empty() && is_blank(next.front())) {
      unfolded = line;
      for (; !next.empty() && is_blank(next.front()); next = take_line(text)) {
        unfolded += ' ';
        unfolded += trim(next);
      }
      line = unfolded;
    }
    if (const auto read = read_field(line, head, transfer); !read) return read;
    line = next;
  }
  return {};
}

Result<void> judge_framing(const ResponseHead& head, const Transfer& transfer) {
  if (!transfer.sound) return transfer.sound;
  if (transfer.foreign) return bad("a Transfer-Encoding other than chunked");
  if (transfer.codings > 1) return bad("chunked twice");
  if (transfer.codings > 0 && head.length) return bad("chunked, and a Content-Length");
  return {};
}

// Where the end of the body is in doubt, so is all that follows; but what has no body or one that nobody wants is told
// by its status.
Result<void> settle_framing(ResponseHead& head, const Transfer& transfer, unsigned minor) {
  const auto sound = judge_framing(head, transfer);
  const bool bodiless = is_bodiless(head.status);
  if (!sound && !bodiless && head.status / 100 == 2) return sound;
  head.keep_alive = sound && !transfer.close && (minor == 1 || transfer.keep);
  if (!sound || bodiless) head.length.reset();
  if (bodiless) {
    head.framing = Framing::none;
  } else if (sound && transfer.codings > 0) {
    head.framing = Framing::chunked;
    if (minor == 0) head.keep_alive = false;  // who relayed it may not have understood (RFC 9112, section 6.1)
  } else if (head.length) {
    head.framing = Framing::length;
  } else {
    head.framing = Framing::until_close;
    head.keep_alive = false;
  }
  return {};
}

// Where a line ends must not be in doubt.
bool has_stray_return(std::string_view text) {
  for (auto at = text.find('\r'); at != std::string_view::npos; at = text.find('\r', at)) {
    at = text.find_first_not_of('\r', at);
    if (at == std::string_view::npos || text[at] != '\n') return true;
  }
  return false;
}

}  // namespace

// Looks back from each new line end, over the carriage returns of its line: whatever the pieces, each byte is seen
// twice at most.
std::optional<std::size_t> head_length(std::string_view bytes, std::size_t searched) {
  for (auto at = bytes.find('\n', searched); at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
    auto begin = at;
    while (begin > 0 && bytes[begin - 1] == '\r') --begin;
    if (begin > 0 && bytes[begin - 1] == '\n') return at + 1;
  }
  return std::nullopt;
}

bool may_be_http(std::string_view bytes) {
  return equals_ignoring_case(bytes.substr(0, start.size()), start.substr(0, bytes.size()));
}

Result<ResponseHead> parse_head(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return bad("NUL in the headers");
  if (has_stray_return(text)) return bad("a carriage return inside a header");
  const auto status_line = read_status_line(take_line(text));
  if (!status_line) return bad("no status");
  ResponseHead head;
  Transfer transfer;
  head.status = status_line->status;
  if (const auto read = read_fields(text, head, transfer); !read) return read.error();
  if (const auto settled = settle_framing(head, transfer, status_line->minor); !settled) return settled.error();
  return head;
}

}  // namespace gannet::fetch

#include "fetch/response_head.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "core/earlier.hpp"
#include "core/text.hpp"

namespace gannet::fetch {
namespace {

std::optional<seconds> keep_alive_timeout(std::string_view value) {
  const auto at = value.find("timeout=");
  if (at == std::string_view::npos) return std::nullopt;
  unsigned count = 0;
  const auto digits = value.substr(at + 8);
  if (std::from_chars(digits.data(), digits.data() + digits.size(), count).ec != std::errc{}) return std::nullopt;
  return seconds{count};
}

constexpr std::uint64_t longest = std::numeric_limits<std::int64_t>::max();

// Digits and nothing else: what "+5", "5 5" or "0x5" mean depends on whom one asks, and so does what 63 bits do not
// hold.
std::optional<std::uint64_t> parse_length(std::string_view text) {
  std::uint64_t length = 0;
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, length);
  if (error != std::errc{} || stop != end || length > longest) return std::nullopt;
  return length;
}

Result<void> take_length(ResponseHead& head, std::string_view value) {
  for (std::size_t begin = 0; begin <= value.size();) {  // "5, 5" is what a proxy makes of two equal fields
    const auto end = std::min(value.find(',', begin), value.size());
    const auto length = parse_length(trim(value.substr(begin, end - begin)));
    if (!length) return Fault{Reason::bad_response, "Content-Length is no length"};
    if (head.length && head.length != length) return Fault{Reason::bad_response, "two different Content-Lengths"};
    head.length = length;
    begin = end + 1;
  }
  return {};
}

void take_location(ResponseHead& head, std::string_view value) {
  if (value.empty()) return;
  if (head.location.empty()) head.location = value;
  if (head.location != value) head.locations_differ = true;
}

// Several fields may have been made one by a proxy (RFC 9110, section 5.3).
bool has_listed(std::string_view list, std::string_view wanted) {
  for (std::size_t begin = 0; begin <= list.size();) {
    const auto end = std::min(list.find(',', begin), list.size());
    if (trim(list.substr(begin, end - begin)) == wanted) return true;
    begin = end + 1;
  }
  return false;
}

void append_listed(std::string& list, std::string_view value) {
  if (!list.empty()) list += ", ";
  list += value;
}

}  // namespace

Result<void> take_field(ResponseHead& head, std::string_view name, std::string_view value) {
  const auto is = [name](std::string_view wanted) { return equals_ignoring_case(name, wanted); };
  switch (name.size()) {  // most fields are none of these, and most of them are told by their length
    case 4:
      if (is("etag")) head.validators.etag = is_etag(value) ? value : std::string_view();
      break;
    case 8:
      if (is("location")) take_location(head, value);
      break;
    case 10:
      if (is("keep-alive")) head.keep_alive_timeout = keep_alive_timeout(value);
      break;
    case 11:
      if (is("retry-after")) head.retry_after.append(head.retry_after.empty() ? "" : "\n").append(value);
      break;
    case 12:
      if (is("content-type")) head.content_type = value;
      if (is("x-robots-tag")) head.robots_tags.emplace_back(value);
      break;
    case 13:
      if (is("last-modified")) head.validators.last_modified = is_last_modified(value) ? value : std::string_view();
      break;
    case 14:
      if (is("content-length")) return take_length(head, value);
      break;
    case 15:
      if (is("tdm-reservation") && has_listed(value, "1")) head.tdm_reserved = true;
      break;
    case 16:
      if (is("content-encoding")) append_listed(head.content_encoding, value);
      break;
    default:
      break;
  }
  return {};
}

}  // namespace gannet::fetch

#include "core/url_spelling.hpp"

#include <algorithm>
#include <boost/url/rfc/pchars.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "core/text.hpp"

namespace gannet {
namespace {

namespace urls = boost::urls;

constexpr auto in_path = urls::pchars + '/';
constexpr auto in_query = in_path + '?';
constexpr auto in_literal = urls::unreserved_chars + '[' + ']' + ':';

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

template <class Allowed>
void append(std::string& out, std::string_view text, const Allowed& allowed) {
  std::size_t done = 0;  // up to here it is in `out`
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (allowed(static_cast<unsigned char>(text[i])) || escaped_octet(text, i)) continue;
    out += text.substr(done, i - done);
    append_escaped(out, static_cast<unsigned char>(text[i]));
    done = i + 1;
  }
  out += text.substr(done);
}

// Without the fragment, control characters around, and line breaks and tabs anywhere.
std::string clean(std::string_view text) {
  const auto is_outside = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!text.empty() && is_outside(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_outside(text.back())) text.remove_suffix(1);
  std::string out(text.substr(0, text.find('#')));
  std::erase_if(out, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
  return out;
}

// With its colon; empty when there is none.
std::string_view scheme_of(std::string_view text) {
  if (text.empty() || !is_letter(text.front())) return {};
  const auto end = std::ranges::find_if_not(
      text, [](char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; });
  if (end == text.end() || *end != ':') return {};
  return text.substr(0, static_cast<std::size_t>(end - text.begin()) + 1);
}

// "example.org:8080/a.jpg" and "localhost:8080/a.jpg" have a scheme by the letter only; "tel:112" has one.
bool is_host_and_port(std::string_view scheme, std::string_view rest) {
  constexpr std::size_t longest_port = 5;
  const auto port = rest.substr(0, rest.find_first_of("/?\\"));
  if (port.empty() || !std::ranges::all_of(port, is_digit)) return false;
  const bool has_path = port.size() < rest.size() && port.size() <= longest_port;
  return has_path || scheme.find('.') != std::string_view::npos || equals_ignoring_case(scheme, "localhost");
}

Result<void> append_authority(std::string& out, std::string_view authority) {
  if (authority.find('@') != std::string_view::npos) {
    return Fault{Reason::bad_url, "user names and passwords in URLs are not accepted"};
  }
  const auto literal_end = authority.starts_with('[') ? authority.find(']') : 0;
  if (literal_end == std::string_view::npos) return Fault{Reason::bad_url, "no usable address"};
  const auto colon = authority.find(':', literal_end);
  const auto host = authority.substr(0, colon);
  if (literal_end > 0) {
    if (host.size() != literal_end + 1) return Fault{Reason::bad_url, "no usable address"};
    append(out, host, in_literal);
  } else if (!host.empty()) {
    // Boost.URL 1.81 would read 192.0.2.1.example.org as an address and a path.
    const bool first_digit = is_digit(host.front());
    if (first_digit) append_escaped(out, static_cast<unsigned char>(host.front()));
    append(out, host.substr(first_digit ? 1 : 0), urls::unreserved_chars);
  }
  if (colon == std::string_view::npos) return {};
  if (!std::ranges::all_of(authority.substr(colon + 1), is_digit)) return Fault{Reason::bad_url, "no usable port"};
  out += authority.substr(colon);
  return {};
}

bool equals_either(std::string_view text, std::string_view a, std::string_view b) {
  return equals_ignoring_case(text, a) || equals_ignoring_case(text, b);
}

bool is_dot(std::string_view segment) { return equals_either(segment, ".", "%2e"); }
bool is_double_dot(std::string_view segment) {
  return equals_either(segment, "..", "%2e%2e") || equals_either(segment, ".%2e", "%2e.");
}

}  // namespace

std::optional<unsigned char> escaped_octet(std::string_view text, std::size_t at) {
  if (text[at] != '%' || at + 2 >= text.size()) return std::nullopt;
  const int high = hex_value(text[at + 1]), low = hex_value(text[at + 2]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<unsigned char>(high * 16 + low);
}

void append_escaped(std::string& out, unsigned char octet) {
  constexpr char digits[] = "0123456789ABCDEF";
  out += '%';
  out += digits[octet >> 4];
  out += digits[octet & 15];
}

Result<std::string> to_rfc3986(std::string_view text, UrlKind kind) {
  std::string cleaned = clean(text);
  const std::string scheme(scheme_of(cleaned));
  const std::string_view before_colon = std::string_view(scheme).substr(0, scheme.empty() ? 0 : scheme.size() - 1);
  std::string_view rest = std::string_view(cleaned).substr(scheme.size());
  const bool is_other = !scheme.empty() && !equals_either(before_colon, "http", "https");
  if ((scheme.empty() && kind == UrlKind::whole) || (is_other && is_host_and_port(before_colon, rest))) {
    return Fault{Reason::bad_url, "no scheme (http:// or https://)"};
  }
  if (is_other) return Fault{Reason::unsupported_scheme, std::string(before_colon)};

  const auto query_at = std::min(cleaned.find('?'), cleaned.size());
  std::replace(cleaned.begin(), cleaned.begin() + static_cast<std::ptrdiff_t>(query_at), '\\', '/');
  const std::size_t slashes = std::min(rest.find_first_not_of('/'), rest.size());
  if (kind == UrlKind::reference && !scheme.empty() && slashes < 2) {
    return Fault{Reason::bad_url, scheme + " without // means a path to some programs and a host to others"};
  }
  std::string out = scheme;
  out.reserve(cleaned.size() + 32);
  if (!scheme.empty() || slashes >= 2) {
    rest.remove_prefix(slashes);
    const auto authority = rest.substr(0, rest.find_first_of("/?"));
    rest.remove_prefix(authority.size());
    out += "//";
    if (const auto appended = append_authority(out, authority); !appended) return appended.error();
  } else if (!rest.starts_with('/') && !rest.starts_with('?') && !rest.empty()) {
    out += "./";  // by RFC 3986, a relative path may not begin with "1:"
  }
  const auto path = rest.substr(0, rest.find('?'));
  append(out, path, in_path);
  append(out, rest.substr(path.size()), in_query);
  return out;
}

std::string one_spelling(std::string_view url) {
  std::string text;
  text.reserve(url.size());
  for (std::size_t i = 0; i < url.size(); ++i) {
    const auto octet = escaped_octet(url, i);
    if (!octet) {
      text += url[i];
      continue;
    }
    if (urls::unreserved_chars(*octet)) {
      text += static_cast<char>(*octet);
    } else {
      append_escaped(text, *octet);
    }
    i += 2;
  }
  return text;
}

std::string remove_dot_segments(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  while (!path.empty()) {
    const auto end = path.find('/', 1);
    const auto segment = path.substr(1, end == std::string_view::npos ? end : end - 1);
    const bool is_last = end == std::string_view::npos;
    if (is_double_dot(segment)) {
      out.erase(std::min(out.rfind('/'), out.size()));
      if (is_last) out += '/';
    } else if (is_dot(segment)) {
      if (is_last) out += '/';
    } else {
      out += '/';
      out += segment;
    }
    path.remove_prefix(is_last ? path.size() : end);
  }
  return out;
}

}  // namespace gannet

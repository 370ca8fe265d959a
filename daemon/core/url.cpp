#include "core/url.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <boost/url.hpp>
#include <charconv>
#include <optional>

#include "core/text.hpp"

namespace gannet {
namespace {

namespace urls = boost::urls;

constexpr std::size_t longest = 16384;  // servers and proxies refuse far shorter ones

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

struct Begins {
  std::size_t authority;
  std::size_t path;  // where there is no authority, the same
};

// Of a URL, or of any reference to one.
Begins find_begins(std::string_view text) {
  const auto special = text.find_first_of(":/?");
  const bool has_scheme = special != std::string_view::npos && text[special] == ':';
  const std::size_t rest = has_scheme ? special + 1 : 0;
  if (!text.substr(rest).starts_with("//")) return {rest, rest};
  return {rest + 2, std::min(text.size(), text.find_first_of("/?", rest + 2))};
}

// Percent-encodes what RFC 3986 does not allow in a path or query but people write all the same. Drops the fragment.
std::string encode_stray(std::string_view text) {
  constexpr std::string_view stray = " \"<>\\^`{|}[]";
  constexpr char digits[] = "0123456789ABCDEF";
  text = text.substr(0, text.find('#'));
  const auto begins = find_begins(text);
  std::string out;
  out.reserve(text.size() + 16);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    const bool lone_percent = c == '%' && (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2]));
    const bool to_repair = i >= begins.path && (byte > 0x7e || lone_percent || stray.find(c) != std::string_view::npos);
    // Boost.URL 1.81 would read 192.0.2.1.example.org as an address and a path.
    const bool first_digit = i == begins.authority && i < begins.path && c >= '0' && c <= '9';
    if (to_repair || first_digit) {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += c;
    }
  }
  return out;
}

// Boost.URL 1.81 takes for a path what it does not understand of a host and port.
bool authority_is_whole(const urls::url_view_base& view) {
  return !view.has_authority() || view.encoded_path().empty() || view.encoded_path().front() == '/';
}

// Octal, hexadecimal and shortened spellings of an IPv4 address are addresses (WHATWG URL, host parsing): a host whose
// last label is a number is one, or it is nothing.
bool ends_in_number(std::string_view host) {
  const auto last = host.substr(host.rfind('.') + 1);
  if (last.starts_with("0x")) return std::ranges::all_of(last.substr(2), is_hex);
  return !last.empty() && std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::string> canonical_ipv4(const std::string& host) {
  in_addr address{};
  char text[INET_ADDRSTRLEN];
  if (::inet_aton(host.c_str(), &address) == 0) return std::nullopt;
  return ::inet_ntop(AF_INET, &address, text, sizeof text);
}

Result<Url> from_view(const urls::url_view_base& view, Reason bad) {
  const auto scheme = view.scheme_id();
  if (scheme != urls::scheme::http && scheme != urls::scheme::https) {
    return Fault{Reason::unsupported_scheme, std::string(view.scheme())};
  }
  if (view.has_userinfo()) return Fault{bad, "user names and passwords in URLs are not accepted"};
  Url url;
  url.secure = scheme == urls::scheme::https;
  const bool ipv6 = view.host_type() == urls::host_type::ipv6;
  url.host = ipv6 ? view.host_ipv6_address().to_string() : std::string(view.host());
  std::ranges::transform(url.host, url.host.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  // What a percent-encoded host may hide (WHATWG URL, forbidden domain code points): it would read as another URL.
  constexpr std::string_view forbidden = "\"#%/:<>?@[\\]^`{|}";
  const auto odd = [&](unsigned char c) {
    return c <= ' ' || c >= 0x7f || (!ipv6 && forbidden.find(static_cast<char>(c)) != std::string_view::npos);
  };
  if (url.host.empty() || url.host.size() > 255 || std::ranges::any_of(url.host, odd)) {
    return Fault{bad, "no usable host name"};
  }
  if (!ipv6 && ends_in_number(url.host)) {
    const auto address = canonical_ipv4(url.host);
    if (!address) return Fault{bad, "no usable address"};
    url.host = *address;
  }
  url.port = url.secure ? 443 : 80;
  if (view.has_port() && !view.port().empty()) {
    const std::string_view digits(view.port().data(), view.port().size());
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
    if (failed != std::errc{} || end != digits.data() + digits.size() || url.port == 0) {
      return Fault{bad, "port out of range"};
    }
  }
  url.target = std::string(view.encoded_path());
  if (url.target.empty()) url.target = '/';
  if (view.has_query()) {
    url.target += '?';
    url.target += view.encoded_query();
  }
  return url;
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  text = trim(text);
  if (text.size() > longest) return Fault{Reason::bad_url, "longer than 16384 bytes"};
  const std::string encoded = encode_stray(text);  // outlives the view that parse_uri() returns
  const auto parsed = urls::parse_uri(encoded);
  if (parsed.has_error() || !authority_is_whole(*parsed)) {
    const bool relative = text.find(':') == std::string_view::npos;
    return Fault{Reason::bad_url, relative ? "no scheme (http:// or https://)" : "not a URL"};
  }
  return from_view(*parsed, Reason::bad_url);
}

Result<Url> Url::resolve(std::string_view reference) const {
  reference = trim(reference);
  if (reference.size() > longest) return Fault{Reason::bad_redirect, "Location longer than 16384 bytes"};
  const std::string encoded = encode_stray(reference);
  const auto parsed = urls::parse_uri_reference(encoded);
  if (parsed.has_error() || !authority_is_whole(*parsed)) return Fault{Reason::bad_redirect, "Location is not a URL"};
  const urls::url base(encode_stray(text()));
  urls::url resolved;
  if (urls::resolve(base, *parsed, resolved).has_error()) return Fault{Reason::bad_redirect, "Location is not a URL"};
  auto url = from_view(resolved, Reason::bad_redirect);
  if (!url) return url;
  // There is nothing above the root (RFC 3986, 5.2.4), but Boost.URL 1.81 leaves the way there.
  while (url->target.starts_with("/../")) url->target.erase(0, 3);
  if (url->target == "/.." || url->target.starts_with("/..?")) url->target.erase(1, 2);
  return url;
}

std::string Url::authority() const {
  std::string out = host.find(':') == std::string::npos ? host : '[' + host + ']';
  if (port != (secure ? 443 : 80)) out += ':' + std::to_string(port);
  return out;
}

std::string Url::origin() const { return (secure ? "https://" : "http://") + authority(); }

}  // namespace gannet

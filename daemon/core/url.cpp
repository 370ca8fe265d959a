#include "core/url.hpp"

#include <arpa/inet.h>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

#include "core/host_name.hpp"
#include "core/text.hpp"
#include "core/url_spelling.hpp"

namespace gannet {
namespace {

namespace urls = boost::urls;

constexpr std::size_t longest = 16384;  // servers and proxies refuse far shorter ones
constexpr std::size_t longest_origin = std::string_view("https://").size() + 253 + std::string_view(":65535").size();

Fault bad(std::string detail) { return {Reason::bad_url, std::move(detail)}; }

Result<std::string> host_of(const urls::url_view& view) {
  switch (view.host_type()) {
    case urls::host_type::ipv6: {
      // Boost.URL 1.81 shortens a lone zero group too, which RFC 5952 forbids.
      const auto bytes = view.host_ipv6_address().to_bytes();
      char text[INET6_ADDRSTRLEN];
      return std::string(::inet_ntop(AF_INET6, bytes.data(), text, sizeof text));
    }
    case urls::host_type::ipvfuture:
      return bad("no usable address");
    default:
      return canonical_host(view.host());
  }
}

Result<std::uint16_t> port_of(const urls::url_view& view, bool secure) {
  std::uint16_t port = secure ? 443 : 80;
  if (!view.has_port() || view.port().empty()) return port;
  const std::string_view digits(view.port().data(), view.port().size());
  if (std::from_chars(digits.data(), digits.data() + digits.size(), port).ec != std::errc{} || port == 0) {
    return bad("port out of range");
  }
  return port;
}

// The path and query of `view`, seen from `base` where it has neither host nor whole path (RFC 3986, 5.2.2).
std::string target_of(const urls::url_view& view, const Url& base) {
  std::string path(view.encoded_path());
  std::string query = view.has_query() ? '?' + std::string(view.encoded_query()) : std::string();
  if (!view.has_authority()) {
    const auto base_path = std::string_view(base.target).substr(0, base.target.find('?'));
    if (path.empty() && !view.has_query()) return base.target;
    if (path.empty()) {
      path = base_path;
    } else if (!path.starts_with('/')) {
      path.insert(0, base_path.substr(0, base_path.rfind('/') + 1));
    }
  }
  return remove_dot_segments(path.empty() ? "/" : path) + query;
}

// `base` says what a reference leaves out.
Result<Url> read(std::string_view text, const Url& base, UrlKind kind) {
  if (text.size() > longest) return bad("longer than 16384 bytes");
  const auto spelled = to_rfc3986(text, kind);
  if (!spelled) return spelled.error();
  const auto parsed = urls::parse_uri_reference(*spelled);
  if (parsed.has_error()) return bad("not a URL");
  const urls::url_view& view = *parsed;
  // Boost.URL 1.81 takes for a path what it does not understand of an address.
  if (view.has_authority() && !view.encoded_path().empty() && view.encoded_path().front() != '/')
    return bad("not a URL");
  Url url = base;
  if (view.has_scheme()) url.secure = view.scheme_id() == urls::scheme::https;
  if (view.has_authority()) {
    auto host = host_of(view);
    if (!host) return host.error();
    const auto port = port_of(view, url.secure);
    if (!port) return port.error();
    url.host = *std::move(host);
    url.port = *port;
  }
  url.target = target_of(view, base);
  if (url.target.size() > longest - longest_origin && url.text().size() > longest) {
    return bad("longer than 16384 bytes");
  }
  return url;
}

}  // namespace

Result<Url> Url::parse(std::string_view text) { return read(trim(text), Url{}, UrlKind::whole); }

Url Url::of_normal(std::string_view text) {
  Url url;
  url.secure = text.starts_with("https:");
  text.remove_prefix(text.find("//") + 2);
  const auto path = text.find('/');
  url.target = text.substr(path);
  text = text.substr(0, path);
  const auto colon = text.find(':', text.starts_with('[') ? text.find(']') : 0);
  url.port = url.secure ? 443 : 80;
  if (colon != std::string_view::npos) std::from_chars(text.data() + colon + 1, text.data() + text.size(), url.port);
  const auto host = text.substr(0, colon);
  url.host = host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
  return url;
}

Result<Url> Url::resolve(std::string_view reference) const {
  auto url = read(trim(reference), *this, UrlKind::reference);
  if (!url && url.error().reason == Reason::bad_url) {
    return Fault{Reason::bad_redirect, "Location: " + url.error().detail};
  }
  return url;
}

std::string Url::authority() const {
  std::string out = host.find(':') == std::string::npos ? host : '[' + host + ']';
  if (port != (secure ? 443 : 80)) out += ':' + std::to_string(port);
  return out;
}

std::string Url::origin() const { return (secure ? "https://" : "http://") + authority(); }

}  // namespace gannet

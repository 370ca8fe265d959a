#include "core/proxy.hpp"

#include <openssl/evp.h>

#include <boost/asio/ip/address.hpp>

#include "core/address_range.hpp"
#include "core/host_rules.hpp"
#include "core/url.hpp"

namespace gannet {
namespace {

struct Scheme {
  std::string_view prefix;
  Proxy::Kind kind;
};

constexpr Scheme schemes[] = {{"http://", Proxy::Kind::http},
                              {"socks5://", Proxy::Kind::socks5},
                              {"socks5h://", Proxy::Kind::socks5}};  // curl's name for what socks5 is here

std::string base64(const std::string& bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL adds a NUL
  const auto length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace

std::optional<Proxy> Proxy::parse(std::string_view text) {
  if (text == "direct") return Proxy{};
  for (const auto& [prefix, kind] : schemes) {
    if (!text.starts_with(prefix)) continue;
    auto place = text.substr(prefix.size());
    if (place.ends_with('/')) place.remove_suffix(1);
    const auto colon = place.rfind(':');
    const auto url = Url::parse("http://" + std::string(place) + '/');
    const bool plain = url && url->target == "/" && place.find_first_of("/?#@\\ ") == std::string_view::npos;
    if (!plain || colon == std::string_view::npos || colon + 1 == place.size() ||
        place.find(']', colon) != std::string_view::npos) {
      return std::nullopt;
    }
    Proxy proxy;
    proxy.kind = kind;
    proxy.host = url->host;
    proxy.port = url->port;
    return proxy;
  }
  return std::nullopt;
}

std::string Proxy::text() const {
  if (kind == Kind::direct) return "direct";
  return (kind == Kind::http ? "http://" : "socks5://") + place();
}

std::string Proxy::place() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

void Proxy::authenticate(Credentials with) {
  credentials = std::move(with);
  authorization = "Basic " + base64(credentials.user + ':' + credentials.password);
}

std::string Proxy::question() const {
  const std::string what = credentials.user.empty() ? "it wants" : "it does not accept our";
  return what + (credentials.user.empty() ? " a" : "") +
         " user name and password (fetch.proxy_credentials, or proxy_credentials of the host in fetch.hosts)";
}

std::optional<std::string> normal_no_proxy(std::string_view text) {
  if (const auto range = AddressRange::parse(text)) return range->text();
  if (text.starts_with("*.")) return std::nullopt;  // elsewhere it leaves out the host itself
  if (!text.starts_with('.')) return normal_host_pattern(text);
  const auto host = normal_host_pattern(text.substr(1));
  return host && host->find('*') == std::string::npos ? std::optional('.' + *host) : std::nullopt;
}

bool bypasses(std::string_view item, const std::string& host) {
  if (item.starts_with('.')) return host_matches(item.substr(1), host) || host_matches('*' + std::string(item), host);
  if (host_matches(item, host)) return true;
  boost::system::error_code not_an_address;
  const auto address = boost::asio::ip::make_address(host, not_an_address);
  if (not_an_address) return false;
  const auto range = AddressRange::parse(item);
  return range && range->contains(address);
}

}  // namespace gannet

#include "core/listen_address.hpp"

#include <charconv>

namespace gannet {

namespace ip = boost::asio::ip;

std::string ListenAddress::text() const {
  const auto shown = address.to_string();
  return (address.is_v6() ? '[' + shown + ']' : shown) + ':' + std::to_string(port);
}

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  const auto digits = colon == std::string_view::npos ? text : text.substr(colon + 1);
  ListenAddress found{ip::address_v4::loopback(), 0};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), found.port);
  if (error != std::errc() || end != digits.data() + digits.size() || found.port == 0) return std::nullopt;
  if (colon == std::string_view::npos) return found;
  auto host = text.substr(0, colon);
  if (host == "localhost") return found;
  const bool bracketed = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  boost::system::error_code bad;
  found.address = ip::make_address(std::string(host), bad);
  if (bad || found.address.is_v6() != bracketed) return std::nullopt;
  return found;
}

}  // namespace gannet

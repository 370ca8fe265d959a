// Where to wait for connections: "127.0.0.1:9469". Values; any thread.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gannet {

struct ListenAddress {
  boost::asio::ip::address address;
  std::uint16_t port = 0;

  /// "127.0.0.1:9469" or "[::1]:9469".
  std::string text() const;

  bool operator==(const ListenAddress&) const = default;
};

/// "9469" (loopback), "192.0.2.1:9469", "[2001:db8::1]:9469" or "localhost:9469"; nothing for any other text. All
/// addresses are "0.0.0.0" or "[::]".
std::optional<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace gannet

// A block of IP addresses, "203.0.113.0/24" or "2001:db8::/32" or one address.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace gannet {

class AddressRange {
 public:
  /// Nothing when the text is neither an address nor a block in CIDR notation (RFC 4632), or names a zone. A block of
  /// mapped addresses is the block of IPv4 addresses that it stands for.
  static std::optional<AddressRange> parse(std::string_view text);

  /// IPv4 addresses are only in IPv4 blocks, IPv6 addresses only in IPv6 blocks.
  bool contains(const boost::asio::ip::address& address) const;

  std::string text() const;

 private:
  AddressRange(boost::asio::ip::address base, unsigned bits) : base_(std::move(base)), bits_(bits) {}

  boost::asio::ip::address base_;
  unsigned bits_;
};

}  // namespace gannet

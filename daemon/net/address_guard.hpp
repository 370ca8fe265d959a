// Which addresses and ports may be connected to. Asked with every address that a name resolved to, at every hop, right
// before connecting to that very address, so that no list and no server can use us as a proxy into the operator's
// network; and for the port, before anything is asked of anybody. Immutable.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <vector>

#include "core/address_range.hpp"
#include "core/port_range.hpp"

namespace gannet::net {

class AddressGuard {
 public:
  /// `allow` opens ranges that are refused by default; `deny` refuses whatever else says.
  AddressGuard(std::vector<AddressRange> allow, std::vector<AddressRange> deny, std::vector<PortRange> ports = {});

  /// IPv6 forms that carry IPv4 addresses (mapped, compatible, NAT64, 6to4, Teredo, ISATAP) are judged by all of them,
  /// too.
  bool permits(const boost::asio::ip::address& address) const;

  /// 80, 443 and what is above 1023: below, other protocols live, and a request could be made to speak to them.
  /// `ports` opens more.
  bool permits_port(std::uint16_t port) const;

 private:
  bool permits_as_written(const boost::asio::ip::address& address) const;

  std::vector<AddressRange> allow_;
  std::vector<AddressRange> deny_;
  std::vector<PortRange> ports_;
};

}  // namespace gannet::net

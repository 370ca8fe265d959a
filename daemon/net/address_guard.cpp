#include "net/address_guard.hpp"

#include <algorithm>

namespace gannet::net {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;

// The special-purpose registries of IANA (RFC 6890 and its updates): nothing in them is a public web server.
const std::vector<AddressRange>& refused() {
  static const auto ranges = [] {
    std::vector<AddressRange> all;
    for (const char* text :
         {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
          "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
          "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
          "2001:db8::/32", "100::/64", "100:0:0:1::/64", "2001:2::/48", "2001:10::/28", "3fff::/20", "::ffff:0:0:0/96",
          "5f00::/16",
          // NAT64 of somebody's own (RFC 8215): where in it the IPv4 address is, only they know.
          "64:ff9b:1::/48"}) {
      all.push_back(*AddressRange::parse(text));
    }
    return all;
  }();
  return ranges;
}

bool any_contains(const std::vector<AddressRange>& ranges, const address& asked) {
  return std::ranges::any_of(ranges, [&](const AddressRange& range) { return range.contains(asked); });
}

// The IPv4 address that the four bytes at `offset` spell, XORed with `mask`.
address_v4 embedded_at(const boost::asio::ip::address_v6::bytes_type& bytes, std::size_t offset,
                       unsigned char mask = 0) {
  address_v4::bytes_type v4{};
  for (std::size_t i = 0; i < v4.size(); ++i) v4[i] = static_cast<unsigned char>(bytes[offset + i] ^ mask);
  return address_v4(v4);
}

// Every IPv4 address that a packet to this IPv6 address may end up at or be sent by: the forms can be nested, and which
// of them a router on the way goes by is not ours to know. :: and ::1 only look like compatible ones.
std::vector<address_v4> embedded_v4(const address& asked) {
  static const auto compatible = *AddressRange::parse("::/96");            // RFC 4291, 2.5.5.1
  static const auto nat64 = *AddressRange::parse("64:ff9b::/96");          // RFC 6052
  static const auto nat64_local = *AddressRange::parse("64:ff9b:1::/48");  // RFC 8215, if allowed: the usual /96
  static const auto six_to_four = *AddressRange::parse("2002::/16");       // RFC 3056
  static const auto teredo = *AddressRange::parse("2001::/32");            // RFC 4380: stored inverted
  if (asked.is_unspecified() || asked.is_loopback()) return {};
  const auto bytes = asked.to_v6().to_bytes();
  const bool mapped = asked.to_v6().is_v4_mapped();                                                       // 2.5.5.2
  const bool isatap = (bytes[8] & 0xfd) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe;  // RFC 5214
  std::vector<address_v4> all;
  if (mapped || isatap || compatible.contains(asked) || nat64.contains(asked) || nat64_local.contains(asked)) {
    all.push_back(embedded_at(bytes, 12));
  }
  if (six_to_four.contains(asked)) all.push_back(embedded_at(bytes, 2));
  if (teredo.contains(asked)) {
    all.push_back(embedded_at(bytes, 4));  // its server, which is sent the first packets
    all.push_back(embedded_at(bytes, 12, 0xff));
  }
  return all;
}

}  // namespace

AddressGuard::AddressGuard(std::vector<AddressRange> allow, std::vector<AddressRange> deny,
                           std::vector<PortRange> ports)
    : allow_(std::move(allow)), deny_(std::move(deny)), ports_(std::move(ports)) {}

bool AddressGuard::permits_port(std::uint16_t port) const {
  if (port == 80 || port == 443 || port > 1023) return true;
  return std::ranges::any_of(ports_, [port](const PortRange& range) { return range.contains(port); });
}

bool AddressGuard::permits(const address& asked) const {
  if (!permits_as_written(asked)) return false;
  if (asked.is_v4()) return true;
  return std::ranges::all_of(embedded_v4(asked), [this](const address& inner) { return permits_as_written(inner); });
}

bool AddressGuard::permits_as_written(const address& asked) const {
  if (any_contains(deny_, asked)) return false;
  return any_contains(allow_, asked) || !any_contains(refused(), asked);
}

}  // namespace gannet::net

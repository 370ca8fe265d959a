#include "core/address_range.hpp"

#include <charconv>

namespace gannet {
namespace {

template <std::size_t N>
bool same_prefix(const std::array<unsigned char, N>& a, const std::array<unsigned char, N>& b, unsigned bits) {
  for (std::size_t i = 0; i < N && bits > 0; ++i) {
    const unsigned taken = std::min(bits, 8u);
    const unsigned mask = 0xffu << (8 - taken) & 0xffu;
    if ((a[i] & mask) != (b[i] & mask)) return false;
    bits -= taken;
  }
  return true;
}

}  // namespace

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
  if (text.find('%') != std::string_view::npos) return std::nullopt;  // no URL names a zone
  const auto slash = text.find('/');
  boost::system::error_code error;
  auto base = boost::asio::ip::make_address(std::string(text.substr(0, slash)), error);
  if (error) return std::nullopt;
  const unsigned most = base.is_v4() ? 32 : 128;
  unsigned bits = most;
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (failed != std::errc{} || end != digits.data() + digits.size() || bits > most) return std::nullopt;
  }
  // Connected to as IPv4, so meant as IPv4.
  if (base.is_v6() && base.to_v6().is_v4_mapped() && bits >= 96) {
    base = boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, base.to_v6());
    bits -= 96;
  }
  return AddressRange(std::move(base), bits);
}

bool AddressRange::contains(const boost::asio::ip::address& address) const {
  if (address.is_v4() != base_.is_v4()) return false;
  if (base_.is_v4()) return same_prefix(base_.to_v4().to_bytes(), address.to_v4().to_bytes(), bits_);
  return same_prefix(base_.to_v6().to_bytes(), address.to_v6().to_bytes(), bits_);
}

std::string AddressRange::text() const { return base_.to_string() + '/' + std::to_string(bits_); }

}  // namespace gannet

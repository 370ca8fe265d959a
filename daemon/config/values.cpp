#include "config/values.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <limits>
#include <utility>

#include "core/text.hpp"

namespace gannet::config {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array durations{Unit{"d", 86'400'000}, Unit{"h", 3'600'000}, Unit{"m", 60'000}, Unit{"s", 1000},
                               Unit{"ms", 1}};
constexpr std::array sizes{Unit{"GiB", 1 << 30}, Unit{"MiB", 1 << 20}, Unit{"KiB", 1 << 10}, Unit{"", 1}};

struct NamedRefetch {
  std::string_view name;
  Refetch::Kind kind;
};

constexpr std::array refetches{NamedRefetch{"always", Refetch::Kind::always},
                               NamedRefetch{"never", Refetch::Kind::never},
                               NamedRefetch{"revalidate", Refetch::Kind::revalidate}};
constexpr std::string_view refetch_after = "after:";

// Far more than any range allows, and far from overflowing a signed 64-bit count.
constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max() / 2;

template <std::size_t N>
std::optional<std::uint64_t> parse_with_unit(std::string_view text, const std::array<Unit, N>& units) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_whole(text.substr(0, digits));
  const auto unit = std::ranges::find(units, text.substr(digits), &Unit::name);
  if (!number || unit == units.end() || *number > most / unit->factor) return std::nullopt;
  return *number * unit->factor;
}

template <std::size_t N>
std::string text_with_unit(std::uint64_t value, const std::array<Unit, N>& units) {
  const auto fits = [&](const Unit& unit) { return value != 0 && value % unit.factor == 0; };
  const auto unit = std::ranges::find_if(units, fits);
  return unit == units.end() ? "0" : std::to_string(value / unit->factor) + std::string(unit->name);
}

bool is_address(std::string_view text) {
  boost::system::error_code error;
  boost::asio::ip::make_address(std::string(text), error);
  return !error;
}

}  // namespace

std::optional<std::uint64_t> parse_whole(std::string_view text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<double> parse_decimal(std::string_view text) {
  const auto point = text.find('.');
  const auto whole = parse_whole(text.substr(0, point));
  if (!whole) return std::nullopt;
  if (point == std::string_view::npos) return static_cast<double>(*whole);
  const auto decimals = text.substr(point + 1);
  if (decimals.size() > 3 || !parse_whole(decimals)) return std::nullopt;
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return value;
}

std::optional<milliseconds> parse_duration(std::string_view text) {
  if (text == "0") return milliseconds{0};
  const auto value = parse_with_unit(text, durations);
  return value ? std::optional(milliseconds(*value)) : std::nullopt;
}

std::optional<Refetch> parse_refetch(std::string_view text) {
  constexpr milliseconds shortest = 1s, longest = 3650 * 24h;
  for (const auto& [name, kind] : refetches) {
    if (text == name) return Refetch{kind, {}};
  }
  if (!text.starts_with(refetch_after)) return std::nullopt;
  const auto age = parse_duration(trim(text.substr(refetch_after.size())));
  if (!age || *age < shortest || *age > longest) return std::nullopt;
  return Refetch{Refetch::Kind::after, *age};
}

std::string refetch_text(const Refetch& refetch) {
  if (refetch.kind == Refetch::Kind::after) return std::string(refetch_after) + duration_text(refetch.age);
  return std::string(std::ranges::find(refetches, refetch.kind, &NamedRefetch::kind)->name);
}

std::optional<ByteCount> parse_size(std::string_view text) { return parse_with_unit(text, sizes); }

bool is_server_address(std::string_view text) {
  if (is_address(text)) return true;
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  const auto port = parse_whole(text.substr(colon + 1));
  if (!port || *port < 1 || *port > 65535) return false;
  auto address = text.substr(0, colon);
  if (!address.starts_with('[')) return address.find(':') == std::string_view::npos && is_address(address);
  if (!address.ends_with(']')) return false;
  address = address.substr(1, address.size() - 2);
  return address.find(':') != std::string_view::npos && is_address(address);
}

bool is_header_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

std::string duration_text(milliseconds value) {
  return value == 0ms ? "0s" : text_with_unit(static_cast<std::uint64_t>(value.count()), durations);
}

std::string size_text(ByteCount value) { return text_with_unit(value, sizes); }

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

}  // namespace gannet::config

#include "core/host_name.hpp"

#include <idn2.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace gannet {
namespace {

constexpr std::size_t longest_name = 253;  // 255 on the wire (RFC 1035, 2.3.4)
constexpr std::size_t longest_label = 63;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Underscores are no host name in any standard, but real hosts have them.
bool may_be_in_name(char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_' || c == '.'; }

std::vector<std::string_view> split(std::string_view name) {
  std::vector<std::string_view> labels;
  for (auto dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
    labels.push_back(name.substr(0, dot));
    name.remove_prefix(dot + 1);
  }
  labels.push_back(name);
  return labels;
}

// WHATWG URL, "IPv4 number parser"; what is beyond 32 bits stays beyond.
std::optional<std::uint64_t> ipv4_number(std::string_view text) {
  if (text.empty()) return std::nullopt;
  unsigned base = 10;
  if (text.starts_with("0x")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text.starts_with('0')) {
    base = 8;
    text.remove_prefix(1);
  }
  std::uint64_t value = 0;
  for (const char c : text) {
    const unsigned digit = is_digit(c) ? unsigned(c - '0') : c >= 'a' && c <= 'f' ? unsigned(c - 'a' + 10) : 16;
    if (digit >= base) return std::nullopt;
    value = std::min<std::uint64_t>(value * base + digit, std::uint64_t{1} << 32);
  }
  return value;
}

// A name whose last label is a number is an address, or it is nothing.
bool ends_in_number(std::string_view name) {
  const auto last = name.substr(name.rfind('.') + 1);
  return (!last.empty() && std::ranges::all_of(last, is_digit)) || ipv4_number(last);
}

// WHATWG URL, "IPv4 parser": up to four parts, the last one fills what the others leave.
std::optional<std::string> ipv4_address(std::string_view name) {
  const auto parts = split(name);
  if (parts.size() > 4) return std::nullopt;
  std::uint64_t address = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto number = ipv4_number(parts[i]);
    const bool is_last = i + 1 == parts.size();
    const unsigned bits = is_last ? unsigned(8 * (5 - parts.size())) : 8;
    if (!number || *number >> bits != 0) return std::nullopt;
    address += is_last ? *number : *number << (24 - 8 * i);
  }
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += std::to_string(address >> shift & 255);
    if (shift > 0) text += '.';
  }
  return text;
}

// To UTS #46, "transitional" means only that these four (and a capital of the first) become something else.
bool has_deviation(std::string_view label) {
  constexpr std::string_view deviations[] = {"\u00df", "\u1e9e", "\u03c2", "\u200c", "\u200d"};
  return std::ranges::any_of(deviations, [&](auto text) { return label.find(text) != std::string_view::npos; });
}

Result<std::string> label_to_ascii(const std::string& label) {
  std::uint8_t* ascii = nullptr;
  const auto translate = [&](int flags) {
    return ::idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(label.c_str()), &ascii, IDN2_NFC_INPUT | flags);
  };
  int code = translate(IDN2_NONTRANSITIONAL);
  // libidn2 knows symbols and emoji by the transitional rules only.
  if (code == IDN2_DISALLOWED && !has_deviation(label)) code = translate(IDN2_TRANSITIONAL);
  const std::unique_ptr<void, decltype(&::idn2_free)> owner(ascii, ::idn2_free);
  if (code != IDN2_OK) return Fault{Reason::bad_url, std::string("no usable host name: ") + ::idn2_strerror(code)};
  return std::string(reinterpret_cast<const char*>(ascii));
}

// Label by label, so that an ASCII one may break rules that only IDNA has ("r3---sn").
Result<std::string> to_ascii(std::string_view name) {
  std::string out;
  if (is_ascii(name)) {
    std::ranges::transform(name, std::back_inserter(out), lower);
    return out;
  }
  for (const auto label : split(name)) {
    if (label.data() != name.data()) out += '.';
    if (is_ascii(label)) {
      std::ranges::transform(label, std::back_inserter(out), lower);
      continue;
    }
    auto ascii = label_to_ascii(std::string(label));
    if (!ascii) return ascii;
    out += *ascii;
  }
  return out;
}

}  // namespace

Result<std::string> canonical_host(std::string_view decoded) {
  // Nothing that libidn2 makes a name of is so long, and it takes its time for what is.
  constexpr std::size_t longest_spelling = 4 * longest_name;
  if (decoded.empty()) return Fault{Reason::bad_url, "no host name"};
  if (decoded.size() > longest_spelling) return Fault{Reason::bad_url, "host name too long"};
  // libidn2 takes its input as a C string.
  if (decoded.find('\0') != std::string_view::npos) return Fault{Reason::bad_url, "no usable host name"};
  auto name = to_ascii(decoded);
  if (!name) return name;
  if (name->ends_with('.')) name->pop_back();
  if (!std::ranges::all_of(*name, may_be_in_name)) return Fault{Reason::bad_url, "no usable host name"};
  if (ends_in_number(*name)) {
    auto address = ipv4_address(*name);
    if (!address) return Fault{Reason::bad_url, "no usable address"};
    return *std::move(address);
  }
  if (name->size() > longest_name) return Fault{Reason::bad_url, "host name too long"};
  for (std::string_view rest = *name;;) {
    const auto label = rest.substr(0, rest.find('.'));
    if (label.empty()) return Fault{Reason::bad_url, "an empty label in the host name"};
    if (label.size() > longest_label) return Fault{Reason::bad_url, "a label of the host name is too long"};
    if (label.size() == rest.size()) return name;
    rest.remove_prefix(label.size() + 1);
  }
}

}  // namespace gannet

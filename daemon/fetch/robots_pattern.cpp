// How the paths of robots.txt and of URLs are compared: RFC 9309, sections 2.2.2 and 2.2.3.
#include <boost/url/rfc/unreserved_chars.hpp>
#include <cstring>

#include "core/url_spelling.hpp"
#include "fetch/robots_rules.hpp"

namespace gannet::fetch {
namespace {

bool is_unreserved(unsigned char c) { return boost::urls::unreserved_chars(c); }

bool is_reserved(unsigned char c) {
  return std::string_view(":/?#[]@!$&'()*+,;=").find(static_cast<char>(c)) != std::string_view::npos;
}

// In a query these mean nothing of their own (RFC 3986, section 3.4), so some write them encoded and some do not.
bool is_plain_in_query(unsigned char c) { return c == ':' || c == '/' || c == '?' || c == '@'; }

// `special`: whether the byte at this place has the meaning that patterns give it.
template <class Special>
std::string normal(std::string_view text, Special special) {
  std::string out;
  out.reserve(text.size());
  bool in_query = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (const auto encoded = escaped_octet(text, i)) {
      if (is_unreserved(*encoded) || (in_query && is_plain_in_query(*encoded))) {
        out += static_cast<char>(*encoded);
      } else {
        append_escaped(out, *encoded);
      }
      i += 2;
    } else if (special(i) || is_unreserved(byte) || (is_reserved(byte) && c != '*' && c != '$')) {
      in_query = in_query || c == '?';
      out += c;
    } else {
      append_escaped(out, byte);
    }
  }
  return out;
}

// Where `piece` is found in `text` first. In linear time, unlike std::string_view::find().
std::size_t find_first(std::string_view text, std::string_view piece) {
  if (piece.empty()) return 0;
  const void* found = ::memmem(text.data(), text.size(), piece.data(), piece.size());
  return found ? static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) : std::string_view::npos;
}

}  // namespace

std::string normal_pattern(std::string_view pattern) {
  return normal(pattern, [pattern](std::size_t i) {
    return pattern[i] == '*' || (pattern[i] == '$' && i + 1 == pattern.size());
  });
}

std::string normal_target(std::string_view target) {
  return normal(target, [](std::size_t) { return false; });
}

// Each piece between two stars is taken where it is found first: that leaves the most for those behind it, so nothing
// is ever tried twice.
bool pattern_matches(std::string_view pattern, std::string_view target) {
  const bool to_the_end = pattern.ends_with('$');
  if (to_the_end) pattern.remove_suffix(1);
  auto star = pattern.find('*');
  if (star == std::string_view::npos) return to_the_end ? target == pattern : target.starts_with(pattern);
  if (!target.starts_with(pattern.substr(0, star))) return false;
  target.remove_prefix(star);
  for (;;) {
    pattern.remove_prefix(star + 1);
    star = pattern.find('*');
    const auto piece = pattern.substr(0, star);
    if (star == std::string_view::npos && to_the_end) return target.ends_with(piece);
    const auto found = find_first(target, piece);
    if (found == std::string_view::npos) return false;
    if (star == std::string_view::npos) return true;
    target.remove_prefix(found + piece.size());
  }
}

}  // namespace gannet::fetch

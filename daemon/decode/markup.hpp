// How a text in angle brackets begins: what is needed to tell SVG, other XML and HTML apart, and no more. Reads
// leniently, in one pass, never past the first element. Views of the text; that must outlive them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gannet::decode {

/// How many bytes of a text are looked at: a prolog is seldom more than 1 kB, but a hostile one may never end.
inline constexpr std::size_t most_markup = 256 << 10;

/// The first element of a text, after any byte order mark, declarations, comments and document type.
struct Root {
  std::string_view doctype;     // the name after <!DOCTYPE, or empty
  std::string_view name;        // without its namespace prefix
  std::string_view attributes;  // what follows the name, as far as it is looked at
};

/// Nothing when the text does not begin like markup, or ends before its first element.
std::optional<Root> find_root(std::string_view text);

/// Whether the text may have its first element behind its end, and within what is looked at: nothing is wrong with it
/// so far. Also of UTF-16 with a byte order mark.
bool may_begin_later(std::string_view start_of_text);

/// The value of an attribute at the start of `attributes`, entities left as they are; nothing when it is not there.
std::optional<std::string_view> attribute(std::string_view attributes, std::string_view name);

/// The start of a text in UTF-16 with a byte order mark, with '?' for what is not ASCII; empty for any other bytes.
std::string ascii_of_utf16(std::string_view bytes);

}  // namespace gannet::decode

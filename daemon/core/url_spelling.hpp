// From URLs as people and servers write them to what RFC 3986 allows, as the WHATWG URL standard reads them; where we
// differ, docs/http.md says so. Pure functions of bytes, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/reason.hpp"

namespace gannet {

enum class UrlKind : unsigned char {
  whole,      // a line of a list: has a scheme
  reference,  // a Location: may be relative
};

/// A URI reference by RFC 3986 of the same meaning, without user name and fragment. Its scheme, if any, is http or
/// https; its host is percent-encoded wherever it is more than letters and digits. Faults: `bad_url`,
/// `unsupported_scheme`.
Result<std::string> to_rfc3986(std::string_view text, UrlKind kind);

/// The octet that "%XX" at this place stands for; nothing when that is not there.
std::optional<unsigned char> escaped_octet(std::string_view text, std::size_t at);

/// "%XX", in capitals as RFC 3986, section 2.1, has it.
void append_escaped(std::string& out, unsigned char octet);

/// One spelling for octets of a URL in normal form that may be written in several ways and mean the same (RFC
/// 3986, 6.2.2): ~ %7E %7e. For comparing: requests keep what the list has, as browsers do.
std::string one_spelling(std::string_view url);

/// A path that starts with '/' without its "." and ".." segments, however encoded. There is nothing above the root.
std::string remove_dot_segments(std::string_view path);

}  // namespace gannet

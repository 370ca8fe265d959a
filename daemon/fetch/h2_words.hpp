// Where HTTP/2 has numbers and nghttp2 has phrases of its own: what happened, in words for people. Pure, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gannet::fetch {

/// An error code that the server sent: "ENHANCE_YOUR_CALM (we ask too much of it)".
std::string told_by_server(std::uint32_t code);

/// What the server did that HTTP/2 forbids: "the server broke the rules of HTTP/2: PING of a wrong length".
std::string broke_rules(std::string_view how);

/// The same by the code and the reason that nghttp2 gives the server; the reason is often empty.
std::string broke_rules(std::uint32_t code, std::string_view reason);

/// The same by nghttp2's complaint about one header field.
std::string broke_rules_by_field(std::string_view complaint);

}  // namespace gannet::fetch

// The head of an HTTP/1.1 response from its bytes (RFC 9112): no sockets, no waiting, nothing copied but what is kept.
// Reads what servers send and can have one meaning only; what two programs could read differently is refused
// (docs/http.md).
#pragma once

#include <optional>
#include <string_view>

#include "fetch/response_head.hpp"

namespace gannet::fetch {

/// The length of the head, its blank line included, or nothing while it is not complete. Lines end in LF, with
/// any number of CRs before it. `searched` bytes are known not to complete it.
std::optional<std::size_t> head_length(std::string_view bytes, std::size_t searched);

/// Whether these first bytes of a response, however few, can begin an HTTP/1 status line.
bool may_be_http(std::string_view bytes);

/// `head` as told by head_length(). Faults: `bad_response`.
Result<ResponseHead> parse_head(std::string_view head);

}  // namespace gannet::fetch

// A worker has seen hostile bytes, so what it replies is hostile too: it is believed only as far as it can be checked
// here. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/reason.hpp"
#include "decode/protocol.hpp"

namespace gannet::decode {

/// Whether the reply fits the request and `output`, which is what the worker wrote: every value in its range, nothing
/// that was not asked for, each image in the output just what the reply says. The fault says what does not fit.
Result<void> check_reply(const Request& request, const Reply& reply, std::string_view output);

/// Its message, fit to be shown: one line of UTF-8.
std::string message_of(const Reply& reply);

/// Why a reply that has been checked is not good; only then.
Fault verdict_of(const Reply& reply);

/// What records call them.
std::string_view name(Colour colour);

/// The format that an encoding makes; not of `as_needed`.
Format format_of(Encoding encoding);

}  // namespace gannet::decode

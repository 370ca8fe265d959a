// What a checked reply makes of a line: its record, and the bytes that are stored. Pure functions, any thread.
#pragma once

#include <string_view>

#include "core/fetch_task.hpp"
#include "decode/inspect.hpp"
#include "decode/protocol.hpp"

namespace gannet::decode {

/// The line has failed for `fault`; its bytes are dropped.
void fail(Finished& line, const Fault& fault);

/// `reply` has passed check_reply(), `output` is what it tells about. Rules of size are asked again: only now it is
/// sure how large the picture is.
void settle(Finished& line, const Rules& rules, const Orders& orders, const Reply& reply, std::string_view output,
            const Inspector& inspector);

}  // namespace gannet::decode

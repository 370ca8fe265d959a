// Whether a failed attempt is worth another, and after how long: free functions of plain values (DESIGN, "tries" and
// "backoff").
#pragma once

#include <optional>

#include "core/reason.hpp"
#include "core/time.hpp"

namespace gannet::frontier {

/// Whether this failure can pass by itself. `http_status` counts only with Reason::http_status.
bool is_transient(Reason reason, unsigned http_status);

/// Whether the server asks for less: 429 or 503. That is about the host, not about the URL.
bool is_overload(Reason reason, unsigned http_status);

/// Whether no connection to the host came about.
bool is_unreachable(Reason reason);

/// The wait after the failed attempt number `attempt` (from 1): uniform(0.5, 1) x min(most, 2^attempt s).
/// `random` is from 0 to 1.
milliseconds backoff(unsigned attempt, milliseconds most, double random);

}  // namespace gannet::frontier

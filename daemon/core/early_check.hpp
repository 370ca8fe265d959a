// Asks whether a body can still come to something while it is arriving, so that a transfer which cannot ends early. The
// seam between fetch, which has the bytes, and decode, which knows what they are; main wires the two.
#pragma once

#include <functional>
#include <string_view>

#include "core/job_options.hpp"
#include "core/reason.hpp"

namespace gannet {

enum class EarlyVerdict : unsigned char {
  undecided,  // ask again when there is more
  settled,    // nothing more to be learned before the end
};

/// Given the first bytes of a body, `least_for_early_check` or more, with others to come, and what its list says (or
/// null); a fault ends the transfer. Called on lane threads, several at a time. Empty: every body is read to its end.
using EarlyCheck = std::function<Result<EarlyVerdict>(std::string_view first_bytes, const JobOptions* of_list)>;

inline constexpr std::size_t least_for_early_check = 512;

}  // namespace gannet

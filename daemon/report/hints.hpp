// What each reason means and what a person can do about it, in one sentence: for `gannet status` and reports.
// docs/troubleshooting.md has a section for each. Pure; any thread.
#pragma once

#include <string_view>

#include "core/reason.hpp"

namespace gannet::report {

/// "what it means; what to do", without a full stop. Empty for `Reason::none`.
std::string_view hint_for(Reason reason);

}  // namespace gannet::report

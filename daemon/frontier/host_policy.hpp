// What one host may be asked for by the lines of one list. Plain code; to be asked once for each of the two, not for
// each line: it looks at every section of `fetch.hosts`.
#pragma once

#include <string_view>

#include "core/settings.hpp"

namespace gannet::frontier {

/// `host` as in Url::host. What its own section says counts most, then the general keys, which a list can make stricter
/// and not looser; a profile replaces the numbers of those that count less.
HostPolicy resolve(const FrontierSettings& settings, const LimitOverrides& of_list, std::string_view host);

}  // namespace gannet::frontier

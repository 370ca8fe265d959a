// X-Robots-Tag: whether the server asks not to be used for what we do.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gannet::fetch {

/// What servers may call us.
inline constexpr std::string_view robot_name = "gannet";

/// The directive that says no (`noai noimageai noindex noimageindex`), when one applies to everybody or to the agent
/// of our name. `tags` holds one header line each.
std::optional<std::string> opted_out(const std::vector<std::string>& tags, std::string_view our_name);

}  // namespace gannet::fetch

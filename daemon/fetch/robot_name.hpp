// What servers may call us, in robots.txt and in X-Robots-Tag. Pure, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gannet::fetch {

inline constexpr std::string_view robot_name = "gannet";

/// The product that a User-Agent, or the name of one in a rule, begins with: "Example-Bot/1.0 (x)" is "Example-Bot".
std::string_view product_token(std::string_view agent);

/// "gannet", and what the User-Agent begins with if that is something else.
std::vector<std::string> robot_names(std::string_view user_agent);

}  // namespace gannet::fetch

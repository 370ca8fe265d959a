#include "fetch/robot_name.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace gannet::fetch {
namespace {

// More than the letters, '-' and '_' of RFC 9309, or "crawler2" would be what is said to "crawler".
bool is_part_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

}  // namespace

std::string_view product_token(std::string_view agent) {
  const auto end = std::ranges::find_if_not(agent, is_part_of_name);
  return agent.substr(0, static_cast<std::size_t>(end - agent.begin()));
}

std::vector<std::string> robot_names(std::string_view user_agent) {
  std::vector<std::string> names{std::string(robot_name)};
  const auto token = product_token(user_agent);
  if (!token.empty() && !equals_ignoring_case(token, robot_name)) names.emplace_back(token);
  return names;
}

}  // namespace gannet::fetch

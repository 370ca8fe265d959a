#include "inbox/job_ids.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <initializer_list>

#include "inbox/list_name.hpp"

namespace gannet::inbox {

std::string JobIds::next(WallTime now, const std::string& list_name) {
  const std::string name = sanitised(list_name);
  while (true) {
    char sequence[32];
    std::snprintf(sequence, sizeof sequence, "-%04lu-", ++sequence_);
    std::string id = to_compact(now) + sequence + name;
    if (!is_taken(id)) return id;
  }
}

bool JobIds::is_taken(const std::string& id) const {
  return std::ranges::any_of(std::initializer_list<std::filesystem::path>{layout_.active(), layout_.done(),
                                                                          layout_.failed(), layout_.rejected()},
                             [&](const auto& folder) {
                               std::error_code ignored;
                               return std::filesystem::exists(std::filesystem::symlink_status(folder / id, ignored));
                             });
}

}  // namespace gannet::inbox

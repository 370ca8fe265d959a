// A job is a claimed list. It is known by its id outside the process and by its number inside.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace gannet {

using JobNumber = std::uint32_t;  // never reused while the process lives

enum class Priority : unsigned char { urgent, normal, bulk };

/// "urgent", "normal" or "bulk".
std::string_view name_of(Priority priority);
std::optional<Priority> parse_priority(std::string_view text);

struct JobOptions;

struct Job {
  JobNumber number = 0;
  std::string id;                // <UTC yyyymmddThhmmss>-<sequence>-<sanitised list name>
  std::filesystem::path folder;  // active/<id>
  std::string list_name;         // list.<ext> inside the folder
  Priority priority = Priority::normal;
  WallTime claimed{};
  std::string list_state = {};  // of a list that a .job file names, when the job began; another one is another list
  std::string source;           // where the list came from, for people and for resuming
  // What the list itself says, or null. Shared: its tasks look at it on any thread, and outlive the job's other parts.
  std::shared_ptr<const JobOptions> options = nullptr;

  std::filesystem::path list() const { return folder / list_name; }
  std::filesystem::path journal() const { return folder / "results.jsonl"; }
};

}  // namespace gannet

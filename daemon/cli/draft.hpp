// A list on its way into the inbox: written under a name that the daemon ignores, then there at once and whole, or not
// at all. The file goes with the object unless it was published. One thread.
#pragma once

#include <filesystem>
#include <string>

#include "core/disk.hpp"
#include "core/job.hpp"
#include "core/layout.hpp"
#include "core/reason.hpp"

namespace gannet::cli {

class Draft {
 public:
  /// In the folder for lists of that priority.
  static Result<Draft> make(const Layout& layout, Priority priority);

  Draft(Draft&& other) noexcept = default;
  Draft& operator=(Draft&&) = delete;
  ~Draft();

  const std::filesystem::path& path() const { return path_; }
  Result<void> write(std::string_view text);

  /// Makes it durable and gives it the first of its inbox_name()s that is free. Returns its path.
  Result<std::filesystem::path> publish(const std::filesystem::path& list);

 private:
  Draft(Descriptor file, std::filesystem::path path) : file_(std::move(file)), path_(std::move(path)) {}

  Descriptor file_;
  std::filesystem::path path_;
};

/// The name to try for the n-th time, from 1: "cats.csv.gz", then "cats-2.csv.gz". Leading dots and underscores, for
/// which the daemon would ignore the file, are taken off.
std::string inbox_name(const std::filesystem::path& list, unsigned number);

}  // namespace gannet::cli

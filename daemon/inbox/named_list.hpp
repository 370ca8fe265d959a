// A list that stays where it is, because a .job file names it: found below the folders of `input.roots` and nowhere
// else, and watched, so that a list which changes under our hands is a failed job and not one with wrong books. Free
// functions; they never write to the list.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/disk.hpp"
#include "core/reason.hpp"
#include "core/row.hpp"

namespace gannet::inbox {

struct NamedList {
  std::filesystem::path path;
  std::vector<std::filesystem::path> roots;
  Descriptor file;
  std::string state;  // inode, size and time of change: another text when the list is another
};

/// Opens a regular file below one of the roots; no link on the way leads out of it. Fails with `bad_url`, the detail is
/// a sentence for people.
Result<NamedList> open_named_list(const std::filesystem::path& path, const std::vector<std::filesystem::path>& roots);

/// `rows` are those of `list`. Every read fails with `disk_error` once the list has changed, and so does the last one
/// when it is not there any more.
std::unique_ptr<RowSource> watched(NamedList list, std::unique_ptr<RowSource> rows);

/// The fault for a list that is not what it was when its job began.
Fault list_changed(const std::filesystem::path& path, std::string_view how);

}  // namespace gannet::inbox

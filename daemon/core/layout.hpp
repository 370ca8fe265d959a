// Where things are under the root (docs/formats.md). Names only: nothing here touches the disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/job.hpp"

namespace gannet {

struct Layout {
  std::filesystem::path root;

  std::filesystem::path inbox() const { return root / "inbox"; }
  std::filesystem::path inbox(Priority priority) const;  // of lists of that priority: inbox/ itself, or below it
  std::filesystem::path active() const { return root / "active"; }
  std::filesystem::path done() const { return root / "done"; }
  std::filesystem::path failed() const { return root / "failed"; }
  std::filesystem::path rejected() const { return root / "rejected"; }
  std::filesystem::path images() const { return root / "images"; }
  std::filesystem::path thumbnails() const { return root / "thumbnails"; }
  std::filesystem::path state() const { return root / "state"; }
  std::filesystem::path staging() const { return state() / "incoming"; }  // files on their way to their final name
  std::filesystem::path catalogue() const { return state() / "catalogue.db"; }
  std::filesystem::path lock() const { return state() / "lock"; }
};

/// "00000/000000011.jpg": the shard is the key divided by the shard size; 5 and 9 digits, more when needed.
std::string image_name(std::uint64_t key, unsigned shard_size, std::string_view extension);

/// Of an image of that name in that job: "thumbnails/<job>/256/00000/000000011.jpg".
std::string thumbnail_path(std::string_view job, unsigned side, std::string_view image);
constexpr std::string_view thumbnail_extension = "jpg";

/// Whether this is the path of an image below the root, as the store makes it: "images/<job>/00000/000000011.jpg".
bool is_image_path(std::string_view path);

}  // namespace gannet

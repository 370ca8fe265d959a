// One image that a record names, looked at: is it there, is it whole, are its bytes the recorded ones. What a record
// says is not trusted: nothing outside images/ is opened, whatever it names and whatever is a link there. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/disk.hpp"
#include "core/layout.hpp"
#include "core/record.hpp"

namespace gannet::cli {

/// images/<job>/<shard>/<key>.<extension>
struct ImagePath {
  std::string_view job, shard, name;
  std::uint64_t key = 0;
};

/// Nothing when it is any other path. The views are of `path`.
std::optional<ImagePath> parse_image_path(std::string_view path);

/// The key in "000000011.jpg".
std::optional<std::uint64_t> parse_image_name(std::string_view name);
bool is_shard_name(std::string_view name);

struct ImageState {
  enum Kind : unsigned char { good, missing, wrong, unreadable } kind = good;
  std::string what = {};  // is wrong, for people
  bool hashed = false;
};

class ImageFiles {
 public:
  /// Compares hashes, too, when a record has one.
  ImageFiles(const Layout& layout, bool hashes) : images_(layout.images()), hashes_(hashes) {}

  /// Another folder that is laid out as images/ is; to read from.
  explicit ImageFiles(std::filesystem::path images) : images_(std::move(images)), hashes_(false) {}

  ImageState look_at(const ImagePath& path, const Record& record);

  /// The whole of a file; nothing when it is not there, no regular file, or larger than `most`.
  std::optional<std::string> read(const ImagePath& path, std::size_t most);

 private:
  int folder(const ImagePath& path);
  ImageState compare_hash(int folder, const ImagePath& path, const Record& record);

  std::filesystem::path images_;
  bool hashes_;
  Descriptor root_;
  std::map<std::string, Descriptor, std::less<>> folders_;  // open ones: records come by and large shard by shard
  std::string buffer_;
};

}  // namespace gannet::cli

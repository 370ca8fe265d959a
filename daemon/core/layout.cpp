#include "core/layout.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace gannet {

std::filesystem::path Layout::inbox(Priority priority) const {
  return priority == Priority::normal ? inbox() : inbox() / name_of(priority);
}

std::string image_name(std::uint64_t key, unsigned shard_size, std::string_view extension) {
  std::string name;
  append_padded(name, key / shard_size, 5);
  name += '/';
  append_padded(name, key, 9);
  name += '.';
  name += extension;
  return name;
}

std::string thumbnail_path(std::string_view job, unsigned side, std::string_view image) {
  return "thumbnails/" + std::string(job) + '/' + std::to_string(side) + '/' + std::string(image);
}

bool is_image_path(std::string_view path) {
  const auto take = [&path](char end) {
    const auto part = path.substr(0, path.find(end));
    path.remove_prefix(std::min(part.size() + 1, path.size()));
    return part;
  };
  const auto all = [](std::string_view part, std::string_view allowed, std::size_t least, std::size_t most) {
    return part.size() >= least && part.size() <= most && part.find_first_not_of(allowed) == std::string_view::npos;
  };
  constexpr std::string_view digits = "0123456789";
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::string_view of_job = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
  if (take('/') != "images") return false;
  const auto job = take('/');
  if (job.starts_with('.') || !all(job, of_job, 1, 255)) return false;
  return all(take('/'), digits, 5, 20) && all(take('.'), digits, 9, 20) && all(path, letters, 1, 8);
}

}  // namespace gannet

#include "main/root.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

namespace gannet {

namespace fs = std::filesystem;

Root::Root(const fs::path& root) : layout_{root} {
  struct stat of_root {};
  for (const auto& folder : {layout_.root, layout_.inbox(), layout_.active(), layout_.done(), layout_.failed(),
                             layout_.rejected(), layout_.images(), layout_.state()}) {
    std::error_code error;
    fs::create_directories(folder, error);
    struct stat of_folder {};
    if (error || ::stat(folder.c_str(), &of_folder) != 0) {
      throw std::runtime_error(folder.string() + ": cannot be made: " + error.message());
    }
    if (folder == layout_.root) of_root = of_folder;
    if (of_folder.st_dev != of_root.st_dev) {
      throw std::runtime_error(folder.string() + " is on another filesystem than " + root.string() +
                               ": everything under the root must be on one, so that renames are atomic");
    }
  }
  auto lock = open_file(layout_.lock(), O_RDWR | O_CREAT);
  if (!lock) throw std::runtime_error(lock.error().detail);
  lock_ = std::move(*lock);
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    char owner[32] = "";
    (void)!::pread(lock_.get(), owner, sizeof owner - 1, 0);
    throw std::runtime_error("another gannet (process " + std::string(owner) + ") is working on " + root.string() +
                             ": only one may");
  }
  const std::string pid = std::to_string(::getpid());
  if (::ftruncate(lock_.get(), 0) != 0 || ::pwrite(lock_.get(), pid.data(), pid.size(), 0) < 0) {
    throw std::runtime_error(layout_.lock().string() + ": " + last_error().message());
  }
}

}  // namespace gannet

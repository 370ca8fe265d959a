#include "main/root.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

namespace gannet {

namespace fs = std::filesystem;

namespace {

// Of a folder that is there.
void expect_same_filesystem(const fs::path& root, const fs::path& folder) {
  struct stat of_root {};
  struct stat of_folder {};
  if (::stat(folder.c_str(), &of_folder) != 0) {
    if (errno == ENOENT) return;
    throw std::runtime_error(folder.string() + ": " + last_error().message());
  }
  if (::stat(root.c_str(), &of_root) != 0) throw std::runtime_error(root.string() + ": " + last_error().message());
  if (of_folder.st_dev == of_root.st_dev) return;
  throw std::runtime_error(folder.string() + " is on another filesystem than " + root.string() +
                           ": everything under the root must be on one, so that renames are atomic");
}

}  // namespace

Root::Root(const fs::path& root) : layout_{root} {
  for (const auto& folder : {layout_.root, layout_.inbox(), layout_.active(), layout_.done(), layout_.failed(),
                             layout_.rejected(), layout_.images(), layout_.state()}) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) throw std::runtime_error(folder.string() + ": cannot be made: " + error.message());
    expect_same_filesystem(layout_.root, folder);
  }
  // Made when there is something to put there, or by the stages; mounted, they are there already.
  for (const auto& folder : {layout_.inbox(Priority::urgent), layout_.inbox(Priority::bulk), layout_.thumbnails(),
                             layout_.staging(), layout_.state() / "spill"}) {
    expect_same_filesystem(layout_.root, folder);
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

#include "core/atomic_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "core/disk.hpp"

namespace gannet {
namespace {

std::error_code write_new(const std::filesystem::path& path, std::string_view text, Durable durable) {
  ::unlink(path.c_str());  // left by a crash; O_EXCL then makes sure that the file is ours and no link
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!file) return last_error();
  if (const auto error = write_all(file.get(), text)) return error;
  if (durable == Durable::yes && ::fsync(file.get()) != 0) return last_error();
  return file.close();
}

}  // namespace

Result<void> replace_file(const std::filesystem::path& path, std::string_view text, Durable durable) {
  const auto temporary = path.parent_path() / ("." + path.filename().string() + ".tmp");
  auto error = write_new(temporary, text, durable);
  if (!error && std::rename(temporary.c_str(), path.c_str()) != 0) error = last_error();
  if (error) {
    ::unlink(temporary.c_str());
    return disk_fault(path, error);
  }
  if (durable == Durable::yes) return sync_path(path.parent_path());
  return {};
}

}  // namespace gannet

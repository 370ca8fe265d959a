#include "report/descriptor.hpp"

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace gannet::report {

Descriptor::Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

std::error_code Descriptor::close() {
  if (::close(std::exchange(fd_, -1)) == 0) return {};
  return last_error();
}

std::error_code last_error() { return {errno, std::generic_category()}; }

std::error_code write_all(int fd, std::string_view& text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written > 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (written == 0) {
      return std::make_error_code(std::errc::io_error);  // never for a file; do not spin
    } else if (errno != EINTR) {
      return last_error();
    }
  }
  return {};
}

Fault disk_fault(const std::filesystem::path& path, std::error_code error) {
  const bool full = error == std::errc::no_space_on_device || error.value() == EDQUOT;
  return {full ? Reason::disk_full : Reason::disk_error, path.string() + ": " + error.message()};
}

}  // namespace gannet::report

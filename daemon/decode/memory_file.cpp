#include "decode/memory_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace gannet::decode {
namespace {

constexpr int all_seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

}  // namespace

Descriptor make_sealed(std::string_view bytes) {
  Descriptor file = make_writable();
  if (!file || write_all(file.get(), bytes) || ::fcntl(file.get(), F_ADD_SEALS, all_seals) != 0) return Descriptor();
  return file;
}

Descriptor make_writable() { return Descriptor(::memfd_create("gannet-image", MFD_CLOEXEC | MFD_ALLOW_SEALING)); }

std::optional<Written> Written::seal(int file, std::uint64_t most) {
  struct stat info {};
  if (::fcntl(file, F_ADD_SEALS, all_seals) != 0 || ::fstat(file, &info) != 0) return std::nullopt;
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size > most) return std::nullopt;
  if (size == 0) return Written({});
  const auto* at = static_cast<const char*>(::mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0));
  if (at == MAP_FAILED) return std::nullopt;
  return Written({at, size});
}

Written::~Written() {
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

}  // namespace gannet::decode

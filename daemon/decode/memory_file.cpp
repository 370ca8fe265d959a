#include "decode/memory_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

namespace gannet::decode {
namespace {

constexpr int all_seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
constexpr int seals_of_tray = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE;

}  // namespace

Mapping::Mapping(int file, std::size_t bytes, For purpose) {
  if (bytes == 0) return;
  const int may = purpose == For::writing ? PROT_READ | PROT_WRITE : PROT_READ;
  void* const at = ::mmap(nullptr, bytes, may, MAP_SHARED, file, 0);
  if (at == MAP_FAILED) return;
  at_ = static_cast<char*>(at);
  bytes_ = bytes;
}

Mapping::~Mapping() {
  if (at_) ::munmap(at_, bytes_);
}

Descriptor make_sealed(std::string_view bytes) {
  Descriptor file = make_writable();
  if (!file || write_all(file.get(), bytes) || ::fcntl(file.get(), F_ADD_SEALS, all_seals) != 0) return Descriptor();
  return file;
}

Descriptor make_writable() { return Descriptor(::memfd_create("gannet-image", MFD_CLOEXEC | MFD_ALLOW_SEALING)); }

std::optional<Tray> Tray::make() {
  Descriptor file = make_writable();
  if (!file || ::ftruncate(file.get(), size) != 0) return std::nullopt;
  Mapping mapping(file.get(), size, Mapping::For::writing);
  if (mapping.view().empty() || ::fcntl(file.get(), F_ADD_SEALS, seals_of_tray) != 0) return std::nullopt;
  return Tray(std::move(file), std::move(mapping));
}

bool Tray::put(std::string_view bytes) {
  if (bytes.size() > size) return false;
  if (!bytes.empty()) std::memcpy(mapping_.data(), bytes.data(), bytes.size());
  return true;
}

std::optional<Mapping> seal(int file, std::uint64_t most) {
  struct stat info {};
  if (::fcntl(file, F_ADD_SEALS, all_seals) != 0 || ::fstat(file, &info) != 0) return std::nullopt;
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size > most) return std::nullopt;
  Mapping mapping(file, size, Mapping::For::reading);
  if (mapping.view().size() != size) return std::nullopt;
  return mapping;
}

}  // namespace gannet::decode

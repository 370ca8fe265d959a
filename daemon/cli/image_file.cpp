#include "cli/image_file.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <new>

#include "core/text.hpp"

namespace gannet::cli {
namespace {

constexpr std::size_t most_folders = 64;
constexpr std::size_t at_a_time = 256 << 10;

bool is_digits(std::string_view text, std::size_t least) {
  return text.size() >= least && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

ImageState unreadable(int error_number) {
  ImageState state{ImageState::unreadable, std::string("cannot be read: ") + std::strerror(error_number)};
  if (error_number == EACCES) state.what += ": are you in group gannet?";
  return state;
}

ImageState failure(int error_number) {
  if (error_number == ENOENT) return {ImageState::missing, "there is no such file"};
  if (error_number == ELOOP || error_number == EXDEV || error_number == ENOTDIR) {
    return {ImageState::wrong, "is behind a link or no folder, and was not opened"};
  }
  return unreadable(error_number);
}

std::string to_hex(const unsigned char* bytes, unsigned size) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}

struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// The SHA-256 of what can be read, as hex; nothing, and errno, when it cannot be.
std::optional<std::string> sha256_of(int file, std::string& buffer) {
  const std::unique_ptr<EVP_MD_CTX, FreeDigest> digest(EVP_MD_CTX_new());
  if (!digest || EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) != 1) throw std::bad_alloc();
  buffer.resize(at_a_time);
  for (;;) {
    const auto count = ::read(file, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) break;
    EVP_DigestUpdate(digest.get(), buffer.data(), static_cast<std::size_t>(count));
  }
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(digest.get(), bytes, &size);
  return to_hex(bytes, size);
}

}  // namespace

std::optional<std::uint64_t> parse_image_name(std::string_view name) {
  const auto dot = name.find('.');
  if (dot == name.npos || !is_digits(name.substr(0, dot), 9)) return std::nullopt;
  const auto extension = name.substr(dot + 1);
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (extension.empty() || extension.size() > 8 || !std::ranges::all_of(extension, plain)) return std::nullopt;
  std::uint64_t key = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + dot, key);
  if (error != std::errc() || (dot > 9 && name.front() == '0')) return std::nullopt;
  return key;
}

bool is_shard_name(std::string_view name) { return is_digits(name, 5) && name.size() <= 20; }

std::optional<ImagePath> parse_image_path(std::string_view path) {
  constexpr std::string_view start = "images/";
  if (!path.starts_with(start)) return std::nullopt;
  path.remove_prefix(start.size());
  const auto first = path.find('/');
  const auto second = first == path.npos ? path.npos : path.find('/', first + 1);
  if (second == path.npos) return std::nullopt;
  ImagePath parts{path.substr(0, first), path.substr(first + 1, second - first - 1), path.substr(second + 1)};
  const auto key = parse_image_name(parts.name);
  if (!key || !is_shard_name(parts.shard) || parts.job.empty() || parts.job.front() == '.') return std::nullopt;
  parts.key = *key;
  return parts;
}

ImageState ImageFiles::look_at(const ImagePath& path, const Record& record) {
  const int at = folder(path);
  if (at < 0) return failure(errno);
  struct stat info {};
  if (::fstatat(at, std::string(path.name).c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return failure(errno);
  if (S_ISLNK(info.st_mode)) return {ImageState::wrong, "is a link, and was not followed"};
  if (!S_ISREG(info.st_mode)) return {ImageState::wrong, "is not a regular file"};
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size != record.bytes) {
    return {ImageState::wrong, "has " + human_count(size) + " bytes, its record says " + human_count(record.bytes)};
  }
  if (!hashes_ || record.sha256.empty()) return {};
  return compare_hash(at, path, record);
}

std::optional<std::string> ImageFiles::read(const ImagePath& path, std::size_t most) {
  const int at = folder(path);
  if (at < 0) return std::nullopt;
  const Descriptor file(::openat(at, std::string(path.name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  if (info.st_size < 0 || static_cast<std::uint64_t>(info.st_size) > most) return std::nullopt;
  std::string content(static_cast<std::size_t>(info.st_size), '\0');
  const auto count = ::pread(file.get(), content.data(), content.size(), 0);
  if (count < 0 || static_cast<std::size_t>(count) != content.size()) return std::nullopt;
  return content;
}

ImageState ImageFiles::compare_hash(int folder, const ImagePath& path, const Record& record) {
  const Descriptor file(
      ::openat(folder, std::string(path.name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file) return failure(errno);
  const auto hash = sha256_of(file.get(), buffer_);
  if (!hash) return unreadable(errno);
  if (*hash == record.sha256) return {ImageState::good, {}, true};
  return {ImageState::wrong, "has the SHA-256 " + *hash + ", its record says " + on_one_line(record.sha256, 64), true};
}

// -1, and errno, when it cannot be opened.
int ImageFiles::folder(const ImagePath& path) {
  const std::string_view name(path.job.data(), path.job.size() + 1 + path.shard.size());
  if (const auto found = folders_.find(name); found != folders_.end()) return found->second.get();
  if (!root_) root_ = Descriptor(::open(images_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  struct open_how how {};
  how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const std::string relative(name);
  Descriptor opened(static_cast<int>(::syscall(SYS_openat2, root_.get(), relative.c_str(), &how, sizeof how)));
  if (!opened) return -1;
  if (folders_.size() == most_folders) folders_.clear();
  return folders_.emplace(relative, std::move(opened)).first->second.get();
}

}  // namespace gannet::cli

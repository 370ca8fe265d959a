// Preloaded into a program under test: counts, records and spoils the calls by which it changes files below one folder.
//
//   FAULTS_ROOT=/folder         only what is below it counts, its logs/ apart
//   FAULTS_LOG=/file            a line for each call that worked: call, path, other path, offset, bytes in hexadecimal;
//                               and "spoiled" for each that was
//   FAULTS_CALL=fsync           the calls that are spoiled; open counts when it may create
//   FAULTS_PATH=part            of these, only those whose path contains it
//   FAULTS_AT=3 FAULTS_TIMES=1  from the third on, so many of them; they are counted from 1
//   FAULTS_ERROR=28             with this errno, or "short": half of what was to be written
//
// A sync that fails loses what was not synced before, as a disk does: files are cut back to what was.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace {

template <class Function>
Function* real(Function*, const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}
// The next one of that name: of the sanitizer, or of libc.
#define REAL(name)                                  \
  (*[] {                                            \
    static auto* const next = real(&::name, #name); \
    return next;                                    \
  }())

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string path_of(int descriptor) {
  std::array<char, 4096> path{};
  const auto link = "/proc/self/fd/" + std::to_string(descriptor);
  const auto size = ::readlink(link.c_str(), path.data(), path.size());
  return {path.data(), static_cast<std::size_t>(size > 0 ? size : 0)};
}

std::string path_at(int folder, const char* name) {
  if (name[0] == '/') return name;
  if (folder != AT_FDCWD) return path_of(folder) + '/' + name;
  std::array<char, 4096> here{};
  return std::string(::getcwd(here.data(), here.size()) ? here.data() : "") + '/' + name;
}

enum class Fault : unsigned char { none, error, short_write };

class Faults {
 public:
  static Faults& instance() {
    static auto* const faults = new Faults;  // threads may outlive static objects
    return *faults;
  }

  bool watches(const std::string& path) const {
    return !root_.empty() && path.starts_with(root_) && !path.starts_with(root_ + "logs/");
  }

  // Those of all threads in one order. errno is set for an error.
  std::unique_lock<std::mutex> lock() { return std::unique_lock(mutex_); }

  Fault next(std::string_view call, const std::string& path) {
    if (call != call_ || path.find(path_) == std::string::npos || ++count_ < at_ || count_ >= at_ + times_)
      return Fault::none;
    record("spoiled", path);
    errno = std::atoi(error_.c_str());
    return error_ == "short" ? Fault::short_write : Fault::error;
  }

  void record(std::string_view call, const std::string& path, const std::string& other = {}, off_t offset = 0,
              std::string_view bytes = {}) {
    if (log_ < 0) return;
    std::string line = std::string(call) + '\t' + path + '\t' + other + '\t' + std::to_string(offset) + '\t';
    for (const unsigned char byte : bytes) {
      line += "0123456789abcdef"[byte >> 4];
      line += "0123456789abcdef"[byte & 15];
    }
    line += '\n';
    (void)!REAL(write)(log_, line.data(), line.size());
  }

  void written(const std::string& path) { synced_.try_emplace(path, 0); }
  void renamed(const std::string& from, const std::string& to) {
    if (auto known = synced_.extract(from)) {
      synced_.erase(to);
      known.key() = to;
      synced_.insert(std::move(known));
    }
  }
  void synced(const std::string& path) {
    struct stat file {};
    if (::stat(path.c_str(), &file) == 0 && S_ISREG(file.st_mode)) synced_[path] = file.st_size;
  }
  void all_synced() {
    for (const auto& [path, size] : synced_) synced(path);
  }
  void lose(const std::string& path) {
    const auto known = synced_.find(path);
    if (known != synced_.end()) (void)!REAL(truncate)(path.c_str(), known->second);
  }
  void lose_all() {
    for (const auto& [path, size] : synced_) (void)!REAL(truncate)(path.c_str(), size);
  }

 private:
  Faults() = default;

  const std::string root_ = setting("FAULTS_ROOT").empty() ? "" : setting("FAULTS_ROOT") + '/';
  const std::string call_ = setting("FAULTS_CALL"), path_ = setting("FAULTS_PATH"), error_ = setting("FAULTS_ERROR");
  const unsigned long at_ = std::strtoul(setting("FAULTS_AT").c_str(), nullptr, 10);
  const unsigned long times_ = std::strtoul(setting("FAULTS_TIMES").c_str(), nullptr, 10);
  const int log_ = setting("FAULTS_LOG").empty()
                       ? -1
                       : REAL(open)(setting("FAULTS_LOG").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  std::mutex mutex_;
  unsigned long count_ = 0;
  std::map<std::string, off_t> synced_;  // the size that every file was last synced with
};

// A call that is spoiled or done, and recorded when it worked.
template <class Call>
int done(std::string_view name, const std::string& path, const std::string& other, const Call& call) {
  auto& faults = Faults::instance();
  if (!faults.watches(path)) return call();
  const auto lock = faults.lock();
  if (faults.next(name, path) == Fault::error) return -1;
  const int result = call();
  const int error_number = errno;
  if (result >= 0) {
    faults.record(name, path, other);
    if (name == "rename") faults.renamed(path, other);
  }
  errno = error_number;
  return result;
}

template <class Call>
int opened(const std::string& path, int flags, const Call& call) {
  auto& faults = Faults::instance();
  if (!faults.watches(path) || (flags & (O_CREAT | O_TRUNC)) == 0) return call();
  const auto lock = faults.lock();
  if (faults.next("open", path) == Fault::error) return -1;
  const bool is_new = ::access(path.c_str(), F_OK) != 0;
  const int result = call();
  const int error_number = errno;
  if (result >= 0 && is_new) faults.record("create", path);
  if (result >= 0 && !is_new && (flags & O_TRUNC) != 0) faults.record("truncate", path);
  errno = error_number;
  return result;
}

template <class Call>
ssize_t written(int descriptor, const void* bytes, std::size_t size, const Call& call, off_t at = -1) {
  auto& faults = Faults::instance();
  const auto path = path_of(descriptor);
  if (!faults.watches(path)) return call(size);
  const auto lock = faults.lock();
  const auto fault = faults.next("write", path);
  if (fault == Fault::error) return -1;
  const auto count = call(fault == Fault::short_write ? (size + 1) / 2 : size);
  const int error_number = errno;
  if (count > 0) {
    faults.written(path);
    const auto offset = at >= 0 ? at : ::lseek(descriptor, 0, SEEK_CUR) - count;
    faults.record("write", path, {}, offset, {static_cast<const char*>(bytes), static_cast<std::size_t>(count)});
  }
  errno = error_number;
  return count;
}

enum class Scope : bool { file, everything };

template <class Call>
int synced(std::string_view name, int descriptor, Scope scope, const Call& call) {
  auto& faults = Faults::instance();
  const auto path = path_of(descriptor);
  if (!faults.watches(path + '/')) return call();
  const auto lock = faults.lock();
  if (faults.next(name, path) == Fault::error) {
    const int error_number = errno;
    scope == Scope::everything ? faults.lose_all() : faults.lose(path);
    errno = error_number;
    return -1;
  }
  const int result = call();
  const int error_number = errno;
  if (result == 0) {
    scope == Scope::everything ? faults.all_synced() : faults.synced(path);
    faults.record(name, path);
  }
  errno = error_number;
  return result;
}

template <class Call>
int cut(const std::string& path, off_t size, const Call& call) {
  auto& faults = Faults::instance();
  if (!faults.watches(path)) return call();
  const auto lock = faults.lock();
  if (faults.next("truncate", path) == Fault::error) return -1;
  const int result = call();
  const int error_number = errno;
  if (result == 0) faults.record("truncate", path, {}, size);
  errno = error_number;
  return result;
}

mode_t mode_in(int flags, va_list arguments) { return (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0; }

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const auto mode = mode_in(flags, arguments);
  va_end(arguments);
  return opened(path_at(AT_FDCWD, path), flags, [=] { return REAL(open)(path, flags, mode); });
}

int openat(int folder, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const auto mode = mode_in(flags, arguments);
  va_end(arguments);
  return opened(path_at(folder, path), flags, [=] { return REAL(openat)(folder, path, flags, mode); });
}

ssize_t write(int descriptor, const void* bytes, size_t size) {
  return written(descriptor, bytes, size, [=](size_t count) { return REAL(write)(descriptor, bytes, count); });
}

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t offset) {
  return written(
      descriptor, bytes, size, [=](size_t count) { return REAL(pwrite)(descriptor, bytes, count, offset); }, offset);
}

int fsync(int descriptor) {
  return synced("fsync", descriptor, Scope::file, [=] { return REAL(fsync)(descriptor); });
}

int fdatasync(int descriptor) {
  return synced("fdatasync", descriptor, Scope::file, [=] { return REAL(fdatasync)(descriptor); });
}

int syncfs(int descriptor) noexcept {
  return synced("syncfs", descriptor, Scope::everything, [=] { return REAL(syncfs)(descriptor); });
}

int rename(const char* from, const char* to) noexcept {
  return done("rename", path_at(AT_FDCWD, from), path_at(AT_FDCWD, to), [=] { return REAL(rename)(from, to); });
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
  return done("rename", path_at(from_folder, from), path_at(to_folder, to),
              [=] { return REAL(renameat)(from_folder, from, to_folder, to); });
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
  return done("rename", path_at(from_folder, from), path_at(to_folder, to),
              [=] { return REAL(renameat2)(from_folder, from, to_folder, to, flags); });
}

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) noexcept {
  return done("link", path_at(from_folder, from), path_at(to_folder, to),
              [=] { return REAL(linkat)(from_folder, from, to_folder, to, flags); });
}

int link(const char* from, const char* to) noexcept {
  return done("link", path_at(AT_FDCWD, from), path_at(AT_FDCWD, to), [=] { return REAL(link)(from, to); });
}

int unlink(const char* path) noexcept {
  return done("unlink", path_at(AT_FDCWD, path), {}, [=] { return REAL(unlink)(path); });
}

int unlinkat(int folder, const char* path, int flags) noexcept {
  return done("unlink", path_at(folder, path), {}, [=] { return REAL(unlinkat)(folder, path, flags); });
}

int mkdir(const char* path, mode_t mode) noexcept {
  return done("mkdir", path_at(AT_FDCWD, path), {}, [=] { return REAL(mkdir)(path, mode); });
}

int remove(const char* path) noexcept {
  return done("unlink", path_at(AT_FDCWD, path), {}, [=] { return REAL(remove)(path); });
}

int rmdir(const char* path) noexcept {
  return done("rmdir", path_at(AT_FDCWD, path), {}, [=] { return REAL(rmdir)(path); });
}

int ftruncate(int descriptor, off_t size) noexcept {
  return cut(path_of(descriptor), size, [=] { return REAL(ftruncate)(descriptor, size); });
}

int truncate(const char* path, off_t size) noexcept {
  return cut(path_at(AT_FDCWD, path), size, [=] { return REAL(truncate)(path, size); });
}
}

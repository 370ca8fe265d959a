#include "inbox/byte_source.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string>

namespace gannet::inbox {
namespace {

constexpr std::size_t block_size = 64 << 10;

struct FreeArchive {
  void operator()(archive* handle) const { archive_read_free(handle); }
};

// What is the same for all: a file that somebody may write to meanwhile.
class FileSource : public ByteSource {
 public:
  Result<bool> grown() const override {
    const auto now = look();
    const auto changed = [](const char* how) {
      return Fault{Reason::disk_error, std::string("the list was ") + how + " while it was worked on"};
    };
    if (has_name_ && now.st_nlink == 0) return changed("replaced or removed");
    const auto size = static_cast<std::uint64_t>(now.st_size);
    if (ended_ && size < std::max(file_size_, size_at_end_)) return changed("cut short");
    return ended_ && size > size_at_end_;
  }

 protected:
  FileSource(Descriptor descriptor, const struct stat& opened)
      : descriptor_(std::move(descriptor)),
        file_size_(static_cast<std::uint64_t>(opened.st_size)),
        has_name_(opened.st_nlink > 0) {}

  void end() {
    ended_ = true;
    size_at_end_ = static_cast<std::uint64_t>(look().st_size);
  }

  void note_damage(const char* text) {
    fault_ = Fault{Reason::disk_error,
                   "the list is truncated or damaged: " + std::string(text ? text : "it cannot be decompressed")};
  }

  /// 0 at the end, or after a fault.
  std::size_t read_some(std::array<char, block_size>& block) {
    for (;;) {
      const auto count = ::read(descriptor_.get(), block.data(), block.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno == EINTR) continue;
      fault_ = Fault{Reason::disk_error, std::string("the list cannot be read: ") + std::strerror(errno)};
      return 0;
    }
  }

  double share(std::uint64_t consumed) const {
    if (ended_ || file_size_ == 0) return 1;
    return std::clamp(static_cast<double>(consumed) / static_cast<double>(file_size_), 0.0, 1.0);
  }

  Descriptor descriptor_;
  std::uint64_t file_size_;  // when it was opened
  bool ended_ = false;
  std::optional<Fault> fault_;

 private:
  struct stat look() const {
    struct stat status {};
    if (::fstat(descriptor_.get(), &status) != 0) status.st_size = 0;
    return status;
  }

  bool has_name_;
  std::uint64_t size_at_end_ = 0;
};

// By zlib itself, as libarchive does not look at the checksum; and without its gzread(), which takes all that is behind
// a member and does not begin as another for padding: a damaged second member would be lines that nobody misses.
class GzipSource final : public FileSource {
 public:
  GzipSource(Descriptor descriptor, const struct stat& opened) : FileSource(std::move(descriptor), opened) {
    constexpr int only_gzip = 16;
    if (::inflateInit2(&stream_, MAX_WBITS + only_gzip) != Z_OK) note_damage("no memory");
  }
  ~GzipSource() override { ::inflateEnd(&stream_); }

  Result<std::string_view> read() override {
    if (fault_) return *fault_;
    stream_.next_out = reinterpret_cast<Bytef*>(block_.data());
    stream_.avail_out = static_cast<uInt>(block_.size());
    while (!ended_ && !fault_ && stream_.avail_out == block_.size()) {
      if (stream_.avail_in == 0) {
        fill();
      } else if (between_) {
        begin_member();
      } else {
        inflate();
      }
    }
    const auto count = block_.size() - stream_.avail_out;
    if (count == 0 && fault_) return *fault_;
    return std::string_view(block_.data(), count);
  }

  bool seek(std::uint64_t) override { return false; }

  double progress() const override { return share(consumed_); }

 private:
  void fill() {
    const auto count = read_some(compressed_);
    consumed_ += count;
    stream_.next_in = reinterpret_cast<Bytef*>(compressed_.data());
    stream_.avail_in = static_cast<uInt>(count);
    if (count > 0 || fault_) return;
    if (between_) {
      end();
    } else {
      note_damage("unexpected end of file");
    }
  }

  void begin_member() {
    for (; stream_.avail_in > 0 && *stream_.next_in == 0; ++stream_.next_in) --stream_.avail_in;  // padding
    if (stream_.avail_in == 0) return;
    ::inflateReset(&stream_);
    between_ = false;
  }

  void inflate() {
    const int status = ::inflate(&stream_, Z_NO_FLUSH);
    between_ = status == Z_STREAM_END;
    if (status != Z_OK && !between_) note_damage(stream_.msg);
  }

  z_stream stream_{};
  bool between_ = true;  // two members, or at the end
  std::uint64_t consumed_ = 0;
  std::array<char, block_size> compressed_;
  std::array<char, block_size> block_;
};

class ArchiveSource final : public FileSource {
 public:
  ArchiveSource(Descriptor descriptor, const struct stat& opened)
      : FileSource(std::move(descriptor), opened), archive_(archive_read_new()) {
    archive_read_support_filter_zstd(archive_.get());
    archive_read_support_filter_xz(archive_.get());
    archive_read_support_format_raw(archive_.get());
    archive_read_support_format_empty(archive_.get());  // raw refuses a file of 0 bytes
    archive_entry* entry = nullptr;
    if (archive_read_open_fd(archive_.get(), descriptor_.get(), block_size) != ARCHIVE_OK) {
      note_fault();
    } else if (const int status = archive_read_next_header(archive_.get(), &entry); status == ARCHIVE_EOF) {
      end();
    } else if (status < ARCHIVE_WARN) {
      note_fault();
    }
  }

  Result<std::string_view> read() override {
    if (plain_) return read_plain();
    const void* data = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    while (!ended_ && !fault_) {
      const int status = archive_read_data_block(archive_.get(), &data, &size, &offset);
      if (status == ARCHIVE_EOF) {
        end();
      } else if (status < ARCHIVE_WARN) {
        note_fault();
      } else if (size > 0) {
        return std::string_view(static_cast<const char*>(data), size);
      }
    }
    if (fault_) return *fault_;
    return std::string_view();
  }

  // A list that is not compressed is its own text, and is read past libarchive from there.
  bool seek(std::uint64_t offset) override {
    if (fault_ || archive_filter_code(archive_.get(), 0) != ARCHIVE_FILTER_NONE) return false;
    char before = 0;
    if (offset == 0 || offset > file_size_ ||
        ::pread(descriptor_.get(), &before, 1, static_cast<off_t>(offset - 1)) != 1 || before != '\n' ||
        ::lseek(descriptor_.get(), static_cast<off_t>(offset), SEEK_SET) < 0) {
      return false;
    }
    plain_ = std::make_unique<Plain>();
    plain_->offset = offset;
    ended_ = false;
    return true;
  }

  double progress() const override {
    if (plain_) return share(plain_->offset);
    return share(static_cast<std::uint64_t>(std::max<la_int64_t>(archive_filter_bytes(archive_.get(), -1), 0)));
  }

 private:
  struct Plain {
    std::array<char, block_size> block;
    std::uint64_t offset = 0;
  };

  Result<std::string_view> read_plain() {
    if (fault_) return *fault_;
    if (ended_) return std::string_view();
    const auto count = read_some(plain_->block);
    if (fault_) return *fault_;
    if (count == 0) end();
    plain_->offset += count;
    return std::string_view(plain_->block.data(), count);
  }

  void note_fault() { note_damage(archive_error_string(archive_.get())); }

  std::unique_ptr<archive, FreeArchive> archive_;
  std::unique_ptr<Plain> plain_;  // once it was sought
};

bool is_gzip(const Descriptor& file) {
  std::array<char, 2> magic{};
  return ::pread(file.get(), magic.data(), magic.size(), 0) == 2 && magic[0] == '\x1f' && magic[1] == '\x8b';
}

}  // namespace

Fault cannot_open(std::string_view what, int error) {
  Fault fault{Reason::disk_error, std::string(what) + " cannot be opened: " + std::strerror(error)};
  if (error == EMFILE || error == ENFILE || error == ENOMEM) fault.again_in = seconds(1);
  return fault;
}

Result<std::unique_ptr<ByteSource>> open_bytes(const std::filesystem::path& file) {
  // Without O_NONBLOCK a FIFO put in place of the list would hang the daemon here.
  Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened) return cannot_open("the list", errno);
  return open_bytes(std::move(opened));
}

Result<std::unique_ptr<ByteSource>> open_bytes(Descriptor file) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return Fault{Reason::disk_error, "the list cannot be opened: it is not a regular file"};
  }
  if (is_gzip(file)) return std::unique_ptr<ByteSource>(std::make_unique<GzipSource>(std::move(file), status));
  return std::unique_ptr<ByteSource>(std::make_unique<ArchiveSource>(std::move(file), status));
}

}  // namespace gannet::inbox

#include "store/journal_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace gannet::store {
namespace {

constexpr std::size_t at_a_time = 256 << 10;
constexpr std::size_t longest = 64 << 20;  // far beyond a record of the longest lines that lists may have

}  // namespace

JournalReader::JournalReader(Descriptor file, std::filesystem::path path, std::uint64_t size)
    : file_(std::move(file)), path_(std::move(path)), size_(size), buffer_(at_a_time) {}

Result<JournalReader> JournalReader::open(const std::filesystem::path& path) {
  auto file = open_file(path, O_RDONLY | O_NONBLOCK);  // a FIFO would hang us here
  if (!file) return file.error();
  struct stat info {};
  if (::fstat(file->get(), &info) != 0) return disk_fault(errno, path.string());
  if (!S_ISREG(info.st_mode)) return Fault{Reason::disk_error, path.string() + ": not a regular file"};
  return JournalReader(std::move(*file), path, static_cast<std::uint64_t>(info.st_size));
}

Result<void> JournalReader::go_on_from(std::uint64_t bytes, std::uint64_t lines) {
  if (::lseek(file_.get(), static_cast<off_t>(bytes), SEEK_SET) < 0) return disk_fault(errno, path_.string());
  consumed_ = bytes;
  number_ = lines;
  return {};
}

Result<JournalReader::Step> JournalReader::next() {
  const auto line = read_line();
  if (!line) return line.error();
  if (*line == Line::none) return Step::end;
  ++number_;
  if (*line == Line::whole) {
    auto record = parse_record(line_);
    if (record) {
      record_ = std::move(*record);
      return Step::record;
    }
    damage_ = record.error().detail;
  } else {
    damage_ = *line == Line::torn ? "torn" : "too long for a record";
  }
  return Step::damaged;
}

std::string JournalReader::damage_and_place() const {
  return path_.filename().string() + ':' + std::to_string(number_) + ": " + damage_;
}

Result<JournalReader::Line> JournalReader::read_line() {
  line_.clear();
  bool too_long = false;
  for (;;) {
    if (from_ == to_) {
      const auto count = ::read(file_.get(), buffer_.data(), buffer_.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return disk_fault(errno, path_.string());
      if (count == 0) return line_.empty() && !too_long ? Line::none : Line::torn;
      from_ = 0;
      to_ = static_cast<std::size_t>(count);
    }
    const char* start = buffer_.data() + from_;
    const auto* newline = static_cast<const char*>(std::memchr(start, '\n', to_ - from_));
    const auto length = newline ? static_cast<std::size_t>(newline - start) : to_ - from_;
    too_long = too_long || line_.size() + length > longest;
    if (!too_long) line_.append(start, length);
    from_ += length + (newline ? 1 : 0);
    consumed_ += length + (newline ? 1 : 0);
    if (newline) return too_long ? Line::too_long : Line::whole;
  }
}

}  // namespace gannet::store

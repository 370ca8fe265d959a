// The text of a list as a stream of bytes, decompressed. Owned by one list being read, one thread at a time. It knows
// nothing of lines, and how much a list is compressed changes neither its memory nor its callers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "core/disk.hpp"
#include "core/reason.hpp"

namespace gannet::inbox {

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// The next piece, valid until the next call; empty at the end. A truncated or damaged file is a `disk_error`, told
  /// after the last piece that could be read and again at each further call.
  virtual Result<std::string_view> read() = 0;

  /// Before the end: goes on `offset` bytes behind the start of the text, when that is behind a line's end and costs no
  /// reading. False: nothing was done.
  virtual bool seek(std::uint64_t offset) = 0;

  /// Behind the end: whether the file has become longer since. A `disk_error` when it was cut or replaced meanwhile, so
  /// that what is there now is not what was read.
  virtual Result<bool> grown() const = 0;

  /// Bytes of the file consumed so far, as a fraction of its size.
  virtual double progress() const = 0;
};

/// Why a file cannot be opened: `disk_error`, with `again_in` when the system may grant it later (too many open files,
/// no memory).
Fault cannot_open(std::string_view what, int error);

/// Opens a plain, gzip, zstd or xz file; which of them is told by content. Fails with `disk_error` when the file cannot
/// be opened, see cannot_open(), or is not a regular one. Damage inside is left for read() to tell.
Result<std::unique_ptr<ByteSource>> open_bytes(const std::filesystem::path& file);
Result<std::unique_ptr<ByteSource>> open_bytes(Descriptor file);

}  // namespace gannet::inbox

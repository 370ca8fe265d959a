// A picture as a file again.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "decode/protocol.hpp"
#include "worker/vips.hpp"

namespace gannet::worker {

struct BytesRelease {
  void operator()(void* bytes) const { g_free(bytes); }
};

struct Encoded {
  std::unique_ptr<void, BytesRelease> memory;  // none: it failed
  std::size_t size = 0;

  std::span<const char> bytes() const { return {static_cast<const char*>(memory.get()), size}; }
};

/// As needed is JPEG. The quality is 1 to 100; for PNG, how much time goes into making it small. Notes are what comes
/// with the image; an EXIF orientation among them must be gone, and is not written.
Encoded encode(const Image& image, decode::Encoding encoding, int quality, bool keep_notes);

/// Whether it can have transparent parts.
constexpr bool keeps_alpha(decode::Encoding encoding) {
  return encoding != decode::Encoding::as_needed && encoding != decode::Encoding::jpeg;
}

}  // namespace gannet::worker

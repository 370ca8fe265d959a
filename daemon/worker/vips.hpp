// What the rest of this folder needs of libvips's C: images that are released when they go out of scope, operations
// that take one and give one, and the text of what went wrong. An operation that fails gives no image, and says why
// in error_text(). Only inside a worker.
#pragma once

#include <vips/vips.h>

#include <memory>
#include <string>

namespace gannet::worker {

struct ImageRelease {
  void operator()(VipsImage* image) const { g_object_unref(image); }
};

using Image = std::unique_ptr<VipsImage, ImageRelease>;

/// `operation(in, &out)` calls one of libvips. The result refers to what it is made of, and works when it is read.
template <typename Operation>
Image made_by(const Image& in, Operation operation) {
  VipsImage* out = nullptr;
  if (!in || operation(in.get(), &out) != 0) return nullptr;
  return Image(out);
}

/// Reads all of it from top to bottom, on this thread, and keeps the pixels. What libvips has for that starts threads.
Image in_memory(const Image& image);

/// What is said of the picture beside its pixels: colour profile, EXIF and so on. Those that `to` has are kept.
void copy_notes(const Image& from, const Image& to);

/// Reads all of it and keeps nothing. False when something in it cannot be decoded.
bool decodes(const Image& image);

/// Reads its last line, and so all that comes before it in the file.
bool decodes_to_the_end(const Image& image);

/// What the operations since the last call complained about: one line of valid UTF-8. Forgets it.
std::string error_text();

}  // namespace gannet::worker

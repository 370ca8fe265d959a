// The pixels: opens an image with libvips, looks at all of it if asked, and makes of it what is asked for. Runs in a
// worker process only, one image at a time; what it is given is hostile, and it may crash of it. Images are opened by
// the format that the daemon told, each with its own loader: nothing here guesses.
#pragma once

#include <span>

#include "decode/protocol.hpp"

namespace gannet::worker {

/// Once, in the fork server, before any worker is forked: loads all codecs, so that a worker need not open a file.
/// False when libvips cannot be started.
bool load_codecs();

/// Where what is made goes, in the order of the reply. `write` is called with each part; false ends it: it is too much.
class Output {
 public:
  virtual ~Output() = default;
  virtual bool write(std::span<const char> bytes) = 0;
};

/// The verdict, and what was asked for. Never throws.
decode::Reply answer(const decode::Request& request, std::span<const char> image, Output& output);

}  // namespace gannet::worker

// What the daemon and its worker processes say to each other, the whole of it. A worker holds one end of a
// SOCK_SEQPACKET pair and a view of its tray, a memory file that only the daemon can write to. A request is one packet:
// the image is in the tray, or in a sealed memory file that comes along; when the orders make anything, an empty file
// for that comes too, as the last. A reply is one packet, without any. One image at a time. Both sides come from one
// build, so these are plain structs of fixed size; but nothing that a worker says is believed (reply_check.hpp).
//
// The fork server speaks over such a pair too: `Spawn`, with the worker's end of its pair and its tray; `Born`, with a
// descriptor of the process; and later, unasked, `Died`.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "core/orders.hpp"
#include "decode/image_format.hpp"

namespace gannet::decode {

constexpr std::size_t most_message = 160;

using gannet::Box;
using gannet::Encoding;
using gannet::most_blurred;
using gannet::most_thumbnails;
using gannet::Orders;
using gannet::ResizeMode;

struct Request {
  std::uint64_t number = 0;      // comes back in the reply
  Format format = Format::jpeg;  // by its first bytes
  bool in_tray = false;
  std::uint64_t bytes = 0;
  std::uint64_t max_pixels = 0;  // width x height x frames of what is decoded; 0: any number
  std::uint64_t max_output = 0;  // bytes of all that is made
  Orders orders;
};

enum class Verdict : std::uint8_t {
  good,
  broken,           // it cannot be decoded, or not to its end
  too_many_pixels,  // by its header
  too_much_output,  // what was made of it is beyond `max_output`
  unsupported,      // a variant of its format that no codec here decodes
};

enum class Colour : std::uint8_t { unknown, grey, rgb, cmyk, lab };

/// An image in the output: `bytes` of it, behind those before. None when that is 0.
struct Made {
  std::uint64_t bytes = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

struct Reply {
  std::uint64_t number = 0;
  Verdict verdict = Verdict::broken;
  // Of the image as it came, when it is good:
  std::uint32_t width = 0;  // as it is stored: before EXIF orientation
  std::uint32_t height = 0;
  std::uint32_t frames = 1;
  std::uint8_t orientation = 1;  // EXIF, 1 to 8
  Colour colour = Colour::unknown;
  std::uint8_t alpha = 0;   // 1: it has
  std::uint8_t hashed = 0;  // 1: the next is told
  std::uint64_t hash = 0;   // perceptual
  // In the output, in this order:
  Made image;                                      // none: what came is to be stored
  Encoding encoding = Encoding::as_needed;         // of it
  std::array<Made, most_thumbnails> thumbnails{};  // JPEG, in the order they were asked for
  std::uint64_t exif_bytes = 0;                    // one JSON object
  std::array<char, most_message> message{};        // for people, why it is not good; ends with a zero
};

/// To the fork server: fork a worker that speaks over the first descriptor that comes with this; the second is its
/// tray.
struct Spawn {
  std::uint64_t worker = 0;
  std::uint64_t memory = 0;       // bytes that it may have beyond what it has at its start
  std::uint64_t cpu_seconds = 0;  // for each image
  std::uint64_t max_output = 0;   // bytes of any file
};

/// How a worker ends that could not lock itself in.
constexpr int exit_unlocked = 71;

/// From the fork server.
struct Event {
  enum class Kind : std::uint8_t {
    ready,   // the codecs are loaded
    born,    // with a descriptor of the process
    unborn,  // it could not be forked: `status` is the errno
    died,    // `status` is what waitpid() says
  };
  Kind kind = Kind::ready;
  std::uint64_t worker = 0;
  std::int32_t status = 0;
};

static_assert(std::is_trivially_copyable_v<Request> && std::is_trivially_copyable_v<Reply>);

}  // namespace gannet::decode

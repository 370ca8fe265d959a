// One request, one reply: looks first, then makes what is asked for, in the order of the output.
#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "decode/sniff.hpp"
#include "worker/blur.hpp"
#include "worker/encode.hpp"
#include "worker/examine.hpp"
#include "worker/exif.hpp"
#include "worker/hash.hpp"
#include "worker/picture.hpp"
#include "worker/plan.hpp"
#include "worker/shape.hpp"
#include "worker/source.hpp"

namespace gannet::worker {
namespace {

using decode::Encoding;
using decode::Format;
using decode::Orders;
using decode::Reply;
using decode::Request;
using decode::Verdict;

constexpr std::string_view no_memory = "it needs more memory than a worker may have";
constexpr int thumbnail_quality = 85;
constexpr std::uint32_t hashed_side = 256;  // more says nothing more of 32 x 32 pixels

void say(Reply& reply, Verdict verdict, std::string_view text) {
  reply.verdict = verdict;
  std::size_t size = std::min(text.size(), reply.message.size() - 1);
  while (size < text.size() && size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
    --size;  // whole characters
  reply.message.fill('\0');
  std::ranges::copy(text.substr(0, size), reply.message.begin());
}

// What libvips complained about, which nothing but its text tells apart.
void say_what_failed(Reply& reply) {
  const std::string text = error_text();
  const auto says = [&](std::string_view part) { return text.find(part) != std::string::npos; };
  if (says("memory")) return say(reply, Verdict::too_many_pixels, no_memory);
  const bool unsupported =
      says("nsupported") || says("not supported") || says("not configured") || says("unknown codec");
  say(reply, unsupported ? Verdict::unsupported : Verdict::broken, text.empty() ? "it cannot be decoded" : text);
}

void tell(Reply& reply, const Facts& facts) {
  reply.width = facts.width, reply.height = facts.height;
  reply.frames = facts.frames;
  reply.orientation = facts.orientation;
  reply.colour = facts.colour;
  reply.alpha = facts.alpha;
}

Size as_seen(const Facts& facts) {
  return facts.lies() ? Size{facts.height, facts.width} : Size{facts.width, facts.height};
}

// What is made of one image, one after the other.
class Making {
 public:
  Making(const Request& request, std::span<const char> image, Examined& examined, Output& output, Reply& reply)
      : request_(request),
        orders_(request.orders),
        seen_(as_seen(examined.facts)),
        plan_(plan_of(orders_, seen_)),
        examined_(examined),
        image_(image),
        output_(output),
        reply_(reply) {}

  /// False when that is said in the reply.
  bool make() {
    const bool anything = makes_image() || makes_thumbnails() || orders_.hash;
    if (!anything) return verify(true) && make_exif();
    if (request_.max_pixels != 0 && std::uint64_t{plan_.scaled.width} * plan_.scaled.height > request_.max_pixels) {
      say(reply_, Verdict::too_many_pixels,
          "it would become " + std::to_string(plan_.scaled.width) + " x " + std::to_string(plan_.scaled.height) +
              " pixels");
      return false;
    }
    const std::string exif = orders_.exif ? exif_of(examined_.image) : std::string();
    const Source source(request_.format, image_, std::move(examined_.image), examined_.facts, need());
    if (!source.good()) return failed();
    if (makes_image() && !make_image(source)) return false;
    for (std::size_t i = 0; i < orders_.thumbnails.size() && orders_.thumbnails[i] != 0; ++i) {
      if (!make_thumbnail(source, i)) return false;
    }
    if (orders_.hash && !make_hash(source)) return false;
    if (examined_.facts.frames > 1 && !verify(false)) return false;
    if (orders_.verify && !source.read_to_the_end()) return failed();
    return put(exif, reply_.exif_bytes);
  }

 private:
  bool makes_image() const { return plan_.resized || orders_.blurred > 0 || orders_.encoding != Encoding::as_needed; }
  bool makes_thumbnails() const { return orders_.thumbnails[0] != 0; }

  // Of the width that is seen.
  double scale_of(Size size) const {
    return std::max(static_cast<double>(size.width) / seen_.width, static_cast<double>(size.height) / seen_.height);
  }

  Need need() const {
    Need need{0};
    int pictures = 0;
    const auto add = [&](Size size) {
      need.scale = std::max(need.scale, scale_of(size));
      ++pictures;
    };
    if (makes_image()) add(plan_.scaled);
    for (const std::uint32_t side : orders_.thumbnails) {
      if (side != 0) add(within(seen_, side));
    }
    if (orders_.hash) add(within(seen_, hashed_side));
    need.alpha = makes_image() && keeps_alpha(orders_.encoding) && examined_.facts.alpha;
    need.several = pictures > 1;
    need.anywhere = examined_.facts.orientation != 1 || orders_.blurred > 0;
    return need;
  }

  Image picture(const Source& source, Size size, bool alpha) const {
    Image image = source.picture(size, alpha);
    if (orders_.blurred == 0) return image;
    const std::size_t boxes = std::min<std::size_t>(orders_.blurred, orders_.boxes.size());
    return blurred(in_memory(image), std::span(orders_.boxes).first(boxes));
  }

  bool make_image(const Source& source) {
    const bool alpha = keeps_alpha(orders_.encoding);
    const Image whole = picture(source, plan_.scaled, alpha);
    const Image image = framed(cut_to(whole, plan_.cut), plan_.canvas);
    reply_.encoding = orders_.encoding == Encoding::as_needed ? Encoding::jpeg : orders_.encoding;
    return put(image, reply_.encoding, orders_.quality, orders_.keep_metadata, reply_.image);
  }

  bool make_thumbnail(const Source& source, std::size_t number) {
    const Image image = picture(source, within(seen_, orders_.thumbnails[number]), false);
    return put(image, Encoding::jpeg, thumbnail_quality, false, reply_.thumbnails[number]);
  }

  bool make_hash(const Source& source) {
    const auto hash = perceptual_hash(picture(source, within(seen_, hashed_side), false));
    if (!hash) return failed();
    reply_.hashed = true;
    reply_.hash = *hash;
    return true;
  }

  bool make_exif() { return !orders_.exif || put(exif_of(examined_.image), reply_.exif_bytes); }

  // Of what is decoded anyway, only the other frames are left.
  bool verify(bool nothing_decoded) {
    if (!orders_.verify || (!nothing_decoded && examined_.facts.frames == 1)) return true;
    return all_frames_decode(request_.format, image_, examined_.facts) || failed();
  }

  bool put(const Image& image, Encoding encoding, int quality, bool keep_notes, decode::Made& made) {
    const Encoded encoded = image ? encode(image, encoding, quality, keep_notes) : Encoded{};
    if (!encoded.memory) return failed();
    made.width = static_cast<std::uint32_t>(vips_image_get_width(image.get()));
    made.height = static_cast<std::uint32_t>(vips_image_get_height(image.get()));
    // libheif writes a file without a picture where it lacks memory, and says nothing.
    const auto seen = decode::sniff({encoded.bytes().data(), encoded.size});
    if (!seen || seen->width != made.width || seen->height != made.height) {
      say(reply_, Verdict::broken, "to encode it takes more memory than a worker may have (decode.memory)");
      return false;
    }
    return put(encoded.bytes(), made.bytes);
  }

  bool put(std::span<const char> bytes, std::uint64_t& size) {
    if (bytes.empty()) return true;
    written_ += bytes.size();
    if (written_ > request_.max_output || !output_.write(bytes)) {
      say(reply_, Verdict::too_much_output, "more than " + std::to_string(request_.max_output) + " bytes");
      return false;
    }
    size = bytes.size();
    return true;
  }

  bool failed() {
    say_what_failed(reply_);
    return false;
  }

  const Request& request_;
  const Orders& orders_;
  const Size seen_;
  const Plan plan_;
  Examined& examined_;
  const std::span<const char> image_;
  Output& output_;
  Reply& reply_;
  std::uint64_t written_ = 0;
};

// That it is there is all that is known of it.
void tell_unseen(Reply& reply, Format format, std::string_view bytes) {
  reply.verdict = Verdict::good;
  if (const auto info = decode::sniff(bytes); info && info->format == format) {
    reply.width = info->width, reply.height = info->height;
  }
}

void look(const Request& request, std::span<const char> image, Output& output, Reply& reply) {
  if (request.format == Format::svg && !request.orders.svg) {
    return tell_unseen(reply, request.format, {image.data(), image.size()});
  }
  Examined examined = examine(request.format, image, request.max_pixels);
  if (!examined.too_many_pixels.empty()) return say(reply, Verdict::too_many_pixels, examined.too_many_pixels);
  if (!examined.image) return say_what_failed(reply);
  if (request.orders.verify && examined.cut) {
    return say(reply, Verdict::broken, "the file ends within a frame or page, or before one that it announces");
  }
  tell(reply, examined.facts);
  if (Making(request, image, examined, output, reply).make()) reply.verdict = Verdict::good;
}

}  // namespace

Reply answer(const Request& request, std::span<const char> image, Output& output) {
  Reply reply;
  reply.number = request.number;
  vips_error_clear();
  try {
    look(request, image, output, reply);
  } catch (const std::exception& error) {
    say(reply, Verdict::too_many_pixels, no_memory);
  }
  vips_error_clear();
  return reply;
}

}  // namespace gannet::worker

#include "decode/reply_check.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "core/text.hpp"
#include "decode/sniff.hpp"

namespace gannet::decode {
namespace {

constexpr std::uint32_t longest_side = 1 << 26;
constexpr std::uint32_t most_frames = 1 << 24;
constexpr std::size_t most_exif = 64 << 10;

Fault lie(std::string what) {
  return {Reason::decode_crashed, "the worker's answer made no sense: " + std::move(what)};
}

bool is_side(std::uint32_t side) { return side > 0 && side <= longest_side; }

// Takes the parts of the output one after the other.
class Parts {
 public:
  explicit Parts(std::string_view output) : left_(output) {}

  Result<std::string_view> take(std::uint64_t bytes) {
    if (bytes > left_.size()) return lie("more output than there is");
    const auto part = left_.substr(0, bytes);
    left_.remove_prefix(bytes);
    return part;
  }
  bool at_end() const { return left_.empty(); }

 private:
  std::string_view left_;
};

Result<void> check_image(const Made& made, Format format, bool asked, Parts& parts) {
  if (made.bytes == 0) return {};
  if (!asked) return lie("an image that was not asked for");
  const auto part = parts.take(made.bytes);
  if (!part) return part.error();
  const auto seen = sniff(*part);
  if (!seen || seen->format != format || seen->blank) return lie("an image that is none");
  if (seen->width != made.width || seen->height != made.height) return lie("an image of another size");
  return {};
}

Result<void> check_exif(std::uint64_t bytes, bool asked, Parts& parts) {
  if (bytes == 0) return {};
  if (!asked || bytes > most_exif) return lie("EXIF that was not asked for");
  const auto part = parts.take(bytes);
  if (!part) return part.error();
  boost::system::error_code error;
  const auto value = boost::json::parse(*part, error);
  if (error || !value.is_object() || part->find('\n') != std::string_view::npos) return lie("EXIF that is no JSON");
  return {};
}

bool is_in_range(const Request& request, const Reply& reply) {
  const std::uint64_t pixels = std::uint64_t{reply.width} * reply.height;
  return is_side(reply.width) && is_side(reply.height) && (request.max_pixels == 0 || pixels <= request.max_pixels) &&
         reply.frames >= 1 && reply.frames <= most_frames && reply.orientation >= 1 && reply.orientation <= 8 &&
         reply.colour <= Colour::lab && reply.alpha <= 1 && reply.hashed <= 1 &&
         (reply.hashed == 0 || request.orders.hash);
}

}  // namespace

Result<void> check_reply(const Request& request, const Reply& reply, std::string_view output) {
  if (reply.number != request.number) return lie("an answer to another question");
  if (reply.verdict > Verdict::unsupported) return lie("an unknown verdict");
  if (reply.verdict != Verdict::good) return {};  // what it wrote is not looked at
  if (!is_in_range(request, reply)) return lie("a value out of range");
  if (output.size() > request.max_output) return lie("too much output");

  const Orders& orders = request.orders;
  Parts parts(output);
  if (reply.image.bytes > 0) {
    if (reply.encoding == Encoding::as_needed || reply.encoding > Encoding::avif) return lie("an unknown encoding");
    if (orders.encoding != Encoding::as_needed && reply.encoding != orders.encoding) return lie("another encoding");
    if (auto image = check_image(reply.image, format_of(reply.encoding), orders.change_image(), parts); !image) {
      return image;
    }
  } else if (orders.encoding != Encoding::as_needed) {
    return lie("no image");
  }
  for (std::size_t i = 0; i < most_thumbnails; ++i) {
    auto thumbnail = check_image(reply.thumbnails[i], Format::jpeg, orders.thumbnails[i] > 0, parts);
    if (!thumbnail) return thumbnail;
  }
  if (auto exif = check_exif(reply.exif_bytes, orders.exif, parts); !exif) return exif;
  if (!parts.at_end()) return lie("output that nobody asked for");
  return {};
}

std::string message_of(const Reply& reply) {
  const std::string_view bytes(reply.message.data(), reply.message.size());
  std::string text = to_valid_utf8(bytes.substr(0, bytes.find('\0')));
  std::ranges::replace_if(
      text, [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; }, ' ');
  return std::string(trim(text));
}

Fault verdict_of(const Reply& reply) {
  const auto why = [&](std::string_view otherwise) {
    auto message = message_of(reply);
    return message.empty() ? std::string(otherwise) : message;
  };
  switch (reply.verdict) {
    case Verdict::too_many_pixels:
      return {Reason::too_many_pixels, why("more than decode.max_pixels")};
    case Verdict::too_much_output:
      return {Reason::decode_failed, "what was made of it is larger than decode.max_output"};
    case Verdict::unsupported:
      return {Reason::decode_failed, why("no codec here decodes it")};
    case Verdict::good:
    case Verdict::broken:
      break;
  }
  return {Reason::decode_failed, why("it cannot be decoded")};
}

std::string_view name(Colour colour) {
  switch (colour) {
    case Colour::unknown:
      return {};
    case Colour::grey:
      return "grey";
    case Colour::rgb:
      return "rgb";
    case Colour::cmyk:
      return "cmyk";
    case Colour::lab:
      return "lab";
  }
  return {};
}

Format format_of(Encoding encoding) {
  switch (encoding) {
    case Encoding::png:
      return Format::png;
    case Encoding::webp:
      return Format::webp;
    case Encoding::avif:
      return Format::avif;
    case Encoding::as_needed:
    case Encoding::jpeg:
      break;
  }
  return Format::jpeg;
}

}  // namespace gannet::decode

#include "decode/settle.hpp"

#include <array>
#include <cstdio>

#include "decode/reply_check.hpp"
#include "decode/rules.hpp"

namespace gannet::decode {
namespace {

std::string in_hex(std::uint64_t hash) {
  std::array<char, 17> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(hash));
  return digits.data();
}

// What is stored from here on is what was made.
void store_made(Finished& line, const Reply& reply, std::string_view made, const Inspector& inspector) {
  Record& record = line.record;
  const Format format = format_of(reply.encoding);
  record.picture.original_width = reply.width;
  record.picture.original_height = reply.height;
  record.picture.original_sha256 = record.sha256;
  if (!record.sha256.empty()) record.sha256 = inspector.sha256(made);
  record.bytes = made.size();
  record.width = reply.image.width;
  record.height = reply.image.height;
  record.format = name(format);
  line.extension = extension(format);
  line.body = Body();
  line.body.append(made);
}

}  // namespace

void fail(Finished& line, const Fault& fault) {
  Record& record = line.record;
  record.reason = fault.reason;
  record.outcome = outcome_of(fault.reason);
  record.detail = fault.detail;
  record.sha256.clear();
  line.body = Body();
}

void settle(Finished& line, const Rules& rules, const Orders& orders, const Reply& reply, std::string_view output,
            const Inspector& inspector) {
  if (reply.verdict != Verdict::good) return fail(line, verdict_of(reply));
  Record& record = line.record;
  record.width = reply.width;
  record.height = reply.height;
  if (const auto sized = check_size(rules, reply.width, reply.height); !sized) return fail(line, sized.error());
  Picture& picture = record.picture;
  picture.frames = reply.frames;
  picture.orientation = reply.orientation;
  picture.colour = name(reply.colour);
  picture.alpha = reply.alpha != 0;
  if (reply.hashed != 0) picture.perceptual_hash = in_hex(reply.hash);
  if (reply.exif_bytes > 0) picture.exif = output.substr(output.size() - reply.exif_bytes);
  if (reply.image.bytes > 0) store_made(line, reply, output.substr(0, reply.image.bytes), inspector);
  auto rest = output.substr(reply.image.bytes);
  for (std::size_t i = 0; i < most_thumbnails; ++i) {
    const auto bytes = reply.thumbnails[i].bytes;
    if (bytes == 0) continue;
    line.thumbnails.push_back({orders.thumbnails[i], {}});
    line.thumbnails.back().body.append(rest.substr(0, bytes));
    rest.remove_prefix(bytes);
  }
}

}  // namespace gannet::decode

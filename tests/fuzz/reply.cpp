// What a decode worker replies: the first byte says what was asked for, then the reply, then what it wrote. What passes
// the check must be safe to record and to store.
#include <algorithm>
#include <cstring>

#include "core/record.hpp"
#include "decode/reply_check.hpp"
#include "decode/settle.hpp"
#include "decode/sniff.hpp"
#include "fuzz/fuzz_target.hpp"

namespace {

using namespace gannet;

decode::Request request_of(std::uint8_t wishes) {
  decode::Request request{.number = 1, .bytes = 100, .max_pixels = 1'000'000, .max_output = 1 << 16, .orders = {}};
  request.orders.exif = (wishes & 1) != 0;
  request.orders.hash = (wishes & 2) != 0;
  request.orders.thumbnails[0] = (wishes & 4) != 0 ? 64 : 0;
  request.orders.encoding = static_cast<Encoding>((wishes >> 3) % 5);
  request.orders.resize = (wishes & 64) != 0 ? ResizeMode::border : ResizeMode::no;
  return request;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const decode::Rules rules;
  static const decode::Inspector inspector(Hash::sha256);
  if (size < 1) return 0;
  const auto request = request_of(data[0]);
  auto bytes = fuzz::as_text(data, size).substr(1);
  decode::Reply reply;
  std::memcpy(&reply, bytes.data(), std::min(bytes.size(), sizeof reply));
  bytes.remove_prefix(std::min(bytes.size(), sizeof reply));

  const auto message = decode::message_of(reply);
  fuzz::require(std::ranges::none_of(message, [](char c) { return c >= 0 && c < ' '; }), "a message is one line");
  if (!decode::check_reply(request, reply, bytes)) return 0;

  Finished line;
  line.record.line = 1;
  line.record.sha256 = std::string(64, 'a');
  line.body.append("what came");
  decode::settle(line, rules, request.orders, reply, bytes, inspector);
  const bool good = line.record.outcome == Outcome::ok;
  fuzz::require(good == !line.body.empty(), "only what is good is stored");
  if (good && reply.image.bytes > 0) {
    const auto seen = decode::sniff(line.body.view());
    fuzz::require(seen && seen->width == line.record.width && seen->height == line.record.height, "it is what it says");
  }
  std::string text;
  append_json(text, line.record, "job");
  fuzz::require(std::ranges::count(text, '\n') == 1, "a record is one line");
  fuzz::require(parse_record(text).has_value(), "and can be read again");
  return 0;
}

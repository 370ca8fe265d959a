#include "fetch/h2_words.hpp"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>

#include "core/text.hpp"

namespace gannet::fetch {
namespace {

struct Words {
  std::string_view name;
  std::string_view told;    // what a server means by it
  std::string_view broken;  // what it means of a server
};

// By code (RFC 9113, section 7).
constexpr std::array<Words, 14> codes{{
    {"NO_ERROR", "nothing is wrong", ""},
    {"PROTOCOL_ERROR", "it takes our request for a breach of HTTP/2", ""},
    {"INTERNAL_ERROR", "it failed inside", ""},
    {"FLOW_CONTROL_ERROR", "we sent more than it allowed",
     "more bytes than we allowed, or a window beyond all measure"},
    {"SETTINGS_TIMEOUT", "we did not confirm its settings in time", ""},
    {"STREAM_CLOSED", "we sent something for a request that was over", "a frame of a response that was over"},
    {"FRAME_SIZE_ERROR", "a frame of ours has a wrong size", "a frame of a wrong size"},
    {"REFUSED_STREAM", "it did not look at the request", ""},
    {"CANCEL", "it does not want to go on", ""},
    {"COMPRESSION_ERROR", "it could not read our headers", "headers that cannot be decompressed"},
    {"CONNECT_ERROR", "its own connection broke", ""},
    {"ENHANCE_YOUR_CALM", "we ask too much of it", ""},
    {"INADEQUATE_SECURITY", "our TLS is too weak for it", ""},
    {"HTTP_1_1_REQUIRED", "it wants HTTP/1.1", ""},
}};

std::string name_of(std::uint32_t code) {
  return code < codes.size() ? std::string(codes[code].name) : "the unknown code " + std::to_string(code);
}

// What stands between `before` and `after`, or the last `]`.
std::string_view bracketed(std::string_view text, std::string_view before, std::string_view after) {
  const auto start = text.find(before);
  if (start == std::string_view::npos) return {};
  text.remove_prefix(start + before.size());
  return text.substr(0, after.empty() ? text.rfind(']') : text.find(after));
}

}  // namespace

std::string told_by_server(std::uint32_t code) {
  return code < codes.size() ? name_of(code) + " (" + std::string(codes[code].told) + ')' : name_of(code);
}

std::string broke_rules(std::string_view how) { return "the server broke the rules of HTTP/2: " + std::string(how); }

std::string broke_rules(std::uint32_t code, std::string_view reason) {
  if (reason.empty() && code < codes.size()) reason = codes[code].broken;
  return broke_rules(reason.empty() ? name_of(code) : std::string(reason) + " (" + name_of(code) + ')');
}

std::string broke_rules_by_field(std::string_view complaint) {
  const auto name = bracketed(complaint, "name: [", "], value: ["), value = bracketed(complaint, "], value: [", "");
  if (name.empty()) return broke_rules(on_one_line(complaint));
  return broke_rules("a header field that may not stand there, '" +
                     on_one_line(std::string(name) + ": " + std::string(value)) + '\'');
}

}  // namespace gannet::fetch

// HTTP/2 frames as a server would send them (RFC 9113, section 4.1), byte for byte, and those of a client read back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gannet::fetch::h2 {

enum Type : unsigned char {
  data,
  headers,
  priority,
  rst_stream,
  settings,
  push_promise,
  ping,
  goaway,
  window_update,
  continuation,
  unknown = 0x42,
};

enum Flag : unsigned char { none = 0, ack = 1, end_stream = 1, end_headers = 4 };

enum Code : std::uint32_t {
  no_error = 0,
  protocol_error = 1,
  internal_error = 2,
  refused_stream = 7,
  cancel = 8,
  enhance_your_calm = 11,
  http_1_1_required = 13,
};

inline std::string number(std::uint64_t value, unsigned bytes) {
  std::string text;
  for (unsigned i = bytes; i-- > 0;) text += static_cast<char>(value >> (8 * i) & 0xff);
  return text;
}

inline std::uint64_t value_of(std::string_view bytes) {
  std::uint64_t sum = 0;
  for (const char byte : bytes) sum = sum << 8 | static_cast<unsigned char>(byte);
  return sum;
}

inline std::string frame(Type type, unsigned flags, std::uint32_t stream, std::string_view payload = {}) {
  return number(payload.size(), 3) + number(type, 1) + number(flags, 1) + number(stream, 4) + std::string(payload);
}

/// HPACK: literal fields, never indexed (RFC 7541, section 6.2.3).
inline std::string block(const std::vector<std::pair<std::string, std::string>>& fields) {
  const auto text = [](std::string_view value) {
    std::string out;
    std::size_t size = value.size();
    if (size < 127) {
      out += static_cast<char>(size);
    } else {
      out += '\x7f';
      for (size -= 127; size >= 128; size /= 128) out += static_cast<char>(size % 128 + 128);
      out += static_cast<char>(size);
    }
    return out + std::string(value);
  };
  std::string out;
  for (const auto& [name, value] : fields) out += '\x10' + text(name) + text(value);
  return out;
}

inline std::string head(std::uint32_t stream, const std::vector<std::pair<std::string, std::string>>& fields,
                        bool last = false) {
  return frame(headers, end_headers | (last ? end_stream : none), stream, block(fields));
}

inline std::string ok(std::uint32_t stream, std::size_t length) {
  return head(stream, {{":status", "200"}, {"content-length", std::to_string(length)}});
}

inline std::string body(std::uint32_t stream, std::string_view bytes, bool last = true) {
  return frame(data, last ? end_stream : none, stream, bytes);
}

inline std::string reset(std::uint32_t stream, std::uint32_t code) {
  return frame(rst_stream, none, stream, number(code, 4));
}

inline std::string farewell(std::uint32_t last_stream, std::uint32_t code) {
  return frame(goaway, none, 0, number(last_stream, 4) + number(code, 4));
}

inline std::string setting(unsigned id, std::uint32_t value) { return number(id, 2) + number(value, 4); }

constexpr unsigned max_concurrent_streams = 3;

struct Sent {
  Type type;
  unsigned flags;
  std::uint32_t stream;
  std::string payload;
};

/// The frames in what a client sent; its preface is skipped.
inline std::vector<Sent> frames_of(std::string_view bytes) {
  constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  if (bytes.starts_with(preface)) bytes.remove_prefix(preface.size());
  const auto value = [&](std::size_t at, std::size_t count) {
    return static_cast<std::uint32_t>(value_of(bytes.substr(at, count)));
  };
  std::vector<Sent> all;
  while (bytes.size() >= 9) {
    const auto size = value(0, 3);
    all.push_back({static_cast<Type>(value(3, 1)), value(4, 1), value(5, 4), std::string(bytes.substr(9, size))});
    bytes.remove_prefix(9 + size);
  }
  return all;
}

}  // namespace gannet::fetch::h2

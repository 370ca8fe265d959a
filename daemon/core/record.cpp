#include "core/record.hpp"

#include <boost/json.hpp>
#include <charconv>

#include "core/text.hpp"

namespace gannet {
namespace {

namespace json = boost::json;

constexpr std::string_view catalogue = "catalogue";

// Written by hand rather than through a json::value: one is made for every line of every list. Strings still go
// through Boost.JSON, which knows how to escape them.
class LineWriter {
 public:
  explicit LineWriter(std::string& out) : out_(out) {}

  void open() {
    out_ += '{';
    first_ = true;
  }
  void close() { out_ += '}'; }

  void name(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  void text(std::string_view key, std::string_view value) {
    if (value.empty()) return;
    name(key);
    append_escaped(value);
  }
  void number(std::string_view key, std::uint64_t value) {
    if (value == 0) return;
    name(key);
    char digits[24];
    out_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  }
  void flag(std::string_view key, bool value) {
    name(key);
    out_ += value ? "true" : "false";
  }
  /// Of one that is written already.
  void object(std::string_view key, std::string_view value) {
    if (value.empty()) return;
    name(key);
    out_ += value;
  }
  void duration(std::string_view key, milliseconds value) {
    if (value.count() > 0) number(key, static_cast<std::uint64_t>(value.count()));
  }

 private:
  void append_escaped(std::string_view value) {
    const auto plain = [](unsigned char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; };
    if (std::ranges::all_of(value, plain)) {
      out_ += '"';
      out_ += value;
      out_ += '"';
      return;
    }
    out_ += json::serialize(to_valid_utf8(value));  // whatever a server said, the line must be readable again
  }

  std::string& out_;
  bool first_ = true;
};

std::string text_of(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::uint64_t number_of(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (!value || !value->is_int64() || value->get_int64() < 0) return 0;
  return static_cast<std::uint64_t>(value->get_int64());
}

milliseconds duration_of(const json::object& object, std::string_view key) {
  return milliseconds{number_of(object, key)};
}

void append_picture(LineWriter& line, const Picture& picture) {
  line.number("frames", picture.frames);
  line.number("orientation", picture.orientation);
  line.text("colour", picture.colour);
  if (picture.alpha) line.flag("alpha", true);
  line.number("original_width", picture.original_width);
  line.number("original_height", picture.original_height);
  line.text("original_sha256", picture.original_sha256);
  line.text("phash", picture.perceptual_hash);
  line.object("exif", picture.exif);
}

Picture parse_picture(const json::object& object) {
  Picture picture;
  picture.frames = static_cast<unsigned>(number_of(object, "frames"));
  picture.orientation = static_cast<unsigned>(number_of(object, "orientation"));
  picture.colour = text_of(object, "colour");
  if (const auto* alpha = object.if_contains("alpha"); alpha && alpha->is_bool()) picture.alpha = alpha->get_bool();
  picture.original_width = static_cast<std::uint32_t>(number_of(object, "original_width"));
  picture.original_height = static_cast<std::uint32_t>(number_of(object, "original_height"));
  picture.original_sha256 = text_of(object, "original_sha256");
  picture.perceptual_hash = text_of(object, "phash");
  if (const auto* exif = object.if_contains("exif"); exif && exif->is_object()) picture.exif = json::serialize(*exif);
  return picture;
}

}  // namespace

void append_json(std::string& out, const Record& record, std::string_view job_id) {
  LineWriter line(out);
  line.open();
  line.text("time", to_rfc3339(record.time));
  line.text("job", job_id);
  line.number("line", record.line);
  line.text("url", record.url);
  line.text("outcome", to_string(record.outcome));
  line.text("reason", to_string(record.reason));
  line.text("detail", record.detail);
  line.number("http_status", record.http_status);
  line.number("attempts", record.attempts);
  line.number("bytes", record.bytes);
  line.text("sha256", record.sha256);
  line.text("path", record.path);
  line.text("format", record.format);
  line.number("width", record.width);
  line.number("height", record.height);
  append_picture(line, record.picture);
  if (record.from_catalogue) line.text("from", catalogue);
  line.text("final_url", record.final_url);
  line.text("address", record.address);
  line.text("protocol", record.protocol);
  if (!record.protocol.empty()) line.flag("reused", record.reused);
  if (record.attempts > 0) {
    line.name("ms");
    LineWriter ms(out);
    ms.open();
    ms.duration("queue", record.ms.queue);
    ms.duration("dns", record.ms.dns);
    ms.duration("connect", record.ms.connect);
    ms.duration("tls", record.ms.tls);
    ms.duration("first_byte", record.ms.first_byte);
    ms.duration("total", record.ms.total);
    ms.duration("decode", record.ms.decode);
    ms.close();
  }
  line.close();
  out += '\n';
}

Result<Record> parse_record(std::string_view text) {
  boost::system::error_code error;
  const json::value value = json::parse(text, error);
  if (error || !value.is_object()) return Fault{Reason::disk_error, "not a record: " + std::string(text.substr(0, 80))};
  const json::object& object = value.get_object();

  Record record;
  const auto time = parse_rfc3339(text_of(object, "time"));
  const auto outcome = parse_outcome(text_of(object, "outcome"));
  record.line = number_of(object, "line");
  if (!time || !outcome || record.line == 0) {
    return Fault{Reason::disk_error, "a record without time, outcome or line: " + std::string(text.substr(0, 80))};
  }
  record.time = *time;
  record.outcome = *outcome;
  record.reason = parse_reason(text_of(object, "reason")).value_or(Reason::none);
  record.url = text_of(object, "url");
  record.detail = text_of(object, "detail");
  record.http_status = static_cast<unsigned>(number_of(object, "http_status"));
  record.attempts = static_cast<unsigned>(number_of(object, "attempts"));
  record.bytes = number_of(object, "bytes");
  record.sha256 = text_of(object, "sha256");
  record.path = text_of(object, "path");
  record.format = text_of(object, "format");
  record.width = static_cast<std::uint32_t>(number_of(object, "width"));
  record.height = static_cast<std::uint32_t>(number_of(object, "height"));
  record.picture = parse_picture(object);
  record.from_catalogue = text_of(object, "from") == catalogue;
  record.final_url = text_of(object, "final_url");
  record.address = text_of(object, "address");
  record.protocol = text_of(object, "protocol");
  if (const auto* reused = object.if_contains("reused"); reused && reused->is_bool()) {
    record.reused = reused->get_bool();
  }
  if (const auto* ms = object.if_contains("ms"); ms && ms->is_object()) {
    const json::object& phases = ms->get_object();
    record.ms = {duration_of(phases, "queue"), duration_of(phases, "dns"),        duration_of(phases, "connect"),
                 duration_of(phases, "tls"),   duration_of(phases, "first_byte"), duration_of(phases, "total"),
                 duration_of(phases, "decode")};
  }
  return record;
}

}  // namespace gannet

// The final word on one line of a list: what results.jsonl and completions.jsonl hold (docs/formats.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/job.hpp"
#include "core/keyed_hash.hpp"
#include "core/reason.hpp"
#include "core/time.hpp"

namespace gannet {

/// How long each phase of the last attempt took; zero when it did not happen.
struct Timings {
  milliseconds queue{};  // from being read to the start of the last attempt
  milliseconds dns{};
  milliseconds connect{};
  milliseconds tls{};
  milliseconds first_byte{};  // from the request sent to the first byte of the response
  milliseconds total{};       // the whole attempt
  milliseconds decode{};      // in a decode worker
};

/// What a decode worker saw in an image.
struct Picture {
  unsigned frames = 0;       // 0: no worker looked at it
  unsigned orientation = 0;  // EXIF, 1 to 8, of the image as it came
  std::string colour;        // "rgb", "grey", "cmyk", ...
  bool alpha = false;
  std::uint32_t original_width = 0;  // of the image as it came, when what is stored was made of it
  std::uint32_t original_height = 0;
  std::string original_sha256;
  std::string perceptual_hash;  // 16 digits of hex
  std::string exif;             // one JSON object
};

/// By what a server knows again what it sent; a text that is no validator is left out.
struct Validators {
  std::string etag;
  std::string last_modified;

  friend bool operator==(const Validators&, const Validators&) = default;
};

struct Record {
  WallTime time{};
  JobNumber job = 0;
  std::uint64_t line = 0;
  std::string url;
  Outcome outcome = Outcome::ok;
  Reason reason = Reason::none;
  std::string detail;
  bool of_proxy = false;            // as in Fault; not written
  bool of_silence = false;          // likewise
  std::uint64_t received = 0;       // bytes of responses, whatever became of them; not written
  std::optional<Hash128> question;  // as in FetchTask; not written
  bool asked_specially = false;     // see asks_specially(); not written
  Validators validators;            // of the answer; not written
  unsigned http_status = 0;
  unsigned attempts = 0;
  std::uint64_t bytes = 0;
  std::string sha256;  // lower-case hex
  std::string path;    // relative to the root
  std::string format;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  Picture picture;
  std::string final_url;        // when redirected
  std::string address;          // the peer
  std::string protocol;         // "http/1.1"
  bool reused = false;          // the request went over a connection that had served another
  bool from_catalogue = false;  // its file is that of an earlier fetch
  Timings ms;

  /// Whether its file is that of another line.
  bool is_shared() const { return attempts == 0 || from_catalogue; }

  /// Of the file that is its own.
  std::uint64_t stored_bytes() const { return is_shared() ? 0 : bytes; }
};

/// Appends the record as one line of JSON, newline included. Unknown and empty fields are left out.
void append_json(std::string& out, const Record& record, std::string_view job_id);

/// Reads what append_json wrote (job number apart). The fault is `disk_error` when the text is not a record.
Result<Record> parse_record(std::string_view json);

}  // namespace gannet

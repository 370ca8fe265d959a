// The lines of a list, numbered from 1 as `sed -n` counts them. Owned by one list being read, one thread at a time. It
// holds at most one line of the longest length allowed, however long the lines really are, and gives them no meaning.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/settings.hpp"
#include "inbox/byte_source.hpp"

namespace gannet::inbox {

struct Line {
  std::uint64_t number = 0;
  std::string_view text;  // without the newline, but with a carriage return before it; valid until the next line
  bool too_long = false;  // text is then only its start
};

/// What one bounded step of reading came to.
enum class Step : unsigned char {
  item,  // there it is
  more,  // nothing yet: call again
  end,   // there are no more
};

class LineReader {
 public:
  LineReader(std::unique_ptr<ByteSource> bytes, ByteCount max_line) : bytes_(std::move(bytes)), max_line_(max_line) {}

  /// Reads at most one piece of the source. `line` is set when the answer is `item`. A byte order mark is dropped.
  /// Faults are those of the source; a line that was cut by one is not delivered.
  Result<Step> next(Line& line);

  /// The start of the text, before any line was read.
  Result<std::string_view> peek();

  /// Bytes of text taken from the source so far.
  ByteCount consumed() const { return consumed_; }
  double progress() const { return bytes_->progress(); }

  /// Whether the last line was read to its end, and nothing of the next one.
  bool between_lines() const { return length_ == 0; }
  ByteCount position() const { return consumed_ - piece_.size(); }  // bytes of text made into lines
  std::uint64_t number() const { return number_; }                  // of the last line

  /// Behind the end: as RowSource::grown().
  Result<bool> grown() const;

  /// Goes on `offset` bytes behind the start of the text, which is after line `number`; between lines, and forwards
  /// only. What cannot be jumped over is read and dropped by skip().
  void go_on_from(ByteCount offset, std::uint64_t number);

  /// Drops one piece of the source; false when there is nothing more to drop. A text that ends before is a
  /// `disk_error`.
  Result<bool> skip();

 private:
  void keep(std::string_view part);
  Step finish(Line& line, std::string_view text);

  std::unique_ptr<ByteSource> bytes_;
  ByteCount max_line_;
  std::string_view piece_;  // of the source, not yet made into lines
  std::string partial_;     // the start of a line that goes on in the next piece
  std::string line_;        // such a line, while the caller looks at it
  ByteCount length_ = 0;    // of the line in partial_, the dropped rest included
  ByteCount consumed_ = 0;
  ByteCount skip_to_ = 0;
  bool unterminated_ = false;  // the last line
  std::uint64_t number_ = 0;
};

}  // namespace gannet::inbox

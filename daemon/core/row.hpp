// One row of a list, and the narrow interface through which lists come in.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/reason.hpp"

namespace gannet {

/// What few lists have: kept apart so that a plain URL costs no room for it.
struct RowExtras {
  std::string sha256;   // expected hash of the bytes, lower-case hex, or empty
  std::string md5;      // likewise
  std::string columns;  // every other column, as the text of one JSON object, or empty
};

struct Row {
  std::uint64_t line = 0;  // from 1, in the list as it was dropped: header, blank and comment lines counted
  std::uint64_t key = 0;   // the row's number from 0: header, blank and comment lines are no rows
  std::string url;         // as written, made valid UTF-8
  std::unique_ptr<RowExtras> extras;
  Reason fault = Reason::none;  // set when the line is not a row at all; `url` then holds the start of the line,
  std::string detail;           // and this what is wrong with it
};

/// A place between two rows of a list: everything before it has been read.
struct ListMark {
  std::uint64_t offset = 0;  // bytes of its text, decompressed
  std::uint64_t line = 0;    // lines
  std::uint64_t key = 0;     // rows
  friend bool operator==(const ListMark&, const ListMark&) = default;
};

/// A list being read: one thread at a time, rows in order. A line is delivered exactly once per source; which lines
/// already have a record is the reader's business.
class RowSource {
 public:
  virtual ~RowSource() = default;

  /// Appends up to `most` rows to `rows`, fewer when that would mean reading very far. False at the end of the list.
  /// A fault means that the list itself is broken (truncated archive, read error): what was delivered before stands.
  virtual Result<bool> read(std::vector<Row>& rows, std::size_t most) = 0;

  /// How much of the list has been read, 0 to 1, judged by bytes.
  virtual double progress() const = 0;

  /// Behind the end: whether somebody has written more since. A fault when that goes on in a line that was delivered,
  /// or when what is there now is not what was read.
  virtual Result<bool> grown() const { return false; }

  /// Where it has been read to; nothing when it cannot be gone on with from there.
  virtual std::optional<ListMark> mark() const { return std::nullopt; }

  /// Before the first read(): goes on from a mark of the very same list. False: it is still read from its start.
  virtual bool go_on_from(const ListMark&) { return false; }
};

}  // namespace gannet

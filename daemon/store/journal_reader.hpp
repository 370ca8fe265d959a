// Reads a journal record by record, and changes nothing: for the recovery at the start, and for those who prove the
// books while somebody else may be writing. Memory is one record's, which is bounded whatever the file holds. One
// thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/disk.hpp"
#include "core/record.hpp"

namespace gannet::store {

class JournalReader {
 public:
  enum class Step {
    record,   // record() is the next one
    damaged,  // a line that is no record; the torn end of a crash when no good one follows
    end,
  };

  /// Faults: `disk_error`, also when there is no such file.
  static Result<JournalReader> open(const std::filesystem::path& path);

  /// Before the first next(): goes on behind `bytes`, which hold `lines` whole lines.
  Result<void> go_on_from(std::uint64_t bytes, std::uint64_t lines);

  /// A fault means that the file cannot be read on.
  Result<Step> next();

  /// Of the last step; until the next one.
  const Record& record() const { return record_; }
  std::string_view text() const { return line_; }        // the line, without its newline
  const std::string& damage() const { return damage_; }  // what is wrong with it, for people
  std::string damage_and_place() const;                  // likewise, behind file and line
  std::uint64_t number() const { return number_; }       // the line's, from 1
  std::uint64_t consumed() const { return consumed_; }   // bytes up to the end of the line
  std::uint64_t size() const { return size_; }           // of the file when it was opened

 private:
  enum class Line { whole, torn, too_long, none };

  JournalReader(Descriptor file, std::filesystem::path path, std::uint64_t size);

  Result<Line> read_line();

  Descriptor file_;
  std::filesystem::path path_;
  std::uint64_t size_;
  std::vector<char> buffer_;
  std::size_t from_ = 0, to_ = 0;  // what is left in the buffer
  std::string line_;
  Record record_;
  std::string damage_;
  std::uint64_t number_ = 0;
  std::uint64_t consumed_ = 0;
};

}  // namespace gannet::store

// Holds what is there of one job against what should be there: rows, then records, then files. Plain counting: opens
// nothing by itself but the images, through ImageFiles. Takes bits for a row and nothing for a file, so that a hundred
// million of them fit into a small machine. One thread.
#pragma once

#include <string>
#include <string_view>

#include "cli/findings.hpp"
#include "cli/image_file.hpp"
#include "cli/row_book.hpp"
#include "core/line_set.hpp"
#include "core/record.hpp"

namespace gannet::cli {

class Audit {
 public:
  /// `told`: how many problems are kept in full.
  Audit(Proof proof, ImageFiles& images, std::size_t told)
      : proof_(std::move(proof)), images_(images), most_told_(told) {}

  /// First all the rows, in order. When the rest of the list cannot be read, records of lines that it does not have so
  /// far are not held against it.
  void add(const Row& row) { rows_.add(row); }
  void rest_unread() { whole_list_ = false; }

  /// Then the records, as they come in the journal; `text` is the line.
  void add(const Record& record, std::string_view text);

  /// Then, once: other URLs that were not noticed with their record.
  void compare_urls();

  /// Then the files in the job's folder below images/, in any order; `shard` is empty for one that is in none. While
  /// somebody may be writing (`growing`), a file of a row without a record is one that gets it soon.
  void add_file(std::string_view shard, std::string_view name, bool growing);

  bool has_record(std::uint64_t line) const { return recorded_.contains(line); }

  /// Rows that have no record.
  std::uint64_t open_rows() const { return rows_.rows() - closed_rows_; }

  void tell(Problem kind, std::string what, std::uint64_t line = 0, std::string_view url = {});
  bool tells_more() const { return proof_.told.size() < most_told_; }

  /// The failed lines, in order: retry.jsonl has to have the same URLs.
  const LineSet& failed() const { return failed_; }
  bool whole_list() const { return whole_list_; }
  std::uint64_t last_recorded() const { return last_recorded_; }
  const RowBook& rows() const { return rows_; }
  Proof& proof() { return proof_; }

 private:
  void check_outcome(const Record& record);
  void check_image(const Record& record);
  std::string where(std::string_view shard, std::string_view name) const;

  Proof proof_;
  ImageFiles& images_;
  std::size_t most_told_;
  bool whole_list_ = true;
  RowBook rows_;
  LineSet recorded_;
  LineSet failed_;
  LineSet files_;       // keys of files in the job's own folder that a record names
  LineSet seen_files_;  // of these, those that were found there
  std::uint64_t closed_rows_ = 0;
  std::uint64_t last_recorded_ = 0;
};

}  // namespace gannet::cli

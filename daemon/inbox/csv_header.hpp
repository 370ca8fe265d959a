// The header row of a CSV list: which column is the URL, which are hashes, and under which names the others go on.
// A plain value, made once a list.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/reason.hpp"
#include "core/row.hpp"

namespace gannet::inbox {

class CsvHeader {
 public:
  /// Names are trimmed and matched exactly, or else in any case. Fails with `bad_url` when there is no `url_column`.
  static Result<CsvHeader> parse(const std::vector<std::string>& fields, const std::string& url_column);

  std::size_t columns() const { return names_.size(); }
  const std::string& url(const std::vector<std::string>& fields) const { return fields[url_]; }
  bool url_comes_first() const { return url_ == 0; }

  /// All but the URL, nothing when there is no more. `why` is set when a hash is none.
  std::unique_ptr<RowExtras> extras(const std::vector<std::string>& fields, std::string& why) const;

 private:
  std::size_t url_ = 0;
  std::optional<std::size_t> sha256_;
  std::optional<std::size_t> md5_;
  std::vector<std::string> names_;  // as JSON, each followed by a colon; empty for url, sha256 and md5
};

/// The message for a list without its URL column; it names the columns there are.
std::string no_url_column(const std::string& url_column, const std::vector<std::string>& found);

}  // namespace gannet::inbox

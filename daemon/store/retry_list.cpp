#include "store/retry_list.hpp"

#include <fcntl.h>

#include <boost/json.hpp>

#include "core/disk.hpp"

namespace gannet::store {
namespace {

constexpr std::size_t rows_at_a_time = 1024;

std::string as_json(const Row& row, const std::string& url_column) {
  boost::json::object object;
  object[url_column] = row.url;
  std::string text;
  if (row.extras) {
    if (!row.extras->sha256.empty()) object["sha256"] = row.extras->sha256;
    if (!row.extras->md5.empty()) object["md5"] = row.extras->md5;
  }
  text = boost::json::serialize(object);
  if (row.extras && row.extras->columns.size() > 2) {  // itself the text of an object
    text.back() = ',';
    text += std::string_view(row.extras->columns).substr(1);
  }
  return text + '\n';
}

}  // namespace

Result<void> write_retry_list(RowSource& list, const LineSet& failed, const std::string& url_column,
                              const std::filesystem::path& path) {
  auto file = open_file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) return file.error();
  std::uint64_t missing = failed.size();
  std::vector<Row> rows;
  while (missing > 0) {
    rows.clear();
    const auto more = list.read(rows, rows_at_a_time);
    std::string text;
    for (const auto& row : rows) {
      if (!failed.contains(row.line)) continue;
      text += as_json(row, url_column);
      --missing;
    }
    if (auto written = write_all(file->get(), text, path.string()); !written) return written;
    if (!more || !*more) break;
  }
  return {};
}

}  // namespace gannet::store

#include "inbox/csv_header.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>
#include <unordered_set>

#include "core/text.hpp"
#include "inbox/row_parser.hpp"

namespace gannet::inbox {
namespace {

constexpr std::size_t most_columns = 1000;

std::optional<std::size_t> find(const std::vector<std::string>& names, const std::string& name) {
  auto found = std::ranges::find(names, name);
  if (found == names.end()) {
    found = std::ranges::find_if(names, [&](const auto& other) { return equals_ignoring_case(other, name); });
  }
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

// A JSON object needs every name once.
std::string unique_name(const std::string& name, std::size_t column, std::unordered_set<std::string>& taken) {
  const std::string base = name.empty() ? "column_" + std::to_string(column + 1) : name;
  std::string unique = base;
  for (int copy = 2; !taken.insert(unique).second; ++copy) unique = base + '_' + std::to_string(copy);
  return unique;
}

}  // namespace

std::string no_url_column(const std::string& url_column, const std::vector<std::string>& found) {
  constexpr std::size_t most = 20, longest = 40;
  std::string names;
  for (std::size_t i = 0; i < std::min(found.size(), most); ++i) {
    names += (i == 0 ? "" : ", ") + to_valid_utf8(found[i].substr(0, longest));
  }
  if (found.size() > most) names += ", ...";
  if (names.empty()) names = "none";
  return "there is no column \"" + url_column + "\" (input.url_column); the columns found are: " + names;
}

Result<CsvHeader> CsvHeader::parse(const std::vector<std::string>& fields, const std::string& url_column) {
  if (fields.size() > most_columns) {
    return Fault{Reason::bad_url, "the header row has more than " + std::to_string(most_columns) + " columns"};
  }
  std::vector<std::string> names;
  for (const auto& field : fields) names.emplace_back(trim(field));
  const auto url = find(names, url_column);
  if (!url) return Fault{Reason::bad_url, no_url_column(url_column, names)};

  CsvHeader header;
  header.url_ = *url;
  header.sha256_ = find(names, "sha256");
  header.md5_ = find(names, "md5");
  std::unordered_set<std::string> taken;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool named = i != *url && i != header.sha256_ && i != header.md5_;
    header.names_.push_back(named ? boost::json::serialize(unique_name(names[i], i, taken)) + ':' : std::string());
  }
  return header;
}

std::unique_ptr<RowExtras> CsvHeader::extras(const std::vector<std::string>& fields, std::string& why) const {
  RowExtras extras;
  if (sha256_ && !read_hash(fields[*sha256_], 64, extras.sha256)) why = "sha256 is not 64 hexadecimal digits";
  if (md5_ && !read_hash(fields[*md5_], 32, extras.md5)) why = "md5 is not 32 hexadecimal digits";
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (names_[i].empty()) continue;
    extras.columns += extras.columns.empty() ? '{' : ',';
    extras.columns += names_[i];
    extras.columns += boost::json::serialize(boost::json::string_view(fields[i]));
  }
  if (!extras.columns.empty()) extras.columns += '}';
  if (extras.sha256.empty() && extras.md5.empty() && extras.columns.empty()) return nullptr;
  return std::make_unique<RowExtras>(std::move(extras));
}

}  // namespace gannet::inbox

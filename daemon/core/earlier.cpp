#include "core/earlier.hpp"

#include <algorithm>

namespace gannet {
namespace {

constexpr std::size_t longest_etag = 256;
constexpr std::size_t longest_date = 64;

}  // namespace

void take_result(Record& record, const Earlier& earlier) {
  record.outcome = Outcome::ok;
  record.reason = Reason::none;
  record.from_catalogue = true;
  record.bytes = earlier.bytes;
  record.sha256 = earlier.sha256;
  record.path = earlier.path;
  record.format = earlier.format;
  record.width = earlier.width;
  record.height = earlier.height;
}

bool is_etag(std::string_view text) {
  if (text.size() > longest_etag) return false;
  if (text.starts_with("W/")) text.remove_prefix(2);
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  return std::ranges::all_of(text.substr(1, text.size() - 2), [](char c) { return c > ' ' && c <= '~' && c != '"'; });
}

bool is_last_modified(std::string_view text) {
  return !text.empty() && text.size() <= longest_date && text.front() != ' ' && text.back() != ' ' &&
         std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace gannet

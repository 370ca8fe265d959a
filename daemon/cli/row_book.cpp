#include "cli/row_book.hpp"

#include <functional>

#include "core/url.hpp"

namespace gannet::cli {
namespace {

constexpr std::uint64_t block = 512;  // lines

}  // namespace

void RowBook::add(const Row& row) {
  before_.resize(row.line / block + 1, lines_.size());
  lines_.insert(row.line);
  if (row.fault != Reason::none || !Url::parse(row.url)) invalid_.insert(row.line);
  fingerprints_.push_back(fingerprint(row.url));
}

std::uint64_t RowBook::key(std::uint64_t line) const {
  return before_[line / block] + lines_.count(line / block * block, line);
}

bool RowBook::may_have_url(std::uint64_t line, std::string_view url) const {
  return fingerprints_[key(line)] == fingerprint(url);
}

std::uint8_t RowBook::fingerprint(std::string_view url) {
  return static_cast<std::uint8_t>(std::hash<std::string_view>{}(url)&0xff);
}

}  // namespace gannet::cli

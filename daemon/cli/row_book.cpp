#include "cli/row_book.hpp"

#include <functional>

#include "core/url.hpp"

namespace gannet::cli {
namespace {

std::uint64_t print_of(std::string_view url) { return std::hash<std::string_view>{}(url); }

std::uint8_t first_byte(std::uint64_t print) { return static_cast<std::uint8_t>(print & 0xff); }

// Of sums of these, two URLs that have changed places make another.
std::uint64_t at_key(std::uint64_t print, std::uint64_t key) { return print * (2 * key + 1); }

}  // namespace

void RowBook::add(const Row& row) {
  before_.resize(row.line / block + 1, lines_.size());
  lines_.insert(row.line);
  if (row.fault != Reason::none || !Url::parse(row.url)) invalid_.insert(row.line);
  const auto key = fingerprints_.size();
  const auto print = print_of(row.url);
  fingerprints_.push_back(first_byte(print));
  blocks_.resize(key / block + 1);
  blocks_.back().sum += at_key(print, key);
  ++blocks_.back().rows;
}

std::uint64_t RowBook::key(std::uint64_t line) const {
  return before_[line / block] + lines_.count(line / block * block, line);
}

bool RowBook::may_have_url(std::uint64_t line, std::string_view url) const {
  return fingerprints_[key(line)] == first_byte(print_of(url));
}

bool RowBook::cross_out(std::uint64_t line, std::string_view url) {
  const auto key = this->key(line);
  const auto print = print_of(url);
  if (fingerprints_[key] != first_byte(print)) return false;
  auto& in = blocks_[key / block];
  in.sum -= at_key(print, key);
  --in.rows;
  return true;
}

std::vector<std::uint64_t> RowBook::unlike() const {
  std::vector<std::uint64_t> keys;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    if (blocks_[i].rows == 0 && blocks_[i].sum != 0) keys.push_back(i * block);
  }
  return keys;
}

}  // namespace gannet::cli

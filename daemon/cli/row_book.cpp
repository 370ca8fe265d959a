#include "cli/row_book.hpp"

#include "core/url.hpp"
#include "store/progress.hpp"

namespace gannet::cli {
namespace {

std::uint8_t first_byte(std::uint64_t print) { return static_cast<std::uint8_t>(print & 0xff); }

}  // namespace

void RowBook::add(const Row& row) {
  before_.resize(row.line / block + 1, lines_.size());
  lines_.insert(row.line);
  if (row.fault != Reason::none || !Url::parse(row.url)) invalid_.insert(row.line);
  const auto key = fingerprints_.size();
  const auto print = store::print_of(row.line, row.url);
  fingerprints_.push_back(first_byte(print));
  blocks_.resize(key / block + 1);
  blocks_.back().sum += print;
  ++blocks_.back().rows;
}

std::uint64_t RowBook::key(std::uint64_t line) const {
  return before_[line / block] + lines_.count(line / block * block, line);
}

bool RowBook::may_have_url(std::uint64_t line, std::string_view url) const {
  return fingerprints_[key(line)] == first_byte(store::print_of(line, url));
}

bool RowBook::cross_out(std::uint64_t line, std::string_view url) {
  const auto key = this->key(line);
  const auto print = store::print_of(line, url);
  if (fingerprints_[key] != first_byte(print)) return false;
  auto& in = blocks_[key / block];
  in.sum -= print;
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

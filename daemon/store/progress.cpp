#include "store/progress.hpp"

#include <zlib.h>

#include <string>

namespace gannet::store {

std::uint64_t print_of(std::uint64_t line, std::string_view url) {
  const auto checksum = crc32_z(0, reinterpret_cast<const Bytef*>(url.data()), url.size());
  return checksum * (2 * line + 1);  // so that a sum of them tells when two have changed places
}

std::uint64_t print_of(std::uint64_t line, std::uint64_t key) { return print_of(line, std::to_string(key)); }

bool Progress::add(const Record& record) {
  ++journal_lines;
  if (!lines.insert(record.line)) return false;
  totals.add(record);
  urls += print_of(record.line, record.url);
  return true;
}

// Only rows have records: between two marks nothing is missing when as many lines have one as there are rows.
void MarkKeeper::advance(Progress& progress) {
  while (!ahead_.empty()) {
    const ListMark& next = ahead_.front();
    if (next.key > progress.mark.key) {
      const std::uint64_t first = progress.mark.line + 1;
      const std::uint64_t from = first / 64 * 64;
      const auto done = progress.lines.count(from, next.line + 1) - progress.lines.count(from, first);
      if (done < next.key - progress.mark.key) break;
      progress.mark = next;
    }
    ahead_.pop_front();
  }
  progress.lines.settle(progress.mark.line + 1);
  progress.files.settle(progress.mark.key);
}

}  // namespace gannet::store

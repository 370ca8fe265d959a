#include "inbox/csv_record.hpp"

namespace gannet::inbox {

void CsvRecord::clear() {
  open_ = false;
  fields_.clear();
}

CsvState CsvRecord::feed(std::string_view line) {
  const bool carriage_return = line.ends_with('\r');
  if (carriage_return) line.remove_suffix(1);
  std::size_t at = 0;
  if (open_) fields_.back() += '\n';
  while (true) {
    if (!open_) {
      if (at == line.size() || line[at] != '"') {
        const auto end = line.find(separator_, at);
        fields_.emplace_back(line.substr(at, end - at));
        if (end == std::string_view::npos) return CsvState::complete;
        at = end + 1;
        continue;
      }
      open_ = true;
      fields_.emplace_back();
      ++at;
    }
    const auto quote = line.find('"', at);
    fields_.back() += line.substr(at, quote - at);
    if (quote == std::string_view::npos) {
      if (carriage_return) fields_.back() += '\r';
      return CsvState::open;
    }
    at = quote + 1;
    if (at < line.size() && line[at] == '"') {
      fields_.back() += '"';
      ++at;
      continue;
    }
    open_ = false;
    if (at == line.size()) return CsvState::complete;
    if (line[at] != separator_) return CsvState::malformed;
    ++at;
  }
}

}  // namespace gannet::inbox

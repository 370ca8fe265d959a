#include "inbox/line_reader.hpp"

#include <algorithm>

namespace gannet::inbox {
namespace {

constexpr std::size_t kept_of_long_lines = 256;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

Result<std::string_view> LineReader::peek() {
  if (piece_.empty()) {
    const auto piece = bytes_->read();
    if (!piece) return piece.error();
    piece_ = *piece;
    consumed_ += piece_.size();
  }
  return piece_;
}

Result<Step> LineReader::next(Line& line) {
  if (const auto piece = peek(); !piece) return piece.error();
  if (piece_.empty()) {
    if (length_ == 0) return Step::end;
    unterminated_ = true;
    return finish(line, {});
  }

  const auto newline = piece_.find('\n');
  const auto part = piece_.substr(0, newline);
  piece_.remove_prefix(newline == std::string_view::npos ? piece_.size() : newline + 1);
  if (newline == std::string_view::npos) {
    keep(part);
    return Step::more;
  }
  return finish(line, part);
}

Result<bool> LineReader::grown() const {
  const auto grown = bytes_->grown();
  if (!grown || !*grown) return grown;
  if (!unterminated_) return true;
  return Fault{Reason::disk_error, "line " + std::to_string(number_) +
                                       ", the last one, was still being written when it was read: what came after it "
                                       "is not fetched"};
}

void LineReader::go_on_from(ByteCount offset, std::uint64_t number) {
  skip_to_ = offset;
  number_ = number;
  if (!bytes_->seek(offset)) return;
  piece_ = {};
  consumed_ = offset;
}

Result<bool> LineReader::skip() {
  if (position() >= skip_to_) return false;
  if (const auto piece = peek(); !piece) return piece.error();
  if (piece_.empty()) return Fault{Reason::disk_error, "the list ends before the line where its job had got to"};
  piece_.remove_prefix(std::min<std::uint64_t>(piece_.size(), skip_to_ - position()));
  return true;
}

void LineReader::keep(std::string_view part) {
  length_ += part.size();
  if (length_ <= max_line_) {
    partial_ += part;
    return;
  }
  partial_.resize(std::min(partial_.size(), kept_of_long_lines));
  partial_ += part.substr(0, kept_of_long_lines - partial_.size());
}

Step LineReader::finish(Line& line, std::string_view text) {
  if (length_ > 0 || text.size() > max_line_) {
    keep(text);
    line_.swap(partial_);
    partial_.clear();
    line.text = line_;
    line.too_long = length_ > max_line_;
    length_ = 0;
  } else {
    line.text = text;
    line.too_long = false;
  }
  line.number = ++number_;
  if (number_ == 1 && line.text.starts_with(byte_order_mark)) line.text.remove_prefix(byte_order_mark.size());
  return Step::item;
}

}  // namespace gannet::inbox

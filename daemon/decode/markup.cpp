#include "decode/markup.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "decode/reader.hpp"

namespace gannet::decode {
namespace {

constexpr std::string_view blank = " \t\r\n\f";
constexpr std::string_view name_end = " \t\r\n\f/>=<[\"'";
constexpr std::string_view doctype = "<!doctype";
constexpr int most_attributes = 1024;

void skip_blank(std::string_view& text) { text.remove_prefix(std::min(text.find_first_not_of(blank), text.size())); }

// Removes everything up to the end of `mark`, or all when there is none.
void skip_past(std::string_view& text, std::string_view mark) {
  const auto at = text.find(mark);
  text.remove_prefix(at == text.npos ? text.size() : at + mark.size());
}

std::string_view take_name(std::string_view& text) {
  const std::string_view name = text.substr(0, text.find_first_of(name_end));
  text.remove_prefix(name.size());
  return name;
}

std::string_view without_prefix(std::string_view name) { return name.substr(name.rfind(':') + 1); }

bool skip_comment_or_instruction(std::string_view& text) {
  if (text.starts_with("<!--")) {
    text.remove_prefix(4);
    skip_past(text, "-->");
    return true;
  }
  if (text.starts_with("<?")) {
    skip_past(text, "?>");
    return true;
  }
  return false;
}

// Past the '>' of a document type, whose bracketed declarations may hold any number of them, also in quotes.
void skip_doctype(std::string_view& text) {
  bool in_brackets = false;
  while (true) {
    text.remove_prefix(std::min(text.find_first_of("<>[]\"'"), text.size()));
    if (text.empty()) return;
    if (skip_comment_or_instruction(text)) continue;
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '>' && !in_brackets) return;
    if (c == '[') in_brackets = true;
    if (c == ']') in_brackets = false;
    if (c == '"' || c == '\'') skip_past(text, {&c, 1});
  }
}

bool starts_name(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }

enum class Search : unsigned char { found, not_markup, at_end };

// At the end of the text, the root may be cut off.
Search search_root(std::string_view text, Root& root) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (true) {
    skip_blank(text);
    if (text.empty()) return Search::at_end;
    if (!text.starts_with('<')) return Search::not_markup;
    if (skip_comment_or_instruction(text)) continue;
    if (!equals_ignoring_case(text.substr(0, doctype.size()), doctype)) break;
    text.remove_prefix(doctype.size());
    skip_blank(text);
    root.doctype = take_name(text);
    skip_doctype(text);
  }
  text.remove_prefix(1);
  root.name = without_prefix(take_name(text));
  root.attributes = text;
  if (text.empty()) return Search::at_end;
  return starts_name(root.name.empty() ? '\0' : root.name.front()) ? Search::found : Search::not_markup;
}

}  // namespace

std::optional<Root> find_root(std::string_view text) {
  Root root;
  if (search_root(text.substr(0, most_markup), root) == Search::not_markup) return std::nullopt;
  if (root.name.empty() || !starts_name(root.name.front())) return std::nullopt;
  return root;
}

bool may_begin_later(std::string_view start_of_text) {
  if (start_of_text.size() >= most_markup) return false;
  Root root;
  const auto utf16 = ascii_of_utf16(start_of_text);
  return search_root(utf16.empty() ? start_of_text : utf16, root) == Search::at_end;
}

std::optional<std::string_view> attribute(std::string_view attributes, std::string_view wanted) {
  for (int i = 0; i < most_attributes; ++i) {
    skip_blank(attributes);
    const std::string_view name = take_name(attributes);
    skip_blank(attributes);
    if (name.empty() || !attributes.starts_with('=')) return std::nullopt;
    attributes.remove_prefix(1);
    skip_blank(attributes);
    if (!attributes.starts_with('"') && !attributes.starts_with('\'')) return std::nullopt;
    const auto end = attributes.find(attributes.front(), 1);
    if (end == attributes.npos) return std::nullopt;
    if (name == wanted) return attributes.substr(1, end - 1);
    attributes.remove_prefix(end + 1);
  }
  return std::nullopt;
}

std::string ascii_of_utf16(std::string_view bytes) {
  const bool little = bytes.starts_with("\xff\xfe");
  if (!little && !bytes.starts_with("\xfe\xff")) return {};
  std::string text;
  Reader reader(bytes.substr(2, most_markup), little ? std::endian::little : std::endian::big);
  while (reader.left().size() >= 2) {
    const std::uint16_t unit = reader.u16();
    text += unit < 0x80 ? static_cast<char>(unit) : '?';
  }
  return text;
}

}  // namespace gannet::decode

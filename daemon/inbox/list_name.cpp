#include "inbox/list_name.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "core/text.hpp"

namespace gannet::inbox {
namespace {

struct Parts {
  std::string stem;
  std::string format;       // lower case, without its dot
  std::string compression;  // likewise
};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Takes the last extension off the name, unless nothing would be left of it.
std::string take_extension(std::string& name) {
  const auto dot = name.rfind('.');
  if (dot == std::string::npos || dot == 0) return {};
  std::string extension = lower(name.substr(dot + 1));
  name.resize(dot);
  return extension;
}

Parts split(const std::filesystem::path& path) {
  Parts parts{path.filename().string(), {}, {}};
  parts.format = take_extension(parts.stem);
  if (parts.format == "gz" || parts.format == "zst" || parts.format == "xz") {
    parts.compression = std::exchange(parts.format, {});
    parts.format = take_extension(parts.stem);
  }
  return parts;
}

bool is_portable(unsigned char c) { return c < 0x80 && (std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.'); }

bool ends_ignoring_case(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && equals_ignoring_case(text.substr(text.size() - end.size()), end);
}

}  // namespace

std::optional<ListFormat> list_format(const std::filesystem::path& name) {
  const std::string format = split(name).format;
  if (format == "txt" || format == "urls") return ListFormat::txt;
  if (format == "csv") return ListFormat::csv;
  if (format == "tsv") return ListFormat::tsv;
  if (format == "jsonl") return ListFormat::jsonl;
  return std::nullopt;
}

bool is_job_name(const std::filesystem::path& name) {
  const Parts parts = split(name);
  return parts.format == "job" && parts.compression.empty();
}

std::string list_extension(const std::filesystem::path& name) {
  constexpr std::size_t longest = 16;
  Parts parts = split(name);
  std::erase_if(parts.format, [](unsigned char c) { return !is_portable(c); });
  parts.format.resize(std::min(parts.format.size(), longest));
  if (parts.format.empty() || parts.compression.empty()) return parts.format + parts.compression;
  return parts.format + '.' + parts.compression;
}

std::string sanitised(const std::string& name) {
  constexpr std::size_t longest = 64;
  std::string text = split(name).stem;
  text.resize(std::min(text.size(), longest));
  std::ranges::replace_if(
      text, [](unsigned char c) { return !is_portable(c); }, '_');
  if (text.empty()) return "list";
  if (text.front() == '.' || text.front() == '-') text.front() = '_';
  return text;
}

bool is_ignored_name(std::string_view name) {
  constexpr std::array<std::string_view, 8> unfinished{"~",         ".tmp",        ".part", ".partial",
                                                       ".filepart", ".crdownload", ".swp",  ".lock"};
  if (name.empty() || name.front() == '.' || name.front() == '_') return true;
  return std::ranges::any_of(unfinished, [&](std::string_view end) { return ends_ignoring_case(name, end); });
}

std::string for_people(const std::filesystem::path& path) {
  std::string text = to_valid_utf8(path.string());
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return text;
}

}  // namespace gannet::inbox

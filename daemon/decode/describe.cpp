// What a person should read about bytes that are no image: most often a page that says why there is no picture.
#include <algorithm>
#include <array>
#include <cstdio>

#include "core/text.hpp"
#include "decode/markup.hpp"
#include "decode/sniff.hpp"

namespace gannet::decode {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::string_view bytes;
  std::string_view what;
  std::size_t offset = 0;
};

// The more telling first: the boxes of MP4 also hold formats of others.
constexpr std::array magics{
    Magic{"\x89PNG\r\n\x1a\n", "a damaged PNG"},
    Magic{"%PDF-", "a PDF document"},
    Magic{"%!PS", "a PostScript document"},
    Magic{"{\\rtf", "an RTF document"},
    Magic{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"},
    Magic{"\x1f\x8b", "a gzip archive"},
    Magic{"PK\x03\x04", "a ZIP archive or Office document"},
    Magic{"PK\x05\x06", "an empty ZIP archive"},
    Magic{"1AY&SY", "a bzip2 archive", 4},
    Magic{"\xfd"
          "7zXZ\0"sv,
          "an XZ archive"},
    Magic{"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"},
    Magic{"\x28\xb5\x2f\xfd", "a Zstandard archive"},
    Magic{"Rar!\x1a\x07", "a RAR archive"},
    Magic{"ustar", "a tar archive", 257},
    Magic{"\x7f"
          "ELF",
          "a program"},
    Magic{"MZ\x90\0"sv, "a program"},
    Magic{"8BPS\0"sv, "a Photoshop document"},
    Magic{"\0\0\0\x0cjP  \r\n\x87\n"sv, "a JPEG 2000 image"},
    Magic{"\xff\x4f\xff\x51", "a JPEG 2000 image"},
    Magic{"\0\0\2\0"sv, "a cursor"},
    Magic{"WAVE", "a WAV recording", 8},
    Magic{"AVI ", "a video", 8},
    Magic{"\x1a\x45\xdf\xa3", "a video"},
    Magic{"\0\0\1\xba"sv, "a video"},
    Magic{"FLV\x01", "a video"},
    Magic{"ftyp", "a video or another MP4 file", 4},
    Magic{"ID3\x03", "an MP3 recording"},
    Magic{"ID3\x04", "an MP3 recording"},
    Magic{"OggS\0"sv, "an Ogg recording or video"},
    Magic{"fLaC", "a FLAC recording"},
    Magic{"wOFF", "a font"},
    Magic{"wOF2", "a font"},
    Magic{"SQLite format 3\0"sv, "an SQLite database"},
};

constexpr std::array<std::string_view, 22> html_elements{
    "html", "head", "body", "title", "meta",  "script", "style", "link", "div",    "p",        "a",
    "br",   "h1",   "h2",   "h3",    "table", "center", "font",  "span", "iframe", "noscript", "form"};

bool is_html(const Root& root) {
  if (equals_ignoring_case(root.doctype, "html")) return true;
  return std::ranges::any_of(html_elements, [&](auto element) { return equals_ignoring_case(root.name, element); });
}

// A guess by the first two marks, which is as good as parsing for a message to people.
bool looks_like_json(std::string_view text) {
  text = trim(text);
  if (text.empty()) return false;
  const char opening = text.front();
  text = trim(text.substr(1));
  if (text.empty()) return false;
  if (opening == '{') return text.front() == '"' || text.front() == '}';
  return opening == '[' && "\"{[]-0123456789tfn"sv.find(text.front()) != std::string_view::npos;
}

bool looks_like_text(std::string_view bytes) {
  constexpr std::size_t enough = 1024;
  const std::string_view head = bytes.substr(0, enough);
  const bool controls = std::ranges::any_of(head, [](char c) {
    return (c >= 0 && c < ' ' && "\t\n\v\f\r\b\x1b"sv.find(c) == std::string_view::npos) || c == 0x7f;
  });
  const std::size_t cut = head.size() < bytes.size() ? 3 : 0;  // a character may be cut in two
  return !controls && to_valid_utf8(head).starts_with(head.substr(0, head.size() - cut));
}

std::string_view describe_text(std::string_view text) {
  text = text.substr(0, most_markup);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (const auto root = find_root(text)) return is_html(*root) ? "an HTML page" : "XML";
  if (looks_like_json(text)) return "JSON";
  return trim(text).empty() ? "blank text" : "text";
}

std::string in_hex(std::string_view bytes) {
  constexpr std::size_t shown = 8;
  std::string hex;
  for (const char c : bytes.substr(0, shown)) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    hex += digits;
  }
  return bytes.size() > shown ? hex + "..." : hex;
}

}  // namespace

std::string describe(std::string_view bytes) {
  if (bytes.empty()) return "empty";
  for (const Magic& magic : magics) {
    if (bytes.size() > magic.offset && bytes.substr(magic.offset).starts_with(magic.bytes))
      return std::string(magic.what);
  }
  if (const std::string utf16 = ascii_of_utf16(bytes); looks_like_text(utf16) && !utf16.empty()) {
    return std::string(describe_text(utf16));
  }
  if (looks_like_text(bytes) || find_root(bytes)) return std::string(describe_text(bytes));
  return "unknown bytes " + in_hex(bytes);
}

}  // namespace gannet::decode

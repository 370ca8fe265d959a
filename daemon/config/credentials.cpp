#include "config/credentials.hpp"

#include <algorithm>

#include "config/named.hpp"
#include "config/values.hpp"
#include "core/disk.hpp"

namespace gannet::config {
namespace {

constexpr std::size_t longest = 255;  // of each, as SOCKS has it (RFC 1929)

bool is_for_everybody(const std::filesystem::path& file) {
  using std::filesystem::perms;
  std::error_code error;
  const auto given = std::filesystem::status(file, error).permissions();
  return error || (given & (perms::others_read | perms::others_write)) != perms::none;
}

}  // namespace

Credentials read_credentials(const std::filesystem::path& file, std::string& wrong) {
  wrong = wrong_with_file(file);
  if (!wrong.empty()) return {};
  if (is_for_everybody(file)) return wrong = "everybody may read or write it, which chmod o-rw ends", Credentials{};
  const auto start = read_start(file, 2 * longest + 4);
  std::string text = start ? *start : std::string();
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  const auto colon = text.find(':');
  if (colon == std::string::npos || std::ranges::any_of(text, is_control)) {
    return wrong = "it does not hold one line, user:password", Credentials{};
  }
  Credentials read;
  read.file = file;
  read.user = text.substr(0, colon);
  read.password = text.substr(colon + 1);
  const auto fits = [](const std::string& part) { return !part.empty() && part.size() <= longest; };
  if (!fits(read.user) || !fits(read.password)) wrong = "user name and password must have 1 to 255 bytes each";
  return wrong.empty() ? read : Credentials{};
}

}  // namespace gannet::config

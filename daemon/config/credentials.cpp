#include "config/credentials.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>

#include "config/values.hpp"

namespace gannet::config {
namespace {

constexpr std::size_t longest = 255;  // of each, as SOCKS has it (RFC 1929)

}  // namespace

std::optional<Credentials> read_credentials(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (error || !std::filesystem::is_regular_file(status)) return std::nullopt;
  using std::filesystem::perms;
  if ((status.permissions() & (perms::others_read | perms::others_write)) != perms::none) return std::nullopt;
  std::ifstream stream(file, std::ios::binary);
  std::string text(2 * longest + 4, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  const auto colon = text.find(':');
  if (colon == std::string::npos || std::ranges::any_of(text, is_control)) return std::nullopt;
  Credentials read;
  read.file = file;
  read.user = text.substr(0, colon);
  read.password = text.substr(colon + 1);
  const auto fits = [](const std::string& part) { return !part.empty() && part.size() <= longest; };
  return fits(read.user) && fits(read.password) ? std::optional(read) : std::nullopt;
}

}  // namespace gannet::config

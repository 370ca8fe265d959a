#include "net/hosts_file.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "net/lookup.hpp"

namespace gannet::net {
namespace {

constexpr seconds look_again = 1s;
constexpr std::size_t most_found = 2 * Lookup::most_addresses;
constexpr std::string_view spaces = " \t\r\f\v";

// What changes when somebody edits or replaces the file. The default: there is none.
struct Stamp {
  dev_t device = 0;
  ino_t file = 0;
  off_t size = 0;
  timespec modified{};

  bool operator==(const Stamp& other) const {
    return std::tie(device, file, size, modified.tv_sec, modified.tv_nsec) ==
           std::tie(other.device, other.file, other.size, other.modified.tv_sec, other.modified.tv_nsec);
  }
};

Stamp stamp_of(const std::filesystem::path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return {};
  return {found.st_dev, found.st_ino, found.st_size, found.st_mtim};
}

void lower(std::string& text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c; });
}

std::string_view next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(spaces), line.size()));
  const auto word = line.substr(0, line.find_first_of(spaces));
  line.remove_prefix(word.size());
  return word;
}

std::optional<boost::asio::ip::address> to_address(std::string_view text) {
  boost::system::error_code wrong;
  auto address = boost::asio::ip::make_address(text, wrong);
  if (wrong || text.find('%') != std::string_view::npos) return std::nullopt;
  return address;
}

}  // namespace

struct HostsFile::Contents {
  explicit Contents(const std::filesystem::path& path) : stamp(stamp_of(path)) {
    std::ifstream file(path, std::ios::binary);
    text.assign(std::istreambuf_iterator<char>(file), {});
    lower(text);
    for (std::string_view rest = text; !rest.empty();) {
      auto line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      line = line.substr(0, line.find('#'));
      const auto address = next_word(line);
      for (auto name = next_word(line); !name.empty(); name = next_word(line)) names.emplace(name, address);
    }
  }

  Stamp stamp;
  std::string text;
  std::unordered_multimap<std::string_view, std::string_view> names;  // to their addresses, which are in `text` too
};

namespace {

using Shared = std::shared_ptr<const HostsFile::Contents>;

Shared read(const std::filesystem::path& path) {
  static std::mutex mutex;
  static std::map<std::filesystem::path, std::weak_ptr<const HostsFile::Contents>> known;
  const std::lock_guard lock(mutex);
  auto& last = known[path];
  auto contents = last.lock();
  if (!contents || contents->stamp != stamp_of(path)) last = contents = std::make_shared<HostsFile::Contents>(path);
  return contents;
}

}  // namespace

HostsFile::HostsFile(std::filesystem::path path) : path_(std::move(path)), contents_(read(path_)) {}

Addresses HostsFile::find(std::string_view name, TimePoint now) {
  look_for_changes(now);
  std::string key(name);
  lower(key);
  std::vector<std::string_view> texts;
  const auto [first, last] = contents_->names.equal_range(key);
  for (auto each = first; each != last && texts.size() < most_found; ++each) texts.push_back(each->second);
  std::ranges::sort(texts, {}, &std::string_view::data);  // in the order of the file
  Addresses found;
  for (const auto text : texts) {
    const auto address = to_address(text);
    if (address && std::ranges::find(found, *address) == found.end()) found.push_back(*address);
  }
  if (found.empty() && (key == "localhost" || key.ends_with(".localhost"))) {
    found = {boost::asio::ip::address_v6::loopback(), boost::asio::ip::address_v4::loopback()};
  }
  return found;
}

void HostsFile::look_for_changes(TimePoint now) {
  if (reading_.valid()) {
    if (reading_.wait_for(0s) != std::future_status::ready) return;
    contents_ = reading_.get();
  }
  if (now - looked_ < look_again) return;
  looked_ = now;
  if (contents_->stamp == stamp_of(path_)) return;
  try {
    reading_ = std::async(std::launch::async, read, path_);
  } catch (const std::system_error&) {
    // No thread to be had: another time.
  }
}

}  // namespace gannet::net

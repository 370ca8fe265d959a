#include "config/keys.hpp"

#include <algorithm>
#include <fstream>

#include "config/values.hpp"
#include "core/text.hpp"

namespace gannet::config {
namespace {

constexpr ByteCount KiB = 1 << 10, MiB = 1 << 20, GiB = 1 << 30;
constexpr std::size_t longest_text = 256;

bool is_absolute(const std::filesystem::path& path) { return path.is_absolute(); }

bool is_readable_file(const std::filesystem::path& path) {
  std::error_code error;
  return path.empty() || (std::filesystem::is_regular_file(path, error) && std::ifstream(path).good());
}

bool is_header_value(const std::string& text) { return text.size() <= longest_text && is_header_text(text); }

bool is_column_name(const std::string& text) {
  return !text.empty() && text.size() <= longest_text && to_valid_utf8(text) == text;
}

std::vector<Key> make_table() {
  using Range = std::vector<AddressRange>;
  const std::string absolute = "an absolute path";
  const std::string header = "at most 256 printable ASCII characters";
  const std::string servers = "a list of addresses, with a port if not 53, such as 192.0.2.1:5353 or [2001:db8::1]:53";
  std::vector<Key> table{
      path(
          "root", [](Settings& s) -> std::filesystem::path& { return s.store.root; }, absolute, is_absolute),
      path(
          "logs", [](Settings& s) -> std::filesystem::path& { return s.report.logs; }, absolute, is_absolute),

      duration(
          "inbox.settle", [](Settings & s) -> auto& { return s.inbox.settle; }, 100ms, 10min),
      duration(
          "inbox.rescan", [](Settings & s) -> auto& { return s.inbox.rescan; }, 1s, 1h),
      whole(
          "inbox.max_jobs", [](Settings & s) -> auto& { return s.inbox.max_jobs; }, 1, 10'000),

      text(
          "input.url_column", [](Settings & s) -> auto& { return s.input.url_column; },
          "the name of a column, 1 to 256 bytes of UTF-8", is_column_name),
      size(
          "input.max_line", [](Settings & s) -> auto& { return s.input.max_line; }, 1 * KiB, 64 * MiB),

      whole(
          "fetch.threads", [](Settings & s) -> auto& { return s.fetch.lanes; }, 0, 256),
      whole(
          "fetch.connections", [](Settings & s) -> auto& { return s.frontier.connections; }, 1, 65'536),
      choice<Profile>("fetch.profile", [](Settings & s) -> auto& { return s.frontier.profile; },
                      {{"open-web", Profile::open_web}, {"own-server", Profile::own_server}}),
      whole(
          "fetch.per_host.connections", [](Settings & s) -> auto& { return s.frontier.per_host_ceiling; }, 1, 4096),
      decimal(
          "fetch.per_host.requests_per_second",
          [](Settings & s) -> auto& { return s.frontier.per_host_requests_per_second; }, 0, 100'000),
      duration(
          "fetch.per_host.delay", [](Settings & s) -> auto& { return s.frontier.per_host_delay; }, 0ms, 1h),
      whole(
          "fetch.tries", [](Settings & s) -> auto& { return s.frontier.tries; }, 1, 20),
      duration(
          "fetch.backoff_most", [](Settings & s) -> auto& { return s.frontier.backoff_most; }, 1s, 1h),
      whole(
          "fetch.window", [](Settings & s) -> auto& { return s.frontier.window_lines; }, 100, 10'000'000),
      duration(
          "fetch.timeouts.dns", [](Settings & s) -> auto& { return s.fetch.timeouts.dns; }, 10ms, 1h),
      duration(
          "fetch.timeouts.connect", [](Settings & s) -> auto& { return s.fetch.timeouts.connect; }, 10ms, 1h),
      duration(
          "fetch.timeouts.tls", [](Settings & s) -> auto& { return s.fetch.timeouts.tls; }, 10ms, 1h),
      duration(
          "fetch.timeouts.first_byte", [](Settings & s) -> auto& { return s.fetch.timeouts.first_byte; }, 10ms, 1h),
      duration(
          "fetch.timeouts.idle", [](Settings & s) -> auto& { return s.fetch.timeouts.idle; }, 10ms, 1h),
      duration(
          "fetch.timeouts.total", [](Settings & s) -> auto& { return s.fetch.timeouts.total; }, 10ms, 1h),
      size(
          "fetch.min_speed", [](Settings & s) -> auto& { return s.fetch.min_speed; }, 0, 1 * GiB),
      duration(
          "fetch.min_speed_window", [](Settings & s) -> auto& { return s.fetch.min_speed_window; }, 1s, 1h),
      duration(
          "fetch.min_speed_grace", [](Settings & s) -> auto& { return s.fetch.min_speed_grace; }, 0ms, 1h),
      duration(
          "fetch.keep_alive", [](Settings & s) -> auto& { return s.fetch.keep_alive; }, 0ms, 1h),
      whole(
          "fetch.max_redirects", [](Settings & s) -> auto& { return s.fetch.max_redirects; }, 0, 50),
      size(
          "fetch.max_body", [](Settings & s) -> auto& { return s.fetch.max_body; }, 1 * KiB, 4 * GiB),
      size(
          "fetch.max_headers", [](Settings & s) -> auto& { return s.fetch.max_headers; }, 1 * KiB, 16 * MiB),
      address_ranges("fetch.allow_addresses", [](Settings& s) -> Range& { return s.fetch.allow_addresses; }),
      address_ranges("fetch.deny_addresses", [](Settings& s) -> Range& { return s.fetch.deny_addresses; }),
      texts(
          "fetch.dns.servers", [](Settings & s) -> auto& { return s.fetch.dns_servers; }, servers,
          [](const std::string& text) { return is_server_address(text); }),
      path(
          "fetch.tls.ca_file", [](Settings & s) -> auto& { return s.fetch.ca_file; },
          "the path of a file that can be read, or nothing", is_readable_file),
      text(
          "fetch.user_agent", [](Settings & s) -> auto& { return s.fetch.user_agent; }, header, is_header_value),
      text(
          "fetch.contact", [](Settings & s) -> auto& { return s.fetch.contact; }, header, is_header_value),
      choice<Accept>("fetch.accept", [](Settings & s) -> auto& { return s.decode.accept; },
                     {{"images", Accept::images}, {"any", Accept::any}}),
      only("fetch.http2", "false"),

      only("robots", "ignore"),
      only("dedupe", "false"),
      only("decode.workers", "0"),

      choice<Hash>("store.hash", [](Settings & s) -> auto& { return s.hash; },
                   {{"sha256", Hash::sha256}, {"none", Hash::none}}),
      choice<Sync>("store.sync", [](Settings & s) -> auto& { return s.store.sync; },
                   {{"batch", Sync::batch}, {"none", Sync::none}, {"strict", Sync::strict}}),
      duration(
          "store.sync_interval", [](Settings & s) -> auto& { return s.store.sync_interval; }, 10ms, 1min),
      whole(
          "store.threads", [](Settings & s) -> auto& { return s.store.writers; }, 1, 64),
      size(
          "store.memory", [](Settings & s) -> auto& { return s.store.memory; }, 1 * MiB, 64 * GiB),
      only("store.refetch", "always"),

      only("output.format", "files"),
      whole(
          "output.shard_size", [](Settings & s) -> auto& { return s.store.shard_size; }, 1, 1'000'000),

      choice<LogLevel>("log.level", [](Settings & s) -> auto& { return s.report.level; },
                       {{"debug", LogLevel::debug},
                        {"info", LogLevel::info},
                        {"warning", LogLevel::warning},
                        {"error", LogLevel::error}}),
      boolean(
          "log.completions", [](Settings & s) -> auto& { return s.report.completions; }),
      whole(
          "log.completions_queue", [](Settings & s) -> auto& { return s.report.completions_queue; }, 16, 1'048'576),
      duration(
          "status.interval", [](Settings & s) -> auto& { return s.report.status_interval; }, 100ms, 1min),

      duration(
          "stop.drain", [](Settings & s) -> auto& { return s.drain; }, 0ms, 10min),
  };
  Settings defaults;
  for (Key& key : table) key.help.default_value = key.get(defaults);
  return table;
}

}  // namespace

const std::vector<Key>& key_table() {
  static const std::vector<Key> table = make_table();
  return table;
}

const Key* find_key(std::string_view name) {
  for (const Key& key : key_table()) {
    if (key.help.name == name) return &key;
  }
  return nullptr;
}

}  // namespace gannet::config

#include "config/keys.hpp"

#include "config/named.hpp"
#include "config/values.hpp"
#include "core/listen_address.hpp"
#include "core/text.hpp"

namespace gannet::config {
namespace {

constexpr ByteCount KiB = 1 << 10, MiB = 1 << 20, GiB = 1 << 30;
constexpr std::size_t longest_text = 256;

bool is_absolute(const std::filesystem::path& path) { return path.is_absolute(); }

bool is_header_value(const std::string& text) { return text.size() <= longest_text && is_header_text(text); }

bool is_listen_address(const std::string& text) { return text.empty() || parse_listen_address(text).has_value(); }

bool is_column_name(const std::string& text) {
  return !text.empty() && text.size() <= longest_text && to_valid_utf8(text) == text;
}

// The member at the end of a path of members.
template <auto... path>
auto& at(Settings& settings) {
  return (settings.*....*path);
}

// While nothing is said the profile says it.
Key robots() {
  Key key = choice<Robots>(
      "robots", [](Settings& settings) -> Robots& { return settings.frontier.robots.emplace(Robots::ignore); },
      {{"obey", Robots::obey}, {"ignore", Robots::ignore}});
  key.get = [](Settings& settings) -> std::string {
    return settings.frontier.robots == Robots::obey ? "obey" : "ignore";
  };
  return key;
}

std::vector<Key> make_table() {
  const std::string absolute = "an absolute path";
  const std::string header = "at most 256 printable ASCII characters";
  std::vector<Key> table{
      path("root", at<&Settings::store, &StoreSettings::root>, absolute, is_absolute),
      path("logs", at<&Settings::report, &ReportSettings::logs>, absolute, is_absolute),

      duration("inbox.settle", at<&Settings::inbox, &InboxSettings::settle>, 100ms, 10min),
      duration("inbox.rescan", at<&Settings::inbox, &InboxSettings::rescan>, 1s, 1h),
      whole("inbox.max_jobs", at<&Settings::inbox, &InboxSettings::max_jobs>, 1, 10'000),

      text("input.url_column", at<&Settings::input, &ListSettings::url_column>,
           "the name of a column, 1 to 256 bytes of UTF-8", is_column_name),
      folders("input.roots", at<&Settings::input, &ListSettings::roots>),
      size("input.max_line", at<&Settings::input, &ListSettings::max_line>, 1 * KiB, 64 * MiB),

      whole("fetch.threads", at<&Settings::fetch, &FetchSettings::lanes>, 0, 256),
      whole_or_auto("fetch.connections", at<&Settings::frontier, &FrontierSettings::connections>,
                    at<&Settings::frontier, &FrontierSettings::auto_connections>, 1, 65'536),
      choice<Profile>(
          "fetch.profile", at<&Settings::frontier, &FrontierSettings::host, &HostPolicy::profile>,
          {{"open-web", Profile::open_web}, {"polite", Profile::polite}, {"own-server", Profile::own_server}}),
      decimal("fetch.requests_per_second", at<&Settings::frontier, &FrontierSettings::requests_per_second>, 0, 100'000),
      size("fetch.bytes_per_second", at<&Settings::frontier, &FrontierSettings::bytes_per_second>, 0, 1024 * GiB),
      whole("fetch.per_host.connections", at<&Settings::frontier, &FrontierSettings::host, &HostPolicy::ceiling>, 1,
            4096),
      whole("fetch.per_host.streams", at<&Settings::frontier, &FrontierSettings::host, &HostPolicy::streams>, 1, 1000),
      decimal("fetch.per_host.requests_per_second",
              at<&Settings::frontier, &FrontierSettings::host, &HostPolicy::requests_per_second>, 0, 100'000),
      size("fetch.per_host.bytes_per_second",
           at<&Settings::frontier, &FrontierSettings::host, &HostPolicy::bytes_per_second>, 0, 1024 * GiB),
      duration("fetch.per_host.delay", at<&Settings::frontier, &FrontierSettings::host, &HostPolicy::delay>, 0ms, 1h),
      whole("fetch.per_address.connections", at<&Settings::fetch, &FetchSettings::per_address>, 0, 65'536),
      whole("fetch.tries", at<&Settings::frontier, &FrontierSettings::tries>, 1, 20),
      duration("fetch.park.busy", at<&Settings::frontier, &FrontierSettings::host, &HostPolicy::park_busy>, 100ms,
               10min),
      duration("fetch.park.unreachable",
               at<&Settings::frontier, &FrontierSettings::host, &HostPolicy::park_unreachable>, 100ms, 30min),
      duration("fetch.backoff_most", at<&Settings::frontier, &FrontierSettings::backoff_most>, 1s, 1h),
      whole("fetch.window", at<&Settings::frontier, &FrontierSettings::window_lines>, 100, 10'000'000),
      size("fetch.window_memory", at<&Settings::frontier, &FrontierSettings::window_memory>, 1 * MiB, 64 * GiB),
      size("fetch.spill", at<&Settings::frontier, &FrontierSettings::spill>, 16 * MiB, 1024 * GiB),
      duration("fetch.timeouts.dns", at<&Settings::fetch, &FetchSettings::timeouts, &Timeouts::dns>, 10ms, 1h),
      duration("fetch.timeouts.connect", at<&Settings::fetch, &FetchSettings::timeouts, &Timeouts::connect>, 10ms, 1h),
      duration("fetch.timeouts.tls", at<&Settings::fetch, &FetchSettings::timeouts, &Timeouts::tls>, 10ms, 1h),
      duration("fetch.timeouts.first_byte", at<&Settings::fetch, &FetchSettings::timeouts, &Timeouts::first_byte>, 10ms,
               1h),
      duration("fetch.timeouts.idle", at<&Settings::fetch, &FetchSettings::timeouts, &Timeouts::idle>, 10ms, 1h),
      duration("fetch.timeouts.total", at<&Settings::fetch, &FetchSettings::timeouts, &Timeouts::total>, 10ms, 1h),
      size("fetch.min_speed", at<&Settings::fetch, &FetchSettings::min_speed>, 0, 1 * GiB),
      duration("fetch.min_speed_window", at<&Settings::fetch, &FetchSettings::min_speed_window>, 1s, 1h),
      duration("fetch.min_speed_grace", at<&Settings::fetch, &FetchSettings::min_speed_grace>, 0ms, 1h),
      duration("fetch.keep_alive", at<&Settings::fetch, &FetchSettings::keep_alive>, 0ms, 1h),
      whole("fetch.max_redirects", at<&Settings::fetch, &FetchSettings::max_redirects>, 0, 50),
      size("fetch.max_body", at<&Settings::fetch, &FetchSettings::max_body>, 1 * KiB, 4 * GiB),
      size("fetch.memory", at<&Settings::fetch, &FetchSettings::memory>, 1 * MiB, 64 * GiB),
      size("fetch.max_headers", at<&Settings::fetch, &FetchSettings::max_headers>, 1 * KiB, 16 * MiB),
      address_ranges("fetch.allow_addresses", at<&Settings::fetch, &FetchSettings::allow_addresses>),
      address_ranges("fetch.deny_addresses", at<&Settings::fetch, &FetchSettings::deny_addresses>),
      port_ranges("fetch.allow_ports", at<&Settings::fetch, &FetchSettings::allow_ports>),
      name_servers("fetch.dns.servers", at<&Settings::fetch, &FetchSettings::dns_servers>),
      whole("fetch.dns.in_flight", at<&Settings::fetch, &FetchSettings::dns_in_flight>, 1, 10'000),
      certificates("fetch.tls.ca_file", at<&Settings::fetch, &FetchSettings::ca_file>),
      text("fetch.user_agent", at<&Settings::fetch, &FetchSettings::user_agent>, header, is_header_value),
      text("fetch.contact", at<&Settings::fetch, &FetchSettings::contact>, header, is_header_value),
      text("fetch.headers.accept", at<&Settings::fetch, &FetchSettings::accept_header>, header, is_header_value),
      text("fetch.headers.referer", at<&Settings::fetch, &FetchSettings::referer>, header, is_header_value),
      choice<Accept>("fetch.accept", at<&Settings::decode, &DecodeSettings::accept>,
                     {{"images", Accept::images}, {"any", Accept::any}}),
      choice<bool>("fetch.tdm_reservation", at<&Settings::fetch, &FetchSettings::tdm_reservations>,
                   {{"ignore", false}, {"obey", true}}),
      whole("fetch.robots_cache.origins", at<&Settings::fetch, &FetchSettings::robots_origins>, 1, 10'000'000),
      size("fetch.robots_cache.memory", at<&Settings::fetch, &FetchSettings::robots_memory>, 64 * KiB, 64 * GiB),
      boolean("fetch.http2", at<&Settings::fetch, &FetchSettings::http2>),
      proxy("fetch.proxy", at<&Settings::fetch, &FetchSettings::proxy>, false),
      credentials("fetch.proxy_credentials", at<&Settings::fetch, &FetchSettings::proxy_credentials>),
      no_proxy("fetch.no_proxy", at<&Settings::fetch, &FetchSettings::no_proxy>),

      robots(),
      boolean("dedupe", at<&Settings::frontier, &FrontierSettings::dedupe>),
      whole("dedupe_results", at<&Settings::frontier, &FrontierSettings::dedupe_results>, 0, 10'000'000),
      whole_or_auto("decode.workers", at<&Settings::decode, &DecodeSettings::workers>,
                    at<&Settings::decode, &DecodeSettings::auto_workers>, 0, 256),
      path("decode.program", at<&Settings::decode, &DecodeSettings::program>, "nothing, or an absolute path",
           [](const std::filesystem::path& file) { return file.empty() || file.is_absolute(); }),
      duration("decode.timeout", at<&Settings::decode, &DecodeSettings::time>, 100ms, 1h),
      duration("decode.cpu", at<&Settings::decode, &DecodeSettings::cpu>, 1s, 1h),
      size("decode.memory", at<&Settings::decode, &DecodeSettings::memory>, 32 * MiB, 64 * GiB),
      size("decode.queue", at<&Settings::decode, &DecodeSettings::queue>, 1 * MiB, 64 * GiB),
      size("decode.max_output", at<&Settings::decode, &DecodeSettings::max_output>, 64 * KiB, 4 * GiB),
      whole("decode.max_pixels", at<&Settings::decode, &DecodeSettings::max_pixels>, 0, 4'000'000'000),
      whole("decode.min_size", at<&Settings::decode, &DecodeSettings::min_size>, 0, 1'000'000),
      decimal("decode.max_aspect_ratio", at<&Settings::decode, &DecodeSettings::max_aspect_ratio>, 0, 100'000),
      boolean("decode.verify", at<&Settings::decode, &DecodeSettings::orders, &Orders::verify>),
      boolean("decode.svg", at<&Settings::decode, &DecodeSettings::orders, &Orders::svg>),
      choice<ResizeMode>("decode.resize.mode", at<&Settings::decode, &DecodeSettings::orders, &Orders::resize>,
                         {{"no", ResizeMode::no},
                          {"border", ResizeMode::border},
                          {"keep_ratio", ResizeMode::keep_ratio},
                          {"keep_ratio_largest", ResizeMode::keep_ratio_largest},
                          {"center_crop", ResizeMode::center_crop}}),
      whole("decode.resize.size", at<&Settings::decode, &DecodeSettings::orders, &Orders::size>, 1, 16'384),
      boolean("decode.resize.only_if_bigger", at<&Settings::decode, &DecodeSettings::orders, &Orders::only_if_bigger>),
      choice<Encoding>("decode.encode.format", at<&Settings::decode, &DecodeSettings::orders, &Orders::encoding>,
                       {{"as_needed", Encoding::as_needed},
                        {"jpeg", Encoding::jpeg},
                        {"png", Encoding::png},
                        {"webp", Encoding::webp},
                        {"avif", Encoding::avif}}),
      whole("decode.encode.quality", at<&Settings::decode, &DecodeSettings::orders, &Orders::quality>, 1, 100),
      boolean("decode.encode.keep_metadata", at<&Settings::decode, &DecodeSettings::orders, &Orders::keep_metadata>),
      thumbnails("decode.thumbnails", at<&Settings::decode, &DecodeSettings::orders, &Orders::thumbnails>),
      boolean("decode.exif", at<&Settings::decode, &DecodeSettings::orders, &Orders::exif>),
      boolean("decode.phash", at<&Settings::decode, &DecodeSettings::orders, &Orders::hash>),
      text("decode.blur_column", at<&Settings::decode, &DecodeSettings::blur_column>,
           "nothing, or the name of a column, 256 bytes of UTF-8 at most",
           [](const std::string& name) { return name.empty() || is_column_name(name); }),

      choice<Hash>("store.hash", at<&Settings::hash>, {{"sha256", Hash::sha256}, {"none", Hash::none}}),
      choice<Sync>("store.sync", at<&Settings::store, &StoreSettings::sync>,
                   {{"batch", Sync::batch}, {"none", Sync::none}, {"strict", Sync::strict}}),
      duration("store.sync_interval", at<&Settings::store, &StoreSettings::sync_interval>, 10ms, 1min),
      whole("store.checkpoint_every", at<&Settings::store, &StoreSettings::checkpoint_every>, 0, 100'000'000),
      whole("store.threads", at<&Settings::store, &StoreSettings::writers>, 1, 64),
      size("store.min_free", at<&Settings::store, &StoreSettings::min_free>, 0, 1024 * GiB),
      size("store.memory", at<&Settings::store, &StoreSettings::memory>, 1 * MiB, 64 * GiB),
      refetch("store.refetch", at<&Settings::store, &StoreSettings::refetch>),
      boolean("store.hard_links", at<&Settings::store, &StoreSettings::hard_links>),
      boolean("store.catalogue", at<&Settings::store, &StoreSettings::catalogue>),
      whole("store.catalogue_rows", at<&Settings::store, &StoreSettings::catalogue_rows>, 1000, 4'000'000'000),
      size("store.catalogue_memory", at<&Settings::store, &StoreSettings::catalogue_memory>, 1 * MiB, 64 * GiB),

      only("output.format", "files"),
      whole("output.shard_size", at<&Settings::store, &StoreSettings::shard_size>, 1, 1'000'000),

      choice<LogLevel>("log.level", at<&Settings::report, &ReportSettings::level>,
                       {{"debug", LogLevel::debug},
                        {"info", LogLevel::info},
                        {"warning", LogLevel::warning},
                        {"error", LogLevel::error}}),
      boolean("log.completions", at<&Settings::report, &ReportSettings::completions>),
      whole("log.completions_queue", at<&Settings::report, &ReportSettings::completions_queue>, 16, 1'048'576),
      size("log.max_size", at<&Settings::report, &ReportSettings::max_log>, 0, 1024 * GiB),
      whole("log.keep", at<&Settings::report, &ReportSettings::kept_logs>, 1, 1000),
      duration("status.interval", at<&Settings::report, &ReportSettings::status_interval>, 100ms, 1min),
      text("metrics.listen", at<&Settings::report, &ReportSettings::metrics_listen>,
           "nothing, a port, or an address and a port, such as 9469, 192.0.2.1:9469 or [::1]:9469", is_listen_address),

      command("hooks.on_job_done", at<&Settings::hooks, &HookSettings::on_job_done>),
      command("hooks.on_record", at<&Settings::hooks, &HookSettings::on_record>),
      whole("hooks.queue", at<&Settings::hooks, &HookSettings::queue>, 1, 1'000'000),
      duration("hooks.patience", at<&Settings::hooks, &HookSettings::patience>, 1s, 1h),

      duration("stop.drain", at<&Settings::drain>, 0ms, 10min),
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

// Every setting, a plain struct a stage, its default beside it. Filled by config/, which has checked each value;
// a stage gets its own struct by value and trusts it. config/gannet.yaml documents the keys.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/address_range.hpp"
#include "core/host_policy.hpp"
#include "core/host_rules.hpp"
#include "core/orders.hpp"
#include "core/port_range.hpp"
#include "core/time.hpp"

namespace gannet {

struct InboxSettings {
  milliseconds settle{2000};   // a list that was not moved in must be unchanged for this long
  milliseconds rescan{30000};  // between full looks at the inbox
  unsigned max_jobs = 256;     // lists being fetched at once, without those less urgent; more wait in the inbox
  unsigned max_active = ~0u;   // all of them together, which open files limit
};

struct ListSettings {
  std::string url_column = "url";
  ByteCount max_line = 1 << 20;                // a longer line is one invalid record
  std::vector<std::filesystem::path> roots{};  // below which a .job file may name a list; absolute
};

/// What `fetch.hosts` says of the limits of the hosts that a pattern matches.
struct HostLimits {
  std::string pattern;  // normal: see normal_host_pattern()
  LimitOverrides limits;
};

enum class Robots : unsigned char { obey, ignore };

struct FrontierSettings {
  unsigned connections = 512;            // requests in flight over all hosts
  double requests_per_second = 0;        // over all hosts; 0: unlimited
  ByteCount bytes_per_second = 0;        // likewise
  bool auto_connections = false;         // `connections` is the most; what is best is found by trying
  HostPolicy host{};                     // where neither the list nor the host's section says anything
  std::vector<HostLimits> hosts{};       // the first that says something counts
  std::optional<Robots> robots{};        // nothing: as the profile has it
  unsigned tries = 4;                    // attempts for a URL, the first included
  milliseconds backoff_most{300000};     // the longest wait before a retry
  unsigned window_lines = 1'000'000;     // lines read ahead of their fetching and kept in memory, all jobs together
  ByteCount window_memory = 256 << 20;   // for them and their hosts
  ByteCount spill = ByteCount{4} << 30;  // on disk, for lines of slow hosts that find no room there
  ByteCount keep_free = 0;               // and which it leaves to others there
  bool dedupe = false;                   // lines that ask for the same are fetched once
  unsigned dedupe_results = 100'000;     // that are remembered for lines to come
  std::string blur_column{};             // as decode has it: lines with other boxes do not ask for the same

  /// Whether robots.txt is obeyed under this profile: a list can ask for it where the settings do not, and not against
  /// it where they do.
  bool obey_robots(Profile profile, std::optional<Robots> of_list = std::nullopt) const {
    if (of_list == Robots::obey) return true;
    return robots ? *robots == Robots::obey : profile == Profile::polite;
  }
};

struct Timeouts {
  milliseconds dns{5000};  // one question to one server; the only one is asked twice
  milliseconds connect{10000};
  milliseconds tls{10000};
  milliseconds first_byte{30000};  // from the request sent to the first byte of the response
  milliseconds idle{20000};        // between two reads of a response
  milliseconds total{120000};      // one attempt, redirects included
};

enum class Accept : unsigned char { images, any };

struct FetchSettings {
  unsigned lanes = 0;  // threads that fetch; 0: one per core
  Timeouts timeouts;
  unsigned max_redirects = 10;
  ByteCount max_body = 64 << 20;
  ByteCount max_headers = 300 << 10;
  ByteCount memory = 64 << 20;    // bodies being received, all lanes; beyond it large ones go to disk, others wait
  ByteCount min_speed = 1 << 10;  // bytes per second over `min_speed_window`; 0: no minimum
  milliseconds min_speed_window{20000};
  milliseconds min_speed_grace{10000};        // not judged before this
  milliseconds keep_alive{60000};             // how long an idle connection is kept
  std::size_t most_idle = 1024;               // idle connections of a lane; fewer where open files are few
  std::vector<AddressRange> allow_addresses;  // opened although the guard refuses them
  std::vector<AddressRange> deny_addresses;   // refused whatever else says
  std::vector<PortRange> allow_ports;         // besides 80, 443 and those above 1023
  std::vector<std::string> dns_servers;       // address or address:port; empty: the system's
  unsigned dns_in_flight = 32;                // names that a lane asks for at once; more wait for their turn
  unsigned per_address = 0;                   // connections to one IP address, all lanes and hosts; 0: any number
  bool http2 = true;                          // offered over TLS
  std::size_t h2_connections = 1;             // of a lane to one origin, when one does not allow enough streams
  std::filesystem::path ca_file;              // empty: the system's trust store
  std::string user_agent;                     // empty: gannet/<version> (+<contact>)
  std::string accept_header;                  // empty: images first
  std::string referer;                        // empty: none
  std::string contact;                        // URL or mail address, shown to the servers
  bool opt_outs = true;                       // what the head of a response asks of us is heeded
  bool tdm_reservations = false;              // among these, tdm-reservation
  unsigned robots_origins = 20'000;           // of which a lane remembers robots.txt
  ByteCount robots_memory = 16 << 20;         // for it, likewise of a lane
  std::optional<Proxy> proxy;
  Credentials proxy_credentials;      // as read; the proxy has them too
  std::vector<std::string> no_proxy;  // in normal form
  std::vector<HostRule> hosts;        // the first that says something counts
};

struct DecodeSettings {
  Accept accept = Accept::images;
  unsigned max_pixels = 100'000'000;  // of an image, width times height; 0: any number
  unsigned min_size = 0;              // pixels of the shorter side
  double max_aspect_ratio = 0;        // longer side by shorter side; 0: any
  unsigned workers = 0;               // processes that decode; 0: none, and nothing below counts
  bool auto_workers = false;          // one a core
  std::filesystem::path program;      // of the workers; empty: where it was installed
  milliseconds time{20000};           // of a worker for an image, by the clock
  milliseconds cpu{10000};            // likewise, of a processor; whole seconds
  ByteCount memory = 512 << 20;       // of a worker, beyond what it has at its start
  ByteCount queue = 32 << 20;         // bodies that wait for a worker; reaching it slows the fetching
  ByteCount max_output = 64 << 20;    // of what is made of an image
  std::string blur_column;            // of a list, with the boxes that are blurred in its image; empty: none
  Orders orders;                      // for each image
};

enum class Hash : unsigned char { sha256, none };
enum class Sync : unsigned char { batch, none, strict };

/// What is fetched again of what the catalogue knows.
struct Refetch {
  enum class Kind : unsigned char {
    always,
    never,
    after,      // what was not looked at for `age`: then as revalidate
    revalidate  // its server is asked whether it has changed
  };
  Kind kind = Kind::always;
  milliseconds age{0};  // with `after`

  bool operator==(const Refetch&) const = default;
};

struct StoreSettings {
  std::filesystem::path root = "/var/lib/gannet";
  unsigned writers = 1;  // threads that write files; one feeds a local disk, more help where each write waits
  Sync sync = Sync::batch;
  milliseconds sync_interval{1000};
  unsigned shard_size = 10000;
  unsigned checkpoint_every = 100000;  // records of a job that a restart reads again at most, about; 0: all of them
  ByteCount memory = 32 << 20;         // bodies waiting for the disk; reaching it slows the fetching
  ByteCount min_free = 256 << 20;      // on the disk; with less, fetching pauses
  Refetch refetch{};
  bool hard_links = false;                // bytes that are there already get another name, not another copy
  bool catalogue = false;                 // kept although nothing else here needs it: lists may
  unsigned catalogue_rows = 100'000'000;  // the most; the oldest go
  ByteCount catalogue_memory = 32 << 20;  // of the database that is kept in memory

  bool has_catalogue() const { return catalogue || hard_links || refetch.kind != Refetch::Kind::always; }
};

enum class LogLevel : unsigned char { debug, info, warning, error };

struct ReportSettings {
  std::filesystem::path logs = "/var/log/gannet";
  LogLevel level = LogLevel::info;
  bool completions = true;            // write completions.jsonl
  unsigned completions_queue = 8192;  // records; when full, the store waits
  milliseconds status_interval{2000};
  ByteCount max_log = 0;         // a log file that has grown to this gets a number behind its name; 0: never
  unsigned kept_logs = 5;        // of each, with a number
  std::string metrics_listen{};  // as parse_listen_address() reads it; empty: nowhere
};

/// Programs of the operator's that are told what happened. Lists have no word in this.
struct HookSettings {
  std::vector<std::string> on_job_done{};  // the program, by its absolute path, and its arguments; empty: none
  std::vector<std::string> on_record{};
  unsigned queue = 10'000;       // lines that wait for a program that is slow or gone; more are dropped
  milliseconds patience{60000};  // without an acknowledgement that is due; then it is started again
};

struct Settings {
  InboxSettings inbox;
  ListSettings input;
  FrontierSettings frontier;
  FetchSettings fetch;
  Hash hash = Hash::sha256;
  DecodeSettings decode;
  StoreSettings store;
  ReportSettings report;
  HookSettings hooks;
  milliseconds drain{25000};  // how long a stop waits for requests in flight
};

}  // namespace gannet

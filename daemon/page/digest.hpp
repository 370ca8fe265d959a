// Everything that the page of a job tells, counted from its records, one after the other. Its memory does not grow with
// their number. Knows nothing of files or HTML. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/record.hpp"
#include "core/totals.hpp"
#include "page/distribution.hpp"
#include "page/host_table.hpp"
#include "page/image_sizes.hpp"
#include "page/sample.hpp"
#include "page/tally.hpp"
#include "page/timeline.hpp"

namespace gannet::page {

/// Of the last attempts: which lines count for which phase is said in docs/formats.md.
struct Phases {
  Distribution queue, dns, connect, tls, first_byte, body, total, decode;
};

/// A line that did not end as ok, to show what is behind a reason. Texts are cut.
struct Example {
  std::uint64_t line = 0;
  std::string url;
  std::string detail;
};

class Digest {
 public:
  static constexpr std::size_t most_examples = 3;  // of a reason

  explicit Digest(std::size_t most_hosts = 200'000) : hosts(most_hosts) {}

  void add(const Record& record);

  Totals totals;
  std::optional<WallTime> first, last;  // when records were written
  Timeline timeline;
  Phases phases;
  HostTable hosts;
  std::array<std::vector<Example>, reason_count> examples;
  Tally statuses, protocols, attempts;
  std::uint64_t answers = 0;  // lines whose last attempt got a response
  std::uint64_t reused = 0;   // over a connection that had served another

  // Of images that are files of their own:
  std::uint64_t files = 0;
  Distribution bytes, width, height;
  ImageSizes sizes;
  Tally formats;
  std::uint64_t shared = 0;  // ok, with the file of another line or an earlier fetch
  Sample sample{Sample::Of::all}, small_sample{Sample::Of::small};

 private:
  void add_phases(const Record& record, bool secure);
  void add_image(const Record& record);
};

}  // namespace gannet::page

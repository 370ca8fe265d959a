// What became of the lines of each host (scheme, host and port). Exact for 200,000 hosts; when there are more, those
// with the fewest lines are forgotten now and then, and what is told of a host is then the least it has. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/record.hpp"

namespace gannet::page {

struct HostCounts {
  std::uint64_t lines = 0;
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
  std::uint64_t bytes = 0;
  // Of lines that were fetched and are ok:
  std::uint64_t fetched = 0;
  std::uint64_t total_ms = 0;
  std::uint64_t first_byte_ms = 0;
  std::uint64_t longest_ms = 0;
  std::vector<std::pair<Reason, std::uint32_t>> reasons = {};  // that lines failed for

  std::uint64_t mean_ms() const { return fetched == 0 ? 0 : (total_ms + fetched / 2) / fetched; }
  std::uint64_t mean_first_byte_ms() const { return fetched == 0 ? 0 : (first_byte_ms + fetched / 2) / fetched; }
  Reason main_reason() const;
};

struct NamedHost {
  std::string origin;
  HostCounts counts;
};

class HostTable {
 public:
  explicit HostTable(std::size_t most = 200'000) : most_(most) {}

  void add(const std::string& origin, const Record& record);

  std::size_t size() const { return hosts_.size(); }
  std::size_t most() const { return most_; }
  bool complete() const { return complete_; }  // none was forgotten

  /// Most lines first, most failed first; only hosts that have any.
  std::vector<NamedHost> largest(std::size_t many) const;
  std::vector<NamedHost> worst(std::size_t many) const;

  /// Longest mean time first, of hosts that at least `least` images came from.
  std::vector<NamedHost> slowest(std::size_t many, std::uint64_t least) const;

 private:
  template <class Rank>
  std::vector<NamedHost> top(std::size_t many, Rank rank) const;
  void forget_small();

  std::size_t most_;
  bool complete_ = true;
  std::unordered_map<std::string, HostCounts> hosts_;
};

}  // namespace gannet::page

// What lists hold and what fetching them would take, told from their rows alone. Plain counting: reads no file, asks no
// host. Its memory is bounded, whatever the lists hold. One thread.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "cli/host_tally.hpp"
#include "core/job_options.hpp"
#include "core/keyed_hash.hpp"
#include "core/row.hpp"
#include "core/settings.hpp"
#include "core/url.hpp"

namespace gannet::cli {

struct SurveyedList {
  std::string path;
  std::uint64_t lines = 0;
  std::uint64_t invalid = 0;
  std::string broken;  // why it could not be read, or not to its end
};

struct BadLine {
  std::size_t list = 0;  // in Findings::lists
  std::uint64_t line = 0;
  Reason reason = Reason::none;
  std::string text;  // its start
  std::string why;
};

/// A number, or about that many when there were too many to tell exactly.
struct Count {
  std::uint64_t value = 0;
  bool exact = true;
};

struct Findings {
  std::vector<SurveyedList> lists;
  std::uint64_t lines = 0;
  std::uint64_t invalid = 0;
  std::array<std::uint64_t, reason_count> reasons{};  // of the invalid lines
  std::vector<BadLine> bad_lines;                     // the first
  Count duplicates;                                   // lines whose URL another line has too, less one for each URL
  std::uint64_t shared = 0;                           // of these, not fetched themselves
  Count hosts;
  std::vector<HostLoad> largest;
  std::vector<HostLoad> slowest;
  double seconds = 0;  // that all takes at least
  std::string limit;   // that says so, when it is none of a host
  Assumptions assumptions;
  bool rules_count = false;    // some of these lines are not fetched if robots.txt forbids them
  bool results_count = false;  // or if the catalogue has a result for them
  bool some_unread() const;

  /// How long it takes, and which hosts need that, is as with these lines alone.
  void take_times(Findings others);
};

class Survey {
 public:
  struct Bounds {
    std::size_t urls = 12'000'000;  // told apart exactly; 8 bytes each in a table of at most 128 MiB
    std::size_t hosts = 3'000'000;  // likewise; 32 bytes each
  };

  Survey(const FrontierSettings& settings, bool http2) : Survey(settings, http2, Bounds{}) {}
  Survey(const FrontierSettings& settings, bool http2, const Bounds& bounds);

  /// What add() gets from now on is of this list.
  void begin_list(std::string path, const JobOptions* options);
  void add(const Row& row);
  void broken(std::string why) { found_.lists.back().broken = std::move(why); }

  std::uint64_t lines() const { return found_.lines; }

  Findings findings() const;

 private:
  void add_invalid(const Row& row, const Fault& fault);
  void decide_time(Findings& found) const;

  FrontierSettings settings_;
  bool http2_;
  LimitOverrides of_list_;
  std::optional<Robots> robots_;
  bool dedupe_ = false;
  KeyedHash hash_;
  Findings found_;
  DistinctCounter urls_;
  HostTally hosts_;
};

}  // namespace gannet::cli

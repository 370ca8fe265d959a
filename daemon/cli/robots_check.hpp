// What robots.txt says of the lines of lists: asks the hosts with the daemon's own code, one request to each, and then
// judges line by line. It asks some of the hosts at most, and holds so much of what they say, whatever the lists hold.
// One thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/job_options.hpp"
#include "core/settings.hpp"
#include "core/url.hpp"
#include "fetch/fetcher.hpp"

namespace gannet::cli {

struct RobotsFindings {
  struct Rule {
    std::string text;  // as records have it
    std::uint64_t lines = 0;
  };
  struct Host {
    std::string origin;
    std::uint64_t lines = 0;  // that are disallowed, or of which nobody can tell
    std::vector<Rule> rules;  // the first few that disallowed something
    Fault fault;              // why the file could not be had
    unsigned status = 0;      // that came in its place
  };

  std::uint64_t asked = 0;      // hosts; those that were asked under several names count so often
  bool some_not_asked = false;  // there were too many
  std::uint64_t allowed = 0;    // lines
  std::uint64_t disallowed = 0;
  std::uint64_t unread = 0;  // of hosts whose file could not be had
  std::uint64_t not_asked = 0;
  std::uint64_t unread_hosts = 0;
  std::vector<Host> disallowing;  // with the most lines first, at most 10
  std::vector<Host> unreadable;   // likewise
  bool obeyed = true;             // by the daemon, under these settings and unless a list says so
};

class RobotsCheck {
 public:
  struct Bounds {
    std::size_t hosts = 10'000;  // the first of the lists
    ByteCount memory = 256 << 20;
    std::size_t at_once = 64;  // hosts being asked
  };

  RobotsCheck(const Settings& settings, const Bounds& bounds);

  /// A URL of a list with these options: its host will be asked. First all of these.
  void note(const Url& url, const std::shared_ptr<const JobOptions>& of_list);

  /// Asks; tells how many are done.
  void ask(const std::function<void(std::size_t done, std::size_t all)>& progress);

  /// Then all of these, the same ones. False: it will not be asked for.
  bool judge(const Url& url, const JobOptions* of_list);

  RobotsFindings findings() const;

 private:
  struct Site {
    Url url;
    std::shared_ptr<const JobOptions> of_list;
    bool asked = false;
    fetch::RobotsRules rules;
    std::unique_ptr<RobotsFindings::Host> told;  // once there is something to tell
  };

  bool counts(const Url& url, const JobOptions* of_list) const;
  std::string key(const Url& url, const JobOptions* of_list) const;
  net::Task<void> ask_some(fetch::Fetcher& fetcher);
  net::Task<void> keep_pace();
  RobotsFindings::Host& told_of(Site& site) const;

  FrontierSettings frontier_;
  FetchSettings fetch_;
  Bounds bounds_;
  RobotsFindings found_;
  std::unordered_map<std::string, Site> sites_;
  std::vector<Site*> order_;
  std::size_t next_ = 0;  // to be asked
  std::size_t done_ = 0;
  std::size_t asking_ = 0;
  ByteCount memory_ = 0;
  TimePoint next_start_{};
  boost::asio::io_context* io_ = nullptr;
  const std::function<void(std::size_t, std::size_t)>* progress_ = nullptr;
};

}  // namespace gannet::cli

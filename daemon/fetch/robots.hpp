// Asks the origins of a lane for their robots.txt, each once a day for each name that we go by, and says what it allows
// (RFC 9309). A failure is remembered for moments. Requests that need one which is being asked for wait for it. Lane
// thread only.
#pragma once

#include <functional>
#include <optional>

#include "core/early_check.hpp"
#include "core/fetch_task.hpp"
#include "core/job_options.hpp"
#include "core/settings.hpp"
#include "core/url.hpp"
#include "fetch/exchange.hpp"
#include "fetch/hop.hpp"
#include "fetch/robots_cache.hpp"
#include "fetch/turns.hpp"

namespace gannet::fetch {

class Robots {
 public:
  /// Sends one request, whatever connection it takes. All references outlive the task. `of_list` says nothing but the
  /// name to ask under. `onward`: behind a redirect.
  using Ask = std::function<net::Task<Response>(Url url, Hop& hop, TimePoint total_end, const EarlyCheck& check,
                                                const JobOptions& of_list, bool onward)>;

  struct Ruling {
    /// None: it may be fetched. `robots`: it may not, or not now, as the rules could not be had; the response then has
    /// the status that came in their place. Others: asking for the rules ended with that, now or moments ago.
    Fault fault;
    Asked asked = Asked::nobody;
    std::optional<milliseconds> crawl_delay;  // once the rules are known; 0: they ask for none
    milliseconds again_after{0};              // when they could not be had: earlier, nobody would be asked
    bool news = false;  // they were not known at once: time has passed, and a request was made, by us or another
    Response response;  // of that request, without its body
    Hop hop;
  };

  /// All must outlive it.
  Robots(boost::asio::io_context& io, net::Deadlines& deadlines, const FetchSettings& settings, Ask ask)
      : settings_(settings),
        ask_(std::move(ask)),
        cache_(settings.robots_origins, settings.robots_memory),
        turns_(io, deadlines, "while another request asked for robots.txt") {}

  /// Ends by `total_end`. What counts is said to the User-Agent that the host gets from this list, which may be null
  /// and must outlive the task.
  net::Task<Ruling> rule(Url url, TimePoint total_end, const JobOptions* of_list = nullptr);

  /// Asks the origin now, whatever is known of it.
  net::Task<RobotsCache::Entry> ask(Url url, TimePoint total_end, const JobOptions* of_list);

 private:
  struct Way;

  net::Task<RobotsCache::Entry> read(Url url, TimePoint total_end, const JobOptions* of_list, Ruling& ruling);
  net::Task<std::optional<RobotsCache::Entry>> read_elsewhere(const Url& url, Way& way, Ruling& ruling);
  net::Task<std::optional<RobotsCache::Entry>> read_once(const Url& url, Way& way, bool onward, Ruling& ruling);
  bool is_for_others(const Fault& fault, Duration took) const;

  const FetchSettings& settings_;
  Ask ask_;
  RobotsCache cache_;
  Turns turns_;
};

}  // namespace gannet::fetch

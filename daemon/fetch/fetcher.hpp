// One request for one line: connect or reuse, ask, say how it ended or where a redirect leads. It belongs to a lane and
// runs on its thread; it holds no state between attempts but the idle connections and what origins say in robots.txt.
#pragma once

#include <boost/asio/io_context.hpp>
#include <string>

#include "core/early_check.hpp"
#include "core/fetch_task.hpp"
#include "core/settings.hpp"
#include "core/url.hpp"
#include "fetch/body_budget.hpp"
#include "fetch/connection_broker.hpp"
#include "fetch/exchange.hpp"
#include "fetch/hop.hpp"
#include "fetch/request.hpp"
#include "fetch/robots.hpp"
#include "net/deadlines.hpp"

namespace gannet::fetch {

class Fetcher {
 public:
  /// `gate` and `spool` may be null; see net::AddressGate, BodyBudget.
  Fetcher(boost::asio::io_context& io, const FetchSettings& settings, EarlyCheck check = {},
          std::function<bool()> store_has_room = {}, net::AddressGate* gate = nullptr, Spool* spool = nullptr);

  /// Never throws for what a peer does; ends within what is left of the total timeout.
  net::Task<Fetched> attempt(FetchTask task);

  /// What the robots.txt of the URL's origin says to a list with these options, which may be null: asked for now, and
  /// not remembered.
  net::Task<RobotsCache::Entry> robots(Url url, std::shared_ptr<const JobOptions> of_list);

  /// The name of this host will be needed soon.
  void prefetch(std::string host) { broker_.prefetch(std::move(host)); }

  /// See BodyBudget.
  void store_made_room() { budget_.store_made_room(); }

  /// Takes up what a reload may change, for requests to come and the rest of those under way: time limits of responses,
  /// speed, redirects, sizes of bodies, how long connections are kept.
  void apply(const FetchSettings& settings);

  void sweep(TimePoint now) { broker_.sweep(now); }

  /// Open connections, idle ones included. Any thread.
  std::size_t connections() const { return deadlines_.count(); }

  /// Bytes of bodies in memory while they are fetched. Any thread.
  ByteCount body_bytes() const { return budget_.held(); }

  /// See net::Deadlines. Any one thread.
  milliseconds take_longest_stall() { return deadlines_.take_longest_stall(); }

  /// Every attempt, running or to come, ends at once as `cancelled`.
  void shut_down();

 private:
  // One request. `settings`, `check` and what the list says, or null, tell which body is wanted. `onward`: behind a
  // redirect, and to wait elsewhere would mean asking again what led here. `known` as for make_request().
  net::Task<Response> ask(Url url, Hop& hop, TimePoint total_end, const FetchSettings& settings,
                          const EarlyCheck& check, const JobOptions* of_list, bool onward, FreeStarts& free,
                          const Validators* known = nullptr);
  net::Task<Response> ask_for_robots(Url url, Hop& hop, TimePoint total_end, const EarlyCheck& check,
                                     const JobOptions& of_list, bool onward);
  net::Task<void> take_whole(Response& response);
  Result<void> judge(const Url& url, const Response& response) const;
  Result<void> judge_unchanged(const Response& response, const JobOptions* of_list) const;

  boost::asio::io_context& io_;
  FetchSettings settings_;            // with the headers that are sent
  FetchSettings elsewhere_settings_;  // the same for another origin that redirects led to: no Referer goes there
  FetchSettings robots_settings_;     // and for robots.txt, which is read whatever its head asks
  EarlyCheck check_;
  BodyBudget budget_;
  net::Deadlines deadlines_;
  ConnectionBroker broker_;
  Robots robots_;
};

}  // namespace gannet::fetch

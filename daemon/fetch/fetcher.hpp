// One attempt at one line: connect or reuse, ask, follow redirects, report. It belongs to a lane and runs on its
// thread; it holds no state between attempts but the idle connections.
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
#include "fetch/request.hpp"
#include "net/deadlines.hpp"

namespace gannet::fetch {

class Fetcher {
 public:
  Fetcher(boost::asio::io_context& io, const FetchSettings& settings, EarlyCheck check = {},
          std::function<bool()> store_has_room = {});

  /// Never throws for what a peer does; ends within the total timeout.
  net::Task<Fetched> attempt(FetchTask task);

  /// The name of this host will be needed soon.
  void prefetch(std::string host) { broker_.prefetch(std::move(host)); }

  /// See BodyBudget.
  void store_made_room() { budget_.store_made_room(); }

  void sweep(TimePoint now) { broker_.sweep(now); }

  /// Open connections, idle ones included. Any thread.
  std::size_t connections() const { return deadlines_.count(); }

  /// See net::Deadlines. Any one thread.
  milliseconds take_longest_stall() { return deadlines_.take_longest_stall(); }

  /// Every attempt, running or to come, ends at once as `cancelled`.
  void shut_down();

 private:
  struct Hop;

  net::Task<Response> ask(Url url, Hop& hop, TimePoint total_end);
  Result<void> judge(const Url& url, const Response& response) const;

  FetchSettings settings_;  // with the User-Agent as it is sent
  EarlyCheck check_;
  BodyBudget budget_;
  net::Deadlines deadlines_;
  ConnectionBroker broker_;
};

}  // namespace gannet::fetch

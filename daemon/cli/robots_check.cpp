#include "cli/robots_check.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "fetch/request.hpp"
#include "frontier/host_policy.hpp"

namespace gannet::cli {

namespace asio = boost::asio;

namespace {

constexpr std::size_t hosts_told = 10;
constexpr std::size_t rules_told = 5;  // of a host

void keep_most(std::vector<RobotsFindings::Host>& hosts) {
  std::ranges::sort(
      hosts, [](const auto& a, const auto& b) { return a.lines != b.lines ? a.lines > b.lines : a.origin < b.origin; });
  if (hosts.size() > hosts_told) hosts.resize(hosts_told);
}

}  // namespace

RobotsCheck::RobotsCheck(const Settings& settings, const Bounds& bounds)
    : frontier_(settings.frontier), fetch_(settings.fetch), bounds_(bounds) {
  fetch_.keep_alive = 0ms;  // a host is asked once
  fetch_.user_agent = fetch::user_agent(fetch_);
  found_.obeyed = frontier_.obey_robots(frontier_.host.profile);
}

std::string RobotsCheck::key(const Url& url, const JobOptions* of_list) const {
  std::string key = url.origin() + ' ';
  return key += fetch::agent_for(url.host, fetch_, of_list);
}

void RobotsCheck::note(const Url& url, const std::shared_ptr<const JobOptions>& of_list) {
  std::string known_as = key(url, of_list.get());
  if (sites_.size() == bounds_.hosts) {
    found_.some_not_asked |= !sites_.contains(known_as);
    return;
  }
  const auto [at, fresh] = sites_.try_emplace(std::move(known_as));
  if (!fresh) return;
  at->second.url = Url::of_normal(url.origin() + '/');  // a list may have very long targets
  at->second.of_list = of_list;
  order_.push_back(&at->second);
}

void RobotsCheck::ask(const std::function<void(std::size_t, std::size_t)>& progress) {
  if (order_.empty()) return;
  progress_ = &progress;
  asio::io_context io{1};
  io_ = &io;
  std::unique_ptr<net::AddressGate> gate;
  const auto at_once = std::min({bounds_.at_once, std::size_t{frontier_.connections}, order_.size()});
  if (fetch_.per_address > 0) gate = std::make_unique<net::AddressGate>(fetch_.per_address, at_once);
  fetch::Fetcher fetcher(io, fetch_, {}, {}, gate.get());
  const auto rethrow = [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  };
  for (asking_ = 0; asking_ < at_once; ++asking_) asio::co_spawn(io, ask_some(fetcher), rethrow);
  io.run();
  found_.some_not_asked |= next_ < order_.size();
}

net::Task<void> RobotsCheck::ask_some(fetch::Fetcher& fetcher) {
  while (next_ < order_.size() && memory_ < bounds_.memory) {
    Site& site = *order_[next_++];
    co_await keep_pace();
    auto found = co_await fetcher.robots(site.url, site.of_list);
    fetcher.sweep(Clock::now());  // descriptors are for those still to be asked
    site.asked = true;
    ++found_.asked;
    if (found.status > 0) {
      told_of(site).status = found.status;
    } else if (found.fault.reason != Reason::none) {
      told_of(site).fault = std::move(found.fault);
    } else {
      site.rules = std::move(found.rules);
      memory_ += site.rules.size();
    }
    (*progress_)(++done_, order_.size());
  }
  if (--asking_ == 0) fetcher.shut_down();
}

// That of all hosts together; none is asked twice.
net::Task<void> RobotsCheck::keep_pace() {
  if (frontier_.requests_per_second <= 0) co_return;
  const auto start = std::max(Clock::now(), next_start_);
  next_start_ = start + std::chrono::ceil<Duration>(std::chrono::duration<double>(1 / frontier_.requests_per_second));
  asio::steady_timer timer(*io_, start);
  co_await timer.async_wait(asio::use_awaitable);
}

RobotsFindings::Host& RobotsCheck::told_of(Site& site) const {
  if (!site.told) {
    site.told = std::make_unique<RobotsFindings::Host>();
    site.told->origin = site.url.origin();
  }
  return *site.told;
}

// Whether the daemon obeys it there.
bool RobotsCheck::counts(const Url& url, const JobOptions* of_list) const {
  const auto policy = frontier::resolve(frontier_, of_list ? of_list->limits : LimitOverrides{}, url.host);
  return frontier_.obey_robots(policy.profile, of_list ? of_list->robots : std::nullopt);
}

bool RobotsCheck::judge(const Url& url, const JobOptions* of_list) {
  const auto found = sites_.find(key(url, of_list));
  if (found == sites_.end() || !found->second.asked) {
    ++found_.not_asked;
    return true;
  }
  Site& site = found->second;
  if (site.told && (site.told->status > 0 || site.told->fault.reason != Reason::none)) {
    ++found_.unread;
    if (++site.told->lines == 1) ++found_.unread_hosts;
    return !counts(url, of_list);
  }
  const auto rule = site.rules.forbids(url.target);
  if (!rule) {
    ++found_.allowed;
    return true;
  }
  ++found_.disallowed;
  auto& host = told_of(site);
  ++host.lines;
  const auto known = std::ranges::find(host.rules, *rule, &RobotsFindings::Rule::text);
  if (known != host.rules.end()) {
    ++known->lines;
  } else if (host.rules.size() < rules_told) {
    host.rules.push_back({*rule, 1});
  }
  return !counts(url, of_list);
}

RobotsFindings RobotsCheck::findings() const {
  RobotsFindings found = found_;
  for (const Site* site : order_) {
    if (!site->told || site->told->lines == 0) continue;
    (site->told->rules.empty() ? found.unreadable : found.disallowing).push_back(*site->told);
  }
  keep_most(found.disallowing);
  keep_most(found.unreadable);
  return found;
}

}  // namespace gannet::cli

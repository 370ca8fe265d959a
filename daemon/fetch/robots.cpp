#include "fetch/robots.hpp"

#include "fetch/redirect.hpp"
#include "fetch/request.hpp"
#include "fetch/robot_name.hpp"

namespace gannet::fetch {
namespace {

constexpr unsigned most_redirects = 5;  // RFC 9309, section 2.3.1.2

// Section 2.3.1.4 forbids everything then. Whoever limits its clients has not said that there are no rules.
bool forbids_all(unsigned status) { return status == 429 || status >= 500; }

void apply(const RobotsCache::Entry& known, const Url& url, TimePoint now, Robots::Ruling& ruling) {
  if (known.failed == 0) ruling.crawl_delay = known.rules.crawl_delay().value_or(0ms);
  if (known.failed != 0) {
    ruling.again_after = std::chrono::ceil<milliseconds>(known.expires - now);
    ruling.response.head.status = known.failed;
    ruling.fault = {Reason::robots, "robots.txt could not be had, status " + std::to_string(known.failed) +
                                        ": until it can, everything counts as forbidden"};
  } else if (const auto rule = known.rules.forbids(url.target)) {
    ruling.response.head.status = 0;
    ruling.fault = {Reason::robots, "robots.txt: " + *rule};
  }
}

}  // namespace

net::Task<Robots::Ruling> Robots::rule(Url url, TimePoint total_end, const JobOptions* of_list) {
  Ruling ruling;
  std::string known_as = url.origin() + ' ';
  known_as += product_token(agent_for(url.host, settings_, of_list));
  for (;;) {
    const auto now = Clock::now();
    if (const auto* known = cache_.find(known_as, now)) {
      apply(*known, url, now, ruling);
      co_return std::move(ruling);
    }
    ruling.news = true;
    if (!turns_.under_way(known_as)) break;
    const auto waited = co_await turns_.wait(known_as, total_end);
    if (waited) continue;
    ruling.fault = waited.error();
    co_return std::move(ruling);
  }
  auto turn = turns_.begin(known_as);  // ends behind the return: whoever waited finds what came of it
  auto found = co_await read(url, total_end, of_list, ruling);
  if (found) {
    const auto now = Clock::now();
    apply(cache_.put(known_as, *std::move(found), now), url, now, ruling);
    co_return std::move(ruling);
  }
  ruling.fault = found.error();
  ruling.fault.detail.insert(0, "robots.txt: ");
  // Out of time or cancelled is this request alone.
  const auto reason = ruling.fault.reason;
  const bool alone = reason == Reason::total_timeout || reason == Reason::cancelled;
  if (!alone || ruling.fault.again_in > 0ms) turn.failed(ruling.fault);
  co_return std::move(ruling);
}

net::Task<Result<RobotsCache::Entry>> Robots::ask(Url url, TimePoint total_end, const JobOptions* of_list) {
  Ruling unused;
  co_return co_await read(std::move(url), total_end, of_list, unused);
}

net::Task<Result<RobotsCache::Entry>> Robots::read(Url url, TimePoint total_end, const JobOptions* of_list,
                                                   Ruling& ruling) {
  const auto our_names = robot_names(agent_for(url.host, settings_, of_list));
  JobOptions named;
  if (of_list) named.user_agent = of_list->user_agent;
  std::string beginning;  // of a text that is longer than what is read of it, and one byte more to tell
  const EarlyCheck check = [&beginning](std::string_view first, const JobOptions*) -> Result<EarlyVerdict> {
    if (first.size() <= RobotsRules::longest_text) return EarlyVerdict::undecided;
    beginning = first.substr(0, RobotsRules::longest_text + 1);
    return Fault{Reason::too_large, {}};
  };
  RobotsCache::Entry entry;
  RedirectTrail trail(most_redirects);
  url.target = "/robots.txt";
  bool redirected = false;
  for (;;) {
    // Another origin did not ask for this: one redirect to it at a time.
    std::optional<Turns::Turn> turn;
    if (const auto there = "redirected to " + url.origin(); redirected) {
      while (turns_.under_way(there)) {
        if (const auto waited = co_await turns_.wait(there, total_end); !waited) co_return waited.error();
      }
      turn.emplace(turns_.begin(there));
    }
    const auto received = ruling.response.received;
    const auto waited = ruling.hop.waited;
    ruling.response = co_await ask_(url, ruling.hop, total_end, check, named, redirected);
    ruling.response.received += received;
    total_end += ruling.hop.waited;
    ruling.hop.waited += waited;
    const auto status = ruling.response.head.status;
    if (!beginning.empty()) {
      ruling.response.fault = {};
      entry.rules = RobotsRules::parse(beginning, our_names);
      break;
    }
    if (ruling.response.fault.reason != Reason::none) co_return ruling.response.fault;
    if (!is_redirect(status)) {
      if (status / 100 == 2) entry.rules = RobotsRules::parse(ruling.response.body.view(), our_names);
      if (forbids_all(status)) entry.failed = status;
      break;
    }
    auto next = trail.follow(url, ruling.response.head);
    if (!next) break;  // there are no rules then (section 2.3.1.2)
    url = *std::move(next);
    redirected = true;
  }
  ruling.response.body = {};
  co_return std::move(entry);
}

}  // namespace gannet::fetch

#include "fetch/robots.hpp"

#include <algorithm>
#include <utility>

#include "fetch/redirect.hpp"
#include "fetch/request.hpp"
#include "fetch/retry_after.hpp"
#include "fetch/robot_name.hpp"

namespace gannet::fetch {
namespace {

constexpr unsigned most_redirects = 5;  // RFC 9309, section 2.3.1.2
constexpr seconds longest_wait = 6h;    // that a server may ask for

// Section 2.3.1.4 forbids everything then. Whoever limits its clients has not said that there are no rules.
bool forbids_all(unsigned status) { return status == 429 || status >= 500; }

// For a redirect that is as good as no file.
bool leads_nowhere(Reason reason) { return reason == Reason::blocked_address || reason == Reason::dns_not_found; }

// A file is known by its URL and the name that we ask under.
std::string key_of(const Url& url, std::string_view name) { return url.text() + ' ' + std::string(name); }

std::string trouble_of(const Url& url) { return "trouble at " + url.origin(); }

void apply(const RobotsCache::Entry& known, const Url& url, TimePoint now, Robots::Ruling& ruling) {
  ruling.response.head.status = known.status;
  ruling.fault = known.fault;
  if (known.fault.reason != Reason::none) {
    ruling.again_after = std::chrono::ceil<milliseconds>(known.expires - now);
    return;
  }
  ruling.crawl_delay = known.rules.crawl_delay().value_or(0ms);
  if (const auto rule = known.rules.forbids(url.target)) ruling.fault = {Reason::robots, "robots.txt: " + *rule};
}

}  // namespace

struct Robots::Way {
  std::string name;                // that we ask under
  std::vector<std::string> names;  // that we answer to
  JobOptions named;                // says nothing but the User-Agent
  TimePoint total_end;
};

net::Task<Robots::Ruling> Robots::rule(Url url, TimePoint total_end, const JobOptions* of_list) {
  Ruling ruling;
  Url file = url;
  file.target = "/robots.txt";
  const auto known_as = key_of(file, product_token(agent_for(url.host, settings_, of_list)));
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
  const auto begun = Clock::now();
  auto found = co_await read(std::move(file), total_end, of_list, ruling);
  const auto now = Clock::now();
  if (is_for_others(found.fault, now - begun)) {
    apply(cache_.put(known_as, std::move(found), now), url, now, ruling);
  } else {
    apply(found, url, found.expires, ruling);
    if (ruling.fault.again_in > 0ms) turn.failed(ruling.fault);
  }
  co_return std::move(ruling);
}

net::Task<RobotsCache::Entry> Robots::ask(Url url, TimePoint total_end, const JobOptions* of_list) {
  Ruling unused;
  url.target = "/robots.txt";
  co_return co_await read(std::move(url), total_end, of_list, unused);
}

// To be out of time may be due to what came before, and to be cancelled is.
bool Robots::is_for_others(const Fault& fault, Duration took) const {
  return fault.reason != Reason::cancelled &&
         (fault.reason != Reason::total_timeout || took >= settings_.timeouts.total / 2);
}

net::Task<RobotsCache::Entry> Robots::read(Url url, TimePoint total_end, const JobOptions* of_list, Ruling& ruling) {
  const auto agent = agent_for(url.host, settings_, of_list);
  Way way{std::string(product_token(agent)), robot_names(agent), {}, total_end};
  if (of_list) way.named.user_agent = of_list->user_agent;
  const auto origin = url.origin();
  RedirectTrail trail(most_redirects);
  for (;;) {
    const bool is_elsewhere = url.origin() != origin;
    ruling.asked = is_elsewhere ? Asked::elsewhere : Asked::origin;
    std::optional<RobotsCache::Entry> answer;
    if (is_elsewhere) {
      answer = co_await read_elsewhere(url, way, ruling);
    } else {
      answer = co_await read_once(url, way, false, ruling);
    }
    if (answer) co_return *std::move(answer);
    auto next = trail.follow(url, ruling.response.head);
    if (!next) co_return RobotsCache::Entry{};  // there are no rules then (section 2.3.1.2)
    url = *std::move(next);
  }
}

// That origin did not ask for this: one request at a time, none for what is known, and none while it is in trouble.
net::Task<std::optional<RobotsCache::Entry>> Robots::read_elsewhere(const Url& url, Way& way, Ruling& ruling) {
  const auto there = "redirected to " + url.origin();
  while (turns_.under_way(there)) {
    if (const auto waited = co_await turns_.wait(there, way.total_end); !waited) {
      RobotsCache::Entry none;
      none.fault = waited.error();
      co_return std::move(none);
    }
  }
  const auto begun = Clock::now();
  for (const auto& key : {trouble_of(url), key_of(url, way.name)}) {
    if (const auto* known = cache_.find(key, begun)) {
      auto entry = *known;
      entry.wait_asked_for = entry.expires - begun;
      co_return std::move(entry);
    }
  }
  const auto turn = turns_.begin(there);
  auto answer = co_await read_once(url, way, true, ruling);
  if (!answer) co_return std::nullopt;
  if (leads_nowhere(answer->fault.reason)) answer = RobotsCache::Entry{};
  const bool failed = answer->fault.reason != Reason::none;
  if (failed) answer->fault.detail += " (redirected to " + url.text() + ')';
  if (const auto wait = parse_retry_after(ruling.response.head.retry_after, wall_now()); failed && wait) {
    answer->wait_asked_for = std::min(*wait, longest_wait);
  }
  const auto now = Clock::now();
  if (is_for_others(answer->fault, now - begun)) {
    cache_.put(failed ? trouble_of(url) : key_of(url, way.name), *answer, now);
  }
  co_return std::move(answer);
}

// Nothing: it was answered with a redirect, which is in the ruling's response.
net::Task<std::optional<RobotsCache::Entry>> Robots::read_once(const Url& url, Way& way, bool onward, Ruling& ruling) {
  std::string beginning;  // of a text that is longer than what is read of it, and one byte more to tell
  const EarlyCheck check = [&beginning](std::string_view first, const JobOptions*) -> Result<EarlyVerdict> {
    if (first.size() <= RobotsRules::longest_text) return EarlyVerdict::undecided;
    beginning = first.substr(0, RobotsRules::longest_text + 1);
    return Fault{Reason::too_large, {}};
  };
  const auto received = ruling.response.received;
  const auto waited = ruling.hop.waited;
  ruling.response = co_await ask_(url, ruling.hop, way.total_end, check, way.named, onward);
  ruling.response.received += received;
  way.total_end += ruling.hop.waited;
  ruling.hop.waited += waited;
  const auto body = std::exchange(ruling.response.body, {});
  const auto status = ruling.response.head.status;
  RobotsCache::Entry entry;
  if (!beginning.empty()) {
    ruling.response.fault = {};
    entry.rules = RobotsRules::parse(beginning, way.names);
  } else if (ruling.response.fault.reason != Reason::none) {
    entry.fault = std::move(ruling.response.fault);
    entry.fault.detail.insert(0, "robots.txt: ");
  } else if (is_redirect(status)) {
    co_return std::nullopt;
  } else if (forbids_all(status)) {
    entry.status = status;
    entry.fault = {Reason::robots, "robots.txt could not be had, status " + std::to_string(status) +
                                       ": until it can, everything counts as forbidden"};
  } else if (status / 100 == 2) {
    entry.rules = RobotsRules::parse(body.view(), way.names);
  }
  co_return std::move(entry);
}

}  // namespace gannet::fetch

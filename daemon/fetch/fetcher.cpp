#include "fetch/fetcher.hpp"

#include "core/text.hpp"
#include "fetch/free_retries.hpp"
#include "fetch/opt_out.hpp"
#include "fetch/redirect.hpp"
#include "fetch/retry_after.hpp"

namespace gannet::fetch {
namespace {

milliseconds between(TimePoint from, TimePoint to) {
  return from == TimePoint{} || to < from ? milliseconds{0} : std::chrono::round<milliseconds>(to - from);
}

}  // namespace

// How the last hop of an attempt went over the wire.
struct Fetcher::Hop {
  std::string address;
  std::string_view protocol;
  bool reused = false;
  milliseconds dns{}, connect{}, tls{};
};

Fetcher::Fetcher(boost::asio::io_context& io, const FetchSettings& settings, EarlyCheck check,
                 std::function<bool()> store_has_room)
    : settings_(settings),
      check_(std::move(check)),
      budget_(io, settings.memory, std::move(store_has_room)),
      deadlines_(io),
      broker_(io, deadlines_, settings_) {
  settings_.user_agent = user_agent(settings);
}

void Fetcher::shut_down() {
  budget_.lift();
  broker_.shut_down();
  deadlines_.shut_down();
}

net::Task<Fetched> Fetcher::attempt(FetchTask task) {
  const auto start = Clock::now();
  const auto total_end = start + settings_.timeouts.total;
  Fetched fetched;
  Record& record = fetched.record;
  record.job = task.job;
  record.line = task.row.line;
  record.url = task.row.url;
  record.attempts = task.attempt;
  record.ms.queue = between(task.queued, start);

  auto url = task.url_is_normal ? Url::of_normal(task.row.url) : Url::parse(task.row.url);
  Response response;
  Hop hop;
  RedirectTrail trail(settings_.max_redirects);
  for (unsigned hops = 0; url; ++hops) {
    response = co_await ask(*url, hop, total_end);
    record.received += response.received;
    if (hops > 0) record.final_url = url->text();
    if (response.fault.reason != Reason::none || !is_redirect(response.head.status)) break;
    url = trail.follow(*url, response.head);
  }

  record.http_status = response.head.status;
  record.address = hop.address;
  record.reused = hop.reused;
  if (response.began) record.protocol = hop.protocol;
  record.ms.dns = hop.dns;
  record.ms.connect = hop.connect;
  record.ms.tls = hop.tls;
  record.ms.first_byte = response.first_byte;
  record.ms.total = between(start, Clock::now());

  const Result<void> verdict = url ? judge(*url, response) : Result<void>(url.error());
  if (verdict) {
    fetched.body = std::move(response.body);
  } else {
    record.reason = verdict.error().reason;
    record.of_proxy = verdict.error().of_proxy;
    record.detail = to_valid_utf8(verdict.error().detail);
    record.outcome = outcome_of(record.reason);
  }
  fetched.retry_after = parse_retry_after(response.head.retry_after, wall_now());
  fetched.task = std::move(task);
  co_return std::move(fetched);
}

Result<void> Fetcher::judge(const Url& url, const Response& response) const {
  if (response.fault.reason != Reason::none) return response.fault;
  const auto status = response.head.status;
  if (const Proxy* proxy = status == 407 ? asked_at(url, settings_) : nullptr) {
    return Fault{Reason::http_status, "407: the proxy " + proxy->place() + " does not let us in: " + proxy->question(),
                 true};
  }
  if (status / 100 != 2) return Fault{Reason::http_status, std::to_string(status)};
  return {};
}

net::Task<Response> Fetcher::ask(Url url, Hop& hop, TimePoint total_end) {
  const Request request = make_request(url, settings_);
  FreeRetries free;
  for (bool fresh = false;;) {
    auto lease = co_await broker_.lease(url, fresh, total_end);
    if (!lease) {
      hop = Hop{};
      Response none;
      none.fault = lease.error();
      co_return std::move(none);
    }
    hop = {lease->address(), lease->h2 ? "h2" : "http/1.1", lease->reused, lease->dns, lease->connect, lease->tls};
    if (lease->h2) {
      auto answer = co_await lease->h2->exchange(request, total_end, check_);
      // 421: asked of a connection that was not meant for it (RFC 9110, 15.5.20), which HTTP/1.1 cannot get wrong.
      if (answer.response.head.status == 421) answer.again = H2Stream::Again::by_http1;
      if (answer.again == H2Stream::Again::by_http1) broker_.avoid_h2(url.origin());
      if (free.grant(answer, *lease->h2, lease->reused)) continue;
      co_return std::move(answer.response);
    }
    const std::string text = http1_text(request);
    Response response = co_await exchange(*lease->http1.stream, text, settings_, total_end, check_, budget_);
    // The server closed an idle connection while our request was on its way: that is nobody's failure (RFC 9112, 9.5).
    if (response.fault.reason == Reason::reset && !response.began && lease->reused) {
      fresh = true;
      continue;
    }
    if (response.reusable) {
      broker_.give_back(url, std::move(lease->http1), response.head.keep_alive_timeout);
    }
    co_return std::move(response);
  }
}

}  // namespace gannet::fetch

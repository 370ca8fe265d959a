#include "fetch/fetcher.hpp"

#include "core/text.hpp"
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
  bool reused = false;
  milliseconds dns{}, connect{}, tls{};
};

Fetcher::Fetcher(boost::asio::io_context& io, const FetchSettings& settings, EarlyCheck check)
    : settings_(settings),
      check_(std::move(check)),
      deadlines_(io),
      connector_(io, deadlines_, settings),
      pool_(settings.most_idle) {
  settings_.user_agent = user_agent(settings);
}

void Fetcher::shut_down() {
  pool_.clear();
  deadlines_.shut_down();
  connector_.shut_down();
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

  auto url = Url::parse(task.row.url);
  Response response;
  Hop hop;
  RedirectTrail trail(settings_.max_redirects);
  for (unsigned hops = 0; url; ++hops) {
    response = co_await ask(*url, hop, total_end);
    if (hops > 0) record.final_url = url->text();
    if (response.fault.reason != Reason::none || !is_redirect(response.head.status)) break;
    url = trail.follow(*url, response.head);
  }

  record.http_status = response.head.status;
  record.address = hop.address;
  record.reused = hop.reused;
  if (response.began) record.protocol = "http/1.1";
  record.ms.dns = hop.dns;
  record.ms.connect = hop.connect;
  record.ms.tls = hop.tls;
  record.ms.first_byte = response.first_byte;
  record.ms.total = between(start, Clock::now());

  const Result<void> verdict = url ? judge(response) : Result<void>(url.error());
  if (verdict) {
    fetched.body = std::move(response.body);
  } else {
    record.reason = verdict.error().reason;
    record.detail = to_valid_utf8(verdict.error().detail);
    record.outcome = outcome_of(record.reason);
  }
  fetched.retry_after = parse_retry_after(response.head.retry_after, wall_now());
  fetched.task = std::move(task);
  co_return std::move(fetched);
}

Result<void> Fetcher::judge(const Response& response) const {
  if (response.fault.reason != Reason::none) return response.fault;
  const auto status = response.head.status;
  if (status / 100 != 2) return Fault{Reason::http_status, std::to_string(status)};
  return {};
}

net::Task<Response> Fetcher::ask(Url url, Hop& hop, TimePoint total_end) {
  const std::string origin = url.origin();
  const std::string request = http1_text(make_request(url, settings_));
  for (bool first = true;; first = false) {
    // After a connection that had died idle, its siblings are no better: the free retry takes a new one.
    Connection connection = first ? pool_.take(origin, Clock::now()) : Connection{};
    hop = Hop{};
    hop.reused = connection.stream != nullptr;
    if (!connection.stream) {
      auto connected = co_await connector_.connect(url.secure, url.host, url.port, total_end);
      if (!connected) {
        Response none;
        none.fault = connected.error();
        co_return std::move(none);
      }
      connection.stream = std::move(connected->stream);
      connection.address = std::move(connected->address);
      hop.dns = connected->dns;
      hop.connect = connected->connect;
      hop.tls = connected->tls;
    }
    hop.address = connection.address;
    Response response = co_await exchange(*connection.stream, request, settings_, total_end, check_);
    // The server closed an idle connection while our request was on its way: that is nobody's failure (RFC 9112, 9.5).
    if (response.fault.reason == Reason::reset && !response.began && hop.reused) continue;
    if (response.reusable) {
      const auto now = Clock::now();
      const milliseconds kept = response.head.keep_alive_timeout.value_or(std::chrono::hours{24});
      connection.idle_since = now;
      connection.usable_until = now + std::min(settings_.keep_alive, kept);
      pool_.give_back(origin, std::move(connection));
    }
    co_return std::move(response);
  }
}

}  // namespace gannet::fetch

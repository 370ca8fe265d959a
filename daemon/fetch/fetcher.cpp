#include "fetch/fetcher.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <limits>
#include <utility>

#include "core/text.hpp"
#include "fetch/free_starts.hpp"
#include "fetch/opt_out.hpp"
#include "fetch/redirect.hpp"
#include "fetch/retry_after.hpp"

namespace gannet::fetch {
namespace {

milliseconds between(TimePoint from, TimePoint to) {
  return from == TimePoint{} || to < from ? milliseconds{0} : std::chrono::round<milliseconds>(to - from);
}

// What to ask by: nothing of one URL is sent to another.
const Validators* known_of(const Earlier* earlier, const Url& url, bool redirected) {
  if (!earlier || !earlier->ask) return nullptr;
  const bool gave_it = earlier->final_url.empty() ? !redirected : url.text() == earlier->final_url;
  return gave_it ? &earlier->validators : nullptr;
}

// Whatever becomes of the body that waited for the store.
struct PassOn {
  explicit PassOn(BodyBudget& all) : budget(all) {}
  ~PassOn() { budget.pass_on(); }
  PassOn(const PassOn&) = delete;
  PassOn& operator=(const PassOn&) = delete;

  BodyBudget& budget;
};

// Some servers send X-Robots-Tag with it; it is read up to its limit, however long it is.
FetchSettings for_robots(FetchSettings settings) {
  settings.opt_outs = false;
  settings.max_body = std::numeric_limits<std::int64_t>::max();
  settings.referer.clear();
  return settings;
}

FetchSettings for_other_origins(FetchSettings settings) {
  settings.referer.clear();
  return settings;
}

bool leads_elsewhere(const Trail* trail, const Url& url) {
  return trail && Url::of_normal(trail->asked.front()).origin() != url.origin();
}

// Nothing that was answered counts.
Response to_start_again(const Response& response) {
  Response again;
  again.again = true;
  again.fault = {Reason::cancelled, "to be started again"};
  again.received = response.received;
  return again;
}

}  // namespace

Fetcher::Fetcher(boost::asio::io_context& io, const FetchSettings& settings, EarlyCheck check,
                 std::function<bool()> store_has_room, net::AddressGate* gate, Spool* spool)
    : io_(io),
      settings_(with_headers(settings)),
      elsewhere_settings_(for_other_origins(settings_)),
      robots_settings_(for_robots(settings_)),
      check_(std::move(check)),
      budget_(io, settings.memory, std::move(store_has_room), spool),
      deadlines_(io),
      broker_(io, deadlines_, settings_, gate),
      robots_(io, deadlines_, settings_,
              [this](Url url, Hop& hop, TimePoint total_end, const EarlyCheck& check_robots, const JobOptions& of_list,
                     bool onward) {
                return ask_for_robots(std::move(url), hop, total_end, check_robots, of_list, onward);
              }) {}

// Numbers alone, in place: requests under way refer to these settings, and may hold on to texts and lists in them.
void Fetcher::apply(const FetchSettings& settings) {
  for (FetchSettings* to : {&settings_, &elsewhere_settings_, &robots_settings_}) {
    to->timeouts.first_byte = settings.timeouts.first_byte;
    to->timeouts.idle = settings.timeouts.idle;
    to->timeouts.total = settings.timeouts.total;
    to->min_speed = settings.min_speed;
    to->min_speed_window = settings.min_speed_window;
    to->min_speed_grace = settings.min_speed_grace;
    to->keep_alive = settings.keep_alive;
    to->max_redirects = settings.max_redirects;
    to->h2_connections = settings.h2_connections;
  }
  for (FetchSettings* to : {&settings_, &elsewhere_settings_}) {
    to->max_body = settings.max_body;
    to->tdm_reservations = settings.tdm_reservations;
  }
}

void Fetcher::shut_down() {
  budget_.lift();
  broker_.shut_down();
  deadlines_.shut_down();
}

net::Task<Fetched> Fetcher::attempt(FetchTask task) {
  const auto start = Clock::now();
  const milliseconds spent = task.trail ? task.trail->spent : 0ms;
  auto total_end = start + settings_.timeouts.total - spent;
  milliseconds waited{0};
  const auto has_waited = [&](milliseconds so_long) {
    waited += so_long;
    total_end += so_long;
  };
  Fetched fetched;
  Record& record = fetched.record;
  record.job = task.job;
  record.line = task.row.line;
  record.url = task.row.url;
  record.question = task.question;
  record.asked_specially = asks_specially(task.options.get());
  record.attempts = task.attempt;
  record.ms.queue = between(task.queued + spent, start);
  if (task.trail) record.final_url = task.trail->url;

  auto url = task.trail ? Result<Url>(Url::of_normal(task.trail->url)) : url_of(task);
  // X-Robots-Tag may call us as the host was told, be it by its own section.
  JobOptions options = task.options ? *task.options : JobOptions{};
  if (url) options.user_agent = agent_for(url->host, settings_, task.options.get());
  Response response;
  Hop hop;
  const Validators* known = nullptr;
  bool wanted = url.has_value();
  if (wanted && task.obeys_robots) {
    auto ruling = co_await robots_.rule(*url, total_end, task.options.get());
    record.received += ruling.response.received;
    has_waited(ruling.hop.waited);
    fetched.crawl_delay = ruling.crawl_delay;
    fetched.again_after = ruling.again_after;
    // What this start was for has been spent. Once: nothing promises that the rules are still known next time.
    const bool permitted = ruling.fault.reason == Reason::none;
    fetched.again_at_pace = permitted && ruling.news && !std::exchange(task.knows_robots, true);
    wanted = permitted && !fetched.again_at_pace;
    if (!wanted) {
      fetched.asked = ruling.asked;
      if (ruling.news) hop = std::move(ruling.hop);
      response = std::move(ruling.response);
      response.fault = std::move(ruling.fault);
    }
  }
  if (wanted) {
    known = known_of(task.earlier.get(), *url, task.trail != nullptr);
    const bool elsewhere = leads_elsewhere(task.trail.get(), *url);
    if (elsewhere) options.referer.reset();
    const FetchSettings& settings = elsewhere ? elsewhere_settings_ : settings_;
    response = co_await ask(*url, hop, total_end, settings, check_, &options, false, task.free, known);
    fetched.again_at_pace = response.again;
    fetched.wants_http1 = task.free.by_http1;
    record.received += response.received;
    has_waited(hop.waited);
    const auto complete = Clock::now();
    co_await take_whole(response);
    has_waited(between(complete, Clock::now()));
    if (response.fault.reason == Reason::none && is_redirect(response.head.status)) {
      RedirectTrail trail(settings_.max_redirects, task.trail ? task.trail->asked : std::vector<std::string>());
      url = trail.follow(*url, response.head);
      fetched.onward = url.has_value();
      if (fetched.onward) task.trail = std::make_unique<Trail>(Trail{trail.take_asked(), url->text(), spent});
    }
  }

  record.http_status = response.head.status;
  record.address = hop.address;
  record.reused = hop.reused;
  if (response.began) record.protocol = hop.protocol;
  record.ms.dns = hop.dns;
  record.ms.connect = hop.connect;
  record.ms.tls = hop.tls;
  record.ms.first_byte = response.first_byte;
  record.ms.queue += waited;
  fetched.took = between(start + waited, Clock::now());
  record.ms.total = spent + fetched.took;
  if (fetched.onward) task.trail->spent = record.ms.total;

  const bool is_unchanged = url && known && response.fault.reason == Reason::none && response.head.status == 304;
  const bool goes_on = (fetched.again_at_pace || fetched.onward) && !response.again;
  const Result<void> verdict = !url           ? Result<void>(url.error())
                               : goes_on      ? Result<void>()
                               : is_unchanged ? judge_unchanged(response, &options)
                                              : judge(*url, response);
  if (verdict && is_unchanged) {
    take_result(record, *task.earlier);
  } else if (verdict) {
    fetched.body = std::move(response.body);
    record.validators = std::move(response.head.validators);
  } else {
    record.reason = verdict.error().reason;
    record.of_proxy = verdict.error().of_proxy;
    record.of_silence = verdict.error().of_silence;
    record.detail = to_valid_utf8(verdict.error().detail);
    record.outcome = outcome_of(record.reason);
  }
  fetched.again_in = response.fault.again_in;
  fetched.retry_after = parse_retry_after(response.head.retry_after, wall_now());
  fetched.names_answered = broker_.names_answered();
  fetched.task = std::move(task);
  co_return std::move(fetched);
}

// A body that is complete waits for the next stage where it costs least: on disk, if it is there. It comes back one at
// a time, and only when the next stage takes it.
net::Task<void> Fetcher::take_whole(Response& response) {
  if (response.fault.reason != Reason::none || (response.body.empty() && !response.spooled)) co_return;
  BodyBudget::Share held(budget_);
  held.cover(response.body.size());
  if (response.spooled && budget_.disk_takes()) held.spool(response.spooled, std::exchange(response.body, Body()));
  co_await budget_.wait_for_store();
  const PassOn pass_on(budget_);
  if (response.spooled && budget_.is_lifted()) {
    response.fault = {Reason::cancelled, {}};
  } else if (response.spooled) {
    Body rest = std::exchange(response.body, Body());
    auto whole = co_await response.spooled->load(std::move(rest));
    if (whole) {
      response.body = std::move(*whole);
    } else {
      response.fault = no_room(whole.error().detail);
    }
  }
}

net::Task<RobotsCache::Entry> Fetcher::robots(Url url, std::shared_ptr<const JobOptions> of_list) {
  const auto total_end = Clock::now() + settings_.timeouts.total;
  for (;;) {
    auto found = co_await robots_.ask(url, total_end, of_list.get());
    if (found.fault.again_in == 0ms) co_return std::move(found);
    // There was no room at its address.
    boost::asio::steady_timer pause(io_, found.fault.again_in);
    co_await pause.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }
}

// What the head asks of us counts, as with a body.
Result<void> Fetcher::judge_unchanged(const Response& response, const JobOptions* of_list) const {
  if (const auto refusal = opted_out(response.head, settings_, of_list)) return Fault{Reason::opt_out, *refusal};
  return {};
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

net::Task<Response> Fetcher::ask_for_robots(Url url, Hop& hop, TimePoint total_end, const EarlyCheck& check,
                                            const JobOptions& of_list, bool onward) {
  Response response;
  FreeStarts free;
  milliseconds waited{0};
  do {
    response = co_await ask(url, hop, total_end, robots_settings_, check, &of_list, onward, free);
    total_end += hop.waited;
    waited += hop.waited;
  } while (response.again);
  hop.waited = waited;
  // Only the proxy's refusal is none of the host.
  if (response.fault.reason == Reason::none && response.head.status == 407 && asked_at(url, settings_)) {
    response.fault = judge(url, response).error();
  }
  co_return std::move(response);
}

net::Task<Response> Fetcher::ask(Url url, Hop& hop, TimePoint total_end, const FetchSettings& settings,
                                 const EarlyCheck& check, const JobOptions* of_list, bool onward, FreeStarts& free,
                                 const Validators* known) {
  const auto patience = onward ? net::AddressGate::Patience::any : net::AddressGate::Patience::some;
  const Request request = make_request(url, settings, of_list, known);
  if (free.by_http1) broker_.avoid_h2(url.origin());  // which another lane may have found out
  auto lease = co_await broker_.lease(url, free.stale, total_end, patience);
  if (!lease) {
    hop = Hop{};
    Response none;
    none.fault = lease.error();
    co_return std::move(none);
  }
  total_end += lease->waited;
  hop = {lease->address(), lease->h2 ? "h2" : "http/1.1", lease->reused, lease->dns, lease->connect, lease->tls,
         lease->waited};
  if (lease->h2) {
    auto answer = co_await lease->h2->exchange(request, settings, total_end, check, budget_, of_list);
    // 421: asked of a connection that was not meant for it (RFC 9110, 15.5.20), which HTTP/1.1 cannot get wrong.
    if (answer.response.head.status == 421) answer.again = H2Stream::Again::by_http1;
    if (answer.again == H2Stream::Again::by_http1) broker_.avoid_h2(url.origin());
    if (grant(free, answer, *lease->h2, lease->reused)) answer.response = to_start_again(answer.response);
    co_return std::move(answer.response);
  }
  const std::string text = http1_text(request);
  Response response = co_await exchange(*lease->http1.stream, text, settings, total_end, check, budget_, of_list);
  if (met_dead_connection(response, lease->reused)) {
    free.stale = true;
    co_return to_start_again(response);
  }
  if (response.reusable) broker_.give_back(url, std::move(lease->http1), response.head.keep_alive_timeout);
  co_return std::move(response);
}

}  // namespace gannet::fetch

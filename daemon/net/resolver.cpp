#include "net/resolver.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <unordered_map>
#include <utility>

#include "net/hosts_file.hpp"
#include "net/lookup.hpp"
#include "net/name_cache.hpp"
#include "net/name_servers.hpp"
#include "net/server_channels.hpp"

namespace gannet::net {
namespace {

namespace asio = boost::asio;

// When nobody answers, the system may have new servers, as after a change of networks. Looked at this often at most.
constexpr seconds servers_reread = 60s;

// Names to be asked for ahead: more than the frontier tells of at once. Further ones are not asked for ahead.
constexpr std::size_t most_ahead = 1024;

// A name without an answer for so long leaves its turn to others, if one that was begun after it has had an answer
// meanwhile, or nobody any: else some dozens of names whose servers are dead would hold up all. Not when everybody is
// answered in turn but late: then more questions would only make a longer queue. So many for each name in its turn.
constexpr milliseconds soon = 500ms;
constexpr std::size_t most_late = 7;

// A name that somebody waits for. Shared by the resolver, the askers and the questions that are under way.
struct Inquiry {
  Inquiry(asio::io_context& io, std::string asked) : name(std::move(asked)), grace(io), soon_over(io) {}

  std::string name;
  std::shared_ptr<ServerChannels> servers;             // none: it waits for its turn
  std::vector<std::unique_ptr<AresChannel>> channels;  // of each server that was asked
  std::optional<Lookup> lookup;
  asio::steady_timer grace;
  asio::steady_timer soon_over;
  TimePoint begun{};                        // not set when it had its answer at once, and no server was asked
  bool late = false;                        // it left its turn to others
  std::vector<asio::steady_timer*> askers;  // cancelled when the answer is there
  std::optional<Result<Addresses>> answer;
};

class AresResolver final : public Resolver {
 public:
  AresResolver(asio::io_context& io, const std::vector<std::string>& servers, milliseconds timeout,
               std::size_t in_flight)
      : io_(io), timeout_(timeout), most_in_flight_(in_flight), from_system_(servers.empty()) {
    for (const auto& server : servers) {
      if (!has_interface(server)) {
        throw std::runtime_error("cannot use the DNS server " + server + ": no such network interface");
      }
    }
    servers_ = std::make_shared<ServerChannels>(io, from_system_ ? system_servers() : servers, timeout);
  }

  ~AresResolver() override { AresResolver::shut_down(); }

  Task<Result<Addresses>> resolve(std::string host, TimePoint by) override {
    boost::system::error_code not_an_address;
    const auto spelled_out = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) co_return Addresses{spelled_out};
    if (shut_down_) co_return Fault{Reason::cancelled, {}};
    if (const auto* known = cache_.find(host, Clock::now())) co_return *known;

    const auto inquiry = find_or_make(host);
    if (!inquiry->servers && !inquiry->answer && make_room()) begin(inquiry);
    if (!inquiry->answer) {
      asio::steady_timer asker(io_, by);
      inquiry->askers.push_back(&asker);
      co_await asker.async_wait(asio::as_tuple(asio::use_awaitable));
      // The resolver may be gone by now: `this` is not to be touched.
      std::erase(inquiry->askers, &asker);
    }
    if (!inquiry->answer) co_return Fault{Reason::total_timeout, "while resolving the name"};
    co_return *inquiry->answer;
  }

  void prefetch(std::string host) override {
    boost::system::error_code not_an_address;
    asio::ip::make_address(host, not_an_address);
    if (!not_an_address || shut_down_ || ahead_.size() >= most_ahead) return;
    ahead_.push_back(std::move(host));
    begin_others();
  }

  TimePoint last_answer() const override { return last_answer_; }

  void shut_down() override {
    shut_down_ = true;
    const auto open = std::move(open_);
    open_.clear();
    waiting_.clear();
    ahead_.clear();
    for (const auto& [name, inquiry] : open) {
      if (!inquiry->answer) give(*inquiry, Fault{Reason::cancelled, {}});
      if (inquiry->servers) cancel(*inquiry);
    }
    rest_.clear();
  }

 private:
  std::shared_ptr<Inquiry> find_or_make(const std::string& name) {
    auto& inquiry = open_[name];
    if (!inquiry) {
      inquiry = std::make_shared<Inquiry>(io_, name);
      if (in_turn() >= most_in_flight_) waiting_.push_back(inquiry);
    }
    return inquiry;
  }

  std::size_t in_turn() const { return in_flight_ - late_ - rest_.size(); }

  // What is known of a name's one family is worth more than another's turn; the rest of it is not.
  bool make_room() {
    if (in_turn() >= most_in_flight_) return false;
    while (in_flight_ - late_ >= most_in_flight_) {
      const auto oldest = rest_.front();
      cancel(*oldest);
      end(oldest);
    }
    return true;
  }

  static void cancel(Inquiry& inquiry) {
    for (const auto& channel : inquiry.channels) {
      if (channel) channel->cancel();
    }
    inquiry.lookup.reset();
    inquiry.grace.cancel();
    inquiry.soon_over.cancel();
  }

  void begin(const std::shared_ptr<Inquiry>& inquiry) {
    auto local = hosts_file_.find(inquiry->name, Clock::now());
    if (!local.empty()) {
      finish(inquiry, std::move(local), NameCache::shortest_life);
      open_.erase(inquiry->name);
      return;
    }
    ++in_flight_;
    inquiry->servers = servers_;
    inquiry->channels.resize(servers_->texts.size());
    inquiry->lookup.emplace(servers_->order.order(Clock::now()));
    const auto first = inquiry->lookup->first_server();
    for (const auto family : {Family::six, Family::four}) ask(inquiry, family, first);
    if (inquiry->answer) return;
    inquiry->begun = Clock::now();
    watch(inquiry);
  }

  void watch(const std::shared_ptr<Inquiry>& inquiry) {
    inquiry->soon_over.expires_after(soon);
    inquiry->soon_over.async_wait([this, inquiry](boost::system::error_code error) {
      if (error || inquiry->answer) return;  // we may be gone
      if (!may_be_late(*inquiry, Clock::now())) return watch(inquiry);
      set_late(*inquiry, true);
      begin_others();
    });
  }

  // What was asked for ahead and nobody waits for keeps its turn: it has half of them at most.
  bool may_be_late(const Inquiry& inquiry, TimePoint now) const {
    const bool passed_over = inquiry.begun < newest_heard_of_;
    return (passed_over || now - last_heard_ >= soon) && !inquiry.askers.empty() && late_ < most_late * most_in_flight_;
  }

  void set_late(Inquiry& inquiry, bool late) {
    if (late != std::exchange(inquiry.late, late)) late ? ++late_ : --late_;
  }

  void ask(const std::shared_ptr<Inquiry>& inquiry, Family family, std::size_t server) {
    auto& channel = inquiry->channels[server];
    if (!channel) channel = inquiry->servers->lend(server);
    channel->ask(inquiry->name, family,
                 [this, inquiry, family, server](Said said) { hear(inquiry, family, server, std::move(said)); });
  }

  void hear(const std::shared_ptr<Inquiry>& inquiry, Family family, std::size_t server, Said said) {
    if (said.kind == Said::Kind::cancelled) return;  // and perhaps we are gone
    const auto now = Clock::now();
    auto& order = inquiry->servers->order;
    if (said.kind == Said::Kind::silence) {
      said.detail = inquiry->servers->texts[server];
      order.kept_silent(server, now);
    } else {
      order.answered(server);
      if (inquiry->begun != TimePoint{}) last_heard_ = now;
      newest_heard_of_ = std::max(newest_heard_of_, inquiry->begun);
      if (said.kind == Said::Kind::addresses || said.kind == Said::Kind::nothing) last_answer_ = now;
    }
    if (const auto next = inquiry->lookup->heard(family, std::move(said), now)) {
      ask(inquiry, family, *next);
    } else {
      settle(inquiry, now);
    }
  }

  void settle(const std::shared_ptr<Inquiry>& inquiry, TimePoint now) {
    auto verdict = inquiry->lookup->verdict(now);
    if (verdict) {
      if (!verdict->answer && verdict->answer.error().reason == Reason::dns_failed && inquiry->lookup->silent()) {
        look_for_other_servers(now);
      }
      finish(inquiry, std::move(verdict->answer), verdict->life);
    } else if (const auto wake = inquiry->lookup->wake()) {
      inquiry->grace.expires_at(*wake);
      inquiry->grace.async_wait([this, inquiry](boost::system::error_code error) {
        if (error || !inquiry->lookup || inquiry->lookup->done()) return;  // we may be gone
        settle(inquiry, Clock::now());
      });
    }
    if (inquiry->lookup->done()) {
      inquiry->grace.cancel();
      end(inquiry);
    } else if (inquiry->answer) {
      set_late(*inquiry, false);
      rest_.push_back(inquiry);
    } else {
      return;
    }
    begin_others();
  }

  // No question about it is open any more.
  void end(const std::shared_ptr<Inquiry>& inquiry) {
    --in_flight_;
    set_late(*inquiry, false);
    inquiry->soon_over.cancel();
    std::erase(rest_, inquiry);
    open_.erase(inquiry->name);
    for (std::size_t server = 0; server < inquiry->channels.size(); ++server) {
      auto& channel = inquiry->channels[server];
      if (channel) inquiry->servers->take_back(server, std::move(channel));
    }
    // Its idle channels may be the ones that are telling us this: they must not die of it.
    if (inquiry->servers != servers_) asio::post(io_, [last = std::move(inquiry->servers)] {});
  }

  // The answer, or a better one when the second family comes late.
  void finish(const std::shared_ptr<Inquiry>& inquiry, Result<Addresses> answer, seconds life) {
    cache_.put(inquiry->name, answer, life, Clock::now());
    give(*inquiry, std::move(answer));
  }

  static void give(Inquiry& inquiry, Result<Addresses> answer) {
    inquiry.answer = std::move(answer);
    for (auto* asker : inquiry.askers) asker->cancel();
  }

  // Some names are at their end as soon as they are asked for (.onion, or when there is no network), and would begin
  // the next from within: with thousands of them, the stack would not do.
  void begin_others() {
    if (std::exchange(beginning_, true)) return;
    begin_waiting();
    begin_ahead();
    beginning_ = false;
  }

  void begin_waiting() {
    while (!waiting_.empty()) {
      const auto next = waiting_.front();
      const bool wanted = !next->askers.empty();
      if (wanted && !make_room()) return;
      waiting_.pop_front();
      if (wanted) {
        begin(next);
      } else {
        open_.erase(next->name);
      }
    }
  }

  // Half of the room stays for those who wait.
  void begin_ahead() {
    while (!ahead_.empty() && in_turn() < most_in_flight_ / 2) {
      const auto host = std::move(ahead_.front());
      ahead_.pop_front();
      if (open_.contains(host) || cache_.find(host, Clock::now()) || !make_room()) continue;
      begin(find_or_make(host));
    }
  }

  void look_for_other_servers(TimePoint now) {
    if (!from_system_ || now - servers_read_ < servers_reread) return;
    servers_read_ = now;
    auto texts = system_servers();
    if (texts != servers_->texts) servers_ = std::make_shared<ServerChannels>(io_, std::move(texts), timeout_);
  }

  asio::io_context& io_;
  milliseconds timeout_;  // for one question to one server
  std::size_t most_in_flight_;
  bool from_system_;
  bool shut_down_ = false;
  bool beginning_ = false;
  TimePoint servers_read_ = Clock::now();
  TimePoint last_answer_{};
  TimePoint last_heard_{};       // from any server, be it that it cannot tell
  TimePoint newest_heard_of_{};  // when that name was begun
  HostsFile hosts_file_;
  std::shared_ptr<ServerChannels> servers_;
  NameCache cache_;
  std::size_t in_flight_ = 0;                  // names that questions are open about
  std::size_t late_ = 0;                       // of them, those that left their turn to others
  std::deque<std::shared_ptr<Inquiry>> rest_;  // and those answered whose other family is still being asked for
  std::unordered_map<std::string, std::shared_ptr<Inquiry>> open_;
  std::deque<std::shared_ptr<Inquiry>> waiting_;  // for their turn, in order
  std::deque<std::string> ahead_;                 // names to ask for behind those, when half of the room is free
};

}  // namespace

std::unique_ptr<Resolver> make_resolver(asio::io_context& io, const std::vector<std::string>& servers,
                                        milliseconds timeout, std::size_t in_flight) {
  return std::make_unique<AresResolver>(io, servers, timeout, in_flight);
}

}  // namespace gannet::net

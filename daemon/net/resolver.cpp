#include "net/resolver.hpp"

#include <ares.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>
#include <unordered_map>

namespace gannet::net {
namespace {

namespace asio = boost::asio;
using asio::ip::address;

constexpr seconds shortest_life = 30s;
constexpr seconds longest_life = 3600s;
constexpr seconds failure_life = 60s;           // of the answer that a name does not exist
constexpr seconds temporary_failure_life = 1s;  // shorter than any backoff: a retry asks again
constexpr int tries = 2;
constexpr std::size_t most_entries = 100000;

address to_address(const sockaddr* from) {
  if (from->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(from);
    return asio::ip::address_v4(ntohl(v4->sin_addr.s_addr));
  }
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(from);
  asio::ip::address_v6::bytes_type bytes;
  std::copy_n(v6->sin6_addr.s6_addr, bytes.size(), bytes.begin());
  return asio::ip::address_v6(bytes);
}

Fault to_fault(int status) {
  const bool missing = status == ARES_ENOTFOUND || status == ARES_ENODATA || status == ARES_EBADNAME;
  return {missing ? Reason::dns_not_found : Reason::dns_failed, ares_strerror(status)};
}

class AresResolver final : public Resolver {
 public:
  AresResolver(asio::io_context& io, const std::vector<std::string>& servers, milliseconds timeout)
      : io_(io), timer_(io), timeout_(timeout) {
    static const int initialised = ares_library_init(ARES_LIB_INIT_ALL);
    ares_options options{};
    options.timeout = static_cast<int>(timeout.count());
    options.tries = tries;
    options.sock_state_cb = [](void* self, ares_socket_t socket, int readable, int writable) {
      static_cast<AresResolver*>(self)->watch(socket, readable != 0, writable != 0);
    };
    options.sock_state_cb_data = this;
    options.flags = ARES_FLAG_NOSEARCH;  // a name is what it says, whatever domain this machine is in
    const int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
    if (initialised != ARES_SUCCESS || ares_init_options(&channel_, &options, mask) != ARES_SUCCESS) {
      throw std::runtime_error("cannot start the DNS resolver");
    }
    std::string list;
    for (const auto& server : servers) list += (list.empty() ? "" : ",") + server;
    if (!list.empty() && ares_set_servers_ports_csv(channel_, list.c_str()) != ARES_SUCCESS) {
      ares_destroy(channel_);
      throw std::runtime_error("cannot use the DNS servers " + list);
    }
  }

  ~AresResolver() override { ares_destroy(channel_); }

  Task<Result<Addresses>> resolve(std::string host, TimePoint by) override {
    boost::system::error_code not_an_address;
    const auto spelled_out = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) co_return Addresses{spelled_out};
    if (shut_down_) co_return Fault{Reason::cancelled, {}};

    auto [entry, is_new] = entries_.try_emplace(host);
    auto known = entry->second;  // kept alive by us while we wait
    if (!is_new && known && !known->asking && known->expires > Clock::now()) co_return known->answer;
    if (is_new || !known->asking) {
      if (is_new) make_room();
      known = std::make_shared<Entry>();
      entries_[host] = known;
      ask(host, known);
    }
    if (known->asking) {
      // c-ares doubles its second wait: ours ends when the operator said.
      const auto patience = Clock::now() + tries * timeout_;
      asio::steady_timer asker(io_, std::min(by, patience));
      known->askers.push_back(&asker);
      co_await asker.async_wait(asio::as_tuple(asio::use_awaitable));
      std::erase(known->askers, &asker);
      if (known->asking && by < patience) co_return Fault{Reason::total_timeout, "while resolving the name"};
      if (known->asking) co_return Fault{Reason::dns_failed, "no answer in time"};
    }
    co_return known->answer;
  }

  void shut_down() override {
    shut_down_ = true;
    ares_cancel(channel_);
    timer_.cancel();
  }

 private:
  // shared_ptr: the cache may drop an entry while askers still wait for its answer.
  struct Entry {
    bool asking = true;
    std::vector<asio::steady_timer*> askers;  // cancelled when the answer is there
    Result<Addresses> answer = Fault{Reason::dns_failed, {}};
    TimePoint expires{};
  };

  struct Question {
    AresResolver* resolver;
    std::shared_ptr<Entry> entry;
  };

  void ask(const std::string& host, std::shared_ptr<Entry> entry) {
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    auto question = std::make_unique<Question>(Question{this, std::move(entry)});
    ares_getaddrinfo(
        channel_, host.c_str(), nullptr, &hints,
        [](void* argument, int status, int, ares_addrinfo* info) {
          const std::unique_ptr<Question> asked(static_cast<Question*>(argument));
          asked->resolver->answer(*asked->entry, status, info);
        },
        question.release());
    arm_timer();
  }

  void answer(Entry& entry, int status, ares_addrinfo* info) {
    seconds life = failure_life;
    if (status == ARES_ECANCELLED || status == ARES_EDESTRUCTION) {
      entry.answer = Fault{Reason::cancelled, {}};
    } else if (status != ARES_SUCCESS) {
      entry.answer = to_fault(status);
      if (entry.answer.error().reason == Reason::dns_failed) life = temporary_failure_life;
    } else {
      Addresses addresses;
      life = longest_life;
      for (const auto* node = info->nodes; node; node = node->ai_next) {
        const auto found = to_address(node->ai_addr);
        if (std::ranges::find(addresses, found) == addresses.end()) addresses.push_back(found);
        life = std::clamp(seconds{node->ai_ttl}, shortest_life, life);
      }
      if (addresses.empty()) {
        entry.answer = Fault{Reason::dns_not_found, "the name has no address"};
      } else {
        entry.answer = std::move(addresses);
      }
    }
    if (info) ares_freeaddrinfo(info);
    entry.asking = false;
    entry.expires = Clock::now() + life;
    for (auto* asker : entry.askers) asker->cancel();
  }

  // c-ares says which of its sockets it wants to hear about.
  void watch(ares_socket_t socket, bool readable, bool writable) {
    auto found = sockets_.find(socket);
    if (!readable && !writable) {
      if (found == sockets_.end()) return;
      found->second->release();  // c-ares closes it
      sockets_.erase(found);
      return;
    }
    if (found == sockets_.end()) {
      found = sockets_.emplace(socket, std::make_shared<asio::posix::stream_descriptor>(io_, socket)).first;
    }
    if (readable) wait(found->second, socket, asio::posix::stream_descriptor::wait_read);
    if (writable) wait(found->second, socket, asio::posix::stream_descriptor::wait_write);
  }

  void wait(std::shared_ptr<asio::posix::stream_descriptor> descriptor, ares_socket_t socket,
            asio::posix::stream_descriptor::wait_type direction) {
    auto& waited_on = *descriptor;
    waited_on.async_wait(direction, [this, descriptor = std::move(descriptor), socket, direction](auto error) {
      if (error) return;  // perhaps because we are gone: look at nothing else
      const auto current = sockets_.find(socket);
      if (current == sockets_.end() || current->second != descriptor) return;
      const bool reading = direction == asio::posix::stream_descriptor::wait_read;
      ares_process_fd(channel_, reading ? socket : ARES_SOCKET_BAD, reading ? ARES_SOCKET_BAD : socket);
      // Processing may have closed it, and opened another with the same number.
      const auto still = sockets_.find(socket);
      if (still != sockets_.end() && still->second == descriptor && reading) wait(descriptor, socket, direction);
      arm_timer();
    });
  }

  // c-ares has timeouts of its own, and says when to look at them.
  void arm_timer() {
    timeval room{};
    const timeval* next = ares_timeout(channel_, nullptr, &room);
    if (!next) return;
    timer_.expires_after(seconds{next->tv_sec} + std::chrono::microseconds{next->tv_usec} + 1ms);
    timer_.async_wait([this](boost::system::error_code error) {
      if (error) return;
      ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
      arm_timer();
    });
  }

  void make_room() {
    if (entries_.size() < most_entries) return;
    const auto now = Clock::now();
    std::erase_if(entries_,
                  [&](const auto& item) { return item.second && !item.second->asking && item.second->expires <= now; });
    if (entries_.size() >= most_entries) {
      std::erase_if(entries_, [](const auto& item) { return item.second && !item.second->asking; });
    }
  }

  asio::io_context& io_;
  asio::steady_timer timer_;
  ares_channel channel_ = nullptr;
  milliseconds timeout_;  // for one query to one server
  bool shut_down_ = false;
  std::unordered_map<std::string, std::shared_ptr<Entry>> entries_;
  std::unordered_map<ares_socket_t, std::shared_ptr<asio::posix::stream_descriptor>> sockets_;
};

}  // namespace

std::unique_ptr<Resolver> make_resolver(asio::io_context& io, const std::vector<std::string>& servers,
                                        milliseconds timeout) {
  return std::make_unique<AresResolver>(io, servers, timeout);
}

}  // namespace gannet::net

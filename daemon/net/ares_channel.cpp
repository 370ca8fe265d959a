#include "net/ares_channel.hpp"

#include <ares.h>
#include <net/if.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <cstring>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <unordered_map>

namespace gannet::net {
namespace {

namespace asio = boost::asio;

asio::ip::address to_address(const sockaddr* from) {
  if (from->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(from);
    return asio::ip::address_v4(ntohl(v4->sin_addr.s_addr));
  }
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(from);
  asio::ip::address_v6::bytes_type bytes;
  std::copy_n(v6->sin6_addr.s6_addr, bytes.size(), bytes.begin());
  return asio::ip::address_v6(bytes);
}

Said::Kind kind_of(int status) {
  switch (status) {
    case ARES_SUCCESS:
      return Said::Kind::addresses;
    case ARES_ENODATA:
      return Said::Kind::nothing;
    case ARES_ENOTFOUND:
    case ARES_EBADNAME:
      return Said::Kind::no_name;
    case ARES_ETIMEOUT:
    case ARES_ECONNREFUSED:
      return Said::Kind::silence;
    case ARES_ECANCELLED:
    case ARES_EDESTRUCTION:
      return Said::Kind::cancelled;
    default:
      return Said::Kind::trouble;
  }
}

// Who sends thousands does not get to keep the lane busy with them.
constexpr std::size_t most_heard = 2 * Lookup::most_addresses;

// Takes `info` over. c-ares passes on whatever addresses are in the answer to a question for one family.
Said to_said(int status, ares_addrinfo* info, int family) {
  Said said;
  said.kind = kind_of(status);
  if (said.kind == Said::Kind::no_name || said.kind == Said::Kind::trouble) said.detail = ares_strerror(status);
  if (!info) return said;
  int life = std::numeric_limits<int>::max();
  // An alias holds no longer than what it is an alias of, nor the other way round.
  for (const auto* alias = info->cnames; alias; alias = alias->next) life = std::min(life, alias->ttl);
  for (const auto* node = info->nodes; node; node = node->ai_next) {
    if (said.addresses.size() == most_heard) break;
    if (node->ai_family != family) continue;
    const auto found = to_address(node->ai_addr);
    if (std::ranges::find(said.addresses, found) == said.addresses.end()) said.addresses.push_back(found);
    life = std::min(life, node->ai_ttl);
  }
  said.life = seconds{std::max(life, 0)};
  if (said.kind == Said::Kind::addresses && said.addresses.empty()) said.kind = Said::Kind::nothing;
  ares_freeaddrinfo(info);
  return said;
}

// Where nobody listens on a port that the system gives out, a socket may come by that very port and be connected to
// itself: c-ares would take its own question for an answer without addresses.
bool is_its_own_end(ares_socket_t socket) {
  sockaddr_storage here{}, there{};
  socklen_t here_size = sizeof here, there_size = sizeof there;
  return ::getsockname(socket, reinterpret_cast<sockaddr*>(&here), &here_size) == 0 &&
         ::getpeername(socket, reinterpret_cast<sockaddr*>(&there), &there_size) == 0 && here_size == there_size &&
         std::memcmp(&here, &there, here_size) == 0;
}

void start_library() {
  static const int started = ares_library_init(ARES_LIB_INIT_ALL);
  if (started != ARES_SUCCESS) throw std::runtime_error("cannot start the DNS resolver");
}

void check(int status, const char* what) {
  if (status != ARES_SUCCESS) throw std::runtime_error(what + std::string(": ") + ares_strerror(status));
}

// The name of the network interface that a link-local server is behind: "lo" of "[fe80::1%lo]:53". May be numbered.
std::string zone_of(const std::string& server) {
  const auto percent = server.find('%');
  if (percent == std::string::npos) return {};
  auto zone = server.substr(percent + 1, server.find(']') - percent - 1);
  char name[IF_NAMESIZE];
  unsigned index = 0;
  const auto [end, error] = std::from_chars(zone.data(), zone.data() + zone.size(), index);
  if (error == std::errc{} && end == zone.data() + zone.size() && ::if_indextoname(index, name)) return name;
  return zone;
}

std::string without_zone(std::string server) {
  const auto percent = server.find('%');
  if (percent != std::string::npos) server.erase(percent, std::min(server.find(']'), server.size()) - percent);
  return server;
}

class ServerChannel final : public AresChannel {
 public:
  ServerChannel(asio::io_context& io, const std::string& server, milliseconds timeout) : io_(io), timer_(io) {
    start_library();
    char dns[] = "b";
    ares_options options{};
    options.lookups = dns;
    // A datagram may be lost, above all when many are sent at once: it is sent three times within the timeout, with a
    // wait that doubles. Who is asked next is decided elsewhere.
    options.timeout = std::max(1, static_cast<int>(timeout.count() / 7));
    options.tries = 3;
    options.ndomains = 0;  // a name is what it says, whatever domain this machine is in
    // All that it would otherwise look for in the system's files, for each channel: the server comes below.
    options.nservers = 0;
    options.nsort = 0;
    options.ndots = 1;
    // NOCHECKRESP: SERVFAIL and REFUSED are told as such, and not as if nobody had been there.
    options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOCHECKRESP;
    options.sock_state_cb = [](void* self, ares_socket_t socket, int readable, int writable) {
      static_cast<ServerChannel*>(self)->watch(socket, readable != 0, writable != 0);
    };
    options.sock_state_cb_data = this;
    const int mask = ARES_OPT_LOOKUPS | ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_DOMAINS |
                     ARES_OPT_SOCK_STATE_CB | ARES_OPT_SERVERS | ARES_OPT_SORTLIST | ARES_OPT_NDOTS;
    check(ares_init_options(&channel_, &options, mask), "cannot start the DNS resolver");
    ares_set_socket_callback(
        channel_, [](ares_socket_t socket, int, void*) { return is_its_own_end(socket) ? -1 : 0; }, nullptr);
    if (ares_set_servers_ports_csv(channel_, without_zone(server).c_str()) != ARES_SUCCESS) {
      ares_destroy(channel_);
      throw std::runtime_error("cannot use the DNS server " + server);
    }
    // c-ares knows no zones. But its sockets reach link-local addresses once they are bound to the interface.
    if (const auto zone = zone_of(server); !zone.empty()) ares_set_local_dev(channel_, zone.c_str());
  }

  ~ServerChannel() override { ares_destroy(channel_); }

  void ask(const std::string& name, Family family, Heard heard) override {
    ares_addrinfo_hints hints{};
    hints.ai_family = family == Family::six ? AF_INET6 : AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = ARES_AI_NOSORT;  // which would open a socket for each address to see whether it could be reached
    auto question = std::make_unique<Question>(Question{std::move(heard), hints.ai_family});
    ares_getaddrinfo(
        channel_, name.c_str(), nullptr, &hints,
        [](void* argument, int status, int, ares_addrinfo* info) {
          const std::unique_ptr<Question> asked(static_cast<Question*>(argument));
          asked->heard(to_said(status, info, asked->family));
        },
        question.release());
    arm_timer();
  }

  void cancel() override {
    ares_cancel(channel_);
    timer_.cancel();
  }

 private:
  struct Question {
    Heard heard;
    int family;
  };

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
    // A wait that is already over when the channel dies is still told of: hence the token.
    waited_on.async_wait(direction, [this, descriptor = std::move(descriptor), socket, direction,
                                     alive = std::weak_ptr(alive_)](boost::system::error_code error) {
      if (error || alive.expired()) return;
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
    if (!next) {
      timer_.cancel();
      return;
    }
    timer_.expires_after(seconds{next->tv_sec} + std::chrono::microseconds{next->tv_usec} + 1ms);
    timer_.async_wait([this, alive = std::weak_ptr(alive_)](boost::system::error_code error) {
      if (error || alive.expired()) return;
      ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
      arm_timer();
    });
  }

  asio::io_context& io_;
  asio::steady_timer timer_;
  std::shared_ptr<char> alive_ = std::make_shared<char>();
  ares_channel channel_ = nullptr;
  std::unordered_map<ares_socket_t, std::shared_ptr<asio::posix::stream_descriptor>> sockets_;
};

}  // namespace

std::unique_ptr<AresChannel> ask_server(asio::io_context& io, const std::string& server, milliseconds timeout) {
  return std::make_unique<ServerChannel>(io, server, timeout);
}

bool has_interface(const std::string& server) {
  const auto zone = zone_of(server);
  return zone.empty() || ::if_nametoindex(zone.c_str()) != 0;
}

// Not by c-ares, which loses the interface of a link-local server.
std::vector<std::string> system_servers(const std::filesystem::path& file) {
  std::vector<std::string> servers;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find_first_of("#;")));
    std::string key, server;
    if (!(words >> key >> server) || key != "nameserver") continue;
    boost::system::error_code wrong;
    const auto address = asio::ip::make_address(without_zone(server), wrong);
    if (wrong) {
      spdlog::warn("{}: {} is no address of a name server, it is not asked", file.string(), server);
    } else if (!has_interface(server)) {
      spdlog::warn("{}: the name server {} is not asked: no such network interface", file.string(), server);
    } else {
      servers.push_back(address.is_v6() ? "[" + server + "]:53" : server + ":53");
    }
  }
  if (servers.empty()) servers.emplace_back("127.0.0.1:53");
  return servers;
}

}  // namespace gannet::net

// A real DNS server on a loopback UDP port: it knows the names the test gives it and counts what it is asked.
// Other names do not exist.
#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace gannet::net {

class DnsServer {
 public:
  struct Name {
    std::vector<std::string> addresses;  // IPv4 and IPv6 together
    unsigned char error = 0;             // RCODE: 2 SERVFAIL, 3 NXDOMAIN
    bool silent = false;                 // never answered
    bool six_is_broken = false;          // questions for IPv6 addresses alone get `error`, or silence
    unsigned lost = 0;                   // so many questions for IPv4 addresses do not arrive
    bool held = false;                   // its answers wait for let_go()
  };

  explicit DnsServer(std::map<std::string, Name> names) : names_(std::move(names)) {
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof local;
    auto* generic = reinterpret_cast<sockaddr*>(&local);
    if (::bind(socket_, generic, length) != 0 || ::getsockname(socket_, generic, &length) != 0) {
      throw std::runtime_error("no DNS server");
    }
    address_ = "127.0.0.1:" + std::to_string(ntohs(local.sin_port));
    thread_ = std::thread([this] { serve(); });
  }

  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;

  ~DnsServer() {
    ::eventfd_write(stop_, 1);
    thread_.join();
    ::close(socket_);
    ::close(stop_);
  }

  /// As `fetch.dns.servers` takes it.
  const std::string& address() const { return address_; }

  /// How often it was asked for IPv4 addresses of the name.
  unsigned questions(const std::string& name) {
    const std::lock_guard lock(mutex_);
    return asked_[name];
  }

  /// How many answers wait for let_go().
  std::size_t held() {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }

  /// Sends one of those that wait, of which the first has waited longest. Of each name IPv6 is asked for first.
  void let_go(std::size_t which = 0) {
    const std::lock_guard lock(mutex_);
    send(held_.at(which));
    held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(which));
  }

 private:
  struct Reply {
    std::string packet;
    sockaddr_in client{};
    bool waits = false;
  };

  static constexpr unsigned char type_a = 1;
  static constexpr unsigned char type_aaaa = 28;

  void serve() {
    for (;;) {
      pollfd events[] = {{socket_, POLLIN, 0}, {stop_, POLLIN, 0}};
      ::poll(events, 2, -1);
      if (events[1].revents != 0) return;
      std::string packet(512, '\0');
      Reply reply;
      socklen_t length = sizeof reply.client;
      auto* generic = reinterpret_cast<sockaddr*>(&reply.client);
      const auto size = ::recvfrom(socket_, packet.data(), packet.size(), 0, generic, &length);
      if (size < 17) continue;
      packet.resize(static_cast<std::size_t>(size));
      answer(packet, reply);
      const std::lock_guard lock(mutex_);
      if (reply.waits) {
        held_.push_back(reply);
      } else if (!reply.packet.empty()) {
        send(reply);
      }
    }
  }

  void send(const Reply& reply) const {
    const auto* generic = reinterpret_cast<const sockaddr*>(&reply.client);
    ::sendto(socket_, reply.packet.data(), reply.packet.size(), 0, generic, sizeof reply.client);
  }

  void answer(const std::string& question, Reply& reply) {
    std::string name;
    std::size_t at = 12;  // behind the header
    while (question[at] != 0) {
      const auto label = static_cast<unsigned char>(question[at]);
      name += (name.empty() ? "" : ".") + question.substr(at + 1, label);
      at += 1u + label;
    }
    const auto type = static_cast<unsigned char>(question[at + 2]);
    const auto known = names_.find(name);
    const Name said = known == names_.end() ? Name{{}, 3} : known->second;
    if (type == type_a) {
      const std::lock_guard lock(mutex_);
      if (++asked_[name] <= said.lost) return;
    }
    const bool broken = !said.six_is_broken || type == type_aaaa;
    if (said.silent && broken) return;
    reply.waits = said.held;
    const unsigned char error = broken ? said.error : 0;

    std::string answers;
    unsigned char count = 0;
    for (const auto& address : said.addresses) {
      const bool v6 = address.find(':') != std::string::npos;
      if (type != (v6 ? type_aaaa : type_a)) continue;
      const std::size_t size = v6 ? 16 : 4;
      std::string bytes(size, '\0');
      ::inet_pton(v6 ? AF_INET6 : AF_INET, address.c_str(), bytes.data());
      const char record[] = {'\xc0', 12, 0, static_cast<char>(type), 0, 1, 0, 0, 1, 0, 0, static_cast<char>(size)};
      answers.append(record, sizeof record) += bytes;  // the name of the question, class IN, 256 s to live
      ++count;
    }
    const char header[] = {question[0], question[1], '\x81', static_cast<char>(0x80 | error),
                           0,           1,           0,      static_cast<char>(count),
                           0,           0,           0,      0};
    reply.packet = std::string(header, sizeof header) + question.substr(12, at + 5 - 12) + answers;
  }

  const std::map<std::string, Name> names_;
  std::string address_;
  int socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int stop_ = ::eventfd(0, EFD_CLOEXEC);
  std::mutex mutex_;
  std::map<std::string, unsigned> asked_;
  std::vector<Reply> held_;
  std::thread thread_;
};

}  // namespace gannet::net

#include "net/server_channels.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace gannet::net {
namespace {

// Kept for the next names, of each server. Each takes some 75 KB.
constexpr std::size_t most_idle = 4;

}  // namespace

ServerChannels::ServerChannels(boost::asio::io_context& io, std::vector<std::string> servers, milliseconds timeout)
    : texts(std::move(servers)), order(texts.size()), io_(io), timeout_(timeout), idle_(texts.size()) {
  for (std::size_t i = 0; i < texts.size(); ++i) idle_[i].push_back(ask_server(io_, texts[i], timeout_));
}

std::unique_ptr<AresChannel> ServerChannels::lend(std::size_t server) {
  auto& idle = idle_[server];
  if (idle.empty()) return ask_server(io_, texts[server], timeout_);
  auto channel = std::move(idle.back());
  idle.pop_back();
  return channel;
}

void ServerChannels::take_back(std::size_t server, std::unique_ptr<AresChannel> channel) {
  if (idle_[server].size() < most_idle) {
    idle_[server].push_back(std::move(channel));
  } else {
    // It may be the one that is telling us this: it must not die of it.
    boost::asio::post(io_, [last = std::move(channel)] {});
  }
}

}  // namespace gannet::net

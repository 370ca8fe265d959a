// The name servers that questions go to, and the channels of c-ares to each. Shared by the lookups that began with
// them, which may outlast a change of servers. Of one lane.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "net/ares_channel.hpp"
#include "net/name_servers.hpp"

namespace gannet::net {

class ServerChannels {
 public:
  /// `timeout`: for one question to one server.
  ServerChannels(boost::asio::io_context& io, std::vector<std::string> servers, milliseconds timeout);

  /// For one name at a time: c-ares can only cancel all questions of a channel.
  std::unique_ptr<AresChannel> lend(std::size_t server);
  void take_back(std::size_t server, std::unique_ptr<AresChannel> channel);

  const std::vector<std::string> texts;  // of the servers, as they were said
  NameServers order;

 private:
  boost::asio::io_context& io_;
  milliseconds timeout_;
  std::vector<std::vector<std::unique_ptr<AresChannel>>> idle_;  // of each server
};

}  // namespace gannet::net

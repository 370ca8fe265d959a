// One request and its response over an open connection. Reads the body into one buffer, straight from the socket when
// its length is known. Decides nothing but what the protocol decides. Lane thread only.
#pragma once

#include <memory>
#include <string_view>

#include "core/body.hpp"
#include "core/early_check.hpp"
#include "core/settings.hpp"
#include "fetch/response_head.hpp"
#include "net/byte_stream.hpp"

namespace gannet::fetch {

class BodyBudget;
class SpooledBody;

struct Response {
  Fault fault;                           // reason none: head and body are complete
  bool again = false;                    // to be started again (free_starts.hpp); the fault is `cancelled`
  bool began = false;                    // at least one byte of a response arrived
  bool reusable = false;                 // the connection can take another request
  ResponseHead head;                     // status 0: no head was understood
  Body body;                             // of a 2xx response without a fault; the bodies of others are read past
  std::shared_ptr<SpooledBody> spooled;  // what comes before `body`, on disk; or null
  milliseconds first_byte{};
  std::uint64_t received = 0;  // bytes; over HTTP/2 those of the body
};

/// Ends by `total_end` at the latest, with a fault when that came first. Never throws for what the peer does. All
/// arguments must outlive the task.
net::Task<Response> exchange(net::ByteStream& stream, std::string_view request, const FetchSettings& settings,
                             TimePoint total_end, const EarlyCheck& check, BodyBudget& budget,
                             const JobOptions* of_list = nullptr);

}  // namespace gannet::fetch

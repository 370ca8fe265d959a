// A whole HTTP/1.1 exchange over a scripted connection: head, framing, chunks, content codings. Input: the first byte
// says how the connection ends and how large the pieces are, the rest is what the server sends. In whichever pieces it
// comes, it means the same.
#include <algorithm>

#include "fetch/body_budget.hpp"
#include "fetch/exchange.hpp"
#include "fetch/scripted_stream.hpp"
#include "fuzz/fuzz_target.hpp"
#include "net/run.hpp"

namespace gannet::fetch {
namespace {

using fuzz::require;

constexpr ByteCount max_body = 64 << 10;

std::vector<std::string> in_pieces(std::string_view text, std::size_t size) {
  std::vector<std::string> pieces;
  for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) pieces.emplace_back(text.substr(0, size));
  return pieces;
}

Response run(std::vector<std::string> pieces, ScriptedStream::End end) {
  FetchSettings settings;
  settings.max_body = max_body;
  settings.max_headers = 8 << 10;
  settings.min_speed = 0;
  const EarlyCheck check;
  ScriptedStream stream(std::move(pieces), end);
  boost::asio::io_context io(1);
  BodyBudget budget(io, settings.memory);
  return net::run(io, exchange(stream, "GET / HTTP/1.1\r\n\r\n", settings, Clock::now() + 1h, check, budget));
}

bool is_listed(Reason reason) {
  switch (reason) {
    case Reason::none:
    case Reason::bad_response:
    case Reason::too_large:
    case Reason::short_body:
    case Reason::reset:
    case Reason::first_byte_timeout:
    case Reason::idle_timeout:
    case Reason::opt_out:
      return true;
    default:
      return false;
  }
}

// Of the connection, not of what the response says.
bool is_broken(Reason reason) {
  return reason == Reason::reset || reason == Reason::first_byte_timeout || reason == Reason::idle_timeout;
}

void check(const Response& response) {
  require(is_listed(response.fault.reason), "faults are those of the list");
  require(response.body.size() <= max_body, "a body has a largest size");
  if (response.fault.reason != Reason::none) {
    require(response.body.empty(), "a failure has no body");
    if (is_broken(response.fault.reason)) require(!response.reusable, "a broken connection is not used again");
    return;
  }
  require(response.began && response.head.status >= 200 && response.head.status <= 999, "a response has a status");
  if (response.head.status / 100 != 2) require(response.body.empty(), "only a success has a body");
  if (response.head.framing == Framing::until_close)
    require(!response.reusable, "a closed connection is not used again");
  if (response.head.framing == Framing::length && response.head.status / 100 == 2 &&
      response.head.content_encoding.empty()) {
    require(response.body.size() == response.head.length, "a body is as long as announced");
  }
}

}  // namespace
}  // namespace gannet::fetch

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gannet::fetch;
  if (size == 0) return 0;
  const auto end = static_cast<ScriptedStream::End>(data[0] & 3);
  const std::size_t piece = static_cast<std::size_t>(data[0] >> 2) + 1;
  const auto sent = gannet::fuzz::as_text(data + 1, size - 1);
  const auto whole = run({std::string(sent)}, end);
  const auto pieces = run(in_pieces(sent, piece), end);
  check(whole);
  check(pieces);
  // A coded body may be both too large and damaged: what is seen first depends on how much is decoded at once.
  const auto verdict = [](const Response& response) {
    const auto reason = response.fault.reason;
    const bool is_either = !response.head.content_encoding.empty() && reason == gannet::Reason::too_large;
    return is_either ? gannet::Reason::bad_response : reason;
  };
  gannet::fuzz::require(verdict(whole) == verdict(pieces), "it ends the same in whichever pieces it comes");
  gannet::fuzz::require(whole.body.view() == pieces.body.view(), "its body is the same in whichever pieces it comes");
  return 0;
}

// An HTTP/2 connection with a few requests under way, over the session alone. Input: the first byte says how large the
// pieces are, the second which requests lose interest (bit by bit: two in the head, two in the body, one is cancelled
// half-way); the rest is what the server sends. In whichever pieces it comes, each request hears one end of it.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fetch/h2_session.hpp"
#include "fuzz/fuzz_target.hpp"

namespace gannet::fetch {
namespace {

using fuzz::require;

constexpr std::size_t requests = 3;
constexpr ByteCount max_headers = 8 << 10;

struct Listener final : H2Stream {
  void on_sent() override { require(!over(), "what is over is not sent"); }

  void on_field(std::string_view name, std::string_view) override {
    require(!over() && status == 0, "fields come before the head is complete");
    require(!name.empty() && name.front() != ':', "pseudo fields are not told");
  }

  bool on_head(unsigned code) override {
    require(!over() && status == 0, "there is one head");
    require(code >= 200 && code <= 999, "interim responses are skipped");
    status = code;
    return listening(wants_head);
  }

  bool on_data(std::string_view bytes) override {
    require(!over() && status != 0, "a body comes behind a head");
    received += bytes.size();
    return listening(wants_body);
  }

  void on_end() override {
    require(!over() && status != 0, "a response that ended had a head, and ends once");
    ended = true;
  }

  void on_failed(Fault why, Again) override {
    require(!over(), "a response fails once");
    fault = std::move(why);
    require(fault->reason != Reason::none, "a failure has a reason");
  }

  bool over() const { return ended || fault || deaf; }

  bool listening(bool wanted) {
    deaf = !wanted;
    return wanted;
  }

  bool wants_head = true, wants_body = true;
  unsigned status = 0;
  std::size_t received = 0;
  bool ended = false;
  bool deaf = false;  // gave the stream up
  std::optional<Fault> fault;
};

using Listeners = std::vector<std::unique_ptr<Listener>>;

Request request() {
  Request made;
  made.secure = true;
  made.authority = "example.org";
  made.target = "/a.jpg";
  made.fields = {{"User-Agent", "gannet"}};
  return made;
}

Listeners run(std::string_view sent, std::size_t piece, unsigned char interest) {
  H2Session session(max_headers);
  Listeners listeners;
  std::vector<std::int32_t> ids;
  for (std::size_t i = 0; i < requests; ++i) {
    auto& listener = *listeners.emplace_back(std::make_unique<Listener>());
    listener.wants_head = (interest >> i & 1) == 0;
    listener.wants_body = (interest >> (i + requests) & 1) == 0;
    ids.push_back(session.submit(request(), listener));
    require(ids.back() > 0, "a new connection takes requests");
  }
  std::string out;
  (void)session.output(out);
  const bool cancels = (interest & 0x80) != 0;
  Fault over{Reason::short_body, "closed"};
  const auto half = sent.size() / 2;
  for (std::size_t at = 0; at < sent.size(); at += piece) {
    if (cancels && at <= half && at + piece > half && !listeners.front()->over()) {
      session.cancel(ids.front());
      listeners.front()->deaf = true;
    }
    const auto fed = session.feed(sent.substr(at, piece));
    if (fed) continue;
    over = fed.error();
    break;
  }
  (void)session.output(out);
  session.fail_all(over);
  require(session.streams() == 0, "nothing is left when the connection is over");
  for (const auto& listener : listeners) require(listener->over(), "each request hears an end");
  return listeners;
}

}  // namespace
}  // namespace gannet::fetch

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gannet::fetch;
  if (size < 2) return 0;
  const auto sent = gannet::fuzz::as_text(data + 2, size - 2);
  const auto pieces = run(sent, static_cast<std::size_t>(data[0]) + 1, data[1]);
  if ((data[1] & 0x80) != 0) return 0;  // when it is cancelled depends on the pieces
  const auto whole = run(sent, std::max<std::size_t>(sent.size(), 1), data[1]);
  // What comes behind a violation is looked at or not, depending on whether our reset is on its way already.
  const auto ended = [](const auto& listener) { return listener->ended; };
  if (!std::ranges::all_of(whole, ended)) return 0;
  for (std::size_t i = 0; i < requests; ++i) {
    const bool same = pieces[i]->ended && pieces[i]->status == whole[i]->status;
    gannet::fuzz::require(same && pieces[i]->received == whole[i]->received,
                          "what ends well ends the same in whichever pieces it comes");
  }
  return 0;
}

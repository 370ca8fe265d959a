// What a proxy answers until it has made a way. Input: the first byte says which kind it is (1: SOCKS 5, otherwise
// HTTP) and whether it is told a password (2), the rest how it answers. What is read is never more than belongs to the
// proxy.
#include <algorithm>
#include <string>

#include "fuzz/fuzz_target.hpp"
#include "net/proxy_talk.hpp"

namespace gannet::net {
namespace {

using fuzz::require;

struct Outcome {
  std::string said;  // by us
  bool open = false;
  std::string fault;
};

Outcome talk_to(const Proxy& proxy, std::string_view answers, std::size_t most) {
  const auto talk = make_proxy_talk(proxy, "pictures.example", 443);
  Outcome outcome;
  outcome.said = talk->begin();
  while (talk->wants() > 0 && !answers.empty()) {
    const auto count = std::min({talk->wants(), most, answers.size()});
    const auto next = talk->take(answers.substr(0, count));
    answers.remove_prefix(count);
    if (!next) {
      require(next.error().reason != Reason::none && !next.error().detail.empty(), "a refusal says why");
      outcome.fault = next.error().detail;
      return outcome;
    }
    outcome.said += *next;
  }
  outcome.open = talk->wants() == 0;
  return outcome;
}

}  // namespace
}  // namespace gannet::net

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gannet;
  if (size == 0) return 0;
  auto proxy = Proxy::parse((data[0] & 1) != 0 ? "socks5h://proxy.example:1080" : "http://proxy.example:3128");
  fuzz::require(proxy.has_value(), "that is a proxy");
  if ((data[0] & 2) != 0) proxy->authenticate({{}, "user", "password"});
  const auto answers = fuzz::as_text(data + 1, size - 1);
  const auto whole = net::talk_to(*proxy, answers, 2048);
  const auto bytes = net::talk_to(*proxy, answers, 1);
  fuzz::require(whole.said == bytes.said, "we say the same in whichever pieces it answers");
  // An HTTP proxy may add to its answer what should not be there: seen only when it comes at once.
  if (!bytes.open) fuzz::require(!whole.open, "a way is there in whichever pieces it answers");
  return 0;
}

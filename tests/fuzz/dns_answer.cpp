// What a name server answers, over a real channel and socket, through the lookup and into the cache. Input: the first
// byte says which family is asked for (1: IPv4) and whether the answer begins like a proper one (2): then the next five
// are its flags and the numbers of its records, and the rest the records. Otherwise the rest is the whole answer, but
// for the id, without which c-ares looks at nothing.
#include <algorithm>
#include <boost/asio/ip/udp.hpp>
#include <string>

#include "fuzz/fuzz_target.hpp"
#include "net/ares_channel.hpp"
#include "net/lookup.hpp"
#include "net/name_cache.hpp"

namespace gannet::net {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;
using fuzz::require;

constexpr std::size_t header_size = 12;
const std::string name = "photos.example";

std::string answer_to(const std::string& query, std::string_view input) {
  const bool is_proper = !input.empty() && (input.front() & 2) != 0;
  input.remove_prefix(std::min<std::size_t>(1, input.size()));
  std::string answer = query.substr(0, 2);
  if (!is_proper || input.size() < 5) return answer.append(input);
  const auto count = [&](std::size_t at) { return std::string(1, '\0') + input[at]; };
  answer += std::string(input.substr(0, 2)) + std::string("\0\1", 2) + count(2) + count(3) + count(4);
  const auto question_end = query.find('\0', header_size) + 5;  // the root label, type and class
  answer += query.substr(header_size, question_end - header_size);
  return answer.append(input.substr(5));
}

Said ask(Family family, std::string_view input) {
  asio::io_context io(1);
  udp::socket server(io, udp::endpoint(asio::ip::address_v4::loopback(), 0));
  const auto channel = ask_server(io, "127.0.0.1:" + std::to_string(server.local_endpoint().port()), 10s);
  Said said;
  int heard = 0;
  channel->ask(name, family, [&](Said what) {
    said = std::move(what);
    ++heard;
  });
  std::string query(512, '\0');
  udp::endpoint asker;
  query.resize(server.receive_from(asio::buffer(query), asker));
  boost::system::error_code ignored;  // an answer may be too long for the socket
  server.send_to(asio::buffer(answer_to(query, input)), asker, 0, ignored);
  io.poll();
  channel->cancel();  // an answer that c-ares takes for nobody's is not waited for
  require(heard == 1, "a question is answered once");
  return said;
}

void check(Family family, const Said& said) {
  require((said.kind == Said::Kind::addresses) == !said.addresses.empty(), "there are addresses, or there are none");
  require(said.addresses.size() <= 2 * Lookup::most_addresses, "nobody keeps us busy with addresses");
  require(said.life >= 0s, "nothing holds for less than no time");
  const bool is_v4 = family == Family::four;
  require(std::ranges::all_of(said.addresses, [&](const auto& address) { return address.is_v4() == is_v4; }),
          "addresses are of the family that was asked for");
}

void look_up(Family family, const Said& said) {
  const TimePoint now{};
  Lookup lookup({0});
  lookup.heard(family, said, now);
  const auto verdict = lookup.verdict(now + Lookup::grace);
  require(verdict.has_value() || said.kind != Said::Kind::addresses, "addresses are not waited for after the grace");
  if (!verdict) return;
  NameCache cache;
  cache.put(name, verdict->answer, verdict->life, now);
  if (!verdict->answer) return;
  require(!verdict->answer->empty() && verdict->answer->size() <= Lookup::most_addresses, "addresses are few");
  require(cache.find(name, now + NameCache::shortest_life - 1ms) != nullptr, "an answer holds for a while");
  require(cache.find(name, now + NameCache::longest_life) == nullptr, "and not for ever");
}

}  // namespace
}  // namespace gannet::net

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gannet::net;
  const auto family = size > 0 && (data[0] & 1) != 0 ? Family::four : Family::six;
  const auto said = ask(family, gannet::fuzz::as_text(data, size));
  check(family, said);
  look_up(family, said);
  return 0;
}

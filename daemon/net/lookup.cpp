#include "net/lookup.hpp"

#include <algorithm>

namespace gannet::net {
namespace {

constexpr std::size_t questions = 2;   // at least, so that one lost packet is not the end
constexpr seconds missing_life = 60s;  // of the answer that a name does not exist
constexpr seconds failure_life = 1s;   // shorter than any backoff: a retry asks again

bool has_addresses(const Said& said) { return said.kind == Said::Kind::addresses; }
bool failed(const Said& said) { return said.kind == Said::Kind::trouble || said.kind == Said::Kind::silence; }

}  // namespace

Lookup::Lookup(std::vector<std::size_t> servers) : servers_(std::move(servers)), different_(servers_.size()) {
  for (std::size_t i = 0; servers_.size() < questions; ++i) servers_.push_back(servers_[i]);
}

std::optional<std::size_t> Lookup::heard(Family family, Said said, TimePoint now) {
  Side& side = sides_[static_cast<std::size_t>(family)];
  ++side.asked;
  // Silence may be a lost packet, so the same server may be asked again; one that said it cannot tell is not.
  const std::size_t most = said.kind == Said::Kind::silence ? servers_.size() : different_;
  const bool again = failed(said) && side.asked < most;
  if (said.kind == Said::Kind::silence && std::ranges::find(silent_servers_, said.detail) == silent_servers_.end()) {
    silent_servers_.push_back(said.detail);
  }
  anybody_spoke_ |= said.kind != Said::Kind::silence;
  side.said = std::move(said);
  if (side.said.addresses.size() > most_addresses) side.said.addresses.resize(most_addresses);
  if (again) return servers_[side.asked];
  side.done = true;
  if (has_addresses(side.said) && !grace_end_) grace_end_ = now + grace;
  return std::nullopt;
}

std::optional<Lookup::Verdict> Lookup::verdict(TimePoint now) const {
  for (const Side& side : sides_) {
    if (side.done && side.said.kind == Said::Kind::cancelled) return Verdict{Fault{Reason::cancelled, {}}, 0s};
  }
  Addresses addresses;
  seconds life = seconds::max();
  for (const Side& side : sides_) {
    if (!side.done || !has_addresses(side.said)) continue;
    addresses.insert(addresses.end(), side.said.addresses.begin(), side.said.addresses.end());
    life = std::min(life, side.said.life);
  }
  if (!addresses.empty()) {
    if (!done() && now < *grace_end_) return std::nullopt;
    return Verdict{std::move(addresses), life};
  }
  if (!done()) return std::nullopt;
  // First of all what may pass: servers that do not know AAAA say NXDOMAIN to it for names that exist (RFC 4074, 4.2).
  for (const Side& side : sides_) {
    if (side.said.kind == Said::Kind::trouble) {
      return Verdict{Fault{Reason::dns_failed, side.said.detail}, failure_life};
    }
  }
  if (silent()) {
    std::string servers;
    for (const auto& server : silent_servers_) servers += (servers.empty() ? "" : ", ") + server;
    Fault fault{Reason::dns_failed, "no answer in time from " + servers};
    fault.of_silence = !anybody_spoke_;
    return Verdict{std::move(fault), failure_life};
  }
  for (const Side& side : sides_) {
    if (side.said.kind == Said::Kind::no_name)
      return Verdict{Fault{Reason::dns_not_found, side.said.detail}, missing_life};
  }
  return Verdict{Fault{Reason::dns_not_found, "the name has no address"}, missing_life};
}

std::optional<TimePoint> Lookup::wake() const { return done() ? std::nullopt : grace_end_; }

bool Lookup::silent() const {
  return std::ranges::any_of(sides_, [](const Side& side) { return side.said.kind == Said::Kind::silence; });
}

}  // namespace gannet::net

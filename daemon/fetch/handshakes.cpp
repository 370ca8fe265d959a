#include "fetch/handshakes.hpp"

namespace gannet::fetch {
namespace {

constexpr std::size_t most_remembered = 20000;  // origins; then all are forgotten, which costs each one waiting

}  // namespace

Handshakes::Known Handshakes::known(const std::string& origin) const {
  const auto found = known_.find(origin);
  return found == known_.end() ? Known::nothing : found->second;
}

void Handshakes::learn(const std::string& origin, Known what) {
  if (known_.size() >= most_remembered) known_.clear();
  known_[origin] = what;
}

}  // namespace gannet::fetch

#include "config/effects.hpp"

#include <algorithm>
#include <array>

#include "config/host_keys.hpp"
#include "config/keys.hpp"

namespace gannet::config {
namespace {

constexpr std::string_view from_the_line = "--set";
constexpr std::size_t most_warnings = 100;

class Search {
 public:
  Search(const Settings& settings, const Places& places)
      : settings_(settings.fetch), decodes_(settings.decode.workers > 0), places_(places) {}

  std::vector<Mistake> all() {
    if (!settings_.proxy) {
      if (!settings_.proxy_credentials.user.empty())
        tell("fetch.proxy_credentials", "has no effect without fetch.proxy");
      if (!settings_.no_proxy.empty()) tell("fetch.no_proxy", "has no effect without fetch.proxy");
    }
    for (auto rule = settings_.hosts.begin(); rule != settings_.hosts.end(); ++rule) {
      const bool proxied = rule->proxy && rule->proxy->kind != Proxy::Kind::direct;
      if (!rule->proxy_credentials.user.empty() && !proxied) {
        tell(host_key_name(rule->pattern, "proxy_credentials"), "has no effect without a proxy beside it");
      }
      for (auto before = settings_.hosts.begin(); before != rule; ++before) {
        // A pattern is below another as its hosts are.
        if (host_matches(before->pattern, rule->pattern)) compare(*before, *rule);
      }
    }
    if (!decodes_) look_at_decoding();
    if (found_.size() > most_warnings) {
      found_.resize(most_warnings);
      found_.push_back({"fetch.hosts", "too many keys without effect; the rest of them is not told"});
    }
    return std::move(found_);
  }

 private:
  void tell(const std::string& key, const std::string& text) {
    const auto place = places_.find(key);
    const bool on_the_line = place == places_.end() || place->second == from_the_line;
    found_.push_back(on_the_line ? Mistake{std::string(from_the_line) + ' ' + key, text}
                                 : Mistake{place->second, key + ": " + text});
  }

  void look_at_decoding() {
    constexpr std::array<std::string_view, 4> without_workers{"decode.workers", "decode.max_pixels", "decode.min_size",
                                                              "decode.max_aspect_ratio"};
    for (const auto& [key, place] : places_) {
      if (!key.starts_with("decode.") || !find_key(key) ||
          std::ranges::find(without_workers, key) != without_workers.end())
        continue;
      tell(key, "has no effect without decode.workers");
    }
  }

  void compare(const HostRule& before, const HostRule& rule) {
    const auto hidden = [&](const auto& winner, const auto& loser, std::string_view key) {
      if (winner && loser) hide(before, rule, key);
    };
    hidden(before.user_agent, rule.user_agent, "user_agent");
    hidden(before.referer, rule.referer, "referer");
    hidden(before.accept, rule.accept, "accept");
    hidden(before.cookie, rule.cookie, "cookie");
    hidden(before.insecure, rule.insecure, "insecure");
    hidden(before.proxy, rule.proxy, "proxy");
    hidden(before.limits.profile, rule.limits.profile, "profile");
    hidden(before.limits.connections, rule.limits.connections, "connections");
    hidden(before.limits.streams, rule.limits.streams, "streams");
    hidden(before.limits.requests_per_second, rule.limits.requests_per_second, "requests_per_second");
    hidden(before.limits.bytes_per_second, rule.limits.bytes_per_second, "bytes_per_second");
    hidden(before.limits.delay, rule.limits.delay, "delay");
  }

  // An override is meant to win.
  void hide(const HostRule& before, const HostRule& rule, std::string_view key) {
    const auto winner = host_key_name(before.pattern, key), loser = host_key_name(rule.pattern, key);
    const auto place = places_.find(winner);
    if (place == places_.end() || place->second == from_the_line) return;
    const bool told =
        std::ranges::any_of(found_, [&](const Mistake& one) { return one.text.starts_with(loser + ": "); });
    if (!told) tell(loser, "has no effect: " + winner + ", which comes first, holds for all these hosts");
  }

  const FetchSettings& settings_;
  const bool decodes_;
  const Places& places_;
  std::vector<Mistake> found_;
};

}  // namespace

std::vector<Mistake> without_effect(const Settings& settings, const Places& places) {
  return Search(settings, places).all();
}

}  // namespace gannet::config

#include "frontier/refetch.hpp"

#include <algorithm>

namespace gannet::frontier {
namespace {

// Whether the line would get it if it came now. What it is not known to be, it is not.
bool meets(const Earlier& earlier, const Row& row, const RefetchRules& rules) {
  if (row.extras && !row.extras->md5.empty()) return false;
  if (row.extras && !row.extras->sha256.empty() && row.extras->sha256 != earlier.sha256) return false;
  if (rules.hash == Hash::sha256 && earlier.sha256.empty()) return false;
  if (rules.accept == Accept::images && earlier.format.empty()) return false;
  if (earlier.bytes > rules.max_body) return false;
  const std::uint64_t pixels = std::uint64_t{earlier.width} * earlier.height;
  if (pixels == 0) return true;  // unknown is no offence
  if (rules.max_pixels != 0 && pixels > rules.max_pixels) return false;
  return std::min(earlier.width, earlier.height) >= rules.min_size;
}

}  // namespace

RefetchRules refetch_rules(const Settings& settings) {
  return {settings.store.refetch,   settings.decode.accept,  settings.decode.max_pixels,
          settings.decode.min_size, settings.fetch.max_body, settings.hash};
}

RefetchRules refetch_rules(RefetchRules rules, const JobOptions* of_list) {
  if (!of_list) return rules;
  rules.refetch = of_list->refetch.value_or(rules.refetch);
  rules.accept = of_list->accept.value_or(rules.accept);
  rules.max_pixels = stricter(rules.max_pixels, of_list->max_pixels.value_or(0));
  rules.min_size = of_list->min_size.value_or(rules.min_size);
  rules.max_body = std::min(rules.max_body, of_list->max_body.value_or(rules.max_body));
  rules.hash = of_list->hash.value_or(rules.hash);
  return rules;
}

Use judge_earlier(const Earlier& earlier, const FetchTask& task, const RefetchRules& rules, WallTime now) {
  if (!meets(earlier, task.row, rules)) return Use::none;
  const bool can_ask = !earlier.validators.etag.empty() || !earlier.validators.last_modified.empty();
  const auto ask = can_ask ? Use::ask : Use::none;
  switch (rules.refetch.kind) {
    case Refetch::Kind::always:
      return Use::none;
    case Refetch::Kind::never:
      return Use::take;
    case Refetch::Kind::after:
      // A time that is still to come was told by a clock that was wrong.
      return earlier.checked <= now && now - earlier.checked < rules.refetch.age ? Use::take : ask;
    case Refetch::Kind::revalidate:
      return ask;
  }
  return Use::none;
}

}  // namespace gannet::frontier

// robots.txt. Input: the first line is the target asked about, what follows is the file.
#include "fetch/robots_rules.hpp"

#include "fuzz/fuzz_target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gannet;
  using fetch::RobotsRules;
  using fuzz::require;
  const auto [target, text] = fuzz::split(fuzz::as_text(data, size), '\n');
  const auto rules = RobotsRules::parse(text, {"gannet", "other"});
  const auto no = rules.forbids(target);
  require(!no || !no->empty(), "what says no has a name");
  require(rules.size() <= 64 + 16 * size, "memory is within a few times the text");
  const auto delay = rules.crawl_delay().value_or(milliseconds{0});
  require(delay >= milliseconds{0} && delay <= RobotsRules::longest_delay, "a delay is within its limits");

  const auto normal = fetch::normal_target(target);
  require(fetch::normal_target(normal) == normal, "what is in normal form stays");
  require(fetch::pattern_matches(normal, normal), "a target without wildcards is its own pattern");
  require(fetch::pattern_matches("*" + normal + "$", "/a" + normal), "a star takes what is before");
  for (auto lines = text; !lines.empty();) {
    const auto [line, rest] = fuzz::split(lines, '\n');
    const auto pattern = fetch::normal_pattern(line);
    require(fetch::normal_pattern(pattern) == pattern, "a pattern in normal form stays");
    const auto bare = pattern.ends_with('$') ? pattern.substr(0, pattern.size() - 1) : pattern;
    if (fetch::pattern_matches(pattern, normal)) {
      require(fetch::pattern_matches(bare, normal), "an end mark only takes away");
      require(fetch::pattern_matches(bare, normal + "x"), "what matches matches what begins with it");
    }
    lines = rest;
  }
  return 0;
}

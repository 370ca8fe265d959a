// Retry-After and X-Robots-Tag. Input: lines; each is a value of either.
#include "fetch/opt_out.hpp"
#include "fetch/retry_after.hpp"
#include "fuzz/fuzz_target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gannet;
  const WallTime now{std::chrono::seconds{1'800'000'000}};
  std::vector<std::string> lines;
  for (auto text = fuzz::as_text(data, size); !text.empty();) {
    const auto [line, rest] = fuzz::split(text, '\n');
    lines.emplace_back(line);
    text = rest;
  }
  bool any = false;
  for (const auto& line : lines) {
    const auto wait = fetch::parse_retry_after(line, now);
    if (wait) fuzz::require(wait->count() >= 0, "nobody waits backwards");
    any = any || fetch::opted_out({line}, {"gannet"});
  }
  const auto directive = fetch::opted_out(lines, {"gannet"});
  if (directive) fuzz::require(!directive->empty(), "what says no has a name");
  fuzz::require(directive.has_value() == any, "lines say no together when one of them does");
  return 0;
}

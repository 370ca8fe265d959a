// The YAML of a .job file. Whatever it holds, what is accepted of it is a plain absolute path and options within their
// bounds.
#include "config/job_order.hpp"

#include "fuzz/fuzz_target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gannet;
  using fuzz::require;
  const auto order = config::read_job_order(std::string(fuzz::as_text(data, size)));
  if (!order) {
    require(order.error().reason == Reason::bad_url && !order.error().detail.empty(), "a refusal says why");
    require(order.error().detail.find('\n') == std::string::npos, "and says it on one line");
    return 0;
  }
  require(order->list.is_absolute() && order->list.has_filename(), "a list has an absolute path");
  for (const auto& step : order->list) require(step != "..", "which leads to nothing above it");
  JobOptions said;
  order->options.apply_to(said);
  require(said.tries.value_or(1) >= 1 && said.tries.value_or(1) <= 20, "an option is within its bounds");
  require(said.user_agent.value_or("").size() <= 256, "a header is short");
  return 0;
}

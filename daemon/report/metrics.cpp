#include "report/metrics.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <vector>

namespace gannet::report {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

template <class Number>
MetricFamily gauge(std::string name, std::string help, Number value) {
  ClientMetric metric;
  metric.gauge.value = static_cast<double>(value);
  return {std::move(name), std::move(help), MetricType::Gauge, {std::move(metric)}};
}

template <class Number>
MetricFamily counter(std::string name, std::string help, Number value) {
  ClientMetric metric;
  metric.counter.value = static_cast<double>(value);
  return {std::move(name), std::move(help), MetricType::Counter, {std::move(metric)}};
}

MetricFamily bytes(const Totals& totals) {
  return counter("gannet_bytes_total", "Bytes of images stored.", totals.bytes);
}

MetricFamily records(const Totals& totals) {
  MetricFamily family{"gannet_records_total", "Lines that have their final record.", MetricType::Counter, {}};
  for (std::size_t i = 0; i < reason_count; ++i) {
    const auto reason = static_cast<Reason>(i);
    ClientMetric metric;
    metric.label = {{"outcome", std::string(to_string(outcome_of(reason)))},
                    {"reason", std::string(to_string(reason))}};
    metric.counter.value = static_cast<double>(totals.by_reason[i]);
    family.metric.push_back(std::move(metric));
  }
  return family;
}

// Zeros without workers.
MetricFamily decode_workers(const DecodeStatus& status) {
  MetricFamily family{"gannet_decode_workers", "Decode workers.", MetricType::Gauge, {}};
  const unsigned idle = status.workers - std::min(status.busy, status.workers);
  for (const auto& [state, count] : {std::pair{"busy", status.busy}, std::pair{"idle", idle}}) {
    ClientMetric metric;
    metric.label.push_back({"state", state});
    metric.gauge.value = count;
    family.metric.push_back(std::move(metric));
  }
  return family;
}

// Zeros without a catalogue.
MetricFamily catalogue(const CatalogueStatus& status) {
  MetricFamily family{"gannet_catalogue_total", "What the catalogue did.", MetricType::Counter, {}};
  for (const auto& [what, count] : {std::pair{"taken", status.taken}, std::pair{"unchanged", status.unchanged},
                                    std::pair{"linked", status.linked}, std::pair{"left_out", status.left_out}}) {
    ClientMetric metric;
    metric.label = {{"what", what}};
    metric.counter.value = static_cast<double>(count);
    family.metric.push_back(std::move(metric));
  }
  return family;
}

template <class Value>
MetricFamily of_hooks(std::string name, std::string help, MetricType type, const std::vector<HookStatus>& hooks,
                      Value value) {
  MetricFamily family{std::move(name), std::move(help), type, {}};
  for (const auto& hook : hooks) {
    for (auto& [label, count] : value(hook)) {
      ClientMetric metric;
      metric.label = {{"hook", hook.name}};
      if (!label.empty()) metric.label.push_back({"result", label});
      (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = static_cast<double>(count);
      family.metric.push_back(std::move(metric));
    }
  }
  return family;
}

using Counts = std::vector<std::pair<std::string, std::uint64_t>>;

Counts lines_of(const HookStatus& hook) {
  return {{"acknowledged", hook.acknowledged}, {"dropped", hook.dropped}, {"left_out", hook.left_out}};
}

MetricFamily build_info() {
  MetricFamily family = gauge("gannet_build_info", "1, with the version that runs.", 1);
  family.metric.front().label = {{"version", GANNET_VERSION}};
  return family;
}

}  // namespace

std::string metrics_text(const Snapshot& snapshot) {
  const DecodeStatus decode = snapshot.decode.value_or(DecodeStatus{});
  const std::vector<MetricFamily> families{
      records(snapshot.totals),
      bytes(snapshot.totals),
      gauge("gannet_requests_in_flight", "Requests in flight.", snapshot.in_flight),
      gauge("gannet_requests_in_flight_limit", "Requests that may be in flight.", snapshot.in_flight_limit),
      gauge("gannet_connections", "Open connections.", snapshot.connections),
      gauge("gannet_queued_lines", "Lines read and waiting for their turn.", snapshot.queued),
      gauge("gannet_retrying_lines", "Queued lines that wait for another attempt.", snapshot.retrying),
      gauge("gannet_spilled_lines", "Queued lines on disk, because memory has no room.", snapshot.spilled),
      gauge("gannet_jobs_active", "Lists being fetched.", snapshot.jobs.size()),
      gauge("gannet_waiting_lists", "Lists in the inbox that wait for others to end.", snapshot.waiting_lists),
      gauge("gannet_local_trouble", "1 while names or connections fail everywhere, which pauses the fetching.",
            snapshot.trouble ? 1 : 0),
      gauge("gannet_disk_closed", "1 while the disk takes nothing, which pauses the fetching.", snapshot.disk ? 1 : 0),
      decode_workers(decode),
      gauge("gannet_decode_waiting_images", "Images that wait for a decode worker.", decode.waiting),
      counter("gannet_decoded_total", "Images that a decode worker gave a verdict of.", decode.decoded),
      counter("gannet_decode_deaths_total", "Decode workers that died of an image, or were ended for it.", decode.died),
      gauge("gannet_logs_refused", "1 while the disk takes no lines of a log, which are lost in the end.",
            snapshot.logs ? 1 : 0),
      of_hooks("gannet_hook_lines_total", "Lines that a hook was to be told.", MetricType::Counter, snapshot.hooks,
               lines_of),
      of_hooks("gannet_hook_waiting_lines", "Lines that a hook has not acknowledged.", MetricType::Gauge,
               snapshot.hooks,
               [](const HookStatus& hook) {
                 return Counts{{"", hook.waiting}};
               }),
      of_hooks("gannet_hook_running", "1 while the program of a hook runs.", MetricType::Gauge, snapshot.hooks,
               [](const HookStatus& hook) {
                 return Counts{{"", hook.running ? 1 : 0}};
               }),
      of_hooks("gannet_hook_restarts_total", "How often the program of a hook had to be started again.",
               MetricType::Counter, snapshot.hooks,
               [](const HookStatus& hook) {
                 return Counts{{"", hook.restarts}};
               }),
      catalogue(snapshot.catalogue.value_or(CatalogueStatus{})),
      gauge("gannet_parked_hosts", "Hosts that are not asked at the moment.", snapshot.parked.size()),
      gauge("gannet_blocked_files", "Files in the inbox that cannot be taken, and jobs that cannot go on.",
            snapshot.blocked.size()),
      gauge("gannet_unwritten_bytes", "Bytes fetched and waiting for the disk.", snapshot.unwritten_bytes),
      gauge("gannet_lane_stall_seconds", "Longest time that one thing kept a lane from all others.",
            std::chrono::duration<double>(snapshot.lane_stall).count()),
      gauge("gannet_uptime_seconds", "Time since the start of the daemon.", snapshot.uptime.count()),
      build_info(),
  };
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace gannet::report

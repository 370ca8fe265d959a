#include "page/digest.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "core/url.hpp"

namespace gannet::page {
namespace {

constexpr std::size_t most_text = 200;

std::uint64_t whole(milliseconds time) { return static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0)); }

}  // namespace

void Digest::add(const Record& record) {
  totals.add(record);
  first = first ? std::min(*first, record.time) : record.time;
  last = last ? std::max(*last, record.time) : record.time;
  timeline.add(record.time, record.outcome, record.outcome == Outcome::ok ? record.stored_bytes() : 0);

  const auto url = Url::parse(record.url);
  if (url) hosts.add(url->origin(), record);
  const bool redirected = !record.final_url.empty();
  add_phases(record, redirected ? record.final_url.starts_with("https:") : url && url->secure);
  if (record.http_status != 0) statuses.add(std::to_string(record.http_status));
  if (!record.protocol.empty()) {
    ++answers;
    reused += record.reused ? 1 : 0;
    protocols.add(on_one_line(record.protocol, 20));
  }
  if (record.attempts > 0) attempts.add(std::to_string(record.attempts));

  if (record.outcome == Outcome::ok) return add_image(record);
  auto& shown = examples[static_cast<std::size_t>(record.reason)];
  if (shown.size() == most_examples) return;
  shown.push_back({record.line, on_one_line(record.url, most_text), on_one_line(record.detail, most_text)});
}

// A phase that is not in a record did not happen, or rounds to 0: which of the two tells the connection.
void Digest::add_phases(const Record& record, bool secure) {
  if (record.attempts == 0) return;
  const auto queue = whole(record.ms.queue), dns = whole(record.ms.dns), connect = whole(record.ms.connect),
             tls = whole(record.ms.tls), first_byte = whole(record.ms.first_byte), total = whole(record.ms.total);
  const bool answered = !record.protocol.empty();
  const bool connected = answered && !record.reused;
  phases.queue.add(queue);
  phases.total.add(total);
  if (connected || dns > 0) phases.dns.add(dns);
  if (connected || connect > 0) phases.connect.add(connect);
  if ((connected && secure) || tls > 0) phases.tls.add(tls);
  if (answered || first_byte > 0) phases.first_byte.add(first_byte);
  if (const auto decode = whole(record.ms.decode); decode > 0 || record.picture.frames > 0) phases.decode.add(decode);
  // Of redirects the total has all hops, and the other phases the last alone.
  if (record.bytes == 0 || record.from_catalogue || !record.final_url.empty()) return;
  const auto before = dns + connect + tls + first_byte;
  phases.body.add(total > before ? total - before : 0);
}

void Digest::add_image(const Record& record) {
  if (record.is_shared()) {
    ++shared;
    return;
  }
  ++files;
  bytes.add(record.bytes);
  sizes.add_bytes(record.bytes);
  formats.add(record.format.empty() ? "unknown" : on_one_line(record.format, 20), record.bytes);
  if (record.width > 0 && record.height > 0) {
    width.add(record.width);
    height.add(record.height);
    sizes.add_pixels(record.width, record.height);
  }
  sample.add(record);
  small_sample.add(record);
}

}  // namespace gannet::page

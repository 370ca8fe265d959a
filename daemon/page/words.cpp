#include "page/words.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/text.hpp"
#include "report/human.hpp"
#include "report/summary.hpp"

namespace gannet::page {
namespace {

std::string number(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return human_count(count) + ' ' + std::string(count == 1 ? one : many);
}

std::string elapsed(milliseconds time) {
  if (time < 10s) return short_time(static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0)));
  return report::human_duration(std::chrono::floor<seconds>(time));
}

// "most because the host ...": of the lines that ended so.
std::string why(const Totals& totals, Outcome outcome) {
  const auto all = totals.of(outcome);
  for (const auto& [reason, count] : report::ranked_reasons(totals)) {
    if (outcome_of(reason) != outcome) continue;
    const std::string_view often = count == all      ? "because "
                                   : 2 * count > all ? "most because "
                                                     : "most often because ";
    return std::string(often) + std::string(explain(reason));
  }
  return {};
}

// "188 failed, most because ...; 3 were skipped; 2 lines are no URLs to fetch"
std::string what_else(const Totals& totals) {
  std::string text;
  if (const auto count = totals.of(Outcome::failed)) {
    const auto reason = why(totals, Outcome::failed);
    text += "; " + human_count(count) + " failed" + (reason.empty() ? "" : ", " + reason);
  }
  if (const auto count = totals.of(Outcome::skipped)) {
    const auto reason = text.empty() ? why(totals, Outcome::skipped) : std::string();
    text += "; " + human_count(count) + (count == 1 ? " was skipped" : " were skipped") +
            (reason.empty() ? "" : ", " + reason);
  }
  if (const auto count = totals.of(Outcome::invalid))
    text += "; " + counted(count, "line is no URL to fetch", "lines are no URLs to fetch");
  return text;
}

}  // namespace

std::string_view explain(Reason reason) {
  switch (reason) {
    case Reason::none:
      return "no reason was recorded";
    case Reason::bad_url:
      return "the line is not a URL";
    case Reason::unsupported_scheme:
      return "the URL is neither http nor https";
    case Reason::blocked_address:
      return "the host has only addresses that are refused";
    case Reason::dns_not_found:
      return "the name of the host does not exist";
    case Reason::dns_failed:
      return "the name servers gave no answer about the host";
    case Reason::connect_refused:
      return "the host refused the connection";
    case Reason::connect_timeout:
      return "the host did not answer the connection attempt";
    case Reason::connect_failed:
      return "the host could not be reached";
    case Reason::tls_certificate:
      return "the certificate of the host is not valid";
    case Reason::tls_failed:
      return "the encrypted connection could not be set up or broke";
    case Reason::first_byte_timeout:
      return "the host was connected, but did not begin to answer in time";
    case Reason::idle_timeout:
      return "the answer stopped half way";
    case Reason::total_timeout:
      return "the fetch took longer than it may";
    case Reason::too_slow:
      return "the host sent too slowly";
    case Reason::reset:
      return "the host closed the connection half way";
    case Reason::short_body:
      return "the host sent less than it had announced";
    case Reason::bad_response:
      return "the answer was not valid HTTP";
    case Reason::too_large:
      return "the answer was larger than allowed";
    case Reason::too_many_redirects:
      return "the redirects did not come to an end";
    case Reason::bad_redirect:
      return "a redirect led nowhere that may be followed";
    case Reason::http_status:
      return "the host answered with an error status";
    case Reason::not_an_image:
      return "what came is not an image";
    case Reason::hash_mismatch:
      return "what came is not what the list promised";
    case Reason::decode_failed:
      return "the image is damaged";
    case Reason::decode_timeout:
      return "the image took too long to decode";
    case Reason::decode_crashed:
      return "the decoder died of the image";
    case Reason::too_many_pixels:
      return "the image has more pixels than allowed";
    case Reason::too_small:
      return "the image is smaller than asked for";
    case Reason::robots:
      return "the robots.txt of the host disallows it";
    case Reason::opt_out:
      return "the host opts out of such use";
    case Reason::host_dead:
      return "the host could not be reached for so long that it was given up";
    case Reason::disk_full:
      return "the disk has no room for it";
    case Reason::disk_error:
      return "the disk did not take it";
    case Reason::cancelled:
      return "it was cancelled";
  }
  return "no reason was recorded";
}

std::string short_time(std::uint64_t ms) {
  const auto value = static_cast<double>(ms) / 1000;
  if (ms == 0) return "< 1 ms";
  if (ms < 1000) return std::to_string(ms) + " ms";
  if (ms < 9'995) return number("%.2f s", value);
  if (ms < 59'950) return number("%.1f s", value);
  return report::human_duration(seconds((ms + 500) / 1000));
}

std::string short_rate(double per_second) {
  if (per_second >= 99.5) return human_count(report::whole(per_second));
  if (per_second >= 9.95) return number("%.1f", per_second);
  return number("%.2f", per_second);
}

milliseconds duration_of(const JobFacts& job, const Digest& digest) {
  if (!digest.first) return 0ms;
  const WallTime from = job.claimed ? *job.claimed : *digest.first;
  return std::max(*digest.last - from, milliseconds(0));  // the wall clock may have been set back
}

std::string sentence(const JobFacts& job, const Digest& digest) {
  const Totals& totals = digest.totals;
  const bool running = job.state == JobFacts::State::running;
  if (totals.lines == 0) return running ? "No line has ended yet." : "The list had no lines, so nothing was fetched.";
  const auto ok = totals.of(Outcome::ok);
  const std::string took = " in " + elapsed(duration_of(job, digest));
  const std::string so_far = running ? "So far " : "";
  const std::string were = running ? "have been" : "were";
  if (ok == totals.lines) {
    if (ok == 1) return so_far + (running ? "one image has been fetched" : "One image was fetched") + took + '.';
    return so_far + (running ? "all " : "All ") + human_count(ok) + " images " + were + " fetched" + took + '.';
  }
  return so_far + human_count(ok) + " of " + counted(totals.lines, "image", "images") + ' ' +
         (ok == 1 ? (running ? "has been" : "was") : were) + " fetched" + took + what_else(totals) + '.';
}

std::string step_name(seconds width) {
  for (const auto& [unit, name] : {std::pair{86400, " d"}, {3600, " h"}, {60, " min"}}) {
    if (width.count() % unit == 0) return std::to_string(width.count() / unit) + name;
  }
  return std::to_string(width.count()) + " s";
}

std::string together(std::string text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t at = 1; at + 1 < text.size(); ++at) {
    if (text[at] != ' ' || !is_digit(text[at - 1])) continue;
    const std::string_view rest = std::string_view(text).substr(at + 1);
    const auto word = rest.substr(0, rest.find_first_of(" ;,."));
    if (word == "ms" || word == "s" || word == "min" || word == "h" || word == "d") text.replace(at, 1, "\xc2\xa0");
  }
  return text;
}

std::string round_bytes(double bytes) {
  constexpr std::array units{" B", " kB", " MB", " GB", " TB"};
  std::size_t unit = 0;
  for (; bytes >= 1000 && unit + 1 < units.size(); ++unit) bytes /= 1000;
  return number("%.3g", bytes) + units[unit];
}

std::string round_number(double value) {
  return value >= 1000 ? human_count(report::whole(value)) : number("%.3g", value);
}

std::string long_date(WallTime time) {
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  return std::to_string(static_cast<unsigned>(date.day())) + ' ' + months[static_cast<unsigned>(date.month()) - 1] +
         ' ' + std::to_string(static_cast<int>(date.year())) + ", " + to_rfc3339(time).substr(11, 8) + " UTC";
}

}  // namespace gannet::page

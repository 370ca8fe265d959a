// The words of the page: reasons in plain English, times, the sentence on top. Plain functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "page/digest.hpp"
#include "page/job_facts.hpp"

namespace gannet::page {

/// What happened, to go on a "because": "the name of the host does not exist".
std::string_view explain(Reason reason);

/// "< 1 ms", "42 ms", "1.23 s", "12.3 s", "4 min 12 s".
std::string short_time(std::uint64_t milliseconds);

/// "42", "0.25", "1,234": of something a second.
std::string short_rate(double per_second);

/// How long the job took, or has taken so far: from the claim to its last record.
milliseconds duration_of(const JobFacts& job, const Digest& digest);

/// "9,812 of 10,000 images were fetched in 4 min 12 s; 188 failed, most because ...".
std::string sentence(const JobFacts& job, const Digest& digest);

/// "5 s", "15 min", "3 h".
std::string step_name(seconds width);

/// With the spaces between numbers and their units made such that no line breaks there.
std::string together(std::string text);

/// For the edges of charts, which are round: "40 MB", "2.5 MB"; "1,500", "0.25".
std::string round_bytes(double bytes);
std::string round_number(double value);

/// "27 Nov 2026, 08:12:31 UTC".
std::string long_date(WallTime time);

}  // namespace gannet::page

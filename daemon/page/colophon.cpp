// Where the numbers come from, and how exact they are.
#include "page/sections.hpp"
#include "page/words.hpp"

namespace gannet::page {

Html colophon(const JobFacts& job, const Digest& digest) {
  Html out;
  out << "<footer><dl><dt>Job</dt><dd><code>"_html << job.id << "</code></dd>"_html;
  if (job.claimed) out << "<dt>Claimed</dt><dd>"_html << long_date(*job.claimed) << "</dd>"_html;
  if (digest.last) out << "<dt>Last record</dt><dd>"_html << long_date(*digest.last) << "</dd>"_html;
  out << "<dt>Page made</dt><dd>"_html << long_date(job.made)
      << (job.state == JobFacts::State::running ? ", while the job was running" : "")
      << "</dd></dl><p>Every number is counted from the job's <code>results.jsonl</code>. Counts, sums, means and "
         "longest times are exact. Percentiles are by nearest rank over all lines, not a sample: exact below 65,536 "
         "(ms, bytes, pixels), above that at most 0.0031 % too low. Shown numbers are rounded to the digits they have. "
         "Times are those of records, which are rounded to 1 ms for each phase; the body is what is left of the whole "
         "fetch. DNS, Connect and TLS count lines that needed a connection of their own; Body counts bodies that were "
         "read to their end without a redirect.</p><p>gannet "_html
      << GANNET_VERSION << "</p></footer>"_html;
  return out;
}

}  // namespace gannet::page

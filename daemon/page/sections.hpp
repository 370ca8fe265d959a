// The sections of the page, in their order. Each is empty when there is nothing to tell. Plain functions; any thread.
#pragma once

#include <string>
#include <vector>

#include "page/digest.hpp"
#include "page/html.hpp"
#include "page/job_facts.hpp"

namespace gannet::page {

/// A small image of the job, as it is stored.
struct Picture {
  SmallImage of;
  std::string content;
};

Html masthead(const JobFacts& job, const Digest& digest);
Html over_time(const Digest& digest);
Html why_not(const Digest& digest);
Html hosts(const Digest& digest);
Html latency(const Digest& digest);
Html images(const Digest& digest);
Html answers(const Digest& digest);
Html contact_sheet(const Digest& digest, const std::vector<Picture>& pictures);
Html colophon(const JobFacts& job, const Digest& digest);

}  // namespace gannet::page

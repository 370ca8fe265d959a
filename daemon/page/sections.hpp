// The sections of the page, in their order. Each is empty when there is nothing to tell. Plain functions; any thread.
#pragma once

#include <string>
#include <vector>

#include "page/digest.hpp"
#include "page/html.hpp"
#include "page/job_facts.hpp"

namespace gannet::page {

struct Picture {
  SampledImage of;
  std::string content;  // small
};

/// Some images of the job: as thumbnails, which are JPEG, or else small ones as they are stored.
struct Sheet {
  std::vector<Picture> pictures;
  std::uint64_t of = 0;  // as many were chosen from
  bool thumbnails = false;
};

Html masthead(const JobFacts& job, const Digest& digest);
Html over_time(const Digest& digest);
Html why_not(const Digest& digest);
Html hosts(const Digest& digest);
Html latency(const Digest& digest);
Html images(const Digest& digest);
Html answers(const Digest& digest);
Html contact_sheet(const Sheet& sheet);
Html colophon(const JobFacts& job, const Digest& digest);

}  // namespace gannet::page

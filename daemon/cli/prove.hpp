// Proves the books of one job: reads its list, its journal, its images, its summary and its retry.jsonl, and holds them
// against each other (cli/audit.hpp). Writes nothing; the daemon may be at work meanwhile. Runs on the main thread.
#pragma once

#include <cstddef>
#include <functional>

#include "cli/find_jobs.hpp"
#include "cli/findings.hpp"
#include "core/settings.hpp"

namespace gannet::cli {

struct ProofOptions {
  Layout layout;
  ListSettings lists;
  bool hashes = true;
  std::size_t told = 20;  // problems in full
};

/// `progress` hears how much of the journal has been looked at, 0 to 1, and how many records that is.
using ProofProgress = std::function<void(double fraction, std::uint64_t records)>;

Proof prove(const FoundJob& job, const ProofOptions& options, const ProofProgress& progress);

}  // namespace gannet::cli

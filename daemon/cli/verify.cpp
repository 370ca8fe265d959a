#include "cli/verify.hpp"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <set>

#include "cli/progress_line.hpp"
#include "cli/prove.hpp"
#include "cli/verify_view.hpp"
#include "report/human.hpp"

namespace gannet::cli {
namespace {

constexpr int most_moves = 3;  // from active/ to done/, while we look

Result<std::vector<FoundJob>> find_all(const Layout& layout, const std::vector<std::string>& names) {
  std::vector<FoundJob> all;
  std::set<std::string> ids;
  for (const auto& name : names) {
    auto found = find_jobs(layout, name);
    if (!found) return found.error();
    for (auto& job : *found) {
      if (ids.insert(job.job.id).second) all.push_back(std::move(job));
    }
  }
  return all;
}

// A job that ends while we look is looked at once more, where it is now; so is one whose list came into its folder
// after we had looked for the name of it. Nothing, when it is no job any more: rejected, or its list went back to the
// inbox.
std::optional<Proof> prove_where_it_is(FoundJob job, const ProofOptions& options, const ProofProgress& progress) {
  for (int moves = 0;; ++moves) {
    Proof proof = prove(job, options, progress);
    std::error_code ignored;
    const bool there = std::filesystem::exists(job.job.folder, ignored);
    if (job.state != JobState::active || (there && proof.unproven.empty()) || moves == most_moves) return proof;
    auto again = find_jobs(options.layout, job.job.id);
    if (!again || again->front().job.id != job.job.id) return std::nullopt;
    if (there && again->front().job.list_name == job.job.list_name && again->front().state == job.state) return proof;
    job = std::move(again->front());
  }
}

bool print(const std::string& text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
}

}  // namespace

int verify(const VerifyOptions& options) {
  const ProofOptions proof_options{Layout{options.settings.store.root}, options.settings.input, options.hashes,
                                   options.told};
  const auto jobs = find_all(proof_options.layout, options.jobs);
  if (!jobs) {
    std::fprintf(stderr, "gannet: %s\n", report::printable(jobs.error().detail).c_str());
    return 1;
  }
  ProgressLine line;
  std::vector<Proof> proofs;
  bool printed = true;
  for (const auto& job : *jobs) {
    auto proof = prove_where_it_is(job, proof_options, [&line](double fraction, std::uint64_t records) {
      line.draw(fraction, records, "records");
    });
    line.clear();
    if (!proof) continue;
    if (!options.json) printed = print(proof_view(*proof)) && printed;
    proofs.push_back(std::move(*proof));
  }
  printed = print(options.json ? proofs_json(proofs) : last_line(proofs)) && printed;
  if (!printed || std::ranges::any_of(proofs, [](const Proof& proof) { return !proof.unproven.empty(); })) return 1;
  return std::ranges::all_of(proofs, &Proof::balances) ? 0 : 3;
}

}  // namespace gannet::cli

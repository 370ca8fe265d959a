#include "cli/verify_view.hpp"

#include <boost/json.hpp>

#include "core/text.hpp"
#include "report/human.hpp"
#include "report/totals_json.hpp"

namespace gannet::cli {
namespace {

namespace json = boost::json;

using report::printable;

constexpr std::array kinds{Problem::missing, Problem::duplicate, Problem::wrong, Problem::stray};

std::string told_line(const ToldProblem& problem) {
  std::string text = "  " + std::string(name_of(problem.kind)) + ": ";
  if (problem.line > 0) text += "line " + std::to_string(problem.line) + ": ";
  text += printable(problem.what);
  if (!problem.url.empty()) text += " (" + printable(problem.url) + ')';
  return text + '\n';
}

std::string counts_text(const ProblemCounts& counts) {
  std::string text;
  for (const auto kind : kinds) {
    text += (text.empty() ? "" : ", ") + human_count(counts[static_cast<std::size_t>(kind)]) + ' ' +
            std::string(name_of(kind));
  }
  return text;
}

ProblemCounts sum(const std::vector<Proof>& proofs) {
  ProblemCounts counts{};
  for (const Proof& proof : proofs) {
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += proof.counts[i];
  }
  return counts;
}

std::string not_yet_line(const Proof& proof) {
  if (proof.not_yet == 0) return {};
  const std::string lines = "  " + human_count(proof.not_yet) + " lines have no record ";
  return lines + (proof.state == "active" ? "yet: the job goes on\n" : "because the list broke before them\n");
}

json::object counts_json(const ProblemCounts& counts) {
  json::object out;
  for (const auto kind : kinds) out[name_of(kind)] = counts[static_cast<std::size_t>(kind)];
  return out;
}

json::object to_json(const ToldProblem& problem) {
  json::object out{{"kind", name_of(problem.kind)}};
  if (problem.line > 0) out["line"] = problem.line;
  if (!problem.url.empty()) out["url"] = to_valid_utf8(problem.url);
  out["what"] = to_valid_utf8(problem.what);
  return out;
}

json::object to_json(const Proof& proof) {
  json::object out{{"job", to_valid_utf8(proof.job)}, {"state", proof.state}, {"rows", proof.rows}};
  for (auto& member : report::totals_json(proof.totals)) out.insert(member);
  out["files"] = proof.files;
  out["hashed"] = proof.hashed;
  out["not_yet"] = proof.not_yet;
  for (auto& member : counts_json(proof.counts)) out.insert(member);
  json::array told;
  for (const auto& problem : proof.told) told.push_back(to_json(problem));
  out["problems"] = std::move(told);
  json::array notes;
  for (const auto& note : proof.notes) notes.push_back(json::string(to_valid_utf8(note)));
  out["notes"] = std::move(notes);
  if (!proof.unproven.empty()) out["unproven"] = to_valid_utf8(proof.unproven);
  return out;
}

}  // namespace

std::string proof_view(const Proof& proof) {
  std::string out = printable(proof.job) + "  " + std::string(proof.state) + '\n';
  out += "  " + human_count(proof.rows) + " lines:";
  for (const auto outcome : {Outcome::ok, Outcome::failed, Outcome::skipped, Outcome::invalid}) {
    out += (outcome == Outcome::ok ? " " : ", ") + human_count(proof.totals.of(outcome)) + ' ' +
           std::string(to_string(outcome));
  }
  out += "\n  " + human_count(proof.files) + " files, " + human_bytes(proof.totals.bytes) + ", " +
         human_count(proof.hashed) + " hashes compared\n" + not_yet_line(proof);
  for (const auto& note : proof.notes) out += "  note: " + printable(note) + '\n';
  std::uint64_t untold = 0;
  for (const auto count : proof.counts) untold += count;
  for (const auto& problem : proof.told) out += told_line(problem);
  untold -= proof.told.size();
  if (untold > 0) out += "  and " + human_count(untold) + " more\n";
  if (!proof.unproven.empty()) out += "  NOT PROVEN: " + printable(proof.unproven) + '\n';
  return out;
}

std::string last_line(const std::vector<Proof>& proofs) {
  const std::string jobs = proofs.size() == 1 ? "" : human_count(proofs.size()) + " jobs: ";
  std::uint64_t unproven = 0;
  for (const Proof& proof : proofs) unproven += proof.unproven.empty() ? 0 : 1;
  const std::string rest = unproven == 0 ? "" : ", " + human_count(unproven) + " NOT PROVEN";
  return jobs + counts_text(sum(proofs)) + rest + '\n';
}

std::string proofs_json(const std::vector<Proof>& proofs) {
  json::array jobs;
  for (const Proof& proof : proofs) jobs.push_back(to_json(proof));
  json::object out{{"jobs", std::move(jobs)}};
  for (auto& member : counts_json(sum(proofs))) out.insert(member);
  return json::serialize(out) + '\n';
}

}  // namespace gannet::cli

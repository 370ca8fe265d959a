// The command line's main: arguments in, exit code out.
#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/check.hpp"
#include "cli/retry.hpp"
#include "cli/status.hpp"
#include "cli/submit.hpp"
#include "cli/verify.hpp"
#include "core/text.hpp"
#include "main/fetch_command.hpp"
#include "main/process.hpp"

namespace {

using namespace gannet;

struct Common {
  std::string config;
  std::vector<std::string> overrides;
};

void add_common(CLI::App& command, Common& common) {
  command.add_option("--config", common.config, "configuration file");
  command.add_option("--set", common.overrides, "KEY=VALUE: overrides one configuration key; may be repeated")
      ->allow_extra_args(false);
}

// Thrown when the configuration was refused and its mistakes are printed.
struct Refused {};

// The commands that talk to a daemon use its packaged configuration unless told otherwise; fetch starts from defaults.
Settings load(const Common& common, bool packaged) {
  std::optional<std::filesystem::path> file;
  if (!common.config.empty()) {
    file = common.config;
  } else if (packaged) {
    file = packaged_config();
  }
  auto loaded = config::load(file, common.overrides);
  print_mistakes(loaded.mistakes);
  if (!loaded.mistakes.empty()) throw Refused{};
  if (!packaged) print_warnings(loaded.warnings);  // otherwise the daemon's business
  return std::move(loaded.settings);
}

// Why it is no reason to ask for; empty when it is one.
std::string refuse_reason(const std::string& text) {
  if (cli::parse_failing_reason(text)) return {};
  return "'" + on_one_line(text) + "' is not accepted; lines fail for: " + cli::failing_reasons();
}

std::vector<Reason> parsed(const std::vector<std::string>& reasons) {
  std::vector<Reason> all;
  for (const auto& text : reasons) all.push_back(*cli::parse_failing_reason(text));
  return all;
}

int run(int argc, char** argv) {
  CLI::App app{"gannet: bulk image downloads"};
  app.set_version_flag("--version", "gannet " GANNET_VERSION);
  app.require_subcommand(1);
  Common common;
  std::vector<std::filesystem::path> lists;

  auto* fetch = app.add_subcommand("fetch", "fetch lists once, in the foreground; run again to resume");
  std::filesystem::path output = "gannet";
  fetch->add_option("LIST", lists, "lists of URLs")->required();
  fetch->add_option("--output", output, "folder for everything that comes of it (default: ./gannet)");
  add_common(*fetch, common);

  auto* submit = app.add_subcommand("submit", "check lists and drop them into the daemon's inbox");
  Priority priority = Priority::normal;
  const std::map<std::string, Priority> priorities{
      {"urgent", Priority::urgent}, {"normal", Priority::normal}, {"bulk", Priority::bulk}};
  submit->add_option("LIST", lists, "lists of URLs")->required();
  submit->add_option("--priority", priority, "urgent, normal or bulk")->transform(CLI::CheckedTransformer(priorities));
  add_common(*submit, common);

  auto* check = app.add_subcommand(
      "check", "say what lists hold and how long they take at least; asks no host but with --robots");
  bool json = false;
  cli::CheckOptions checking;
  check->add_option("LIST", lists, "lists of URLs")->required();
  check->add_flag("--json", json, "for programs");
  auto* robots = check->add_flag("--robots", checking.robots,
                                 "ask hosts for robots.txt, once each, and say which lines it disallows");
  check
      ->add_option("--robots-hosts", checking.robots_hosts,
                   "how many hosts are asked at most, the first of the lists (default: 10000)")
      ->needs(robots)
      ->check(CLI::Range(1, 1'000'000));
  add_common(*check, common);

  auto* status = app.add_subcommand("status", "say what the daemon is doing");
  bool follow = false;
  status->add_flag("--follow", follow, "go on until interrupted");
  status->add_flag("--json", json, "the status file as it is");
  add_common(*status, common);

  auto* verify = app.add_subcommand("verify", "prove that every line has its record and every record its file");
  std::vector<std::string> jobs;
  std::filesystem::path fetched;
  bool no_hashes = false;
  std::size_t problems = 20;
  verify->add_option("JOB", jobs, "ids of jobs, the start of one, names of lists, or all")->required();
  verify->add_option("--output", fetched, "the folder that gannet fetch filled, instead of the daemon's root");
  verify->add_flag("--no-hashes", no_hashes, "look whether files are there and how large, not what they hold");
  verify->add_option("--problems", problems, "how many problems of a job are told in full (default: 20)");
  verify->add_flag("--json", json, "for programs");
  add_common(*verify, common);

  auto* retry = app.add_subcommand("retry", "drop the lines of a job that failed into the inbox again");
  std::string job;
  std::vector<std::string> reasons;
  retry->add_option("JOB", job, "the id of a job that has ended, its start, or the name of its list")->required();
  retry->add_option("--reason", reasons, "only lines that failed for this reason; may be repeated")
      ->allow_extra_args(false)
      ->delimiter(',')
      ->check(CLI::Validator(refuse_reason, ""));
  add_common(*retry, common);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_good : exit_usage;
  }
  if (*fetch) {
    Settings settings = load(common, false);
    return run_fetch({std::move(lists), std::move(output), std::move(settings), std::move(common.overrides)});
  }
  if (*submit) return cli::submit({std::move(lists), priority, load(common, true)});
  if (*check) {
    if (checking.robots) prepare_process();
    checking.lists = std::move(lists);
    checking.settings = load(common, true);
    checking.json = json;
    return cli::check(checking);
  }
  if (*verify) {
    Settings settings = load(common, fetched.empty());
    if (!fetched.empty()) settle_in(settings, fetched);
    return cli::verify({std::move(jobs), std::move(settings), !no_hashes, json, problems});
  }
  if (*retry) return cli::retry({std::move(job), parsed(reasons), load(common, true)});
  return cli::status({load(common, true), follow, json});
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const Refused&) {
    return exit_usage;
  } catch (const std::exception& error) {
    std::cerr << "gannet: " << error.what() << '\n';
    return exit_failed;
  }
}

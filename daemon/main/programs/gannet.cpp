// The command line's main: arguments in, exit code out.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <memory>

#include "cli/check.hpp"
#include "cli/report.hpp"
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

// A command as it stands on the command line, and what it does once its arguments are there.
struct Command {
  CLI::App* words;
  std::function<int()> run;  // returns the exit code
};

Command fetch_command(CLI::App& app) {
  struct Given : Common {
    std::vector<std::filesystem::path> lists;
    std::filesystem::path output = "gannet";
  };
  auto given = std::make_shared<Given>();
  auto* words = app.add_subcommand("fetch", "fetch lists once, in the foreground; run again to resume");
  words->add_option("LIST", given->lists, "lists of URLs")->required();
  words->add_option("--output", given->output, "folder for everything that comes of it (default: ./gannet)");
  add_common(*words, *given);
  return {words, [given] {
            Settings settings = load(*given, false);
            return run_fetch({given->lists, given->output, std::move(settings), given->overrides});
          }};
}

Command submit_command(CLI::App& app) {
  struct Given : Common {
    std::vector<std::filesystem::path> lists;
    Priority priority = Priority::normal;
  };
  const std::map<std::string, Priority> priorities{
      {"urgent", Priority::urgent}, {"normal", Priority::normal}, {"bulk", Priority::bulk}};
  auto given = std::make_shared<Given>();
  auto* words = app.add_subcommand("submit", "check lists and drop them into the daemon's inbox");
  words->add_option("LIST", given->lists, "lists of URLs")->required();
  words->add_option("--priority", given->priority, "urgent, normal or bulk")
      ->transform(CLI::CheckedTransformer(priorities));
  add_common(*words, *given);
  return {words, [given] { return cli::submit({given->lists, given->priority, load(*given, true)}); }};
}

Command check_command(CLI::App& app) {
  struct Given : Common {
    cli::CheckOptions options;
  };
  auto given = std::make_shared<Given>();
  auto& options = given->options;
  auto* words = app.add_subcommand(
      "check", "say what lists hold and how long they take at least; asks no host but with --robots");
  words->add_option("LIST", options.lists, "lists of URLs")->required();
  words->add_flag("--json", options.json, "for programs");
  auto* robots = words->add_flag("--robots", options.robots,
                                 "ask hosts for robots.txt, once each, and say which lines it disallows");
  words
      ->add_option("--robots-hosts", options.robots_hosts,
                   "how many hosts are asked at most, the first of the lists (default: 10000)")
      ->needs(robots)
      ->check(CLI::Range(1, 1'000'000));
  add_common(*words, *given);
  return {words, [given] {
            if (given->options.robots) prepare_process();
            given->options.settings = load(*given, true);
            return cli::check(given->options);
          }};
}

Command status_command(CLI::App& app) {
  struct Given : Common {
    std::string job;
    bool follow = false;
    bool json = false;
  };
  auto given = std::make_shared<Given>();
  auto* words = app.add_subcommand("status", "say what the daemon is doing, or what became of a job");
  words->add_option("JOB", given->job, "only this job: its id, the start of it, or the name of its list");
  words->add_flag("--follow", given->follow, "go on until interrupted, or until the job has ended");
  words->add_flag("--json", given->json, "the status file as it is; of a job its part, or its summary.json");
  add_common(*words, *given);
  return {words, [given] { return cli::status({load(*given, true), given->follow, given->json, given->job}); }};
}

Command verify_command(CLI::App& app) {
  struct Given : Common {
    std::vector<std::string> jobs;
    std::filesystem::path fetched;
    bool no_hashes = false;
    bool json = false;
    std::size_t problems = 20;
  };
  auto given = std::make_shared<Given>();
  auto* words = app.add_subcommand("verify", "prove that every line has its record and every record its file");
  words->add_option("JOB", given->jobs, "ids of jobs, the start of one, names of lists, or all")->required();
  words->add_option("--output", given->fetched, "the folder that gannet fetch filled, instead of the daemon's root");
  words->add_flag("--no-hashes", given->no_hashes, "look whether files are there and how large, not what they hold");
  words->add_option("--problems", given->problems, "how many problems of a job are told in full (default: 20)");
  words->add_flag("--json", given->json, "for programs");
  add_common(*words, *given);
  return {words, [given] {
            Settings settings = load(*given, given->fetched.empty());
            if (!given->fetched.empty()) settle_in(settings, given->fetched);
            return cli::verify({given->jobs, std::move(settings), !given->no_hashes, given->json, given->problems});
          }};
}

Command report_command(CLI::App& app) {
  struct Given : Common {
    std::string job;
    std::filesystem::path page, fetched;
  };
  auto given = std::make_shared<Given>();
  auto* words = app.add_subcommand("report", "make a page that shows how a job went, for a browser");
  words->add_option("JOB", given->job, "the id of a job, its start, or the name of its list")->required();
  words->add_option("--output", given->page, "the page (default: JOB.html, here), or - for stdout");
  words->add_option("--fetched", given->fetched, "the folder that gannet fetch filled, instead of the daemon's root");
  add_common(*words, *given);
  return {words, [given] {
            Settings settings = load(*given, given->fetched.empty());
            if (!given->fetched.empty()) settle_in(settings, given->fetched);
            return cli::report({given->job, given->page, std::move(settings)});
          }};
}

Command retry_command(CLI::App& app) {
  struct Given : Common {
    std::string job;
    std::vector<std::string> reasons;
  };
  auto given = std::make_shared<Given>();
  auto* words = app.add_subcommand("retry", "drop the lines of a job that failed into the inbox again");
  words->add_option("JOB", given->job, "the id of a job that has ended, its start, or the name of its list")
      ->required();
  words->add_option("--reason", given->reasons, "only lines that failed for this reason; may be repeated")
      ->allow_extra_args(false)
      ->delimiter(',')
      ->check(CLI::Validator(refuse_reason, ""));
  add_common(*words, *given);
  return {words, [given] { return cli::retry({given->job, parsed(given->reasons), load(*given, true)}); }};
}

int run(int argc, char** argv) {
  CLI::App app{"gannet: bulk image downloads"};
  app.set_version_flag("--version", "gannet " GANNET_VERSION);
  app.require_subcommand(1);
  std::vector<Command> commands;
  for (const auto make :
       {fetch_command, submit_command, check_command, status_command, report_command, verify_command, retry_command}) {
    commands.push_back(make(app));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_good : exit_usage;
  }
  return std::ranges::find_if(commands, [](const Command& one) { return one.words->parsed(); })->run();
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

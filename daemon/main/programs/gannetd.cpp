// The daemon's main: arguments in, exit code out.
#include <CLI/CLI.hpp>
#include <iostream>

#include "main/daemon_command.hpp"
#include "main/process.hpp"

int main(int argc, char** argv) {
  CLI::App app{"gannetd: downloads the images of the lists that are dropped into its inbox"};
  gannet::DaemonOptions options;
  std::string config;
  app.set_version_flag("--version", "gannetd " GANNET_VERSION);
  app.add_option("--config", config, "configuration file (default: /etc/gannet/gannet.yaml if there is one)");
  app.add_option("--set", options.overrides, "KEY=VALUE: overrides one configuration key; may be repeated")
      ->allow_extra_args(false);
  app.add_flag("--check", options.check, "check the configuration and exit");
  try {
    app.parse(argc, argv);
    if (!config.empty()) options.config = config;
    return gannet::run_daemon(options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? gannet::exit_good : gannet::exit_usage;
  } catch (const std::exception& error) {
    std::cerr << "gannetd: " << error.what() << '\n';
    return gannet::exit_failed;
  }
}

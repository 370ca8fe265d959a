#include "main/daemon_command.hpp"

#include <spdlog/spdlog.h>

#include <iostream>

#include "main/engine.hpp"
#include "main/process.hpp"

namespace gannet {
namespace {

// Without --config the packaged file counts, when there is one.
std::optional<std::filesystem::path> config_file(const DaemonOptions& options) {
  return options.config ? options.config : packaged_config();
}

void log_warnings(const std::vector<config::Mistake>& warnings) {
  for (const auto& warning : warnings) spdlog::warn("{}: {}", warning.where, warning.text);
}

std::optional<Settings> reload(const DaemonOptions& options) {
  auto loaded = config::load(config_file(options), options.overrides);
  for (const auto& mistake : loaded.mistakes) {
    spdlog::error("not reloaded: {}: {}", mistake.where, mistake.text);
  }
  if (!loaded.mistakes.empty()) return std::nullopt;
  log_warnings(loaded.warnings);
  fit_to_cores(loaded.settings);
  fit_to_open_files(loaded.settings, lanes_of(loaded.settings));
  return loaded.settings;
}

}  // namespace

int run_daemon(const DaemonOptions& options) {
  auto loaded = config::load(config_file(options), options.overrides);
  print_mistakes(loaded.mistakes);
  if (!loaded.mistakes.empty()) return exit_usage;
  if (options.check) {
    print_warnings(loaded.warnings);
    std::cout << "the configuration is good\n";
    return exit_good;
  }
  prepare_process();
  const Root root(loaded.settings.store.root);
  fit_to_cores(loaded.settings);
  auto decoders = start_decoders(loaded.settings.decode);
  report::Logs logs(loaded.settings.report, true);
  spdlog::info("gannet {} begins: root {}, process {}", GANNET_VERSION, root.layout().root.string(), ::getpid());
  log_warnings(loaded.warnings);
  fit_to_open_files(loaded.settings, lanes_of(loaded.settings));
  Engine engine(loaded.settings, root, logs,
                {.reload = [&] { return reload(options); }, .decoders = std::move(decoders)});
  const auto end = engine.run();
  spdlog::info("gannet has stopped");
  return end == Engine::End::broken ? exit_failed : exit_good;
}

}  // namespace gannet

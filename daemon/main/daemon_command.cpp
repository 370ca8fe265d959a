#include "main/daemon_command.hpp"

#include <spdlog/spdlog.h>

#include <csignal>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <stdexcept>

#include "main/disk_wait.hpp"
#include "main/engine.hpp"
#include "main/open_files.hpp"
#include "main/process.hpp"
#include "main/stop_signals.hpp"

namespace gannet {
namespace {

// Without --config the packaged file counts, when there is one.
config::Loaded load(const DaemonOptions& options) {
  return config::load(options.config ? options.config : packaged_config(), options.overrides);
}

void log_warnings(const std::vector<config::Mistake>& warnings) {
  for (const auto& warning : warnings) spdlog::warn("{}: {}", warning.where, warning.text);
}

// Those of earlier runs all go on, and some may have been claimed under other settings.
std::size_t jobs_there(const Layout& layout) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(layout.active()), {}));
}

std::optional<Settings> reload(const DaemonOptions& options, const Layout& layout) {
  auto loaded = load(options);
  for (const auto& mistake : loaded.mistakes) {
    spdlog::error("not reloaded: {}: {}", mistake.where, mistake.text);
  }
  if (!loaded.mistakes.empty()) return std::nullopt;
  log_warnings(loaded.warnings);
  fit_to_cores(loaded.settings);
  try {
    fit_to_open_files(loaded.settings, lanes_of(loaded.settings), jobs_there(layout));
  } catch (const std::runtime_error& error) {
    spdlog::error("not reloaded: {}", error.what());
    return std::nullopt;
  }
  return loaded.settings;
}

// From the first stage to the last, once. Nothing: told to stop; else why the disk is not to be trusted any more.
std::optional<std::string> run_pipeline(const DaemonOptions& options, Settings settings,
                                        const std::vector<config::Mistake>& warnings, StopSignals& stop) {
  const Root root(settings.store.root);
  fit_to_cores(settings);
  auto decoders = start_decoders(settings.decode);
  report::Logs logs(settings.report, true);
  spdlog::info("gannet {} begins: root {}, process {}", GANNET_VERSION, root.layout().root.string(), ::getpid());
  log_warnings(warnings);
  fit_to_open_files(settings, lanes_of(settings), jobs_there(root.layout()));
  Engine engine(settings, root, logs,
                {.reload = [&] { return reload(options, root.layout()); }, .decoders = std::move(decoders)});
  if (const int early = stop.told()) std::raise(early);  // it came before the engine listened
  const auto end = engine.run();
  if (end == Engine::End::broken) return engine.why_broken();
  spdlog::info("gannet has stopped");
  return std::nullopt;
}

}  // namespace

int run_daemon(const DaemonOptions& options) {
  auto loaded = load(options);
  print_mistakes(loaded.mistakes);
  if (!loaded.mistakes.empty()) return exit_usage;
  if (options.check) {
    print_warnings(loaded.warnings);
    std::cout << "the configuration is good\n";
    return exit_good;
  }
  prepare_process();
  StopSignals stop;
  for (DiskWait disk;;) {
    std::optional<std::string> broken;
    try {
      broken = run_pipeline(options, loaded.settings, loaded.warnings, stop);
      if (!broken) return exit_good;
    } catch (const std::exception& error) {
      if (!disk_trouble(loaded.settings)) throw;
      broken = error.what();
    }
    if (!disk.wait(loaded.settings, *broken, stop)) return exit_good;
    auto now = load(options);
    if (now.mistakes.empty()) loaded = std::move(now);  // or what was good the last time
  }
}

}  // namespace gannet

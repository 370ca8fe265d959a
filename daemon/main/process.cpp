#include "main/process.hpp"

#include <malloc.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <thread>

namespace gannet {

std::optional<std::filesystem::path> packaged_config() {
  const std::filesystem::path file = "/etc/gannet/gannet.yaml";
  if (!std::filesystem::exists(file)) return std::nullopt;
  return file;
}

void prepare_process() {
  std::signal(SIGPIPE, SIG_IGN);  // a peer that closes is told by the call that wrote
  std::signal(SIGXFSZ, SIG_IGN);  // and so is a file that would be larger than this process may write
  // What there is to do comes in heaps: a thread that wakes up need not interrupt another. Costs a twentieth less.
  const sched_param none{};
  ::sched_setscheduler(0, SCHED_BATCH, &none);
  // Buffers come and go by the thousand each second: giving their pages back each time costs a tenth of all CPU.
  ::mallopt(M_MMAP_THRESHOLD, 4 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 64 << 20);
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
}

void fit_to_cores(Settings& settings) {
  if (settings.decode.auto_workers) settings.decode.workers = std::max(1u, std::thread::hardware_concurrency());
}

std::unique_ptr<decode::ForkServer> start_decoders(const DecodeSettings& settings) {
  if (settings.workers == 0) return nullptr;
  return std::make_unique<decode::ForkServer>(settings.program.empty() ? decode::worker_program() : settings.program);
}

void print_mistakes(const std::vector<config::Mistake>& mistakes) {
  for (const auto& mistake : mistakes) std::cerr << mistake.where << ": " << mistake.text << '\n';
}

void print_warnings(const std::vector<config::Mistake>& warnings) {
  for (const auto& warning : warnings) std::cerr << warning.where << ": warning: " << warning.text << '\n';
}

}  // namespace gannet

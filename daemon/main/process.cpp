#include "main/process.hpp"

#include <sys/resource.h>

#include <csignal>
#include <iostream>

namespace gannet {

void prepare_process() {
  std::signal(SIGPIPE, SIG_IGN);  // a peer that closes is told by the call that wrote
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
}

void print_mistakes(const std::vector<config::Mistake>& mistakes) {
  for (const auto& mistake : mistakes) std::cerr << mistake.where << ": " << mistake.text << '\n';
}

}  // namespace gannet

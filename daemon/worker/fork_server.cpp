#include "worker/fork_server.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>

#include "decode/memory_file.hpp"
#include "decode/packets.hpp"
#include "worker/picture.hpp"
#include "worker/work.hpp"

namespace gannet::worker {
namespace {

using decode::Event;
using decode::Spawn;

constexpr int own_end = 3;  // of a worker's pair, in the worker

using Files = std::array<Descriptor, 2>;  // of a worker: its end of its pair, and its tray

// The child: only its end of the pair is left to it, and nothing to write to but that.
[[noreturn]] void become_worker(const Spawn& spawn, const Files& files, pid_t server, const sigset_t& mask) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (::getppid() != server) ::_exit(1);
  ::prctl(PR_SET_NAME, "gannet-decode", 0, 0, 0);
  ::sigprocmask(SIG_SETMASK, &mask, nullptr);
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (const int standard : {0, 1, 2}) ::dup2(nowhere, standard);
  const decode::Mapping tray(files[1].get(), decode::Tray::size, decode::Mapping::For::reading);
  if (files[0].get() != own_end) ::dup2(files[0].get(), own_end);
  ::syscall(SYS_close_range, own_end + 1, ~0u, 0);
  ::_exit(work(own_end, tray.view(), spawn));
}

class ForkServer {
 public:
  explicit ForkServer(int daemon) : daemon_(daemon) {}

  int run() {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &child, &mask_);
    const Descriptor ended(::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!ended || !tell({.kind = Event::Kind::ready})) return 1;
    for (pollfd waits[]{{daemon_, POLLIN, 0}, {ended.get(), POLLIN, 0}};;) {
      if (::poll(waits, 2, -1) < 0 && errno != EINTR) return 1;
      if (waits[0].revents != 0 && !hear()) return end_all();  // the daemon is gone
      if (waits[1].revents != 0) {
        signalfd_siginfo info;
        while (::read(ended.get(), &info, sizeof info) > 0) {
        }
        reap();
      }
    }
  }

 private:
  // Waits for them too, so that the time they used is known to whoever waits for us.
  int end_all() {
    for (const auto& [process, worker] : workers_) ::kill(process, SIGKILL);
    while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
    }
    return 0;
  }

  bool tell(const Event& event, int descriptor = -1) {
    return decode::send_packet(daemon_, event, descriptor < 0 ? std::span<const int>() : std::span(&descriptor, 1));
  }

  bool hear() {
    Spawn spawn;
    Files files;
    if (!decode::receive_packet(daemon_, spawn, files)) return false;
    const pid_t server = ::getpid();
    const pid_t process = ::fork();
    if (process == 0) become_worker(spawn, files, server, mask_);
    const Descriptor handle(process > 0 ? static_cast<int>(::syscall(SYS_pidfd_open, process, 0)) : -1);
    if (!handle) {
      const int error = errno;
      if (process > 0) ::kill(process, SIGKILL);
      return tell({.kind = Event::Kind::unborn, .worker = spawn.worker, .status = error});
    }
    workers_[process] = spawn.worker;
    return tell({.kind = Event::Kind::born, .worker = spawn.worker}, handle.get());
  }

  void reap() {
    int status = 0;
    for (pid_t process; (process = ::waitpid(-1, &status, WNOHANG)) > 0;) {
      const auto worker = workers_.find(process);
      if (worker == workers_.end()) continue;
      tell({.kind = Event::Kind::died, .worker = worker->second, .status = status});
      workers_.erase(worker);
    }
  }

  int daemon_;
  sigset_t mask_{};
  std::map<pid_t, std::uint64_t> workers_;
};

}  // namespace

int serve(int daemon) {
  if (!load_codecs()) return 1;
  return ForkServer(daemon).run();
}

}  // namespace gannet::worker

#include "decode/fork_server.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>
#include <string>

#include "core/time.hpp"
#include "decode/packets.hpp"

namespace gannet::decode {
namespace {

namespace fs = std::filesystem;

constexpr int servers_end = 3;                // in the fork server
constexpr milliseconds longest_start{60000};  // on a machine that has everything else to do
constexpr milliseconds longest_end{5000};

// Its own process group, so that an interrupt typed at a terminal is ours alone; no signal blocked or ignored.
pid_t start(const fs::path& program, int socket) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&files, socket, servers_end);
  posix_spawn_file_actions_addclosefrom_np(&files, servers_end + 1);
  sigset_t none, ignored;  // the latter by us
  sigemptyset(&none);
  sigemptyset(&ignored);
  sigaddset(&ignored, SIGPIPE);
  sigaddset(&ignored, SIGXFSZ);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &ignored);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  const std::string path = program.string();
  std::string name = "gannet-worker";
  std::array<char*, 2> arguments{name.data(), nullptr};
  pid_t process = -1;
  const int error = posix_spawn(&process, path.c_str(), &files, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) throw std::runtime_error(path + ": " + std::generic_category().message(error));
  return process;
}

bool can_read_within(int socket, milliseconds time) {
  pollfd wait{socket, POLLIN, 0};
  const auto end = Clock::now() + time;
  for (auto left = time; left.count() > 0; left = std::chrono::ceil<milliseconds>(end - Clock::now())) {
    const int ready = ::poll(&wait, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
  return false;
}

}  // namespace

ForkServer::ForkServer(const fs::path& program) {
  auto pair = make_pair();
  if (!pair.ours) throw std::runtime_error("no socket for the decode workers: " + last_error().message());
  socket_ = std::move(pair.ours);
  process_ = start(program, pair.theirs.get());
  pair.theirs.close();
  Event event;
  if (can_read_within(socket_.get(), longest_start) && receive_packet(socket_.get(), event, {}) &&
      event.kind == Event::Kind::ready) {
    ::fcntl(socket_.get(), F_SETFL, O_NONBLOCK);
    return;
  }
  ::kill(process_, SIGKILL);
  int status = 0;
  ::waitpid(process_, &status, 0);
  throw std::runtime_error(program.string() + " did not come up as the fork server of the decode workers" +
                           (WIFEXITED(status) ? ": exit code " + std::to_string(WEXITSTATUS(status)) : std::string()));
}

ForkServer::~ForkServer() {
  socket_.close();  // at which it ends, and the kernel ends its workers
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, process_, 0)));
  if (!process || !can_read_within(process.get(), longest_end)) kill();
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void ForkServer::kill() { ::kill(process_, SIGKILL); }

Descriptor ForkServer::spawn(const Spawn& spawn, int tray) {
  auto pair = make_pair();
  const std::array files{pair.theirs.get(), tray};
  if (!pair.ours || !send_packet(socket_.get(), spawn, files)) return Descriptor();
  ::fcntl(pair.ours.get(), F_SETFL, O_NONBLOCK);
  return std::move(pair.ours);
}

std::optional<Event> ForkServer::hear(Descriptor& process) {
  Event event;
  std::array<Descriptor, 1> came;
  // Only a birth brings a descriptor.
  if (receive_some(socket_.get(), &event, sizeof event, came) != sizeof event) {
    gone_ = errno != EAGAIN;
    return std::nullopt;
  }
  process = std::move(came[0]);
  return event;
}

fs::path worker_program() {
  std::error_code error;
  const auto folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  const auto beside = folder / "gannet-worker";
  return fs::exists(beside, error) ? beside : folder.parent_path() / "lib/gannet/gannet-worker";
}

}  // namespace gannet::decode

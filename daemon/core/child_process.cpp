#include "core/child_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

extern char** environ;

namespace gannet {
namespace {

// What the service manager means for us alone.
bool is_ours(std::string_view variable) {
  for (const std::string_view name : {"NOTIFY_SOCKET=", "WATCHDOG_", "LISTEN_", "JOURNAL_STREAM=", "MAINPID="}) {
    if (variable.starts_with(name)) return true;
  }
  return false;
}

std::vector<char*> environment() {
  std::vector<char*> variables;
  for (char** at = environ; *at; ++at) {
    if (!is_ours(*at)) variables.push_back(*at);
  }
  variables.push_back(nullptr);
  return variables;
}

struct Pipe {
  Descriptor reading;
  Descriptor writing;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return disk_fault(errno, "no pipe");
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

class Actions {
 public:
  Actions() { ::posix_spawn_file_actions_init(&actions_); }
  ~Actions() { ::posix_spawn_file_actions_destroy(&actions_); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

class Attributes {
 public:
  Attributes() {
    ::posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  posix_spawnattr_t* get() { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

}  // namespace

ChildProcess::ChildProcess(pid_t process, Descriptor input, Descriptor output)
    : process_(process), input_(std::move(input)), output_(std::move(output)) {}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : process_(std::exchange(other.process_, 0)), input_(std::move(other.input_)), output_(std::move(other.output_)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(process_, other.process_);
  std::swap(input_, other.input_);
  std::swap(output_, other.output_);
  return *this;
}

ChildProcess::~ChildProcess() {
  if (process_ == 0) return;
  kill();
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& arguments) {
  auto in = make_pipe();
  if (!in) return in.error();
  auto out = make_pipe();
  if (!out) return out.error();
  Actions actions;
  ::posix_spawn_file_actions_adddup2(actions.get(), in->reading.get(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(actions.get(), out->writing.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_addclosefrom_np(actions.get(), STDERR_FILENO + 1);  // sockets of libraries among them
  Attributes attributes;
  std::vector<char*> words;
  for (const auto& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  auto variables = environment();
  pid_t process = 0;
  const int error = ::posix_spawn(&process, words[0], actions.get(), attributes.get(), words.data(), variables.data());
  if (error != 0) return disk_fault(error, arguments[0]);
  for (const int end : {in->writing.get(), out->reading.get()}) {
    ::fcntl(end, F_SETFL, ::fcntl(end, F_GETFL) | O_NONBLOCK);
  }
  return ChildProcess(process, std::move(in->writing), std::move(out->reading));
}

std::string ChildProcess::ended() {
  if (process_ == 0) return "has ended";
  int status = 0;
  const pid_t found = ::waitpid(process_, &status, WNOHANG);
  if (found == 0 || (found < 0 && errno == EINTR)) return {};
  ::kill(-process_, SIGKILL);  // what it left behind; its number stays taken while one of its group is there
  process_ = 0;
  if (found < 0) return "has ended";
  if (WIFSIGNALED(status)) return "killed by signal " + std::to_string(WTERMSIG(status));
  return "exited with " + std::to_string(WEXITSTATUS(status));
}

void ChildProcess::kill() {
  if (process_ != 0) ::kill(-process_, SIGKILL);
}

}  // namespace gannet

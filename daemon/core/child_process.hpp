// A program that runs beside us, told through its standard input and heard through its standard output. Started without
// forking a copy of this process, which has threads: nothing of ours runs in the child. One owner, one thread.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "core/disk.hpp"

namespace gannet {

class ChildProcess {
 public:
  /// `arguments` begin with the program: no shell, no search. It inherits standard error and nothing else that is open;
  /// signals are as they are by default, and it leads a process group of its own. Both ends here are non-blocking.
  static Result<ChildProcess> start(const std::vector<std::string>& arguments);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;

  /// Kills it, with whatever it started, when it is still there.
  ~ChildProcess();

  int input() const { return input_.get(); }    // what it reads
  int output() const { return output_.get(); }  // what it says

  /// It reads the end.
  void close_input() { input_ = Descriptor(); }

  /// How it ended, "exited with 1" or "killed by signal 11"; empty while it runs.
  std::string ended();

  /// The whole group, at once.
  void kill();

 private:
  ChildProcess(pid_t process, Descriptor input, Descriptor output);

  pid_t process_ = 0;  // 0: it has ended, and its number may be another's
  Descriptor input_;
  Descriptor output_;
};

}  // namespace gannet

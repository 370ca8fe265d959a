#include "worker/sandbox.hpp"

#include <linux/capability.h>
#include <linux/landlock.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <initializer_list>
#include <memory>

#include "core/memory_use.hpp"

namespace gannet::worker {
namespace {

bool limit(__rlimit_resource resource, std::uint64_t most) {
  const rlimit to{most, most};
  return ::setrlimit(resource, &to) == 0;
}

bool set_limits(const Limits& limits) {
  constexpr std::uint64_t files = 16, threads = 4096;  // of all that the user has
  return limit(RLIMIT_AS, memory_use().mapped + limits.memory) && limit(RLIMIT_FSIZE, limits.max_output) &&
         limit(RLIMIT_NOFILE, files) && limit(RLIMIT_NPROC, threads) && limit(RLIMIT_CORE, 0) &&
         limit(RLIMIT_MEMLOCK, 0) && limit(RLIMIT_MSGQUEUE, 0);
}

bool drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2]{};
  return ::syscall(SYS_capset, &header, none) == 0;
}

// All that Landlock of this kernel can forbid, without an exception.
bool forbid_files() {
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return true;
  constexpr std::uint64_t first = (1 << 13) - 1;
  struct {
    std::uint64_t files = first;
    std::uint64_t network = 0;
    std::uint64_t scopes = 0;
  } handled;
  if (version >= 2) handled.files |= 1 << 13;
  if (version >= 3) handled.files |= 1 << 14;
  if (version >= 4) handled.network = 3;
  if (version >= 5) handled.files |= 1 << 15;
  if (version >= 6) handled.scopes = 3;
  const std::size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
  const auto rules = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &handled, size, 0));
  if (rules < 0) return false;
  const bool restricted = ::syscall(SYS_landlock_restrict_self, rules, 0) == 0;
  ::close(rules);
  return restricted;
}

class Filter {
 public:
  Filter() : context_(::seccomp_init(SCMP_ACT_KILL_PROCESS), &::seccomp_release), good_(context_ != nullptr) {}

  void allow(std::initializer_list<int> calls) {
    for (const int call : calls) add(SCMP_ACT_ALLOW, call, {});
  }
  void allow(int call, std::initializer_list<scmp_arg_cmp> when) { add(SCMP_ACT_ALLOW, call, when); }
  void refuse(int call, std::uint32_t with) { add(SCMP_ACT_ERRNO(with), call, {}); }

  bool load() { return good_ && ::seccomp_load(context_.get()) == 0; }

 private:
  void add(std::uint32_t action, int call, std::initializer_list<scmp_arg_cmp> when) {
    good_ = good_ && ::seccomp_rule_add_array(context_.get(), action, call, static_cast<unsigned>(when.size()),
                                              std::data(when)) == 0;
  }

  std::unique_ptr<void, void (*)(scmp_filter_ctx)> context_;
  bool good_;
};

// Whatever is not named here ends the process.
bool forbid_calls() {
  Filter filter;
  filter.allow({SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64),
                SCMP_SYS(pwrite64), SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(recvmsg),
                SCMP_SYS(sendmsg), SCMP_SYS(sendto), SCMP_SYS(recvfrom)});
  filter.allow({SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex),
                SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
                SCMP_SYS(gettid), SCMP_SYS(getpid), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(restart_syscall)});
  filter.allow({SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
                SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
                SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrusage), SCMP_SYS(getrandom)});
#ifdef __SANITIZE_ADDRESS__
  filter.allow({SCMP_SYS(pipe2)});  // by which sanitizers try whether memory can be read
#endif
  // Memory that is written to is never run.
  filter.allow(SCMP_SYS(mmap), {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)});
  filter.allow(SCMP_SYS(mprotect), {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)});
  // Codecs and the C library look for the number of processors, for fonts and the like, and do without.
  for (const int look : {SCMP_SYS(openat), SCMP_SYS(newfstatat), SCMP_SYS(access), SCMP_SYS(readlink)}) {
    filter.refuse(look, EACCES);
  }
  // Threads, and no processes. Where the arguments cannot be looked at, the caller falls back to clone().
  constexpr std::uint64_t thread = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
  filter.allow(SCMP_SYS(clone), {SCMP_A0(SCMP_CMP_MASKED_EQ, thread, thread)});
  filter.refuse(SCMP_SYS(clone3), ENOSYS);
  filter.allow(SCMP_SYS(prctl), {SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME)});
  // Its own limits, which can only be lowered: the processor time for the next image.
  filter.allow(SCMP_SYS(prlimit64), {SCMP_A0(SCMP_CMP_EQ, 0)});
  filter.allow(SCMP_SYS(tgkill), {SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid()))});  // abort()
  return filter.load();
}

}  // namespace

std::string_view enter_sandbox(const Limits& limits) {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return "no new privileges";
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return "not to be traced";
  if (!set_limits(limits)) return "limits";
  if (!drop_capabilities()) return "capabilities";
  if (!forbid_files()) return "Landlock";
  if (!forbid_calls()) return "seccomp";
  return {};
}

}  // namespace gannet::worker

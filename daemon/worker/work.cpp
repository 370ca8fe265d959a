#include "worker/work.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "decode/memory_file.hpp"
#include "decode/packets.hpp"
#include "worker/picture.hpp"
#include "worker/sandbox.hpp"

namespace gannet::worker {
namespace {

using decode::Mapping;

// From here on the process may use so much more processor time; then the kernel ends it.
void allow_cpu(std::uint64_t seconds_more) {
  rusage used{};
  rlimit most{};
  ::getrusage(RUSAGE_SELF, &used);
  ::getrlimit(RLIMIT_CPU, &most);
  most.rlim_cur = static_cast<rlim_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec + 1) + seconds_more;
  most.rlim_cur = std::min(most.rlim_cur, most.rlim_max);
  ::setrlimit(RLIMIT_CPU, &most);
}

class FileOutput final : public Output {
 public:
  FileOutput(int file, std::uint64_t most) : file_(file), left_(most) {}

  bool write(std::span<const char> bytes) override {
    if (bytes.size() > left_) return false;
    left_ -= bytes.size();
    std::string_view text(bytes.data(), bytes.size());
    return !write_all(file_, text);
  }

 private:
  int file_;
  std::uint64_t left_;
};

}  // namespace

int work(int socket, std::string_view tray, const decode::Spawn& spawn) {
  const auto failed = enter_sandbox({.memory = spawn.memory, .max_output = spawn.max_output});
  if (!failed.empty() || tray.empty()) return decode::exit_unlocked;
  for (;;) {
    decode::Request request;
    std::array<Descriptor, 2> files;
    if (decode::receive_some(socket, &request, sizeof request, files) != sizeof request) return 0;
    allow_cpu(spawn.cpu_seconds);
    const auto own = request.in_tray ? Mapping() : Mapping(files[0].get(), request.bytes, Mapping::For::reading);
    FileOutput output(files[request.in_tray ? 0 : 1].get(), request.max_output);
    decode::Reply reply = answer(request, request.in_tray ? tray.substr(0, request.bytes) : own.view(), output);
    reply.number = request.number;
    if (!decode::send_packet(socket, reply, {})) return 0;
  }
}

}  // namespace gannet::worker

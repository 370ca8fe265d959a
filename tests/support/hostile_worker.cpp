// gannet-worker with other pixels: instead of decoding an image it does what the image says, behind the word "probe:".
// Everything around the codecs is what ships: the fork server, the sandbox, the loop. What is refused to it, it tells
// as a broken image with the message "denied"; what it could do, as a good one of 666 x 666.
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <map>
#include <span>
#include <string>

#include "decode/packets.hpp"
#include "worker/fork_server.hpp"
#include "worker/picture.hpp"

namespace gannet::worker {
namespace {

using decode::Reply;
using decode::Request;
using decode::Verdict;

constexpr int daemon_socket = 3;
constexpr int first_file = 4;  // of a request: the image where it is not in the tray, else that for the output

std::span<const char> image_now;

bool make_image_writable() {
  const auto page = reinterpret_cast<std::uintptr_t>(image_now.data()) & ~std::uintptr_t{4095};
  return ::mprotect(reinterpret_cast<void*>(page), 4096, PROT_READ | PROT_WRITE) == 0;
}

// What must not work; true when it did.
const std::map<std::string_view, bool (*)()> calls{
    {"open", [] { return ::open("/etc/passwd", O_RDONLY) >= 0; }},
    {"create", [] { return ::open("/tmp/gannet-escaped", O_WRONLY | O_CREAT, 0600) >= 0; }},
    {"access", [] { return ::access("/etc/passwd", R_OK) == 0; }},
    {"unlink", [] { return ::unlink("/tmp/gannet-escaped") == 0; }},
    {"mkdir", [] { return ::mkdir("/tmp/gannet-escaped.d", 0700) == 0; }},
    {"socket", [] { return ::socket(AF_INET, SOCK_STREAM, 0) >= 0; }},
    {"unix socket", [] { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }},
    {"fork",
     [] {
       const pid_t child = ::fork();
       if (child == 0) ::_exit(0);
       return child > 0;
     }},
    {"vfork", [] { return ::syscall(SYS_vfork) >= 0; }},
    {"exec",
     [] {
       char* const shell[]{const_cast<char*>("/bin/sh"), nullptr};
       return ::execve(shell[0], shell, shell + 1) == 0;
     }},
    {"ptrace", [] { return ::ptrace(PTRACE_ATTACH, ::getppid(), nullptr, nullptr) == 0; }},
    {"kill", [] { return ::kill(-1, SIGKILL) == 0; }},
    {"another's memory",
     [] {
       char byte = 0;
       const iovec here{&byte, 1};
       return ::process_vm_readv(::getpid(), &here, 1, &here, 1, 0) >= 0;
     }},
    {"another's limits", [] { return ::syscall(SYS_prlimit64, 1, RLIMIT_NOFILE, nullptr, nullptr) == 0; }},
    {"new code",
     [] {
       constexpr int all = PROT_READ | PROT_WRITE | PROT_EXEC;
       return ::mmap(nullptr, 4096, all, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
     }},
    {"code made of data",
     [] {
       void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
       return ::mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
     }},
    {"namespace", [] { return ::unshare(CLONE_NEWUSER) == 0; }},
    {"mount", [] { return ::mount("none", "/tmp", "tmpfs", 0, "") == 0; }},
    {"user", [] { return ::setuid(0) == 0; }},
    {"io_uring", [] { return ::syscall(SYS_io_uring_setup, 1, nullptr) >= 0; }},
    {"bpf", [] { return ::syscall(SYS_bpf, 0, nullptr, 0) >= 0; }},
    {"keys", [] { return ::syscall(SYS_keyctl, 0, -3, 0) >= 0; }},
    {"terminal", [] { return ::syscall(SYS_ioctl, daemon_socket, 0x541B, nullptr) == 0; }},
    {"change the image in the tray", [] { return make_image_writable(); }},
    {"change the image in its file", [] { return ::pwrite(first_file, "x", 1, 0) == 1 || make_image_writable(); }},
};

struct Asked {
  const Request& request;
  Output& output;
  Reply reply{};

  void good() {
    reply.verdict = Verdict::good;
    reply.number = request.number;
    reply.width = reply.height = 8;
  }
  void write(std::string_view text) { output.write(std::span(text.data(), text.size())); }
  void claim_jpeg(std::string_view bytes) {
    good();
    write(bytes);
    reply.image = {bytes.size(), 8, 8};
    reply.encoding = decode::Encoding::jpeg;
  }
};

void fill(int file) {
  static const std::string much(1 << 20, 'x');
  while (::write(file, much.data(), much.size()) > 0) {
  }
}

// What a broken codec, or one that obeys somebody else, might do.
const std::map<std::string_view, void (*)(Asked&)> deeds{
    {"nothing", [](Asked& asked) { asked.good(); }},
    {"segfault", [](Asked&) { ::raise(SIGSEGV); }},
    {"abort", [](Asked&) { std::abort(); }},
    {"exit", [](Asked&) { ::_exit(0); }},
    {"spin",
     [](Asked&) {
       for (volatile unsigned i = 0; i < 1;) {
       }
     }},
    {"sleep",
     [](Asked&) {
       for (const timespec hour{3600, 0};;) ::nanosleep(&hour, nullptr);
     }},
    {"memory",
     [](Asked&) {
       constexpr std::size_t some = 1 << 20;
       while (void* part = std::malloc(some)) std::memset(part, 1, some);
       std::abort();  // as codecs do that cannot go on
     }},
    {"hang up",
     [](Asked&) {
       ::close(daemon_socket);
       ::_exit(0);
     }},
    {"fill", [](Asked&) { fill(first_file); }},
    {"another's answer",
     [](Asked& asked) {
       asked.good();
       ++asked.reply.number;
       decode::send_packet(daemon_socket, asked.reply, {});
     }},
    {"an unknown verdict", [](Asked& asked) { asked.reply.verdict = static_cast<Verdict>(200); }},
    {"a vast picture",
     [](Asked& asked) {
       asked.good();
       asked.reply.width = 0xffffffff;
     }},
    {"no picture",
     [](Asked& asked) {
       asked.good();
       asked.reply.width = 0;
     }},
    {"an unknown orientation",
     [](Asked& asked) {
       asked.good();
       asked.reply.orientation = 77;
     }},
    {"an unknown colour",
     [](Asked& asked) {
       asked.good();
       asked.reply.colour = static_cast<decode::Colour>(99);
     }},
    {"output that nobody wants",
     [](Asked& asked) {
       asked.good();
       asked.write("something");
     }},
    {"an image that is not there",
     [](Asked& asked) {
       asked.claim_jpeg("");
       asked.reply.image.bytes = 1 << 20;
     }},
    {"a page as an image", [](Asked& asked) { asked.claim_jpeg("<html><script>alert(1)</script></html>"); }},
    {"a message without end", [](Asked& asked) { std::ranges::fill(asked.reply.message, '\xff'); }},
    {"a short packet", [](Asked&) { decode::send_packet(daemon_socket, short{1}, {}); }},
    {"a long packet", [](Asked&) { decode::send_packet(daemon_socket, std::array<char, 65536>{}, {}); }},
    {"two answers",
     [](Asked& asked) {
       asked.good();
       decode::send_packet(daemon_socket, asked.reply, {});
     }},
    {"a descriptor",
     [](Asked& asked) {
       asked.good();
       decode::send_packet(daemon_socket, asked.reply, std::span(&daemon_socket, 1));
       ::_exit(0);
     }},
    {"output that may change",
     [](Asked& asked) {
       asked.good();
       asked.write("x");
       if (::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, first_file, 0) == MAP_FAILED) ::_exit(1);
     }},
    {"a flood",
     [](Asked& asked) {
       while (decode::send_packet(daemon_socket, asked.reply, {})) {
       }
     }},
};

}  // namespace

bool load_codecs() { return true; }

Reply answer(const Request& request, std::span<const char> image, Output& output) {
  const std::string_view bytes(image.data(), image.size());
  constexpr std::string_view mark = "probe:";
  const auto at = bytes.find(mark);
  const auto name = at == std::string_view::npos ? std::string_view() : bytes.substr(at + mark.size());
  image_now = image;
  Asked asked{request, output};
  if (const auto deed = deeds.find(name); deed != deeds.end()) {
    deed->second(asked);
  } else if (const auto call = calls.find(name); call != calls.end() && !call->second()) {
    std::strcpy(asked.reply.message.data(), "denied");
  } else {
    asked.good();
    asked.reply.width = asked.reply.height = 666;
  }
  return asked.reply;
}

}  // namespace gannet::worker

int main() {
  constexpr int daemon = 3;
  return gannet::worker::serve(daemon);
}

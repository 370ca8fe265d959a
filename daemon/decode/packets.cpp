#include "decode/packets.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace gannet::decode {
namespace {

constexpr std::size_t most_descriptors = 2;
using Control = std::array<char, CMSG_SPACE(most_descriptors * sizeof(int))>;

}  // namespace

Pair make_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return {};
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

bool send_packet(int socket, const void* bytes, std::size_t size, std::span<const int> descriptors) {
  iovec part{const_cast<void*>(bytes), size};  // sendmsg() only reads it
  alignas(cmsghdr) Control control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
  }
  for (;;) {
    const auto sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
    if (sent >= 0 || errno != EINTR) return sent == static_cast<ssize_t>(size);
  }
}

ssize_t receive_some(int socket, void* bytes, std::size_t size, std::span<Descriptor> descriptors) {
  iovec part{bytes, size};
  alignas(cmsghdr) Control control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();  // what does not fit is closed by the kernel
  ssize_t received = 0;
  do {
    received = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_TRUNC);
  } while (received < 0 && errno == EINTR);
  if (received < 0) return -1;
  std::size_t count = 0;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    for (std::size_t at = 0; CMSG_LEN(at + sizeof(int)) <= header->cmsg_len; at += sizeof(int)) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(header) + at, sizeof number);
      Descriptor descriptor(number);
      if (count < descriptors.size()) descriptors[count++] = std::move(descriptor);
    }
  }
  errno = 0;
  return received > 0 ? received : -1;  // nobody sends empty ones
}

bool receive_packet(int socket, void* bytes, std::size_t size, std::span<Descriptor> descriptors) {
  if (receive_some(socket, bytes, size, descriptors) != static_cast<ssize_t>(size)) return false;
  return std::ranges::all_of(descriptors, [](const Descriptor& one) { return static_cast<bool>(one); });
}

}  // namespace gannet::decode

// One struct a packet, with descriptors, over a SOCK_SEQPACKET pair. Any thread, one at a time for a socket.
#pragma once

#include <sys/types.h>

#include <span>
#include <type_traits>

#include "core/disk.hpp"

namespace gannet::decode {

/// Two ends of a pair; none when there are no descriptors left, with errno set.
struct Pair {
  Descriptor ours{}, theirs{};
};
Pair make_pair();

/// False when the other end is gone, or has no room for it.
bool send_packet(int socket, const void* bytes, std::size_t size, std::span<const int> descriptors);

/// The size of the next packet, of which as much as fits is in `bytes`, and as many of its descriptors as there are
/// places for; the others are closed. -1 when there is none: errno is 0 at the end, EAGAIN when one may come.
ssize_t receive_some(int socket, void* bytes, std::size_t size, std::span<Descriptor> descriptors);

/// Whether the next packet was of just this size with just these descriptors. errno as above when there was none.
bool receive_packet(int socket, void* bytes, std::size_t size, std::span<Descriptor> descriptors);

template <class T>
bool send_packet(int socket, const T& packet, std::span<const int> descriptors) {
  static_assert(std::is_trivially_copyable_v<T>);
  return send_packet(socket, &packet, sizeof packet, descriptors);
}

template <class T>
bool receive_packet(int socket, T& packet, std::span<Descriptor> descriptors) {
  static_assert(std::is_trivially_copyable_v<T>);
  return receive_packet(socket, &packet, sizeof packet, descriptors);
}

}  // namespace gannet::decode

"""A network of its own for a test, in which every address of the world is this machine. Needs root."""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import subprocess
import threading

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


class Namespace:
    """To be used in a `with` statement: the threads and programs that are started inside live in the new network, and
    a connection to any address at all arrives at whoever listens on every address there."""

    def __enter__(self) -> Namespace:
        self._home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        _check(_libc.unshare(_CLONE_NEWNET))
        try:
            for command in (
                "link set lo up",
                "route add local 0.0.0.0/0 dev lo",
                "-6 route add local ::/0 dev lo",
            ):
                subprocess.run(["ip", *command.split()], check=True, capture_output=True)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        _check(_libc.setns(self._home, _CLONE_NEWNET))
        os.close(self._home)


class SynWatch:
    """Sees every attempt to connect (SYN) on the wire of the network it was made in, whether anybody listens or not."""

    def __init__(self) -> None:
        self.targets: set[tuple[str, int]] = set()  # address and port
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0003))
        self._socket.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE: none may be missed
        self._socket.bind(("lo", 0))
        self._socket.settimeout(0.1)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> SynWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()  # what is queued is read first: only a silent wire ends the watch
        self._thread.join(30)
        self._socket.close()

    def _watch(self) -> None:
        while True:
            try:
                packet = self._socket.recv(128)
            except TimeoutError:
                if self._stopping.is_set():
                    return
                continue
            target = _syn_target(packet)
            if target:
                self.targets.add(target)


def _syn_target(packet: bytes) -> tuple[str, int] | None:
    version = packet[0] >> 4
    if version == 4 and packet[9] == socket.IPPROTO_TCP:
        tcp = packet[(packet[0] & 15) * 4 :]
        address = socket.inet_ntop(socket.AF_INET, packet[16:20])
    elif version == 6 and packet[6] == socket.IPPROTO_TCP:
        tcp = packet[40:]
        address = socket.inet_ntop(socket.AF_INET6, packet[24:40])
    else:
        return None
    syn_alone = tcp[13] & 0x12 == 0x02
    return (address, struct.unpack("!H", tcp[2:4])[0]) if syn_alone else None


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))

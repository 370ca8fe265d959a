"""A DNS server that lies as it is told: the answer to a name may change from one question to the next, and lives for no
time at all, as a rebinding attacker wants it."""

from __future__ import annotations

import socket
import struct
import threading

A, AAAA = 1, 28


class ToyDns:
    """To be used in a `with` statement. `names`: for each name the sets of addresses it answers with, one after the
    other, the last one for ever. A set holds IPv4 and IPv6 addresses together."""

    def __init__(self, names: dict[str, list[list[str]]]) -> None:
        self.names = names
        self.asked: list[str] = []
        self._turn: dict[tuple[str, int], int] = {}
        self._socket = socket.socket(type=socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.53", 0))
        self.server = f"127.0.0.53:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> ToyDns:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.sendto(b"", self._socket.getsockname())
        self._thread.join(10)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            question, client = self._socket.recvfrom(512)
            if not question:
                return
            self._socket.sendto(self._answer(question), client)

    def _answer(self, question: bytes) -> bytes:
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1 : at + 1 + question[at]].decode())
            at += 1 + question[at]
        kind = struct.unpack("!H", question[at + 1 : at + 3])[0]
        name = ".".join(labels).lower()
        self.asked.append(name)
        sets = self.names.get(name)
        if sets is None:
            return question[:2] + b"\x81\x83" + struct.pack("!4H", 1, 0, 0, 0) + question[12 : at + 5]
        turn = self._turn.get((name, kind), 0)
        self._turn[name, kind] = turn + 1
        family = {A: socket.AF_INET, AAAA: socket.AF_INET6}.get(kind)
        records = b""
        count = 0
        for address in sets[min(turn, len(sets) - 1)]:
            if family != (socket.AF_INET6 if ":" in address else socket.AF_INET):
                continue
            data = socket.inet_pton(family, address)
            records += b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 0, len(data)) + data
            count += 1
        return question[:2] + b"\x81\x80" + struct.pack("!4H", 1, count, 0, 0) + question[12 : at + 5] + records

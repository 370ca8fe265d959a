"""Bad peers by the thousand: hosts on addresses of their own, each with one way to misbehave, whatever it is asked.

A program of its own, so that whoever drives it is not slowed down by it: `python3 -m support.chaos PORT COUNT` says
"ready" and goes on until it is killed. `Chaos` starts and ends it, and knows what each host does. Those that speak
HTTP/2 are in chaos_h2.py.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Awaitable, Callable, Sequence

# The head of a JPEG picture, so that nobody gives up early because of what the bytes are.
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
CHUNK = JPEG + bytes(65536 - len(JPEG))


class Peer:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()
        await asyncio.sleep(0)  # drain() may not wait at all, and then nobody hears that the peer is gone

    async def drip(self, data: bytes) -> None:
        """A byte a second."""
        for byte in data:
            await self.send(bytes([byte]))
            await asyncio.sleep(1)

    async def send_for_ever(self, data: bytes) -> None:
        while True:
            await self.send(data)

    async def hold(self) -> None:
        """Until the peer has had enough."""
        while await self._reader.read(65536):
            pass

    def close(self) -> None:
        self._writer.close()

    def reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def _head(*headers: str) -> bytes:
    return "".join(line + "\r\n" for line in ("HTTP/1.1 200 OK", "Content-Type: image/jpeg", *headers)).encode()


async def stuck(peer: Peer) -> None:
    await peer.hold()


async def stuck_in_head(peer: Peer) -> None:
    await peer.send(_head())
    await peer.hold()


async def stuck_in_body(peer: Peer) -> None:
    await peer.send(_head("Content-Length: 50000") + b"\r\n" + JPEG)
    await peer.hold()


async def resetting(peer: Peer) -> None:
    await peer.send(_head("Content-Length: 50000") + b"\r\n" + JPEG)
    await asyncio.sleep(0.05)  # a reset overtakes what was not read yet
    peer.reset()


async def dripping_head(peer: Peer) -> None:
    await peer.drip(_head(*["X-Padding: y"] * 100))


async def dripping_body(peer: Peer) -> None:
    await peer.send(_head("Content-Length: 50000") + b"\r\n" + JPEG)
    await peer.drip(bytes(1000))


async def endless_head(peer: Peer) -> None:
    await peer.send(_head())
    await peer.send_for_ever(b"X-Padding: y\r\n" * 1000)


async def endless_body(peer: Peer) -> None:
    await peer.send(_head("Connection: close") + b"\r\n")
    await peer.send_for_ever(CHUNK)


async def endless_chunks(peer: Peer) -> None:
    await peer.send(_head("Transfer-Encoding: chunked") + b"\r\n")
    await peer.send_for_ever(b"%x\r\n%s\r\n" % (len(CHUNK), CHUNK))


async def closing_early(peer: Peer) -> None:
    await peer.send(_head("Content-Length: 50000") + b"\r\n" + JPEG)


async def closing_at_once(peer: Peer) -> None:
    pass


# What each must be recorded as when no least speed is asked for, and a silence ends sooner than the total time.
REASONS: dict[Callable[[Peer], Awaitable[None]], str] = {
    stuck: "first_byte_timeout",
    stuck_in_head: "idle_timeout",
    stuck_in_body: "idle_timeout",
    resetting: "reset",
    dripping_head: "total_timeout",
    dripping_body: "total_timeout",
    endless_head: "too_large",
    endless_body: "too_large",
    endless_chunks: "too_large",
    closing_early: "short_body",
    closing_at_once: "reset",
}


class Chaos:
    """`count` bad hosts while the block runs, 127.3.0.1 and so on, all on one port."""

    scheme, module, reasons = "http", "support.chaos", list(REASONS.values())

    def __init__(self, count: int, port: int, *more: object) -> None:
        self.count = count
        self.port = port
        self._arguments = [str(argument) for argument in (port, count, *more)]

    def __enter__(self) -> Chaos:
        command = [sys.executable, "-B", "-m", self.module, *self._arguments]
        self._process = subprocess.Popen(
            command, cwd=Path(__file__).parents[1], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        )
        assert self._process.stdout.readline() == b"ready\n", "the bad peers did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def url(self, number: int, path: str) -> str:
        return f"{self.scheme}://{address_of(number)}:{self.port}{path}"

    def reason(self, number: int) -> str:
        """What a URL of this host must end as."""
        return self.reasons[number % len(self.reasons)]


def address_of(number: int) -> str:
    return f"127.3.{number // 250}.{number % 250 + 1}"


async def serve(port: int, count: int, ways: Sequence, talk: Callable[..., Awaitable[None]], **options: object) -> None:
    """Has `talk(way, reader, writer)` do what the host that was connected to does."""
    hosts = {address_of(number): ways[number % len(ways)] for number in range(count)}

    async def misbehave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            await talk(hosts[writer.get_extra_info("sockname")[0]], reader, writer)
        writer.close()

    servers = [await asyncio.start_server(misbehave, host, port, backlog=128, **options) for host in hosts]
    print("ready", flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


async def _talk(
    way: Callable[[Peer], Awaitable[None]], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    await reader.readuntil(b"\r\n\r\n")
    await way(Peer(reader, writer))


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), list(REASONS), _talk))

"""Bad peers that speak HTTP/2 over TLS, as chaos.py has them for HTTP/1.1: `python3 -m support.chaos_h2 PORT COUNT
CERTIFICATE KEY`. They write their frames by hand, since no library would."""

from __future__ import annotations

import asyncio
import ssl
import sys
from typing import Awaitable, Callable

from support.ca import CertificateAuthority, Leaf
from support.chaos import JPEG, Chaos, Peer, address_of, serve

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
ACK = END_STREAM = 0x1
END_HEADERS = 0x4
PREFACE = 24  # bytes, before the first frame of a client
STATUS_200 = b"\x88"
STATUS_100 = b"\x08\x03100"
PADDING = b"\x00\x01x\x7f\x00" + b"y" * 127  # a field that is not to be remembered
INTERNAL_ERROR, REFUSED_STREAM = (code.to_bytes(4, "big") for code in (2, 7))
NO_STREAM = bytes(4)


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def head(stream: int) -> bytes:
    return frame(HEADERS, END_HEADERS, stream, STATUS_200)


def begun(stream: int) -> bytes:
    """An answer up to somewhere in its body."""
    return head(stream) + frame(DATA, 0, stream, JPEG)


async def stuck(peer: Peer, stream: int) -> None:
    pass


async def stuck_in_body(peer: Peer, stream: int) -> None:
    await peer.send(begun(stream))


async def stuck_in_head(peer: Peer, stream: int) -> None:
    await peer.send(frame(HEADERS, 0, stream, STATUS_200))


async def dripping_body(peer: Peer, stream: int) -> None:
    await peer.send(begun(stream))
    while True:
        await peer.send(frame(DATA, 0, stream, b"x"))
        await asyncio.sleep(1)


async def endless_body(peer: Peer, stream: int) -> None:
    await peer.send(begun(stream))
    await peer.send_for_ever(frame(DATA, 0, stream, bytes(16384)))


async def endless_interim_heads(peer: Peer, stream: int) -> None:
    await peer.send_for_ever(frame(HEADERS, END_HEADERS, stream, STATUS_100 + PADDING * 10))


async def endless_continuation(peer: Peer, stream: int) -> None:
    await peer.send(frame(HEADERS, 0, stream, STATUS_200))
    await peer.send_for_ever(frame(CONTINUATION, 0, stream, PADDING * 10))


async def empty_continuation(peer: Peer, stream: int) -> None:
    await peer.send(frame(HEADERS, 0, stream, STATUS_200))
    await peer.send_for_ever(frame(CONTINUATION, 0, stream) * 100)


def flooding(*make: Callable[[int], bytes]) -> Callable[[Peer, int], Awaitable[None]]:
    async def flood(peer: Peer, stream: int) -> None:
        await peer.send(begun(stream))
        await peer.send_for_ever(b"".join(one(stream) for one in make) * 100)

    return flood


async def refusing(peer: Peer, stream: int) -> None:
    await peer.send(frame(RST_STREAM, 0, stream, REFUSED_STREAM))


async def resetting(peer: Peer, stream: int) -> None:
    await peer.send(begun(stream) + frame(RST_STREAM, 0, stream, INTERNAL_ERROR) * 10_000)


async def saying_goodbye(peer: Peer, stream: int) -> None:
    await peer.send(frame(GOAWAY, 0, 0, NO_STREAM + NO_STREAM) * 100)


async def closing_in_body(peer: Peer, stream: int) -> None:
    await peer.send(begun(stream))
    peer.close()


async def closing_at_once(peer: Peer, stream: int) -> None:
    peer.close()


async def talking_http1(peer: Peer, stream: int) -> None:
    await peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")


# What each must be recorded as when no least speed is asked for, and a silence ends sooner than the total time.
REASONS: list[tuple[Callable[[Peer, int], Awaitable[None]], str]] = [
    (stuck, "first_byte_timeout"),
    (stuck_in_head, "first_byte_timeout"),
    (stuck_in_body, "idle_timeout"),
    (dripping_body, "total_timeout"),
    (endless_body, "too_large"),
    (endless_interim_heads, "too_large"),
    (endless_continuation, "bad_response"),
    (empty_continuation, "bad_response"),
    (flooding(lambda _: frame(SETTINGS, 0, 0)), "bad_response"),
    (flooding(lambda _: frame(PING, 0, 0, bytes(8))), "bad_response"),
    (flooding(lambda stream: frame(PRIORITY, 0, stream, bytes(5))), "bad_response"),
    (flooding(lambda stream: frame(DATA, 0, stream)), "bad_response"),
    (flooding(lambda _: frame(0x42, 0, 0, b"of no known kind")), "bad_response"),
    (flooding(lambda stream: frame(PUSH_PROMISE, END_HEADERS, stream, bytes(3) + b"\x02\x82")), "bad_response"),
    (refusing, "reset"),
    (resetting, "reset"),
    (saying_goodbye, "reset"),
    (closing_in_body, "short_body"),
    (closing_at_once, "reset"),
    (talking_http1, "bad_response"),
]


class ChaosH2(Chaos):
    scheme, module, reasons = "https", "support.chaos_h2", [reason for _, reason in REASONS]

    def __init__(self, count: int, port: int, authority: CertificateAuthority) -> None:
        leaf = authority.leaf(*map(address_of, range(count)))
        super().__init__(count, port, leaf.certificate, leaf.key)


async def _talk(
    way: Callable[[Peer, int], Awaitable[None]], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Does it for each request, and reads on until the client has had enough."""
    await reader.readexactly(PREFACE)
    peer = Peer(reader, writer)
    await peer.send(frame(SETTINGS, 0, 0))
    while True:
        start = await reader.readexactly(9)
        await reader.readexactly(int.from_bytes(start[:3], "big"))
        kind, flags, stream = start[3], start[4], int.from_bytes(start[5:], "big")
        if kind == SETTINGS and not flags & ACK:
            await peer.send(frame(SETTINGS, ACK, 0))
        if kind == HEADERS:
            await way(peer, stream)


def _tls(leaf: Leaf) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf.certificate, leaf.key)
    context.set_alpn_protocols(["h2"])
    return context


if __name__ == "__main__":
    port, count, certificate, key = sys.argv[1:]
    ways = [way for way, _ in REASONS]
    asyncio.run(serve(int(port), int(count), ways, _talk, ssl=_tls(Leaf(certificate, key))))

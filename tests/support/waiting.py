"""Waiting for something to become true, with a deadline, instead of sleeping and hoping."""

from __future__ import annotations

import socket
import time
from typing import Callable, TypeVar

T = TypeVar("T")


def wait_for(condition: Callable[[], T], what: str, deadline: float = 15.0) -> T:
    """Polls until the condition holds and returns its (true) value. After `deadline` seconds it fails the test, naming
    `what`."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {deadline:g} s in vain for {what}")
        time.sleep(0.02)


def listens(port: int, address: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((address, port)) == 0


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port nobody has at the moment, for servers that cannot choose one themselves."""
    with socket.socket(type=kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

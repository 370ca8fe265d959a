"""What a scripted server may do with a connection, step by step, and the responses it may send."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from typing import Callable


class Ended(Exception):
    """The connection is over, by a step or by the peer."""


class Connection:
    """What the steps work on."""

    def __init__(self, sock: socket.socket, stopping: threading.Event) -> None:
        self.socket = sock
        self.stopping = stopping

    def send(self, data: bytes) -> None:
        try:
            self.socket.sendall(data)
        except OSError as error:
            raise Ended from error

    def wait_for_end(self) -> None:
        """Until the peer closes; whatever it still sends is thrown away."""
        try:
            while self.socket.recv(65536):
                pass
        except OSError:
            pass
        raise Ended


Step = Callable[[Connection], None]


def send(data: bytes) -> Step:
    return lambda connection: connection.send(data)


def send_for_ever(data: bytes) -> Step:
    def step(connection: Connection) -> None:
        while not connection.stopping.is_set():
            connection.send(data)

    return step


def drip(data: bytes, interval: float) -> Step:
    """One byte each `interval` seconds."""

    def step(connection: Connection) -> None:
        for byte in data:
            connection.send(bytes([byte]))
            if connection.stopping.wait(interval):
                raise Ended

    return step


def pause(seconds: float) -> Step:
    def step(connection: Connection) -> None:
        if connection.stopping.wait(seconds):
            raise Ended

    return step


def wait(event: threading.Event) -> Step:
    """Goes on when the test says so."""

    def step(connection: Connection) -> None:
        while not event.wait(0.02):
            if connection.stopping.is_set():
                raise Ended

    return step


def hold() -> Step:
    """Says nothing more until the peer has had enough."""
    return Connection.wait_for_end


def close() -> Step:
    """Ends the connection in order; over TLS with a close_notify."""

    def step(connection: Connection) -> None:
        if isinstance(connection.socket, ssl.SSLSocket):
            try:
                connection.socket.unwrap()
            except OSError:
                pass
        raise Ended

    return step


def cut() -> Step:
    """Ends the connection; over TLS without a close_notify."""

    def step(connection: Connection) -> None:
        raise Ended

    return step


def reset() -> Step:
    def step(connection: Connection) -> None:
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Ended

    return step


def answer(body: bytes, *headers: str, code: int = 200) -> bytes:
    """A whole response of known length."""
    return status(code, f"Content-Length: {len(body)}", *headers, length=False) + body


def status(code: int, *headers: str, length: bool = True) -> bytes:
    """The head of a response; with `length` it announces an empty body."""
    lines = [f"HTTP/1.1 {code} Because", *headers, *(["Content-Length: 0"] if length else [])]
    return "".join(line + "\r\n" for line in lines).encode() + b"\r\n"

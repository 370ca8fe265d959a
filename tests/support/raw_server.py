"""A scripted TCP server: for each path, what it does with the connection, byte by byte. It remembers what it was asked.

    with RawServer() as server:
        server.on("/a.jpg", send(answer(picture)))             # and again, however often it is asked
        server.on("/b.jpg", send(status(503)), then=[send(answer(picture))])
        server.on("/c.jpg", send(b"HTTP/1.1 200 OK\\r\\n"), hold())

The steps are in steps.py. A connection stays open for the next request unless a step ends it.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Callable, Sequence

from support.ca import Leaf
from support.steps import Connection, Ended, Step, send, status


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]  # names in lower case
    connection: int  # counts from 1
    time: float  # time.monotonic() when its head was complete


class RawServer:
    """To be used in a `with` statement. `greeting` is done as soon as a connection is there, before any TLS."""

    def __init__(self, tls: Leaf | None = None, address: str = "127.0.0.1", greeting: Sequence[Step] = ()) -> None:
        self._scripts: dict[str, list[Sequence[Step]]] = {}
        self._asked: dict[str, int] = defaultdict(int)
        self._greeting = greeting
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._in_flight = 0
        self._tls = None
        if tls:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(tls.certificate, tls.key)
        self._listener = socket.create_server((address, 0), backlog=1024)
        self.address, self.port = self._listener.getsockname()[:2]
        self.requests: list[Request] = []
        self.connections = 0
        self.most_open = 0  # connections at once
        self.most_in_flight = 0  # requests at once, each until its last step begins: never more than the peer had open

    def __enter__(self) -> RawServer:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        with self._lock:
            for sock in self._open:
                _shut(sock)
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def on(self, path: str, *steps: Step, then: Sequence[Step] | None = None) -> None:
        """What to do when asked for the path: `steps`, and from the second time on `then`, when given. Path "*" is for
        every path without steps of its own."""
        self._scripts[path] = [steps] if then is None else [steps, then]

    def url(self, path: str = "/") -> str:
        return f"{'https' if self._tls else 'http'}://{self.address}:{self.port}{path}"

    def asked(self, path: str) -> int:
        """How often it was asked for the path."""
        with self._lock:
            return sum(request.target == path for request in self.requests)

    def _start(self, work: Callable, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._open.add(sock)
                self.connections += 1
                self.most_open = max(self.most_open, len(self._open))
                number = self.connections
            self._start(self._serve, sock, number)

    def _serve(self, plain: socket.socket, number: int) -> None:
        sock = plain
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for step in self._greeting:
                step(Connection(sock, self._stopping))
            if self._tls:
                sock = self._tls.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
                with self._lock:
                    self._open = self._open - {plain} | {sock}
                sock.do_handshake()
            self._answer_requests(sock, number)
        except (Ended, OSError):
            pass
        finally:
            with self._lock:
                self._open -= {plain, sock}
            sock.close()

    def _answer_requests(self, sock: socket.socket, number: int) -> None:
        connection = Connection(sock, self._stopping)
        pending = b""
        while not self._stopping.is_set():
            while b"\r\n\r\n" not in pending:
                more = sock.recv(65536)
                if not more:
                    return
                pending += more
            head, pending = pending.split(b"\r\n\r\n", 1)
            request = _parse(head, number)
            with self._lock:
                self.requests.append(request)
                self._in_flight += 1
                self.most_in_flight = max(self.most_in_flight, self._in_flight)
                steps = self._next_steps(request.target)
            try:
                for step in steps[:-1]:
                    step(connection)
            finally:
                with self._lock:
                    self._in_flight -= 1
            steps[-1](connection)

    def _next_steps(self, path: str) -> Sequence[Step]:
        scripts = self._scripts.get(path) or self._scripts.get("*") or [[send(status(404))]]
        turn = self._asked[path]
        self._asked[path] += 1
        return scripts[min(turn, len(scripts) - 1)]


class FullBacklog:
    """A port whose queue of unaccepted connections is full: the kernel ignores every further attempt to connect."""

    def __enter__(self) -> FullBacklog:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=0)
        self.port = self._listener.getsockname()[1]
        self._fillers = []
        while True:
            filler = socket.socket()
            filler.settimeout(0.2)
            self._fillers.append(filler)
            try:
                filler.connect(("127.0.0.1", self.port))
            except TimeoutError:
                return self

    def __exit__(self, *_: object) -> None:
        for filler in self._fillers:
            filler.close()
        self._listener.close()


def _parse(head: bytes, connection: int) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Request(method, target, headers, connection, time.monotonic())


def _shut(sock: socket.socket) -> None:
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # past TLS, which would wait for the peer
    except OSError:
        pass

"""A scripted HTTP/2 server over TLS: for each path, what it does with the stream or with the connection, frame by frame.
It remembers what it was asked. Correct where a test does not say otherwise (python3-h2 keeps the state of the
connection), so that good and bad streams can share one.

    with H2Server(leaf) as server:
        server.on("/a.jpg", answer(picture))
        server.on("/b.jpg", refuse(), then=[answer(picture)])
        server.on("/c.jpg", head(200, length=100), data(b"half"), reset(ErrorCodes.INTERNAL_ERROR))
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections import defaultdict
from dataclasses import dataclass
from typing import Callable, Sequence

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import h2.settings
from h2.errors import ErrorCodes

from support.ca import Leaf

SETTING = h2.settings.SettingCodes


class Gone(Exception):
    """The connection is over, by a step or by the peer."""


@dataclass
class Asked:
    path: str
    headers: dict[str, str]
    connection: int  # counts from 1
    stream: int
    window: int  # how many bytes may be sent before the client says more


class Conversation:
    """One connection, as the steps see it."""

    def __init__(self, sock: ssl.SSLSocket, settings: dict[int, int]) -> None:
        self.socket = sock
        self.state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        # update() would only plan a change, and the library ends connections with too many streams, where the RFC has
        # refusals (RFC 9113, 5.1.2): so what is announced is sent by hand, and kept here.
        self.state.local_settings.update({SETTING.ENABLE_PUSH: 0})
        self.state.initiate_connection()
        self.most_streams = settings.get(SETTING.MAX_CONCURRENT_STREAMS, 100)
        announced = b"".join(int(key).to_bytes(2, "big") + value.to_bytes(4, "big") for key, value in settings.items())
        self.admitted: set[int] = set()  # streams that were open when the last one came
        self.parked: dict[int, memoryview] = {}  # data that waits for a window, by stream
        self.ends: set[int] = set()  # streams that end behind it
        self.held: list[int] = []  # streams that wait for others
        self.released = False
        self.raw(self.state.data_to_send() + (frame(4, 0, 0, announced) if announced else b""))

    def admit(self, stream: int) -> bool:
        """Not beyond what was announced."""
        streams = self.state.streams
        self.admitted = {one for one in self.admitted if one in streams and not streams[one].closed}
        if len(self.admitted) >= self.most_streams:
            return False
        self.admitted.add(stream)
        return True

    def flush(self) -> None:
        self.raw(self.state.data_to_send())

    def raw(self, frames: bytes) -> None:
        """Past the state of the connection: whatever a test wants to send."""
        try:
            self.socket.sendall(frames)
        except OSError as error:
            raise Gone from error

    def send(self, stream: int, content: bytes, end: bool) -> None:
        before = self.parked.get(stream)
        self.parked[stream] = memoryview(bytes(before) + content if before else content)
        if end:
            self.ends.add(stream)
        self.pump()

    def pump(self) -> None:
        """Sends what the windows allow."""
        for stream, content in list(self.parked.items()):
            try:
                room = min(self.state.local_flow_control_window(stream), self.state.max_outbound_frame_size)
                while content and room > 0:
                    piece, content = content[:room], content[room:]
                    self.state.send_data(stream, bytes(piece), end_stream=not content and stream in self.ends)
                    room = min(self.state.local_flow_control_window(stream), self.state.max_outbound_frame_size)
                if not content and not self.parked[stream] and stream in self.ends:
                    self.state.end_stream(stream)
            except (h2.exceptions.StreamClosedError, h2.exceptions.ProtocolError):
                content = memoryview(b"")  # the client did not want it
            self.parked[stream] = content
            if not content:
                del self.parked[stream]
        self.flush()


Step = Callable[[Conversation, int], None]


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def head(code: int, *fields: tuple[str, str], length: int | None = None, end: bool = False) -> Step:
    announced = [] if length is None else [("content-length", str(length))]

    def step(talk: Conversation, stream: int) -> None:
        talk.state.send_headers(stream, [(":status", str(code)), *announced, *fields], end_stream=end)
        talk.flush()

    return step


def data(content: bytes, end: bool = False) -> Step:
    return lambda talk, stream: talk.send(stream, content, end)


def answer(content: bytes, code: int = 200, *fields: tuple[str, str]) -> Step:
    def step(talk: Conversation, stream: int) -> None:
        head(code, *fields, length=len(content))(talk, stream)
        data(content, end=True)(talk, stream)

    return step


def reset(code: int) -> Step:
    def step(talk: Conversation, stream: int) -> None:
        talk.state.reset_stream(stream, code)
        talk.flush()

    return step


def refuse() -> Step:
    return reset(ErrorCodes.REFUSED_STREAM)


def goaway(code: int = ErrorCodes.NO_ERROR, last: int | None = None) -> Step:
    """Says goodbye; `last` is the last stream it has seen, this one unless told. Streams before go on."""

    def step(talk: Conversation, stream: int) -> None:
        seen = stream if last is None else last
        talk.raw(frame(7, 0, 0, seen.to_bytes(4, "big") + int(code).to_bytes(4, "big")))

    return step


def raw(make: bytes | Callable[[int], bytes], times: int = 1) -> Step:
    """Frames of a test's own, made for the stream; as often as told, or until the client has had enough."""

    def step(talk: Conversation, stream: int) -> None:
        one = make(stream) if callable(make) else make
        batch = max(1, min(times, 64))
        for _ in range(0, times, batch):
            talk.raw(one * batch)

    return step


def cut() -> Step:
    """Ends the connection without a word, once the client has heard what was said before."""

    def step(talk: Conversation, stream: int) -> None:
        try:
            socket.socket.shutdown(talk.socket, socket.SHUT_WR)  # past TLS
            while talk.socket.recv(65536):
                pass
        except OSError:
            pass
        raise Gone

    return step


def together(at_once: int, step: Step) -> Step:
    """Does it once so many requests wait for it on the connection, for all of them and those that come behind them."""

    def held(talk: Conversation, stream: int) -> None:
        talk.held.append(stream)
        if len(talk.held) < at_once and not talk.released:
            return
        talk.released = True
        for waiting in talk.held:
            step(talk, waiting)
        talk.held.clear()

    return held


def answer_when(at_once: int, content: bytes) -> Step:
    return together(at_once, answer(content))


def silence() -> Step:
    """Nothing; the stream stays open."""
    return lambda talk, stream: None


class H2Server:
    """To be used in a `with` statement. `settings` are what it announces. `greeting`: frames sent at once."""

    def __init__(
        self, tls: Leaf, settings: dict[int, int] | None = None, greeting: bytes = b"", http1: bytes | None = None
    ) -> None:
        self._scripts: dict[str, list[Sequence[Step]]] = {}
        self._times: dict[str, int] = defaultdict(int)
        self._settings = settings or {}
        self._greeting = greeting
        self._http1 = http1
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(tls.certificate, tls.key)
        self._context.set_alpn_protocols(["h2", "http/1.1"])
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._stopping = False
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self.asked: list[Asked] = []
        self.resets: list[tuple[int, int]] = []  # streams that the client reset, and why
        self.goodbyes: list[int] = []  # codes of the client's GOAWAYs
        self.refused = 0  # streams beyond what was announced
        self.connections = 0
        self.http1_requests = 0
        self.http1_connections = 0

    def __enter__(self) -> H2Server:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        self._listener.shutdown(socket.SHUT_RDWR)
        with self._lock:
            for sock in self._open:
                _shut(sock)
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def on(self, path: str, *steps: Step, then: Sequence[Step] | None = None) -> None:
        """What to do when asked for the path; from the second time on `then`, when given. Path "*" is for every path
        without steps of its own."""
        self._scripts[path] = [steps] if then is None else [steps, then]

    def url(self, path: str = "/") -> str:
        return f"https://127.0.0.1:{self.port}{path}"

    def times(self, path: str) -> int:
        with self._lock:
            return sum(asked.path == path for asked in self.asked)

    def _start(self, work: Callable, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                number = self.connections
                self._open.add(sock)
            self._start(self._serve, sock, number)

    def _serve(self, plain: socket.socket, number: int) -> None:
        sock = plain
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock = self._context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
            with self._lock:
                self._open = self._open - {plain} | {sock}
            sock.do_handshake()
            if sock.selected_alpn_protocol() == "h2":
                self._converse(sock, number)
            else:
                self._answer_http1(sock)
        except (Gone, OSError, h2.exceptions.ProtocolError):
            pass
        finally:
            with self._lock:
                self._open -= {plain, sock}
            sock.close()

    def _converse(self, sock: ssl.SSLSocket, number: int) -> None:
        talk = Conversation(sock, self._settings)
        if self._greeting:
            talk.raw(self._greeting)
        while not self._stopping:
            received = sock.recv(65536)
            if not received:
                return
            for event in talk.state.receive_data(received):
                if isinstance(event, h2.events.RequestReceived):
                    self._carry_out(talk, event, number)
                elif isinstance(event, h2.events.StreamReset):
                    self.resets.append((event.stream_id, int(event.error_code)))
                elif isinstance(event, h2.events.ConnectionTerminated):
                    self.goodbyes.append(int(event.error_code))
            talk.pump()

    def _carry_out(self, talk: Conversation, event: h2.events.RequestReceived, number: int) -> None:
        if not talk.admit(event.stream_id):
            self.refused += 1
            return refuse()(talk, event.stream_id)
        fields = {_text(name): _text(value) for name, value in event.headers}
        path = fields[":path"]
        window = talk.state.local_flow_control_window(event.stream_id)
        with self._lock:
            self.asked.append(Asked(path, fields, number, event.stream_id, window))
            known = path if path in self._scripts else "*"
            scripts = self._scripts[known]
            steps = scripts[min(self._times[path], len(scripts) - 1)]
            self._times[path] += 1
        for step in steps:
            step(talk, event.stream_id)

    def _answer_http1(self, sock: ssl.SSLSocket) -> None:
        pending = b""
        with self._lock:
            self.http1_connections += 1
        while not self._stopping:
            while b"\r\n\r\n" not in pending:
                more = sock.recv(65536)
                if not more:
                    return
                pending += more
            pending = pending.split(b"\r\n\r\n", 1)[1]
            with self._lock:
                self.http1_requests += 1
            body = self._http1 or b""
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def _text(value: bytes | str) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _shut(sock: socket.socket) -> None:
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # past TLS, which would wait for the peer
    except OSError:
        pass

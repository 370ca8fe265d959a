"""A TCP relay in front of a server that counts the connections which are open at once."""

from __future__ import annotations

import selectors
import socket
import threading

TCP_ESTABLISHED = 1


class Front:
    """To be used in a `with` statement. One thread, so that what a client has closed is known before its next
    connection counts."""

    def __init__(self, port: int, address: str = "127.0.0.1", listen: str = "127.0.0.1") -> None:
        self._to = (address, port)
        self._listener = socket.create_server((listen, 0), backlog=1024)
        self.port: int = self._listener.getsockname()[1]
        self.most_open = 0
        self._clients: set[socket.socket] = set()
        self._other: dict[socket.socket, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Front:
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(10)
        for sock in list(self._other):
            sock.close()
        self._listener.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            for key, _ in self._selector.select(0.1):
                if key.fileobj is self._listener:
                    self._accept()
                elif key.fileobj in self._other:
                    self._relay(key.fileobj)

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        for other in [sock for sock in self._clients if _has_ended(sock)]:
            self._drop(other)
        server = socket.create_connection(self._to)
        self._clients.add(client)
        self._other |= {client: server, server: client}
        self.most_open = max(self.most_open, len(self._clients))
        self._selector.register(client, selectors.EVENT_READ)
        self._selector.register(server, selectors.EVENT_READ)

    def _relay(self, sock: socket.socket) -> None:
        try:
            data = sock.recv(65536)
            if data:
                self._other[sock].sendall(data)
                return
        except OSError:
            pass
        self._drop(sock)

    def _drop(self, sock: socket.socket) -> None:
        for one in (sock, self._other.pop(sock)):
            self._selector.unregister(one)
            self._other.pop(one, None)
            self._clients.discard(one)
            one.close()


def _has_ended(sock: socket.socket) -> bool:
    """Whether the client has closed it, even with words before its end that were not read yet."""
    return sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != TCP_ESTABLISHED

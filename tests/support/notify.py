"""The receiving end of sd_notify: what systemd would hear from the daemon."""

from __future__ import annotations

import socket
import threading
from pathlib import Path


class NotifySocket:
    """Remembers every message, such as "READY=1". To be used in a `with` statement."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.messages: list[str] = []

    def __enter__(self) -> NotifySocket:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self._thread = threading.Thread(target=self._receive, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
            last.sendto(b"", str(self.path))
        self._thread.join(10)
        self._socket.close()
        self.path.unlink()

    def heard(self, message: str) -> bool:
        return message in self.messages

    def values(self, name: str) -> list[str]:
        """What it was told, such as of "STATUS"."""
        return [value for key, _, value in (message.partition("=") for message in list(self.messages)) if key == name]

    def _receive(self) -> None:
        while datagram := self._socket.recv(4096):
            self.messages += datagram.decode().splitlines()

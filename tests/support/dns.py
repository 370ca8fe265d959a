"""Names for the tests: a real DNS server (dnsmasq) that knows what it is told, and one that never answers."""

from __future__ import annotations

import signal
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from support.waiting import free_port, wait_for


@dataclass
class Dns:
    """Answers for `names` (name → address, or several); every other name under .test does not exist, and for the rest
    it refuses to answer. To be used in a `with` statement; `server` is what fetch.dns.servers wants."""

    folder: Path
    names: dict[str, str | list[str]]
    port: int = field(default_factory=free_port)
    options: list[str] = field(default_factory=list)  # more of dnsmasq's

    @property
    def server(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Dns:
        self.folder.mkdir(parents=True, exist_ok=True)
        log = (self.folder / "dns.log").open("w")
        records = [
            f"--host-record={name},{address}"
            for name, addresses in self.names.items()
            for address in ([addresses] if isinstance(addresses, str) else addresses)
        ]
        command = [
            "/usr/sbin/dnsmasq",
            "--no-daemon",
            "--conf-file=/dev/null",
            "--no-resolv",
            "--no-hosts",
            "--pid-file=",
            f"--port={self.port}",
            "--listen-address=127.0.0.1",
            "--bind-interfaces",
            "--local=/test/",
            "--log-queries",
            *records,
            *self.options,
        ]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        wait_for(self._is_ready, "dnsmasq to start")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Again, after stop(); what it was asked before is forgotten."""
        self.__enter__()

    def stop(self) -> None:
        """Nobody listens on its port any more."""
        self._process.kill()  # a frozen one too
        self._process.wait(10)

    def freeze(self) -> None:
        """Questions arrive, and wait."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def queries(self) -> list[str]:
        """The names it was asked for, in order, once for each query."""
        lines = (self.folder / "dns.log").read_text().splitlines()
        return [line.split(": query[", 1)[1].split()[1] for line in lines if ": query[" in line]

    def _is_ready(self) -> bool:
        text = (self.folder / "dns.log").read_text()
        if self._process.poll() is not None:
            raise AssertionError(f"dnsmasq did not start: {text}")
        return "started" in text


class DeadDns:
    """A DNS server that takes every question and answers none."""

    def __enter__(self) -> DeadDns:
        self._socket = socket.socket(type=socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.server = f"127.0.0.1:{self._socket.getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

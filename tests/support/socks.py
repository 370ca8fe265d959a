"""A real SOCKS 5 proxy (microsocks), which writes down where it connected to."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from support.waiting import free_port, listens, wait_for


@dataclass
class Socks:
    """With a `password`, "user:password", it asks for that. To be used in a `with` statement; `url` is what fetch.proxy
    wants."""

    folder: Path
    password: str | None = None
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"socks5://127.0.0.1:{self.port}"

    def __enter__(self) -> Socks:
        self.folder.mkdir(parents=True)
        command = ["/usr/bin/microsocks", "-i", "127.0.0.1", "-p", str(self.port)]
        if self.password:
            user, password = self.password.split(":")
            command += ["-u", user, "-P", password]
        with (self.folder / "socks.log").open("w") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for(lambda: listens(self.port), "microsocks to listen")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait(10)

    def connections(self) -> list[str]:
        """Where it connected to, as it was told: "localhost:8080"."""
        lines = (self.folder / "socks.log").read_text().splitlines()
        return [line.rsplit("connected to ", 1)[1] for line in lines if "connected to " in line]

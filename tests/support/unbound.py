"""A second real DNS server (unbound), for what dnsmasq cannot be told to do."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from support.waiting import free_port, wait_for


@dataclass
class Unbound:
    """Answers from `data` (records as in a zone file), `zones` (name → the type of an unbound local-zone, such as
    always_refuse) and `stubs` (name → the server that it asks for what is under it). To be used in a `with` statement;
    `server` is what fetch.dns.servers wants."""

    folder: Path
    data: list[str] = field(default_factory=list)
    zones: dict[str, str] = field(default_factory=dict)
    stubs: dict[str, str] = field(default_factory=dict)
    tcp: bool = True
    port: int = field(default_factory=free_port)

    @property
    def server(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Unbound:
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = [
            "server:",
            "  do-daemonize: no",
            '  username: ""',
            '  chroot: ""',
            '  pidfile: ""',
            "  use-syslog: no",
            "  log-queries: yes",
            "  num-threads: 1",
            '  module-config: "iterator"',
            f"  interface: 127.0.0.1@{self.port}",
            "  do-not-query-localhost: no",
            f"  do-tcp: {'yes' if self.tcp else 'no'}",
            *(f'  local-zone: "{name}" {kind}' for name, kind in self.zones.items()),
            *(f"  local-data: '{record}'" for record in self.data),
            *(
                line
                for name, server in self.stubs.items()
                for line in ("stub-zone:", f'  name: "{name}"', f"  stub-addr: {server.replace(':', '@')}")
            ),
            "remote-control:",
            "  control-enable: no",
        ]
        configuration = self.folder / "unbound.conf"
        configuration.write_text("\n".join(lines) + "\n")
        with (self.folder / "unbound.log").open("w") as log:
            command = ["/usr/sbin/unbound", "-d", "-c", str(configuration)]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for(self._is_ready, "unbound to start")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)

    def queries(self) -> list[str]:
        """The names it was asked for, in order, once for each query."""
        lines = (self.folder / "unbound.log").read_text().splitlines()
        return [line.split()[-3].rstrip(".") for line in lines if line.endswith((" A IN", " AAAA IN"))]

    def _is_ready(self) -> bool:
        text = (self.folder / "unbound.log").read_text()
        if self._process.poll() is not None:
            raise AssertionError(f"unbound did not start: {text}")
        return "start of service" in text

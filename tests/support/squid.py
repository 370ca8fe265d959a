"""A real HTTP proxy (squid) that knows names nobody else knows, and writes down what it was asked."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from support.waiting import free_port, listens, wait_for

CONFIGURATION = """
http_port 127.0.0.1:{port}
pid_filename none
coredump_dir none
netdb_filename none
pinger_enable off
cache deny all
shutdown_lifetime 0 seconds
memory_cache_shared off
forward_max_tries 1
hosts_file {folder}/hosts
dns_nameservers 127.0.0.1
dns_timeout 1 seconds
logformat asked %rm %ru %>Hs
access_log stdio:{folder}/access.log asked
cache_log {folder}/cache.log
acl forbidden dstdomain forbidden.test
http_access deny forbidden
{access}
"""

WITH_PASSWORD = """
auth_param basic program /usr/lib/squid/basic_ncsa_auth {folder}/passwords
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all
"""


@dataclass
class Squid:
    """Resolves `names` (name → address). With a `password`, "user:password", it asks for that. forbidden.test is
    refused. To be used in a `with` statement; `url` is what fetch.proxy wants."""

    names: dict[str, str] = field(default_factory=dict)
    password: str | None = None
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Squid:
        # It refuses to be root, who runs the tests in a container: a folder that the user of the package may enter.
        self.folder = Path(tempfile.mkdtemp(prefix="gannet-squid-"))
        (self.folder / "hosts").write_text("".join(f"{address} {name}\n" for name, address in self.names.items()))
        access = "http_access allow all"
        if self.password:
            user, password = self.password.split(":")
            command = ["openssl", "passwd", "-apr1", password]
            crypted = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            (self.folder / "passwords").write_text(f"{user}:{crypted}")
            access = WITH_PASSWORD.format(folder=self.folder)
        text = CONFIGURATION.format(port=self.port, folder=self.folder, access=access)
        (self.folder / "squid.conf").write_text(text)
        if os.geteuid() == 0:
            for path in (self.folder, *self.folder.iterdir()):
                shutil.chown(path, "proxy")
        with (self.folder / "squid.out").open("w") as output:
            command = ["/usr/sbin/squid", "-N", "-n", f"gannet{self.port}", "-f", "squid.conf"]
            self._process = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        wait_for(self._is_ready, "squid to listen")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()  # killed, it would leave shared memory behind
        self._process.wait(10)
        shutil.rmtree(self.folder)

    def requests(self) -> list[str]:
        """What it was asked and how it answered: "GET http://pictures.test/a.jpg 200"."""
        log = self.folder / "access.log"
        lines = log.read_text().splitlines() if log.exists() else []
        return [line for line in lines if not line.startswith("-")]  # somebody only looked whether it listens

    def wait_for_requests(self, count: int) -> list[str]:
        """It writes a tunnel down when that has ended."""
        wait_for(lambda: len(self.requests()) >= count, f"{count} requests in squid's log")
        return sorted(self.requests())

    def _is_ready(self) -> bool:
        if self._process.poll() is not None:
            raise AssertionError(f"squid did not start: {(self.folder / 'cache.log').read_text()}")
        return listens(self.port)

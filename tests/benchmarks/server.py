"""The nginx that the tools fetch from: over http, and over https with HTTP/1.1 or with HTTP/2, each on its own port."""
from __future__ import annotations

import os
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

from collection import REPOSITORY  # noqa: F401  (it also opens the way to tests/support)
from names import DOMAIN
from support.ca import CertificateAuthority

PLACES = {"": 0, "/slow": 0.1, "/crowd": 2.0}  # seconds to the first byte of what is below

CONFIGURATION = """
load_module /usr/lib/nginx/modules/ngx_http_echo_module.so;
daemon off;
{user}
worker_processes 1;  # enough to keep any client busy, and it leaves the other cores to the client
worker_rlimit_nofile {files};
pid nginx.pid;
events {{ worker_connections 15000; }}
http {{
  include /etc/nginx/mime.types;
  access_log off;
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  keepalive_timeout 10m;
  root {root};
  ssl_certificate {certificate};
  ssl_certificate_key {key};
  ssl_protocols TLSv1.3;
  server {{
    listen {address}:{http} backlog=4096;
    {slow}
  }}
  server {{ listen {address}:{https} ssl backlog=4096; }}
  server {{
    listen {address}:{h2} ssl http2 backlog=4096;
    if ($http2 = "") {{ return 426; }}  # no tool passes with HTTP/1.1 here unnoticed
  }}
}}
"""

SLOW = """
    location {place}/ {{ echo_sleep {seconds}; echo_exec /after$uri; }}
    location /after{place}/ {{ internal; alias {root}/; }}"""


@dataclass
class Site:
    """Where it can be reached. `h2` speaks nothing but HTTP/2, `https` nothing but HTTP/1.1."""

    ca: Path
    ports: dict[str, int] = field(default_factory=lambda: {name: _free_port() for name in ("http", "https", "h2")})

    def origin(self, protocol: str, host: str = "127.0.0.1") -> str:
        return f"{'http' if protocol == 'http' else 'https'}://{host}:{self.ports[protocol]}"


@contextmanager
def nginx(work: Path, root: Path, address: str) -> Iterator[Site]:
    """Serves `root` while the block runs."""
    prefix = work / "nginx"
    (prefix / "tmp").mkdir(parents=True)
    authority = CertificateAuthority(work / "authority")
    leaf = authority.leaf("127.0.0.1", f"*.{DOMAIN}")
    site = Site(authority.file)
    slow = "".join(SLOW.format(place=place, seconds=seconds, root=root) for place, seconds in PLACES.items() if seconds)
    (prefix / "nginx.conf").write_text(CONFIGURATION.format(
        user="user root;" if os.geteuid() == 0 else "", files=20_000, root=root, address=address, slow=slow,
        certificate=leaf.certificate, key=leaf.key, **site.ports))
    process = subprocess.Popen(["/usr/sbin/nginx", "-p", prefix, "-c", "nginx.conf", "-e", "error.log"])
    try:
        for port in site.ports.values():
            _wait_until_it_listens(process, port)
        yield site
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_it_listens(process: subprocess.Popen, port: int) -> None:
    for _ in range(100):
        if process.poll() is not None:
            raise SystemExit("nginx did not start")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("nginx does not listen")

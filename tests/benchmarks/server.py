"""The nginx that the tools fetch from: /img/ at once, /slow/img/ after 100 ms to the first byte."""
from __future__ import annotations

import os
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

LATENCY = 0.1  # seconds

CONFIGURATION = """
load_module /usr/lib/nginx/modules/ngx_http_echo_module.so;
daemon off;
{user}
worker_processes 1;  # enough to keep any client busy, and it leaves the other cores to the client
worker_rlimit_nofile 20000;
pid nginx.pid;
events {{ worker_connections 8192; }}
http {{
  include /etc/nginx/mime.types;
  access_log off;
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    root {root};
    location /slow/ {{ echo_sleep {latency}; echo_exec /after$uri; }}
    location /after/slow/ {{ internal; alias {root}/; }}
  }}
}}
"""


@contextmanager
def nginx(work: Path, root: Path) -> Iterator[str]:
    """Serves `root` while the block runs. Gives the origin, "http://127.0.0.1:40123"."""
    prefix = work / "nginx"
    (prefix / "tmp").mkdir(parents=True)
    port = _free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    (prefix / "nginx.conf").write_text(CONFIGURATION.format(user=user, port=port, root=root, latency=LATENCY))
    process = subprocess.Popen(["/usr/sbin/nginx", "-p", prefix, "-c", "nginx.conf", "-e", "error.log"])
    try:
        _wait_until_it_listens(process, port)
        yield f"http://127.0.0.1:{port}"
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

"""A real nginx with a prefix, a port and logs of its own; the tests can read in its log what it was asked."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from support.ca import Leaf
from support.waiting import free_port, listens, wait_for

CONFIGURATION = """
daemon off;
{user}
worker_processes {workers};
pid nginx.pid;
error_log error.log warn;
events {{ worker_connections 4096; }}
http {{
  types {{ image/jpeg jpg jpeg; image/png png; image/gif gif; image/svg+xml svg; text/html html; }}
  default_type application/octet-stream;
  log_format asked escape=json '{{"time":$msec,"took":$request_time,"connection":$connection,"connection_requests":$connection_requests,'
    '"method":"$request_method","uri":"$request_uri","status":$status,"bytes":$body_bytes_sent,'
    '"protocol":"$server_protocol",'
    '"host":"$http_host","user_agent":"$http_user_agent","accept_encoding":"$http_accept_encoding",'
    '"content_encoding":"$sent_http_content_encoding","resumed":"$ssl_session_reused"}}';
  access_log access.log asked;
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  sendfile on;
  keepalive_requests {keepalive_requests};
  http2_max_concurrent_streams {streams};
  {gzip}
  {ranges}
  {http}
  server {{
    {listen}
    {certificate}
    root {files};
    autoindex off;
    {locations}
  }}
}}
"""


@dataclass
class Nginx:
    """Serves `files`; `locations` maps a path to the directives inside its block, such as {"/gone": "return 410;"}.
    To be used in a `with` statement."""

    prefix: Path
    files: Path
    tls: Leaf | None = None
    http2: bool = False
    address: str = "127.0.0.1"
    more_addresses: list[str] = field(default_factory=list)
    keepalive_requests: int = 1000
    streams: int = 128  # HTTP/2 requests at once in one connection
    gzip: bool = False
    ranges: bool = True
    workers: int = 1
    http: str = ""  # more directives for all requests
    locations: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    def __enter__(self) -> Nginx:
        (self.prefix / "tmp").mkdir(parents=True)
        (self.prefix / "nginx.conf").write_text(self._configuration())
        command = ["/usr/sbin/nginx", "-p", str(self.prefix), "-c", "nginx.conf", "-e", "error.log"]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        wait_for(self._is_ready, "nginx to listen")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)

    def url(self, path: str = "/") -> str:
        return f"{'https' if self.tls else 'http'}://{self.address}:{self.port}{path}"

    def requests(self) -> list[dict]:
        """What it answered so far, in the order of the answers' ends."""
        log = self.prefix / "access.log"
        text = log.read_text() if log.exists() else ""
        return [json.loads(line) for line in text.splitlines()]

    def _is_ready(self) -> bool:
        if self._process.poll() is not None:
            raise AssertionError(f"nginx did not start: {(self.prefix / 'error.log').read_text()}")
        return listens(self.port, self.address)

    def _configuration(self) -> str:
        certificate = f"ssl_certificate {self.tls.certificate}; ssl_certificate_key {self.tls.key};" if self.tls else ""
        return CONFIGURATION.format(
            user="user root;" if os.geteuid() == 0 else "",  # the files of a test are its user's only
            workers=self.workers,
            keepalive_requests=self.keepalive_requests,
            streams=self.streams,
            gzip="gzip on; gzip_types image/svg+xml; gzip_min_length 1;" if self.gzip else "",
            ranges="" if self.ranges else "max_ranges 0;",
            http=self.http,
            listen="\n    ".join(
                f"listen {address}:{self.port} {'ssl' if self.tls else ''} {'http2' if self.http2 else ''};"
                for address in [self.address, *self.more_addresses]
            ),
            certificate=certificate,
            files=self.files,
            locations="\n    ".join(f"location {path} {{ {block} }}" for path, block in self.locations.items()),
        )

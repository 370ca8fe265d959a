"""Other real web servers than nginx, each with a folder, a port and a configuration of its own: what they have in common is
that they serve files, over http or https, and over HTTP/2 where they are asked to."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from support.ca import Leaf
from support.nginx import Nginx
from support.waiting import free_port, listens, wait_for


@dataclass
class WebServer:
    """Serves `files`, over https when it has a certificate. To be used in a `with` statement."""

    prefix: Path
    files: Path
    tls: Leaf | None = None
    http2: bool = True  # over https
    port: int = field(default_factory=free_port)

    def __enter__(self) -> WebServer:
        self.prefix.mkdir(parents=True)
        with (self.prefix / "output").open("wb") as output:
            self._process = subprocess.Popen(
                self.command(),
                cwd=self.prefix,
                env={**os.environ, "HOME": str(self.prefix)},  # what a server may want to keep is the test's
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        wait_for(self._is_ready, f"{type(self).__name__} to listen", 30)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)

    def command(self) -> list[str]:
        """Writes what it needs into its folder, and says how to start it."""
        raise NotImplementedError

    def url(self, path: str = "/") -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}{path}"

    def write(self, name: str, text: str) -> Path:
        path = self.prefix / name
        path.write_text(text)
        return path

    def _is_ready(self) -> bool:
        if self._process.poll() is not None:
            raise AssertionError(f"it did not start: {(self.prefix / 'output').read_text()}")
        return listens(self.port)


class Apache(WebServer):
    def command(self) -> list[str]:
        modules = ["mpm_event", "authz_core", "mime", *(["ssl", "socache_shmcb", "http2"] if self.tls else [])]
        lines = [f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in modules]
        lines += [
            f"ServerRoot {self.prefix}",
            "ServerName localhost",
            f"Listen 127.0.0.1:{self.port}",
            "PidFile pid",
            "ErrorLog error.log",
            "User nobody",
            "Group nogroup",
            "TypesConfig /etc/mime.types",
            f"DocumentRoot {self.files}",
            f"<Directory {self.files}>\nRequire all granted\n</Directory>",
        ]
        if self.tls:
            lines += [
                "SSLEngine on",
                f"SSLCertificateFile {self.tls.certificate}",
                f"SSLCertificateKeyFile {self.tls.key}",
                f"Protocols {'h2 ' if self.http2 else ''}http/1.1",
            ]
        configuration = self.write("apache.conf", "\n".join(lines) + "\n")
        return ["/usr/sbin/apache2", "-X", "-f", str(configuration)]


class HAProxy(WebServer):
    """In front of an nginx."""

    def __enter__(self) -> WebServer:
        self._behind = Nginx(self.prefix.with_name(self.prefix.name + "-behind"), self.files)
        self._behind.__enter__()
        return super().__enter__()

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self._behind.__exit__(*error)

    def command(self) -> list[str]:
        secure = ""
        if self.tls:
            pem = self.write("site.pem", self.tls.certificate.read_text() + self.tls.key.read_text())
            secure = f" ssl crt {pem} alpn {'h2,' if self.http2 else ''}http/1.1"
        configuration = self.write(
            "haproxy.cfg",
            f"""
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend site
  bind 127.0.0.1:{self.port}{secure}
  default_backend behind
backend behind
  server one 127.0.0.1:{self._behind.port}
""",
        )
        return ["/usr/sbin/haproxy", "-db", "-f", str(configuration)]


class Caddy(WebServer):
    def command(self) -> list[str]:
        tls = f"tls {self.tls.certificate} {self.tls.key}" if self.tls else ""
        protocols = "h1 h2" if self.http2 else "h1"
        configuration = self.write(
            "Caddyfile",
            f"""{{
  admin off
  auto_https off
  storage file_system {self.prefix}/storage
  default_sni 127.0.0.1
  servers {{
    protocols {protocols}
  }}
}}
{self.url("")} {{
  bind 127.0.0.1
  {tls}
  root * {self.files}
  file_server
}}
""",
        )
        return ["/usr/bin/caddy", "run", "--config", str(configuration), "--adapter", "caddyfile"]


@dataclass
class Nghttpd(WebServer):
    """The server of nghttp2: HTTP/2 alone."""

    streams: int = 100  # at once in one connection

    def command(self) -> list[str]:
        streams = ["-m", str(self.streams)]
        where = ["-a", "127.0.0.1", "-d", str(self.files), str(self.port)]
        return ["/usr/sbin/nghttpd", *streams, *where, str(self.tls.key), str(self.tls.certificate)]

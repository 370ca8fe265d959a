"""The hosts of the benchmark, and the DNS server that every tool asks for them."""
from __future__ import annotations

import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

DOMAIN = "bench.test"
SERVER = "127.0.0.53"  # port 53: what resolv.conf can name
HOSTS = [f"h{number:04}.{DOMAIN}" for number in range(2000)]


def address(number: int) -> str:
    """Each host has its own, as on the web."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


@contextmanager
def dns(work: Path) -> Iterator[None]:
    """Answers while the block runs. Only in isolation: it takes port 53 and replaces /etc/resolv.conf."""
    hosts, resolver = work / "hosts", work / "resolv.conf"
    hosts.write_text("".join(f"{address(number)} {name}\n" for number, name in enumerate(HOSTS)))
    resolver.write_text(f"nameserver {SERVER}\n")
    process = subprocess.Popen(
        ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--pid-file=", "--no-resolv",
         "--no-hosts", f"--addn-hosts={hosts}", f"--local=/{DOMAIN}/", f"--listen-address={SERVER}",
         "--bind-interfaces", "--cache-size=10000", "--local-ttl=300"], stdin=subprocess.DEVNULL)
    try:
        subprocess.run(["mount", "--bind", resolver, "/etc/resolv.conf"], check=True)
        _wait_until_it_answers(process)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_until_it_answers(process: subprocess.Popen) -> None:
    for _ in range(100):
        if process.poll() is not None:
            raise SystemExit("dnsmasq did not start")
        if subprocess.run(["getent", "ahostsv4", HOSTS[-1]], capture_output=True).returncode == 0:
            return
        time.sleep(0.05)
    raise SystemExit("dnsmasq does not answer")

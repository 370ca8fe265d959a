"""How many connections there were at once, as the kernel counts them."""
from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator


@dataclass
class Peak:
    connections: float = 0


@contextmanager
def peak_connections() -> Iterator[Peak]:
    """The peak while the block runs, looked at every 50 ms. Only in isolation: there both ends of every connection, and
    nothing but the benchmark's few idle sockets, are counted."""
    peak, ended = Peak(), threading.Event()

    def watch() -> None:
        while not ended.wait(0.05):
            peak.connections = max(peak.connections, _sockets() // 2)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


def _sockets() -> int:
    line = next(line for line in Path("/proc/net/sockstat").read_text().splitlines() if line.startswith("TCP:"))
    return int(line.split()[2])

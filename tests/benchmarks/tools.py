"""The tools that are compared: how each is started at its best, and what a run of it costs."""
from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable


@dataclass
class Cost:
    wall: float    # seconds
    cpu: float     # seconds, user and system, children included
    memory: float  # bytes resident at the peak, of the tool's own process


@dataclass
class Tool:
    """`command` makes the command line from the list (one address a line) and the folder to store into."""

    name: str
    program: str
    command: Callable[[Path, Path], list[object]]

    @property
    def is_there(self) -> bool:
        return shutil.which(self.program) is not None

    def run(self, urls: list[str], work: Path, folder: Path) -> Cost:
        """Raises when the tool does not say that all went well."""
        plain = work / "list.txt"
        plain.write_text("".join(f"{url}\n" for url in urls))
        return _measure(list(map(str, self.command(plain, folder))), work / "output.txt")


def gannet(bin_folder: Path, name: str = "gannet", **settings: object) -> Tool:
    """Settings with `__` for a dot, on top of what a server of one's own on the loopback needs."""
    every = {"fetch__allow_addresses": "127.0.0.0/8", "fetch__profile": "own-server", **settings}
    words = [word for key, value in every.items() for word in ("--set", f"{key.replace('__', '.')}={value}")]
    program = bin_folder / "gannet"
    return Tool(name, str(program), lambda urls, folder: [program, "fetch", urls, "--output", folder, *words])


def peers() -> list[Tool]:
    return [
        Tool("curl, 8 parallel", "curl", _curl),
        Tool("aria2c, 32 parallel", "aria2c", _aria2c),  # waits for the disk after each file, and cannot be told not to
        Tool("aria2c, without its fsync", "eatmydata", lambda urls, folder: ["eatmydata", *_aria2c(urls, folder)]),
        Tool("wget2, 8 threads", "wget2", lambda urls, folder: [
            "wget2", "--no-config", "--quiet", "--max-threads=8", "--no-robots", "-i", urls, "-P", folder]),
    ]


def _curl(urls: Path, folder: Path) -> list[object]:
    config = urls.with_suffix(".curl")
    config.write_text("".join(f'url = "{url}"\noutput = "{folder}/{url.rsplit("/", 1)[1]}"\n'
                              for url in urls.read_text().split()))
    return ["curl", "-q", "--silent", "--show-error", "--fail", "--parallel", "--parallel-max", "8", "-K", config]


def _aria2c(urls: Path, folder: Path) -> list[object]:
    return ["aria2c", "--no-conf", "--quiet", "-j32", "-x1", "--file-allocation=none", "--auto-save-interval=0",
            "--auto-file-renaming=false", "--summary-interval=0", "--download-result=hide", "-i", urls, "-d", folder]


@dataclass
class _PeakMemory:
    """Looks at a process every 50 ms. (The kernel's ru_maxrss would count the benchmark's own size before the exec.)"""

    pid: int
    bytes: int = 0
    _ended: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        while not self._ended.wait(0.05):
            try:
                status = Path(f"/proc/{self.pid}/status").read_text()
            except OSError:
                return
            high = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0 kB")
            self.bytes = max(self.bytes, int(high.split()[1]) * 1024)

    def end(self) -> None:
        self._ended.set()


def _measure(command: list[str], output: Path) -> Cost:
    with output.open("wb") as sink:
        start = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink)
        peak = _PeakMemory(process.pid)
        watcher = threading.Thread(target=peak.watch)
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    peak.end()
    watcher.join()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\nended with code {process.returncode}:\n{output.read_text()[-2000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak.bytes)

"""What one run of a program costs."""
from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

TIME_LIMIT = 600  # seconds: whatever takes longer hangs


class Failed(Exception):
    """A run that does not count: the tool said so, or what it stored is not what was served."""


@dataclass
class Cost:
    wall: float    # seconds
    cpu: float     # seconds, user and system, children included
    memory: float  # bytes resident at the peak, of the largest of its processes
    figures: dict[str, float] = field(default_factory=dict)  # what the tool itself tells


def measure(command: list[object], work: Path, well: tuple[int, ...] = (0,)) -> tuple[Cost, str]:
    """The cost, and what the program printed. Raises Failed when its exit code is not one of `well`."""
    output, peak = work / "output.txt", work / "peak.txt"
    # `time` stands between, because the kernel counts as a child's peak what its parent had before the exec.
    words = [str(word) for word in ("/usr/bin/time", "-f", "%M", "-o", peak, *command)]
    environment = {**os.environ, "HOME": str(work)}  # nothing remembered from earlier runs
    with output.open("wb") as sink:
        start = time.monotonic()
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, env=environment,
                                   start_new_session=True)
        limit = threading.Timer(TIME_LIMIT, _kill, [process.pid])
        limit.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            _kill(process.pid)
            process.wait()
            raise
        finally:
            limit.cancel()
        wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    text = output.read_text(errors="replace")
    if process.returncode not in well:
        raise Failed(f"ended with code {process.returncode} after {wall:.1f} s: {text[-300:].strip()}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, int(peak.read_text().split()[-1]) * 1024), text


def _kill(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)

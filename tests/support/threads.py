"""A thread of another process, held where it is: what a bug that never returns looks like from outside. Needs root."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

from support.waiting import wait_for

_SEIZE, _INTERRUPT, _DETACH = 0x4206, 0x4207, 17
_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


class Held:
    """To be used in a `with` statement, on one thread: at its end the held one goes on. The others of its process go on
    all the time."""

    def __init__(self, process: int, name: str) -> None:
        tasks = Path(f"/proc/{process}/task")

        def named() -> list[int]:
            return [int(task.name) for task in tasks.iterdir() if (task / "comm").read_text().strip() == name]

        [self._thread] = wait_for(named, f"a thread {name}")  # which it may not have called itself yet

    def __enter__(self) -> Held:
        _ptrace(_SEIZE, self._thread)
        _ptrace(_INTERRUPT, self._thread)
        os.waitpid(self._thread, 0x40000000)  # __WALL: until it has stopped
        return self

    def __exit__(self, *_: object) -> None:
        try:
            _ptrace(_DETACH, self._thread)
        except ProcessLookupError:  # it was killed: only then is it gone for its parent too
            os.waitpid(self._thread, 0x40000000)


def _ptrace(what: int, thread: int) -> None:
    if _libc.ptrace(what, thread, None, None) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))

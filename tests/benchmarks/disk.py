"""Where a tool stores its pictures: a filesystem made for that one run, so that no run inherits another's state."""
from __future__ import annotations

import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

SIZE = 6 << 30


class Disk:
    """`fresh()` gives an empty ext4, mounted from a file; without the right to mount, an empty folder instead."""

    def __init__(self, work: Path) -> None:
        self._work = work
        self._mounts = self._can_mount()
        self.description = "a new ext4 for each run" if self._mounts else "a new folder for each run (no right to mount)"

    @contextmanager
    def fresh(self) -> Iterator[Path]:
        folder = self._work / "disk"
        folder.mkdir()
        os.sync()  # nobody pays for what another left to write
        try:
            if self._mounts:
                self._mount(folder)
            yield folder
        finally:
            if self._mounts:
                self._unmount(folder)
                self._image.unlink()
            shutil.rmtree(folder)

    @property
    def _image(self) -> Path:
        return self._work / "disk.ext4"

    def _mount(self, folder: Path) -> None:
        with self._image.open("wb") as image:
            image.truncate(SIZE)
        now = "lazy_itable_init=0,lazy_journal_init=0"  # not in the background, while a tool is measured
        subprocess.run(["mkfs.ext4", "-q", "-F", "-E", now, self._image], check=True)
        subprocess.run(["mount", "-o", "loop", self._image, folder], check=True)
        shutil.rmtree(folder / "lost+found")

    def _unmount(self, folder: Path) -> None:
        for _ in range(50):  # a tool that was killed may need a moment to let go
            if subprocess.run(["umount", folder], stderr=subprocess.DEVNULL).returncode == 0:
                return
            time.sleep(0.1)
        subprocess.run(["umount", folder], check=True)

    def _can_mount(self) -> bool:
        if os.geteuid() != 0:
            return False
        folder = self._work / "try"
        folder.mkdir()
        try:
            self._mount(folder)
            subprocess.run(["umount", folder], check=True)
            return True
        except (subprocess.CalledProcessError, FileNotFoundError):
            return False
        finally:
            self._image.unlink(missing_ok=True)
            folder.rmdir()

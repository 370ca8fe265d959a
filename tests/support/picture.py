"""What a decode worker makes of a file, asked without a daemon (tests/worker/picture.cpp)."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Iterable

from PIL import Image

from support.programs import BIN

Seen = dict[str, Any]


def look_at(paths: Iterable[Path], timeout: float = 300, **orders: object) -> dict[Path, Seen]:
    """The reply for each, from processes that are locked in as workers are."""
    names = "".join(f"{path}\n" for path in paths)
    command = [str(BIN / "picture"), "sandbox=1", *(f"{key}={value}" for key, value in orders.items())]
    done = subprocess.run(command, input=names, capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, done.stderr
    return {Path(seen["file"]): seen for seen in map(json.loads, done.stdout.splitlines())}


@dataclass
class Work:
    """A reply, and what was made."""

    seen: Seen
    image: bytes = b""
    thumbnails: list[bytes] = field(default_factory=list)

    def opened(self) -> Image.Image:
        return Image.open(BytesIO(self.image))

    @property
    def exif(self) -> dict[str, str]:
        return json.loads(self.seen.get("exif", "{}"))


def work(path: Path, folder: Path, **orders: object) -> Work:
    out = folder / "made"
    command = [str(BIN / "picture"), f"out={out}", *(f"{key}={value}" for key, value in orders.items()), str(path)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    made = Work(json.loads(done.stdout))
    if "image" in made.seen:
        made.image = Path(f"{out}.image").read_bytes()
    for number, _ in enumerate(made.seen.get("thumbnails", [])):
        made.thumbnails.append(Path(f"{out}.thumbnail{number}").read_bytes())
    return made

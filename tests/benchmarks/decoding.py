"""What decodes pictures: gannet's workers, vipsthumbnail, and Pillow. The last two read the files from the disk."""
from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Callable

from collection import Collection
from measure import Cost, Failed, measure
from support import images
from tools import Tool

HERE = Path(__file__).parent
SIDE = 256
QUALITY = 95
PROCESSES = 2
SAMPLE = 300


class Resizer(Tool):
    """A tool whose pictures are not those that are served: each has to be there, and a sample has to be of that size."""

    def __init__(self, tool: Tool, count: int) -> None:
        super().__init__(**{**vars(tool), "stores": False})
        self.count = count

    def run(self, urls: Path, work: Path, folder: Path) -> Cost:
        cost = super().run(urls, work, folder)
        files = [path for path in folder.rglob("*.jpg") if path.stem.isdigit()]
        if len(files) != self.count:
            raise Failed(f"{folder}: {len(files)} pictures instead of {self.count}")
        for path in random.Random(self.count).sample(files, min(SAMPLE, len(files))):
            width, height = images.size_of(path.read_bytes())
            if max(width, height) != SIDE:
                raise Failed(f"{path} is {width} x {height}")
        return cost


def vipsthumbnail(collection: Collection, count: int) -> Tool:
    words = ["vipsthumbnail", "--size", f"{SIDE}", "--output"]
    return _over_files(f"vipsthumbnail, {PROCESSES} processes", "vipsthumbnail", collection, count,
                       lambda folder: ["env", "VIPS_CONCURRENCY=1", *words, f"{folder}/%s.jpg[Q={QUALITY}]"])


def pillow(collection: Collection, count: int, what: str) -> Tool:
    return _over_files(f"Pillow, {PROCESSES} processes", "/usr/bin/python3", collection, count,
                       lambda folder: ["/usr/bin/python3", HERE / "pillow.py", what, folder, SIDE, QUALITY])


def _over_files(name: str, program: str, collection: Collection, count: int,
                words: Callable[[Path], list[object]]) -> Tool:
    """Each process gets a share of the files as large as the other's, a few hundred at a time."""
    def command(urls: Path, folder: Path) -> list[object]:
        names = urls.with_suffix(".files")
        names.write_text("".join(f"{collection.folder / 'img' / name}\n" for name in collection.names(count)))
        return ["xargs", "-a", names, "-P", PROCESSES, "-n", min(500, max(1, count // PROCESSES)), *words(folder)]

    return Tool(name, program, command, stores=False, lacks="" if shutil.which(program) else f"there is no {program}")


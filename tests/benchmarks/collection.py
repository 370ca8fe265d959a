"""The pictures of the benchmark: real photographs behind many addresses, and the proof that a tool stored them."""
from __future__ import annotations

import hashlib
import random
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

from measure import Failed

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests"))

from support import images  # noqa: E402

SMALLEST = 18_000  # bytes; without the smaller ones, the photographs of the tests have a median of 38 kB
HASHED = 300


@dataclass
class Collection:
    """`pictures[n % len(pictures)]` is served as the picture number n, under `folder`/img."""

    folder: Path
    pictures: list[Path]
    count: int

    def names(self, count: int) -> list[str]:
        """The file names of the first `count` pictures, the true extension included."""
        return [f"{n:06}{self.picture(n).suffix}" for n in range(count)]

    def picture(self, number: int) -> Path:
        return self.pictures[number % len(self.pictures)]

    def describe(self) -> str:
        sizes = [picture.stat().st_size for picture in self.pictures]
        return (f"{len(sizes)} different pictures, median {statistics.median(sizes) / 1e3:.1f} kB, "
                f"mean {statistics.mean(sizes) / 1e3:.1f} kB")

    def check(self, stored: Path, count: int) -> None:
        """Raises unless `stored` holds the first `count` pictures, each once: all sizes, and the hashes of a sample.
        File names are numbers, whatever folders they are in."""
        files = {int(path.stem): path for path in stored.rglob("*") if path.is_file() and path.stem.isdigit()}
        if files.keys() != set(range(count)):
            raise Failed(f"{stored}: {len(files)} pictures instead of {count}")
        for number, path in files.items():
            if path.stat().st_size != self.picture(number).stat().st_size:
                raise Failed(f"{path} has the wrong size")
        for number in random.Random(count).sample(range(count), min(HASHED, count)):
            if _sha256(files[number]) != _sha256(self.picture(number)):
                raise Failed(f"{files[number]} has the wrong content")


def make_collection(work: Path, count: int) -> Collection:
    """Links `count` names to the pictures, in a new folder below `work`."""
    pictures = [path for path in images.photographs() if path.stat().st_size >= SMALLEST]
    collection = Collection(work / "served", pictures, count)
    links = collection.folder / "img"
    links.mkdir(parents=True)
    for number, name in enumerate(collection.names(count)):
        (links / name).symlink_to(collection.picture(number))
    return collection


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

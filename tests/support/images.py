"""Real pictures, as Debian packages put them on disk: for the tests, the demo and the benchmark."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

PACKAGES = ["adwaita-icon-theme", "tango-icon-theme", "labelme-examples", "fotoxx-common", "cimg-doc"]

ICONS = [Path("/usr/share/icons/Adwaita"), Path("/usr/share/icons/Tango")]
PHOTOGRAPHS = [Path("/usr/share/doc/labelme-examples"), Path("/usr/share/fotoxx"), Path("/usr/share/doc/cimg-dev")]


@cache
def icons() -> tuple[Path, ...]:
    """PNG pictures of 150 bytes to some 20 KB, thousands of them, in an order that never changes."""
    return _distinct(ICONS, {".png"}, 100, 1 << 20)


@cache
def photographs() -> tuple[Path, ...]:
    """Some 400 JPEG pictures of 5 to 200 KB, in an order that never changes."""
    return _distinct(PHOTOGRAPHS, {".jpg", ".jpeg"}, 5_000, 200_000)


@cache
def drawings() -> tuple[Path, ...]:
    """SVG pictures."""
    return _distinct(ICONS, {".svg"}, 300, 1 << 20)


@cache
def gifs() -> tuple[Path, ...]:
    return _distinct([Path("/usr/share/doc/cimg-dev")], {".gif"}, 100, 1 << 20)  # those of fotoxx are JPEG inside


def _distinct(folders: list[Path], suffixes: set[str], least: int, most: int) -> tuple[Path, ...]:
    """Files of different contents: packages carry many under several names."""
    found: dict[str, Path] = {}
    for path in sorted(path for folder in folders for path in folder.rglob("*")):
        if path.suffix.lower() in suffixes and not path.is_symlink() and least <= path.stat().st_size <= most:
            found.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), path)
    if not found:
        raise AssertionError(f"no pictures under {folders}: install {' '.join(PACKAGES)}")
    return tuple(found.values())


def size_of(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG or JPEG picture, read from its header."""
    if picture.startswith(b"\x89PNG"):
        return int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")
    place = 2
    while picture[place + 1] not in (0xC0, 0xC1, 0xC2):  # the frame headers that photographs have
        place += 2 + int.from_bytes(picture[place + 2 : place + 4], "big")
    return int.from_bytes(picture[place + 7 : place + 9], "big"), int.from_bytes(picture[place + 5 : place + 7], "big")

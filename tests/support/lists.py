"""Lists of URLs: written for the tests, and read again by a second pair of eyes that shares no code with the daemon."""

from __future__ import annotations

import csv
import gzip
import io
import json
import lzma
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterable, Iterator


@dataclass
class Row:
    line: int  # from 1, as `sed -n` counts
    key: int  # from 0, rows only
    url: str
    columns: dict[str, str] = field(default_factory=dict)


def write_list(path: Path, urls: Iterable[str]) -> Path:
    path.write_text("".join(url + "\n" for url in urls))
    return path


def compress(data: bytes, suffix: str) -> bytes:
    if suffix == "gz":
        return gzip.compress(data)
    if suffix == "xz":
        return lzma.compress(data)
    return subprocess.run(["zstd", "-q", "-c"], input=data, capture_output=True, check=True).stdout


def read_rows(path: Path) -> list[Row]:
    """Every row of a list, for lists without mistakes in their form."""
    text = _decompress(path.read_bytes()).decode("utf-8-sig")
    name = path.name.removesuffix(".gz").removesuffix(".zst").removesuffix(".xz")
    if name.endswith((".csv", ".tsv")):
        found = _table(text, "\t" if name.endswith(".tsv") else ",")
    else:
        found = _lines(text, as_json=name.endswith(".jsonl"))
    return [Row(line, key, columns.pop("url"), columns) for key, (line, columns) in enumerate(found)]


def _lines(text: str, as_json: bool) -> Iterator[tuple[int, dict[str, str]]]:
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if line and not line.startswith("#"):
            yield number, json.loads(line) if as_json else {"url": line}


def _table(text: str, delimiter: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = None
    before = 0  # a quoted field may hold line ends: a row is where it starts
    for cells in reader:
        line, before = before + 1, reader.line_num
        if not cells or cells[0].startswith("#"):
            continue
        if header is None:
            header = cells
        else:
            yield line, dict(zip(header, cells))


def _decompress(data: bytes) -> bytes:
    if data.startswith(b"\x1f\x8b"):
        return gzip.decompress(data)
    if data.startswith(b"\xfd7zXZ\x00"):
        return lzma.decompress(data)
    if data.startswith(b"\x28\xb5\x2f\xfd"):
        return subprocess.run(["zstd", "-q", "-dc"], input=data, capture_output=True, check=True).stdout
    return data

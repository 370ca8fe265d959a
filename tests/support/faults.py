"""The library that is preloaded to count, record and spoil a program's changes to its files (faults.cpp)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from support.programs import BIN

LIBRARY = BIN / "libfaults.so"


@dataclass
class Operation:
    call: str
    path: str
    other: str
    offset: int
    data: bytes


def preloaded(
    root: Path, log: Path, call: str = "", at: int = 1, times: int = 1, error: int | str = 0, path: str = ""
) -> dict[str, str]:
    """The environment of a program that is to be watched, and to be spoiled when `call` is given."""
    return {
        "LD_PRELOAD": str(LIBRARY),
        "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0",
        "FAULTS_ROOT": str(root),
        "FAULTS_LOG": str(log),
        "FAULTS_CALL": call,
        "FAULTS_PATH": path,
        "FAULTS_AT": str(at),
        "FAULTS_TIMES": str(times),
        "FAULTS_ERROR": str(error),
    }


def operations(log: Path) -> list[Operation]:
    lines = [line.split("\t") for line in log.read_text().splitlines()] if log.exists() else []
    return [Operation(call, path, other, int(offset), bytes.fromhex(data)) for call, path, other, offset, data in lines]

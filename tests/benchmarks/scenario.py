"""A scenario: who fetches which addresses, and what the table says about it besides time, CPU and memory."""
from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from collection import Collection
from measure import Cost
from server import Site
from tools import Tool


@dataclass
class World:
    """What a scenario can be made of."""

    bin_folder: Path
    floor: Path | None
    site: Site
    collection: Collection
    count: int
    isolated: bool  # there are many hosts and a DNS server


@dataclass
class Column:
    title: str
    cell: Callable[[Tool, Cost, int], str]  # from the tool, its median and the number of addresses


@dataclass
class Scenario:
    """The first tool is the one that the others are compared with. `read` takes figures from what a run left."""

    title: str
    urls: list[str]
    tools: list[Tool]
    columns: list[Column] = field(default_factory=list)
    read: Callable[[Path], dict[str, float]] = lambda folder: {}
    count_connections: bool = False  # makes the figure "connections"
    lacks: str = ""
    note: str = ""

"""A gannet whose list also has bad hosts: what the good ones are harmed by them."""
from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from collection import REPOSITORY  # noqa: F401  (it opens the way to tests/support)
from measure import Cost, measure
from support.chaos import Chaos
from support.waiting import free_port
from tools import Tool

SOME_LINES_FAILED = 3


class AmongBadHosts(Tool):
    """Runs `tool` on the list and a URL of each of so many bad hosts. The time is that of the good ones: until the last
    of them has its record. CPU and memory are those of the whole run."""

    def __init__(self, tool: Tool, bad_hosts: int) -> None:
        super().__init__(**vars(tool))
        self._bad_hosts = bad_hosts

    def run(self, urls: Path, work: Path, folder: Path) -> Cost:
        good = urls.read_text()
        with Chaos(self._bad_hosts, free_port()) as chaos:
            both = urls.with_name("both.txt")  # the good ones first: they are numbered as if alone
            both.write_text(good + "".join(f"{chaos.url(host, '/a.jpg')}\n" for host in range(self._bad_hosts)))
            began = time.time()
            cost, _ = measure(self.command(both, folder), work, well=(0, SOME_LINES_FAILED))
        return replace(cost, wall=_last_record(folder, set(good.split())) - began)


def _last_record(folder: Path, urls: set[str]) -> float:
    [journal] = folder.glob("done/*/results.jsonl")
    with journal.open() as lines:
        return max(datetime.fromisoformat(record["time"]).timestamp()
                   for record in map(json.loads, lines) if record["url"] in urls)

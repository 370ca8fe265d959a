"""Runs the tools of a scenario in turn, round after round, and keeps what each run cost."""
from __future__ import annotations

import statistics
import sys
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from collection import Collection
from connections import peak_connections
from disk import Disk
from measure import Cost, Failed
from scenario import Scenario
from tools import Tool


@dataclass
class Runs:
    """Of one tool: the cost of each round it took part in, and how it failed, after which it takes part no more."""

    tool: Tool
    costs: dict[int, Cost] = field(default_factory=dict)
    failure: str = ""

    def median(self) -> Cost:
        every = list(self.costs.values())
        return Cost(*(statistics.median(getattr(cost, what) for cost in every) for what in ("wall", "cpu", "memory")),
                    {name: max(cost.figures[name] for cost in every) for name in every[0].figures})


def run_rounds(scenario: Scenario, rounds: int, all_peers: bool, collection: Collection, work: Path,
               disk: Disk) -> list[Runs]:
    """Each round in the other direction, so that nobody always comes after the same neighbour."""
    every = [Runs(tool, failure=tool.lacks) for tool in scenario.tools]
    urls = work / "list.txt"
    urls.write_text("".join(f"{url}\n" for url in scenario.urls))
    for number in range(1, rounds + 1):
        for runs in every if number % 2 else reversed(every):
            if runs.failure or (runs.tool.slow and number > 1 and not all_peers):
                continue
            try:
                runs.costs[number] = _run(scenario, runs.tool, collection, urls, work, disk)
                print(f"  round {number}: {runs.tool.name}: {runs.costs[number].wall:.2f} s", file=sys.stderr)
            except Failed as failure:
                runs.failure = f"round {number}: {failure}"
                print(f"  {runs.tool.name} failed in {runs.failure}", file=sys.stderr)
    return every


def _run(scenario: Scenario, tool: Tool, collection: Collection, urls: Path, work: Path, disk: Disk) -> Cost:
    with disk.fresh() as folder:
        with peak_connections() if scenario.count_connections else nullcontext() as peak:
            cost = tool.run(urls, work, folder)
        if tool.stores:
            collection.check(folder, len(scenario.urls))
        if tool.settings:
            cost.figures.update(scenario.read(folder))
        if peak:
            cost.figures["connections"] = peak.connections
        return cost

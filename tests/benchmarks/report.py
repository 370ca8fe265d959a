"""What was measured, as tables for people and as JSON for programs."""
from __future__ import annotations

import os
import platform
import statistics
from dataclasses import asdict
from pathlib import Path

from rounds import Runs
from scenario import Scenario

HEAD = ["tool", "seconds", "images/s", "CPU s per 1,000", "peak MiB", "time / first row", "CPU / first row"]


def table(scenario: Scenario, every: list[Runs]) -> str:
    count = len(scenario.urls)
    base = every[0]
    lines = [HEAD + [column.title for column in scenario.columns]]
    lines.append(["---"] + ["--:"] * (len(lines[0]) - 1))
    for runs in every:
        if not runs.costs:
            continue
        median = runs.median()
        once = " (1 round)" if len(runs.costs) == 1 < len(base.costs) else ""
        lines.append([runs.tool.name + once, f"{median.wall:.2f}", f"{count / median.wall:,.0f}",
                      f"{median.cpu / count * 1000:.3f}", f"{median.memory / 2**20:.0f}",
                      ratio(runs, base, "wall"), ratio(runs, base, "cpu"),
                      *(column.cell(runs.tool, median, count) for column in scenario.columns)])
    rows = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    notes = [scenario.note] if scenario.note else []
    for runs in every:
        if runs.failure:
            what = "Failed, so without the later rounds" if runs.costs else "Not measured"
            notes.append(f"{what}: {runs.tool.name}: {runs.failure}")
    return f"## {scenario.title}: {count:,} images\n\n{rows}" + "".join(f"\n{note}\n" for note in notes)


def ratio(runs: Runs, base: Runs, what: str) -> str:
    """To the first tool in the same round: the median, and in brackets the least and the most of all rounds."""
    ratios = [getattr(cost, what) / getattr(base.costs[number], what)
              for number, cost in runs.costs.items() if number in base.costs]
    if not ratios:
        return ""
    spread = f" ({min(ratios):.2f}–{max(ratios):.2f})" if len(ratios) > 1 and runs is not base else ""
    return f"{statistics.median(ratios):.2f}{spread}"


def raw(name: str, scenario: Scenario, every: list[Runs]) -> dict[str, object]:
    return {"name": name, "title": scenario.title, "images": len(scenario.urls), "tools": [
        {"name": runs.tool.name, "settings": {key: str(value) for key, value in runs.tool.settings.items()},
         "failure": runs.failure, "rounds": {number: asdict(cost) for number, cost in sorted(runs.costs.items())}}
        for runs in every]}


def machine() -> str:
    cpuinfo = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in cpuinfo if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB, Linux {platform.release()}"

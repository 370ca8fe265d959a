#!/usr/bin/env python3
"""Measures gannet against its peers, and against itself with other threads and connections. See README.md."""
from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
from datetime import date
from pathlib import Path

from collection import REPOSITORY, Collection, make_collection
from disk import Disk
from server import LATENCY, nginx
from tools import Cost, Tool, gannet, peers

THREADS = (1, 2, 4, 16)
CONNECTIONS = (1, 16, 256, 1000)


class Bench:
    """One server, one collection of pictures; every run stores onto a fresh disk and is checked."""

    def __init__(self, collection: Collection, origin: str, work: Path, rounds: int) -> None:
        self._collection = collection
        self._origin = origin
        self._work = work
        self._rounds = rounds
        self.disk = Disk(work)

    def measure(self, tools: list[Tool], count: int, place: str = "/img/") -> dict[str, Cost]:
        """The medians of all rounds. The tools take turns, so that a slow minute of the machine harms each alike."""
        costs: dict[str, list[Cost]] = {tool.name: [] for tool in tools}
        for number in range(1, self._rounds + 1):
            for tool in tools:
                cost = self._run(tool, count, place)
                costs[tool.name].append(cost)
                print(f"round {number}: {tool.name}: {cost.wall:.2f} s", file=sys.stderr)
        return {name: Cost(*(statistics.median(getattr(cost, what) for cost in every)
                             for what in ("wall", "cpu", "memory"))) for name, every in costs.items()}

    def _run(self, tool: Tool, count: int, place: str) -> Cost:
        urls = [self._origin + place + name for name in self._collection.names(count)]
        with self.disk.fresh() as folder:
            cost = tool.run(urls, self._work, folder)
            self._collection.check(folder, count)
        return cost


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def against_peers(bench: Bench, bin_folder: Path, count: int) -> str:
    plain = gannet(bin_folder, "gannet, like its peers (no hash, no sync)", store__hash="none", store__sync="none")
    every = [plain, gannet(bin_folder, "gannet, defaults (sha256, batch sync)"), *peers()]
    tools = [tool for tool in every if tool.is_there]
    absent = [tool.name for tool in every if not tool.is_there]
    costs = bench.measure(tools, count)
    base = costs.get(plain.name)
    rows = []
    for name, cost in costs.items():
        ratios = [f"{cost.wall / base.wall:.2f}", f"{cost.cpu / base.cpu:.2f}"] if base else ["", ""]
        rows.append([name, f"{cost.wall:.2f}", f"{count / cost.wall:,.0f}", f"{cost.cpu / count * 1000:.3f}",
                     f"{cost.memory / 2**20:.0f}", *ratios])
    return (f"## {count:,} pictures from a fast server\n\n"
            + table(["tool", "seconds", "pictures/s", "client CPU s per 1,000", "peak MiB", "time / gannet", "CPU / gannet"],
                    rows)
            + (f"\nNot there, so not measured: {', '.join(absent)}.\n" if absent else ""))


def by_threads(bench: Bench, bin_folder: Path, count: int) -> str:
    tools = {n: gannet(bin_folder, f"{n} threads", fetch__threads=n, store__hash="none", store__sync="none")
             for n in THREADS}
    costs = bench.measure(list(tools.values()), count)
    rows = [[str(n), f"{costs[tool.name].wall:.2f}", f"{count / costs[tool.name].wall:,.0f}",
             f"{costs[tool.name].cpu / count * 1000:.3f}"] for n, tool in tools.items()]
    return (f"## Threads: {count:,} pictures from a fast server\n\n"
            + table(["fetch.threads", "seconds", "pictures/s", "client CPU s per 1,000"], rows))


def by_connections(bench: Bench, bin_folder: Path, most: int) -> str:
    rows = []
    for connections in CONNECTIONS:
        count = min(most, max(50, 40 * connections))  # about 4 s each at best
        tool = gannet(bin_folder, f"{connections} connections", fetch__connections=connections,
                      fetch__per_host__connections=connections, store__hash="none", store__sync="none")
        cost = bench.measure([tool], count, "/slow/img/")[tool.name]
        rows.append([str(connections), f"{count:,}", f"{cost.wall:.2f}", f"{count / cost.wall:,.0f}",
                     f"{connections / LATENCY:,.0f}"])
    return (f"## Connections: a server with {LATENCY * 1000:.0f} ms to the first byte\n\n"
            + table(["connections", "pictures", "seconds", "pictures/s", "possible at that latency"], rows))


def machine() -> str:
    cpuinfo = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in cpuinfo if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB, Linux {platform.release()}"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, default=REPOSITORY / "build/release/bin", help="where gannet is")
    parser.add_argument("--count", type=int, default=20_000, help="pictures in a run")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="2,000 pictures, one round: to try this script")
    parser.add_argument("--output", type=Path, help="also write the tables to this file")
    parser.add_argument("--work", type=Path, default=REPOSITORY / "build", help="where temporary files go")
    given = parser.parse_args()
    if given.quick:
        given.count, given.rounds = 2_000, 1
    return given


def main() -> None:
    given = arguments()
    given.work.mkdir(exist_ok=True)
    bin_folder = given.bin.resolve()
    with tempfile.TemporaryDirectory(prefix="bench-", dir=given.work) as name:
        work = Path(name).resolve()
        collection = make_collection(work, given.count)
        with nginx(work, collection.folder) as origin:
            bench = Bench(collection, origin, work, given.rounds)
            parts = [f"# Benchmark, {date.today()}\n\n{machine()}. Client and server share it. Median of {given.rounds} "
                     f"round(s).\n{collection.describe()}; stored on {bench.disk.description}; every run verified.\n",
                     against_peers(bench, bin_folder, given.count)]
            if gannet(bin_folder).is_there:
                parts += [by_threads(bench, bin_folder, given.count), by_connections(bench, bin_folder, given.count)]
    report = "\n".join(parts)
    print(report)
    if given.output:
        given.output.write_text(report)


if __name__ == "__main__":
    main()

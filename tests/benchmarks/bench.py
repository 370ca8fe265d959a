#!/usr/bin/env python3
"""Measures gannet against its peers and against the least that fetching and storing costs. See README.md."""
from __future__ import annotations

import argparse
import json
import sys
import tempfile
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import report
from collection import REPOSITORY, make_collection
from disk import Disk
from isolation import isolate
from names import dns
from rounds import run_rounds
from scenario import World
from scenarios import ALL
from server import nginx
from tools import compile_floor


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(ALL), help=f"some of {','.join(ALL)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=20_000, help="images in a run")
    parser.add_argument("--quick", action="store_true", help="2,000 images, one round: to try everything")
    parser.add_argument("--all-peers", action="store_true", help="also the slowest peers in each round")
    parser.add_argument("--bin", type=Path, default=REPOSITORY / "build/release/bin", help="where gannet is")
    parser.add_argument("--output", type=Path, help="also write the tables to this file")
    parser.add_argument("--json", type=Path, help="write what each run cost to this file")
    parser.add_argument("--work", type=Path, default=REPOSITORY / "build", help="where temporary files go")
    given = parser.parse_args()
    given.only = given.only.split(",")
    if unknown := set(given.only) - set(ALL):
        parser.error(f"there is no scenario {', '.join(unknown)}; there are {', '.join(ALL)}")
    if given.quick:
        given.count, given.rounds = 2_000, 1
    return given


def main() -> int:
    given = arguments()
    isolated = isolate()
    given.work.mkdir(exist_ok=True)
    command = f"make bench ARGS=\"{' '.join(sys.argv[1:])}\"" if sys.argv[1:] else "make bench"
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=given.work))).resolve()
        collection = make_collection(work, given.count)
        site = stack.enter_context(nginx(work, collection.folder, "0.0.0.0" if isolated else "127.0.0.1"))
        if isolated:
            stack.enter_context(dns(work))
        world = World(given.bin.resolve(), compile_floor(work), site, collection, given.count, isolated)
        disk = Disk(work)
        parts = [f"# Benchmark, {date.today()}\n\n{report.machine()}. Client and server share it. Medians of "
                 f"{given.rounds} round(s) in which the tools take turns.\n{collection.describe()}; stored on "
                 f"{disk.description}; every run verified.\n\nCommand: `{command}`\n"]
        raw, well = [], True
        for name in given.only:
            scenario = ALL[name](world)
            print(f"{name}: {scenario.title}", file=sys.stderr)
            if scenario.lacks:
                parts.append(f"## {scenario.title}\n\nNot measured: {scenario.lacks}.\n")
                continue
            every = run_rounds(scenario, given.rounds, given.all_peers, collection, work, disk)
            parts.append(report.table(scenario, every))
            print(parts[-1], file=sys.stderr)
            raw.append(report.raw(name, scenario, every))
            well = well and not any(runs.failure != runs.tool.lacks for runs in every)
    text = "\n".join(parts)
    print(text)
    if given.output:
        given.output.write_text(text)
    if given.json:
        given.json.write_text(json.dumps({"date": str(date.today()), "machine": report.machine(), "command": command,
                                          "images": collection.describe(), "scenarios": raw}, indent=1))
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())

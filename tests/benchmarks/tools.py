"""The programs that are compared, and how each is started. Which settings were best for whom: README.md."""
from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from measure import Cost, Failed, measure

HERE = Path(__file__).parent


@dataclass
class Tool:
    """`command` makes the command line from the list (one address a line) and the folder to store into."""

    name: str
    program: str
    command: Callable[[Path, Path], list[object]]
    connections: int = 0   # at once, where that is known
    slow: bool = False     # so far behind that one round is enough
    stores: bool = True    # else it fetches only
    lacks: str = ""        # why it cannot be measured here
    settings: dict[str, object] = field(default_factory=dict)

    def run(self, urls: Path, work: Path, folder: Path) -> Cost:
        return measure(self.command(urls, folder), work)[0]


def with_program(tool: Tool) -> Tool:
    if not tool.lacks and shutil.which(tool.program) is None:
        tool.lacks = f"there is no {Path(tool.program).name}"
    return tool


PLAIN = {"store.hash": "none", "store.sync": "none"}  # no more than the peers do
OWN_SERVER = {"fetch.profile": "own-server", "fetch.allow_addresses": "127.0.0.0/8"}


def gannet(bin_folder: Path, name: str, settings: dict[str, object], connections: int = 0) -> Tool:
    """Lacking when this gannet does not know a setting."""
    words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    program = bin_folder / "gannet"
    tool = with_program(Tool(name, str(program), lambda urls, folder: [
        program, "fetch", urls, "--output", folder, *words], connections, settings=settings))
    if not tool.lacks:
        check = subprocess.run([bin_folder / "gannetd", "--config", "/dev/null", "--check", *words],
                               capture_output=True, text=True)
        tool.lacks = check.stderr.strip() if check.returncode != 0 else ""
    return tool


def curl(parallel: int, *options: object, shard: int = 0, **about: object) -> Tool:
    """With `shard`, so many pictures share a folder; else all do, as curl has no other way of its own."""
    def place(number: int, url: str) -> str:
        return (f"{number // shard:05}/" if shard else "") + url.rsplit("/", 1)[1]

    def command(urls: Path, folder: Path) -> list[object]:
        config = urls.with_suffix(".curl")
        config.write_text("create-dirs\n" * bool(shard) + "".join(
            f'url = "{url}"\noutput = "{folder}/{place(number, url)}"\n'
            for number, url in enumerate(urls.read_text().split())))
        return ["curl", "-q", "--silent", "--show-error", "--fail", "--parallel", "--parallel-max", parallel, *options,
                "-K", config]

    folders = f", {shard:,} a folder" if shard else ""
    return with_program(Tool(f"curl, {parallel} parallel{folders}", "curl", command, parallel, **about))


def wget2(threads: int, *options: object, **about: object) -> Tool:
    return with_program(Tool(f"wget2, {threads} threads", "wget2", lambda urls, folder: [
        "wget2", "--no-config", "--quiet", f"--max-threads={threads}", "--no-robots", *options, "-i", urls,
        "-P", folder], threads, **about))


def aria2c(parallel: int, *options: object, syncs: bool = False, **about: object) -> Tool:
    """It calls fsync after each file and cannot be told not to; eatmydata makes that call free."""
    name, prefix = (", with its fsync", []) if syncs else ("", ["eatmydata"])
    return with_program(Tool(f"aria2c, {parallel} parallel{name}", "aria2c", lambda urls, folder: [
        *prefix, "aria2c", "--no-conf", "--quiet", f"-j{parallel}", "-x1", "--file-allocation=none",
        "--auto-save-interval=0", "--auto-file-renaming=false", "--summary-interval=0", "--download-result=hide",
        *options, "-i", urls, "-d", folder], parallel, **about))


def floor(program: Path | None, connections: int, threads: int, shard: int = 0) -> Tool:
    """With `shard`, so many pictures share a folder, as gannet's do; else a 256th of all."""
    folders = f", {shard:,} a folder" if shard else ""
    return Tool(f"floor, {connections} connections, {threads} thread{'s' * (threads > 1)}{folders}", str(program),
                lambda urls, folder: [program, urls, folder, connections, threads, *[shard] * bool(shard)], connections,
                lacks="" if program else "there is no C compiler")


class Wrk(Tool):
    """Asks for a few seconds instead of for a list; what it took is told for as many answers as the list has lines."""

    def __init__(self, connections: int) -> None:
        super().__init__(f"wrk, {connections} connections, stores nothing", "wrk", lambda urls, folder: [
            "wrk", "-t2", f"-c{connections}", "-d3s", "-s", HERE / "wrk.lua", _origin(urls), "--", urls],
            connections, stores=False)
        with_program(self)

    def run(self, urls: Path, work: Path, folder: Path) -> Cost:
        cost, output = measure(self.command(urls, folder), work)
        told = re.search(r"^answers (\d+) in (\d+) failed (\d+)$", output, re.MULTILINE)
        if not told or told[3] != "0":
            raise Failed(output[-300:])
        share = len(urls.read_text().split()) / int(told[1])
        return Cost(int(told[2]) / 1e6 * share, cost.cpu * share, cost.memory)


def compile_floor(work: Path) -> Path | None:
    if shutil.which("cc") is None:
        return None
    subprocess.run(["cc", "-O2", "-pthread", "-o", work / "floor", HERE / "floor.c"], check=True)
    return work / "floor"


def _origin(urls: Path) -> str:
    with urls.open() as lines:
        return "/".join(next(lines).split("/")[:3])

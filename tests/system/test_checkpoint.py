"""Restarts that read no more than what is behind the checkpoint of a job; and checkpoints that are worth nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Callable

import pytest

from support.books import check_books
from support.lists import compress
from support.programs import Fetch
from support.raw_server import RawServer
from support.root import Root
from support.steps import answer, send, status
from support.waiting import wait_for

GOES_ON = re.compile(r"goes on behind line (\d+): (\d+) lines have their record, (\d+) of these were read again")
ROWS = 6000


@pytest.fixture
def listed(server: RawServer, icon: bytes, make_list) -> Path:
    """A list of pictures, some of which are not there; and some lines are no URLs."""
    server.on("*", send(answer(icon)))
    for number in range(0, ROWS, 50):
        server.on(f"/{number}", send(status(404)))
    return make_list("no url" if number % 333 == 1 else server.url(f"/{number}") for number in range(ROWS))


def checkpoint(root: Root) -> Path:
    return root.folder(root.job("active"), "active") / "checkpoint"


def mark(root: Root) -> int:
    """The line up to which the checkpoint says that nothing is missing; 0 without one."""
    if not root.jobs("active") or not checkpoint(root).exists():
        return 0
    return json.loads(checkpoint(root).read_bytes().split(b"\n", 2)[1])["list"]["line"]


def journal(root: Root) -> Path:
    return root.folder(root.job("active"), "active") / "results.jsonl"


def recorded(root: Root) -> int:
    if not root.jobs("active") or not journal(root).exists():
        return 0
    return journal(root).read_bytes().count(b"\n")


def kill_when(fetch: Fetch, listed: Path, condition: Callable[[Root], bool]) -> None:
    process = fetch.start(listed, fetch__per_host__requests_per_second="700")  # no checkpoint comes at once
    try:
        wait_for(lambda: condition(fetch.root), "a checkpoint")
        assert process.poll() is None, "it ended before it could be killed"
    finally:
        process.kill()
        process.wait()


def goings_on(root: Root) -> list[tuple[int, int, int]]:
    return [tuple(map(int, found)) for found in GOES_ON.findall(root.log())]


def finish(fetch: Fetch, listed: Path) -> list[dict]:
    run = fetch.run(listed)
    assert run.code == 3, run.err
    records = check_books(fetch.root)
    assert len(records) == ROWS
    return records


@pytest.mark.parametrize("kind", ["plain", "gz", "zst", "csv"])
def test_a_restart_reads_what_is_behind_the_checkpoint(fetch, server, listed, kind):
    if kind == "csv":
        table = listed.with_suffix(".csv")
        table.write_text("caption,url\n" + "".join(f'"a\nb",{url}\n' for url in listed.read_text().splitlines()))
        listed = table
    elif kind != "plain":
        packed = Path(f"{listed}.{kind}")
        packed.write_bytes(compress(listed.read_bytes(), kind))
        listed = packed
    fetch.settings["store.checkpoint_every"] = 200
    kill_when(fetch, listed, lambda root: mark(root) >= 1000)
    first = mark(fetch.root)
    kill_when(fetch, listed, lambda root: mark(root) >= first + 1000)
    second = mark(fetch.root)
    finish(fetch, listed)
    [(line, lines, read), (line_again, lines_again, read_again)] = goings_on(fetch.root)
    assert (line, line_again) == (first, second)
    assert read < lines < lines_again
    assert read_again < lines_again
    assert not list(fetch.root.folder(fetch.root.job()).glob("*checkpoint*"))
    once = [number for number in range(1, ROWS, 997) if number % 333 != 1]
    assert all(server.asked(f"/{number}") <= 3 for number in once)


def test_a_restart_writes_a_checkpoint_of_its_own(fetch, listed):
    fetch.settings["store.checkpoint_every"] = 0
    kill_when(fetch, listed, lambda root: recorded(root) > 500)
    assert not checkpoint(fetch.root).exists()
    before = recorded(fetch.root)
    fetch.settings["store.checkpoint_every"] = 100_000
    kill_when(fetch, listed, lambda root: recorded(root) > before and checkpoint(root).exists())
    finish(fetch, listed)
    [(_, lines, read), (_, lines_again, read_again)] = goings_on(fetch.root)
    assert read == lines
    assert read_again == lines_again - lines, "only those of the second run"


def cut(root: Root) -> None:
    checkpoint(root).write_bytes(checkpoint(root).read_bytes()[:-3])


def empty(root: Root) -> None:
    checkpoint(root).write_bytes(b"")


def flip(root: Root) -> None:
    content = bytearray(checkpoint(root).read_bytes())
    content[-1] ^= 1
    checkpoint(root).write_bytes(content)


def from_another_version(root: Root) -> None:
    checkpoint(root).write_bytes(checkpoint(root).read_bytes().replace(b"checkpoint 1 ", b"checkpoint 9 ", 1))


def a_folder(root: Root) -> None:
    checkpoint(root).unlink()
    checkpoint(root).mkdir()


def ahead_of_the_journal(root: Root) -> None:
    journal(root).write_bytes(journal(root).read_bytes()[:20_000])


def of_another_list(root: Root) -> None:
    [listed] = root.folder(root.job("active"), "active").glob("list.*")
    listed.write_bytes(listed.read_bytes())  # the same, but who knows


@pytest.mark.parametrize(
    "damage", [cut, empty, flip, from_another_version, a_folder, ahead_of_the_journal, of_another_list]
)
def test_a_checkpoint_that_is_worth_nothing_costs_only_time(fetch, listed, damage):
    fetch.settings["store.checkpoint_every"] = 200
    kill_when(fetch, listed, lambda root: mark(root) >= 1000)
    damage(fetch.root)
    finish(fetch, listed)
    [(line, lines, read)] = goings_on(fetch.root)
    assert (line, read) == (0, lines)
    assert fetch.root.log().count("its checkpoint is worth nothing") == 1


def test_a_torn_record_behind_the_checkpoint_is_fetched_again(fetch, listed):
    fetch.settings["store.checkpoint_every"] = 200
    kill_when(fetch, listed, lambda root: mark(root) >= 1000)
    with journal(fetch.root).open("ab") as file:
        file.write(b'{"time":"2026-11-')
    finish(fetch, listed)
    assert goings_on(fetch.root)[0][0] >= 1000

"""The power is cut at any moment: what was not synced is lost, kept or torn, and the next start makes of it what it must.
Each beginning of what the daemon did to its disk is tried."""

from __future__ import annotations

import json

import pytest

from support.books import check_books
from support.faults import operations, preloaded
from support.power_cut import METHODS, Disk
from support.steps import answer, pause, send, status
from support.torture import LONG, luck
from support.waiting import wait_for

SETTINGS = {"fetch__per_host__connections": 1, "output__shard_size": 4, "store__checkpoint_every": 2}


@pytest.fixture
def text(server, icon):
    """Of a list."""
    server.on("*", pause(0.03), send(answer(icon)))  # so that it takes several groups of records
    server.on("/gone", send(status(410)))
    server.on("/moved", send(status(302, "Location: /1.png")))
    return "".join(server.url(path) + "\n" for path in (*(f"/{n}.png" for n in range(8)), "/gone", "/moved")) + "no URL\n"


def done_by(daemon, lists: dict[str, str], synced: bool) -> tuple[Disk, list]:
    """What was there before the daemon did these lists, and what it did to its disk."""
    inbox = daemon.root.path / "inbox"
    inbox.mkdir()
    for name, text in lists.items():
        (inbox / name).write_text(text)
    log = daemon.config.with_name("operations")
    before = Disk(daemon.root.path)
    for name in lists if not synced else ():
        before.was_not_synced(inbox / name)
    daemon.environment = preloaded(daemon.root.path, log)
    daemon.start()
    daemon.wait_for_jobs(len(lists))
    assert daemon.stop() == 0
    return before, operations(log)


@pytest.fixture(params=["batch", "strict"])
def whole(request, make_daemon, text):
    """A daemon that has done the list, what was there before, and what it did."""
    daemon = make_daemon(**SETTINGS, store__sync=request.param)
    return daemon, *done_by(daemon, {"list.txt": text}, synced=False)


def snapshot(folder):
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: data for name, data in files.items() if not name.startswith("logs/")}


def known(disk: Disk) -> dict[int, dict]:
    """The records that are durable, by their lines."""
    lines = [line for journal in disk.lasting("results.jsonl") for line in journal.splitlines()]
    return {record["line"]: record for record in map(json.loads, lines)}


@pytest.mark.torture
def test_every_line_has_its_record_wherever_the_power_was_cut(whole, text, make_daemon, tmp_path):
    daemon, disk, done = whole
    chance = luck()
    moments = range(len(done)) if LONG else sorted(chance.sample(range(len(done)), 12))
    tried = 0
    for moment, operation in enumerate(done):
        for method in METHODS if LONG else [chance.choice(METHODS)]:
            if moment not in moments:
                break
            where = f"before operation {moment}: {operation.call} {operation.path}, {method}"
            after = make_daemon(**SETTINGS, store__sync="batch")
            disk.cut(method, chance, after.root.path)
            if not any(path.read_text() == text for path in after.root.path.rglob("list.txt")):
                assert not known(disk), f"{where}: the list is not what its records are of"
                continue
            after.start()
            [job] = after.wait_for_jobs(1)
            assert after.stop() == 0
            records = check_books(after.root, job)
            assert [record["outcome"] for record in records] == ["ok"] * 8 + ["failed", "ok", "invalid"], where
            lost = [line for line, record in known(disk).items() if records[line - 1] != record]
            assert not lost, f"{where}: durable records of lines {lost} are others now"
            tried += 1
        disk.do(operation)
    everything = tmp_path / "everything"
    disk.cut("kept", chance, everything)
    assert snapshot(everything) == snapshot(daemon.root.path), "the model of the disk is not what the disk holds"
    print(f"{tried} cuts of {len(done)} operations")


@pytest.mark.torture
@pytest.mark.parametrize("count", [2, 12], ids=["few", "many"])  # which are synced one by one, and together
def test_every_list_is_done_once_wherever_the_power_was_cut(make_daemon, server, icon, count):
    server.on("*", send(answer(icon)))
    lists = {f"{number}.txt": server.url(f"/{number}.png") + "\n" for number in range(count)}
    disk, done = done_by(make_daemon(store__sync="strict"), lists, synced=True)
    chance = luck()
    moments = range(len(done)) if LONG else chance.sample(range(len(done)), 6)
    for moment, operation in enumerate(done):
        for method in METHODS if LONG else [chance.choice(METHODS)]:
            if moment not in moments:
                break
            where = f"before operation {moment}: {operation.call} {operation.path}, {method}"
            after = make_daemon()
            disk.cut(method, chance, after.root.path)
            after.start()
            jobs = after.wait_for_jobs(count)
            assert after.stop() == 0
            records = [record for job in jobs for record in check_books(after.root, job)]
            assert sorted(record["url"] + "\n" for record in records) == sorted(lists.values()), where
        disk.do(operation)

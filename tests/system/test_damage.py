"""A journal that the disk has damaged: nothing is made up, and a person is told where to look."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from support.books import check_books
from support.programs import run
from support.steps import answer, send, status, wait
from support.waiting import wait_for

READY, HELD = 40, 2  # a checkpoint is held against the last 4 KiB of the journal that it stands for


@pytest.fixture
def half_done(make_daemon, server, icon):
    """Makes a daemon that was killed in the middle of a list, after a checkpoint if one is wanted, and its journal; and
    what it waits for."""
    gate = threading.Event()
    server.on("*", send(answer(icon)))
    server.on("/0", send(status(410)))
    for number in range(READY, READY + HELD):
        server.on(f"/{number}", wait(gate), send(answer(icon)))

    def make(checkpoint: bool = False) -> tuple:
        daemon = make_daemon().start()
        daemon.drop("list.txt", "".join(server.url(f"/{number}\n") for number in range(READY + HELD)))
        [job] = wait_for(lambda: daemon.root.jobs("active"), "the list to be taken")
        journal = daemon.root.folder(job, "active") / "results.jsonl"
        wait_for(lambda: journal.exists() and journal.read_bytes().count(b"\n") == READY, "the first records")
        daemon.kill()
        if checkpoint:  # a start makes one of all that is there
            daemon.start()
            wait_for((journal.parent / "checkpoint").exists, "the checkpoint")
            daemon.kill()
        return daemon, journal

    yield make, gate
    gate.set()


def damage(journal: Path, line: int, text: str) -> str:
    """Puts `text` in place of a record, which is returned."""
    lines = journal.read_text().splitlines()
    record, lines[line] = lines[line], text
    journal.write_text("".join(line + "\n" for line in lines))
    return record


def test_a_job_that_cannot_go_on_is_told_until_it_is_mended(half_done):
    make, gate = half_done
    daemon, journal = make()
    record = damage(journal, 2, '{"line":')
    gate.set()
    daemon.start()
    [blocked] = wait_for(lambda: daemon.root.status().get("blocked_files"), "the job to be told of")
    assert blocked["path"] == str(journal.parent)
    assert "results.jsonl:3: " in blocked["why"]
    told = run("gannet", "status", "--config", daemon.config).stdout
    assert "blocked files: 1\n" in told and "\n    the job cannot go on: results.jsonl:3: " in told
    assert daemon.stop() == 0
    damage(journal, 2, record)
    daemon.start()
    [job] = daemon.wait_for_jobs(1)
    assert [record["outcome"] for record in check_books(daemon.root, job)] == ["failed"] + ["ok"] * (READY + HELD - 1)
    assert daemon.root.status()["blocked_files"] == []


def test_what_is_behind_a_hole_is_fetched_again(half_done, server):
    make, gate = half_done
    daemon, journal = make()
    damage(journal, 2, "\0" * 200)
    gate.set()
    daemon.start()
    [job] = daemon.wait_for_jobs(1)
    assert daemon.stop() == 0
    assert len(check_books(daemon.root, job)) == READY + HELD
    assert "did not reach the disk before a crash" in daemon.root.log()


def test_damage_that_is_noticed_at_the_end_is_the_reason_it_failed_for(half_done):
    make, gate = half_done
    daemon, journal = make(checkpoint=True)
    damage(journal, 1, "x" * len(journal.read_text().splitlines()[1]))
    gate.set()
    daemon.start()
    [job] = daemon.wait_for_jobs(1, "failed")
    assert daemon.stop() == 0
    reason = (daemon.root.folder(job, "failed") / "reason.txt").read_text()
    assert reason.startswith("its records are damaged: results.jsonl:2: ")


def test_a_folder_that_somebody_removes_is_no_trouble_to_other_jobs(make_daemon, server, icon):
    gate = threading.Event()
    server.on("*", wait(gate), send(answer(icon)))
    daemon = make_daemon().start()
    daemon.drop("gone.txt", server.url("/gone\n"))
    daemon.drop("other.txt", server.url("/other\n"))
    wait_for(lambda: daemon.root.status().get("in_flight") == 2, "both to be asked for")
    [gone] = [job for job in daemon.root.jobs("active") if job.endswith("-gone")]
    shutil.rmtree(daemon.root.folder(gone, "active"))
    gate.set()
    [other] = daemon.wait_for_jobs(1)
    wait_for(lambda: f"job {gone} failed after 1 lines" in daemon.root.log(), "the job without a folder to end")
    check_books(daemon.root, other)
    assert daemon.running and "the disk failed" not in daemon.root.log()

"""Programs that are told of records and of jobs."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Callable

import pytest

from support.books import check_books
from support.lists import write_list
from support.programs import run
from support.steps import answer, send, status
from support.waiting import wait_for

TELL = """#!/usr/bin/python3
import sys
with open({told!r}, "a") as told:
    for line in sys.stdin:
        told.write(line)
        told.flush()
        print("ok", flush=True)
"""


@pytest.fixture
def hook(tmp_path: Path) -> Callable[[str, str], tuple[str, Path]]:
    """A program of this text, and the file where it writes what it was told."""

    def make(name: str, text: str = TELL) -> tuple[str, Path]:
        program, told = tmp_path / name, tmp_path / f"{name}.told"
        program.write_text(text.format(told=str(told)))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return str(program), told

    return make


def lines(told: Path) -> list[dict]:
    return [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []


def test_records_and_jobs_are_told(make_daemon, hook, server, icon):
    server.on("/gone", send(status(404)))
    server.on("*", send(answer(icon)))
    record, records = hook("record")
    job, jobs = hook("job")
    daemon = make_daemon(hooks__on_record=record, hooks__on_job_done=job).start()
    daemon.drop("photos.txt", server.url("/1\n") + server.url("/gone\n"))
    (done,) = daemon.wait_for_jobs(1)
    (told,) = wait_for(lambda: lines(jobs), "the hook to be told of the job")
    assert (told["state"], told["job"]) == ("done", done)
    assert Path(told["folder"]) == daemon.root.folder(done)
    summary = daemon.root.summary(done)
    assert {key: value for key, value in told.items() if key not in ("state", "folder")} == summary
    wait_for(lambda: len(lines(records)) == 2, "the hook to be told of both records")
    told_lines = sorted(lines(records), key=lambda record: record["line"])
    assert told_lines == sorted(daemon.root.records(done), key=lambda record: record["line"])
    hooks = wait_for(
        lambda: (now := daemon.root.status()["hooks"]) and now[0]["acknowledged"] == 2 and now, "the acknowledgements"
    )
    assert [(one["name"], one["running"], one["dropped"]) for one in hooks] == [
        ("on_record", True, 0),
        ("on_job_done", True, 0),
    ]
    assert "on_record  runs" in run("gannet", "status", "--config", daemon.config).stdout
    assert daemon.stop() == 0


def test_a_job_that_failed_is_told_with_its_reason(make_daemon, hook):
    job, jobs = hook("job")
    daemon = make_daemon(hooks__on_job_done=job).start()
    daemon.drop("list.txt.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + b"torn")
    (told,) = wait_for(lambda: lines(jobs), "the hook to be told of the job")
    assert told["state"] == "failed"
    assert told["reason"]
    assert (Path(told["folder"]) / "reason.txt").exists()


@pytest.mark.parametrize("text", ["#!/bin/sh\nsleep 1000\n", "#!/bin/sh\nexit 1\n", "#!/nonexistent\n"])
def test_no_hook_slows_down_the_fetching(make_daemon, hook, server, icon, text):
    """One that never reads, one that dies at once, one that cannot be started."""
    server.on("*", send(answer(icon)))
    record, _ = hook("record", text)
    daemon = make_daemon(hooks__on_record=record, hooks__queue=10, fetch__per_host__connections=8).start()
    daemon.drop("list.txt", "".join(server.url(f"/{number}\n") for number in range(300)))
    daemon.wait_for_jobs(1)
    assert len(check_books(daemon.root)) == 300
    seen = wait_for(
        lambda: (now := daemon.root.status()["hooks"][0])["waiting"] + now["dropped"] + now["left_out"] == 300 and now,
        "all lines to be accounted for",
    )
    assert seen["dropped"] >= 285 and seen["acknowledged"] == 0
    assert daemon.stop() == 0


def test_a_hook_that_dies_is_started_again_and_told_again(make_daemon, hook, server, icon):
    server.on("*", send(answer(icon)))
    dying = TELL.replace('        print("ok", flush=True)\n', '        print("ok", flush=True)\n        sys.exit(1)\n')
    record, records = hook("record", dying)
    daemon = make_daemon(hooks__on_record=record).start()
    daemon.drop("list.txt", server.url("/1\n") + server.url("/2\n"))
    wait_for(lambda: {one["line"] for one in lines(records)} == {1, 2}, "both records, each to a process of its own")
    wait_for(lambda: "record: exited with 1; it is started again in 1 s" in daemon.root.log(), "the log to say so")


def test_lists_cannot_name_hooks(make_daemon, hook, server, icon):
    server.on("*", send(answer(icon)))
    record, records = hook("record")
    daemon = make_daemon().start()
    daemon.drop("list.txt", f"#! hooks.on_record={record}\n" + server.url("/1\n"))
    wait_for(lambda: daemon.root.jobs("rejected"), "the list to be rejected")
    assert not records.exists()


def test_fetch_in_the_foreground_tells_hooks_too(fetch, hook, tmp_path, server, icon):
    server.on("*", send(answer(icon)))
    record, records = hook("record")
    job, jobs = hook("job")
    urls = write_list(tmp_path / "list.txt", [server.url("/1"), server.url("/2")])
    done = fetch.run(urls, hooks__on_record=record, hooks__on_job_done=job)
    assert done.code == 0, done.err
    assert len(lines(records)) == 2, "all is told before it ends"
    assert len(lines(jobs)) == 1

"""Limits that the system sets to the process: how large a file may be, and how many may be open."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

from support.books import check_books
from support.programs import run
from support.steps import answer, pause, send, wait
from support.waiting import wait_for

REMEDY = "raise the limit (ulimit -n, LimitNOFILE= of the unit)"


def ignored(process: int) -> set[int]:
    """The signals that a process ignores."""
    status = dict(line.split(":\t", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return {bit + 1 for bit in range(64) if int(status["SigIgn"], 16) >> bit & 1}


def test_a_file_larger_than_the_process_may_write_fails_and_ends_nothing(fetch, make_list, server, icon):
    server.on("/large", send(answer(icon + bytes(200_000))))
    server.on("*", send(answer(icon)))
    fetch.limits = ("--fsize=100000",)
    run = fetch.run(make_list([server.url("/large"), server.url("/small")]))
    assert run.code == 3, run.err
    large, small = check_books(run.root)
    assert (large["reason"], small["outcome"]) == ("disk_error", "ok")
    assert "File too large" in large["detail"]


def test_the_decode_workers_do_not_inherit_which_signals_are_ignored(make_daemon):
    daemon = make_daemon(decode__workers=1).start()
    server, worker = wait_for(
        lambda: len(found := sorted(set(daemon.processes()) - {daemon.pid})) == 2 and found, "a worker"
    )
    assert ignored(daemon.pid) >= {signal.SIGPIPE, signal.SIGXFSZ}
    assert not (ignored(server) | ignored(worker)) & {signal.SIGPIPE, signal.SIGXFSZ}


def test_lists_leave_open_files_to_connections_and_to_their_own_ends(make_daemon, server, icon):
    server.on("*", pause(0.5), send(answer(icon)))
    daemon = make_daemon(fetch__profile="own-server")
    daemon.open_files = 400
    daemon.start()
    for number in range(200):
        daemon.drop(f"{number}.txt", server.url(f"/{number}/1\n") + server.url(f"/{number}/2\n"))
    jobs = daemon.wait_for_jobs(200, deadline=90)
    assert all(record["outcome"] == "ok" for job in jobs for record in daemon.root.records(job))
    log = daemon.root.log()
    for told in (
        "inbox.max_jobs is 256, but 400 open files allow only 40 lists at a time",
        "fetch.connections is 512, but 400 open files allow only 64 beside 40 lists",
    ):
        assert f"{told}: going on with that; for more, {REMEDY}" in log
    assert "Too many open files" not in log


def test_lists_of_all_priorities_together_leave_open_files_to_what_ends_them(make_daemon, server):
    server.on("*", wait(threading.Event()))
    daemon = make_daemon()
    daemon.open_files = 400
    daemon.start()
    waiting = 10
    for folder in ("inbox/bulk", "inbox", "inbox/urgent"):
        for number in range(50):
            daemon.drop(f"{number}.txt", server.url("/\n"), folder)
        wait_for(lambda: daemon.root.status()["waiting_lists"] == waiting, "what there is no room for to wait")
        waiting += 50
    assert len(daemon.root.jobs("active")) == 40
    assert "40 are being fetched, and open files allow no more" in daemon.root.log()


def test_the_usual_limit_has_room_for_as_many_lists_as_by_default(make_daemon):
    daemon = make_daemon()
    daemon.open_files = 1024
    daemon.start()
    log = daemon.root.log()
    assert "inbox.max_jobs" not in log
    assert "allow only 128 beside 256 lists" in log


def test_a_start_with_too_few_open_files_for_anything_is_refused(make_daemon):
    daemon = make_daemon()
    refused = run("gannetd", "--config", daemon.config, limits=("--nofile=200",), timeout=10)
    assert refused.returncode == 1
    assert f"only 200 open files are allowed, 240 are needed for 8 lists at a time: {REMEDY}" in refused.stderr


def test_lists_that_go_on_from_an_earlier_run_are_counted(make_daemon, server):
    """All of them do, so a start that has no room for them would lose what it cannot open."""
    server.on("*", wait(threading.Event()))
    daemon = make_daemon().start()
    for number in range(60):
        daemon.drop(f"{number}.txt", server.url(f"/{number}\n"))
    daemon.wait_for_jobs(60, "active")
    daemon.kill()
    refused = run("gannetd", "--config", daemon.config, limits=("--nofile=300",), timeout=10)
    assert refused.returncode == 1
    assert "only 300 open files are allowed, 344 are needed for 60 lists at a time: " in refused.stderr


def test_fetch_refuses_more_lists_than_it_can_have_open(fetch, make_list, server):
    fetch.limits = ("--nofile=400",)
    run = fetch.run(*(make_list([server.url("/")], f"{number}.txt") for number in range(100)))
    assert run.code == 1
    assert f"only 400 open files are allowed, 524 are needed for 100 lists at a time: {REMEDY}" in run.err
    assert run.root.jobs("active") == []


def test_a_reload_that_needs_more_open_files_than_there_are_changes_nothing(make_daemon):
    daemon = make_daemon()
    daemon.open_files = 240
    daemon.start()
    daemon.configure({"decode.workers": 4})
    daemon.signal(signal.SIGHUP)
    refused = "not reloaded: only 240 open files are allowed, 260 are needed"
    wait_for(lambda: refused in daemon.root.log(), "the refusal")
    assert daemon.stop() == 0

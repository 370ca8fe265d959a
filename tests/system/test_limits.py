"""Limits that the system sets to the process: how large a file may be."""

from __future__ import annotations

import signal
from pathlib import Path

from support.books import check_books
from support.steps import answer, send
from support.waiting import wait_for


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

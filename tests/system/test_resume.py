"""Stopping and killing `gannet fetch` half way, and running it again."""

from __future__ import annotations

import json
import re
import signal
import threading
from pathlib import Path

import pytest

from support.books import check_books
from support.programs import Fetch
from support.raw_server import RawServer
from support.root import Root
from support.steps import answer, send, wait
from support.waiting import wait_for

READY, HELD = 10, 10


@pytest.fixture
def half_open(server: RawServer, picture: bytes) -> threading.Event:
    """The server answers the first pictures, and the others once the event is set."""
    gate = threading.Event()
    for number in range(READY):
        server.on(f"/{number}", send(answer(picture)))
    server.on("*", wait(gate), send(answer(picture)))
    return gate


@pytest.fixture
def listed(make_list, server: RawServer) -> Path:
    return make_list(server.url(f"/{number}") for number in range(READY + HELD))


def journal(root: Root) -> list[dict]:
    """The complete lines in the journals of active jobs."""
    lines = [
        line
        for job in root.jobs("active")
        if (path := root.folder(job, "active") / "results.jsonl").exists()
        for line in path.read_text().splitlines(keepends=True)
    ]
    return [json.loads(line) for line in lines if line.endswith("\n")]


def stopped_half_way(fetch: Fetch, listed: Path, how: signal.Signals) -> int:
    process = fetch.start(listed, stop__drain="300ms")
    try:
        wait_for(lambda: len(journal(fetch.root)) >= READY, "the first records")
    finally:
        process.send_signal(how)
        code = process.wait(20)
    return code


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_second_run_fetches_only_what_is_missing(fetch, server, half_open, listed, how):
    code = stopped_half_way(fetch, listed, how)
    assert code == (-signal.SIGKILL if how == signal.SIGKILL else 1)
    settled = journal(fetch.root)
    [job] = fetch.root.jobs("active")
    half_open.set()
    run = fetch.run(listed)
    assert run.code == 0, run.err
    assert run.root.job() == job
    assert len(check_books(run.root)) == READY + HELD
    assert {server.asked(f"/{number}") for number in range(READY)} == {1}
    assert [record for record in run.root.records() if record["line"] <= READY] == sorted(
        settled, key=lambda record: record["line"]
    )


def test_requests_in_flight_are_finished_before_stopping(fetch, server, half_open, listed):
    process = fetch.start(listed, stop__drain="20s", fetch__per_host__connections=2)
    wait_for(lambda: len(server.requests) >= READY + 2, "requests to be held")
    process.send_signal(signal.SIGINT)
    half_open.set()
    assert process.wait(20) == 1
    assert len(journal(fetch.root)) == len(server.requests)
    assert fetch.run(listed).code == 0
    check_books(fetch.root)
    assert len(server.requests) == READY + HELD


def test_killed_again_and_again_the_books_balance(fetch, make_list, server, icon):
    server.on("*", send(answer(icon)))
    listed = make_list(server.url(f"/{number}") for number in range(3000))
    for _ in range(8):
        before = len(server.requests)
        process = fetch.start(listed)
        try:
            wait_for(lambda: process.poll() is not None or len(server.requests) > before + 150, "some progress")
        finally:
            process.kill()
            process.wait()
    assert fetch.run(listed).code == 0
    assert len(check_books(fetch.root)) == 3000


def test_a_torn_last_record_is_fetched_again(fetch, server, half_open, listed):
    stopped_half_way(fetch, listed, signal.SIGKILL)
    [job] = fetch.root.jobs("active")
    path = fetch.root.folder(job, "active") / "results.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    half_open.set()
    assert fetch.run(listed).code == 0
    assert len(check_books(fetch.root)) == READY + HELD


def test_a_finished_list_is_not_fetched_again(fetch, server, half_open, listed):
    half_open.set()
    assert fetch.run(listed).code == 0
    asked, before = len(server.requests), fetch.root.records()
    again = fetch.run(listed)
    assert again.code == 0
    assert len(server.requests) == asked
    assert fetch.root.records() == before
    assert re.search("already|nothing", (again.out + again.err).lower())


def test_a_list_that_was_changed_is_a_new_list(fetch, server, half_open, listed):
    half_open.set()
    assert fetch.run(listed).code == 0
    listed.write_text(listed.read_text() + server.url("/new") + "\n")
    assert fetch.run(listed).code == 0
    assert len(fetch.root.jobs()) == 2
    assert server.asked("/new") == 1

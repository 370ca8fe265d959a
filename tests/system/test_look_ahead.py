"""Reading on past hosts that must wait: what memory has no room for waits on disk."""

from __future__ import annotations

import signal
import threading

import pytest

from support.books import check_books
from support.raw_server import RawServer
from support.steps import answer, send, wait
from support.waiting import wait_for

SLOW, QUICK = 3000, 1500


@pytest.fixture
def slow():
    """A host that answers nothing before it is told to."""
    with RawServer(address="127.0.0.2") as server:
        yield server


@pytest.fixture
def gate() -> threading.Event:
    return threading.Event()


@pytest.fixture
def listed(make_list, server, slow, gate, icon):
    server.on("*", send(answer(icon)))
    slow.on("*", wait(gate), send(answer(icon)))
    yield make_list([slow.url(f"/{n}") for n in range(SLOW)] + [server.url(f"/{n}") for n in range(QUICK)])
    gate.set()


def recorded(root) -> int:
    journals = (root.folder(job, "active") / "results.jsonl" for job in root.jobs("active"))
    return sum(len(path.read_text().splitlines()) for path in journals if path.exists())


def test_a_slow_host_does_not_hold_up_what_is_listed_behind_it(fetch, slow, listed, gate):
    process = fetch.start(listed, fetch__window=300, fetch__timeouts__first_byte="1m")
    wait_for(lambda: recorded(fetch.root) == QUICK, "all lines of the quick host")
    assert len(slow.requests) == 2
    wait_for(lambda: fetch.root.status()["spilled"] > SLOW - 400, "the others on disk, in the status")
    assert list((fetch.root.path / "state" / "spill").iterdir())
    gate.set()
    assert process.wait(60) == 0
    check_books(fetch.root)


def test_what_waited_on_disk_is_fetched_after_a_crash(fetch, slow, listed, gate):
    process = fetch.start(listed, fetch__window=300, fetch__timeouts__first_byte="1m")
    wait_for(lambda: recorded(fetch.root) == QUICK, "all lines of the quick host")
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    gate.set()
    run = fetch.run(listed, fetch__window=300)
    assert run.code == 0, run.err
    check_books(fetch.root)


def test_lists_that_come_later_find_room_although_slow_lines_fill_it(make_daemon, server, slow, gate, icon):
    server.on("*", send(answer(icon)))
    slow.on("*", wait(gate), send(answer(icon)))
    daemon = make_daemon(
        fetch__window=300, fetch__spill="16MiB", fetch__timeouts__first_byte="5m", fetch__timeouts__total="5m",
        stop__drain="0",
    ).start()
    long = "x" * 4000
    daemon.drop("slow.txt", "".join(f"{slow.url(f'/{n}')}?{long}\n" for n in range(8000)))
    wait_for(lambda: "fetch.spill: there is no room for more lines of slow hosts " in daemon.root.log(), "the disk to be said to be full", 60)
    daemon.drop("quick.txt", "".join(server.url(f"/{n}") + "\n" for n in range(500)), "inbox/bulk")
    [done] = daemon.wait_for_jobs(1, deadline=60)
    assert done.endswith("quick")
    check_books(daemon.root, done)
    gate.set()


def test_nothing_urgent_waits_for_slow_lists_and_those_that_wait_are_told(make_daemon, server, slow, gate, icon):
    server.on("*", send(answer(icon)))
    slow.on("*", wait(gate), send(answer(icon)))
    daemon = make_daemon(
        inbox__max_jobs=1, fetch__timeouts__first_byte="5m", fetch__timeouts__total="5m", status__interval="100ms"
    ).start()
    for name in ("slow.txt", "next.txt"):
        daemon.drop(name, slow.url(f"/{name}") + "\n", "inbox/bulk")
    wait_for(lambda: daemon.root.status()["waiting_lists"] == 1, "a list to be told to wait")
    waits = "1 lists wait in the inbox, "
    assert "/next.txt first: inbox.max_jobs (1) " in daemon.root.log()
    daemon.drop("normal.txt", server.url("/normal") + "\n")
    daemon.drop("urgent.txt", server.url("/urgent") + "\n", "inbox/urgent")
    assert {job.rsplit("-", 1)[1] for job in daemon.wait_for_jobs(2)} == {"normal", "urgent"}
    assert daemon.root.status()["waiting_lists"] == 1
    gate.set()
    daemon.wait_for_jobs(4)
    assert daemon.root.log().count(waits) == 1

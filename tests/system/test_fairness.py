"""Whose turn it is when several lists have something to fetch, as the server that they all want sees it."""

from __future__ import annotations

import threading

import pytest

from support.books import check_books
from support.raw_server import RawServer
from support.steps import answer, pause, send, wait
from support.waiting import wait_for

EACH = 400
FOLDERS = {"urgent": "inbox/urgent", "normal": "inbox", "bulk": "inbox/bulk"}
WEIGHTS = {"urgent": 8, "normal": 4, "bulk": 1}


@pytest.fixture
def everywhere():
    """One server under all addresses of the loopback."""
    with RawServer(address="0.0.0.0") as server:
        yield server


def listed(server: RawServer, name: str, lines: int, hosts: int) -> str:
    return "".join(f"http://127.0.1.{n % hosts + 1}:{server.port}/{name}/{n}\n" for n in range(lines))


def names(server: RawServer) -> list[str]:
    """Of the lists, a request each, in the order in which they came."""
    return [request.target.split("/")[1] for request in server.requests]


def places(server: RawServer, name: str) -> list[int]:
    """Of the requests of one list, among all. The last few may come late for any reason: one that was started may have
    to wait for its connection."""
    found = [n for n, asked in enumerate(names(server)) if asked == name]
    return found[: len(found) * 9 // 10]


@pytest.mark.parametrize("hosts", [1, 40])
def test_lists_that_are_at_work_share_the_starts_by_their_weight(make_daemon, everywhere, icon, hosts):
    gate = threading.Event()
    everywhere.on("*", wait(gate), send(answer(icon)))
    daemon = make_daemon(fetch__connections=4, fetch__timeouts__first_byte="60s").start()
    for name, folder in FOLDERS.items():
        daemon.drop(f"{name}.txt", listed(everywhere, name, EACH, hosts), folder)
    wait_for(lambda: len(daemon.root.status().get("jobs", [])) == len(FOLDERS), "all lists to be at work")
    gate.set()
    for job in daemon.wait_for_jobs(len(FOLDERS), deadline=60):
        assert {record["outcome"] for record in check_books(daemon.root, job)} == {"ok"}
    while_all_were = names(everywhere)[: places(everywhere, "urgent")[-1]]
    for name, weight in WEIGHTS.items():
        due = EACH * 9 / 10 * weight / WEIGHTS["urgent"]
        assert while_all_were.count(name) == pytest.approx(due, abs=25), {n: while_all_were.count(n) for n in WEIGHTS}


@pytest.mark.parametrize("hosts", [1, 40])
def test_a_short_list_behind_a_long_one_takes_twice_its_own_starts(make_daemon, everywhere, icon, hosts):
    everywhere.on("*", pause(0.002), send(answer(icon)))
    daemon = make_daemon(fetch__connections=4).start()
    long, short = 3000, 200
    daemon.drop("long.txt", listed(everywhere, "long", long, hosts))
    wait_for(lambda: len(everywhere.requests) > 200, "the long list to be in full swing")
    daemon.drop("short.txt", listed(everywhere, "short", short, hosts))
    daemon.wait_for_jobs(2, deadline=90)
    first, *_, last = places(everywhere, "short")
    assert last - first < 2 * short + 20, "of two lists each has every other start"
    assert first < long / 2, "the long one was hardly begun"

"""The life of the daemon: start, signals, death, and what it tells systemd."""

from __future__ import annotations

import re
import signal
import threading
import time

import pytest

from support.books import check_books
from support.programs import Daemon, run
from support.raw_server import RawServer
from support.steps import answer, hold, pause, send, status, wait
from support.threads import Held
from support.waiting import wait_for


def listed(server: RawServer, count: int) -> str:
    return "".join(server.url(f"/{number}.png\n") for number in range(count))


def journal_lines(daemon: Daemon, state: str = "active") -> int:
    paths = [daemon.root.folder(job, state) / "results.jsonl" for job in daemon.root.jobs(state)]
    return sum(path.read_bytes().count(b"\n") for path in paths if path.exists())


def test_the_folders_are_made_at_the_start(daemon):
    for folder in ("inbox/urgent", "inbox/bulk", "active", "done", "failed", "rejected", "images", "state", "logs"):
        assert (daemon.root.path / folder).is_dir(), folder


def test_systemd_is_told(make_daemon):
    daemon = make_daemon()
    daemon.environment["WATCHDOG_USEC"] = "300000"
    daemon.start()
    wait_for(lambda: daemon.notify.messages.count("WATCHDOG=1") >= 3, "the watchdog to be fed")
    assert daemon.notify.values("STATUS") == ["Watching the inbox; 0 lines since the start: 0 ok"]
    assert daemon.stop() == 0
    assert daemon.notify.heard("STOPPING=1")
    assert daemon.notify.heard("EXTEND_TIMEOUT_USEC=40000000")  # stop.drain, and a little


def test_systemd_is_told_how_it_goes(make_daemon, server, icon):
    gate = threading.Event()
    server.on("*", wait(gate), send(answer(icon)))
    daemon = make_daemon(fetch__per_host__connections=2).start()
    daemon.drop("list.txt", listed(server, 3) + "no url\n")
    fetching = re.compile(r"Fetching 1 list: 2 requests in flight, .*/s; 1 line since the start: 0 ok, 1 invalid")
    wait_for(lambda: any(map(fetching.fullmatch, daemon.notify.values("STATUS"))), "the list in the status")
    gate.set()
    done = "Watching the inbox; 4 lines since the start: 3 ok, 1 invalid"
    wait_for(lambda: done in daemon.notify.values("STATUS"), "the end of the list in the status")


@pytest.mark.root
@pytest.mark.parametrize("requests", [1, 0])
def test_a_lane_that_is_stuck_is_noticed_by_the_watchdog(make_daemon, server, requests):
    """Also when it has nothing to do."""
    server.on("*", hold())
    daemon = make_daemon()
    daemon.environment["WATCHDOG_USEC"] = "1000000"
    daemon.start()
    if requests:
        daemon.drop("list.txt", listed(server, requests))
        wait_for(lambda: server.requests, "a request to be held")
    wait_for(lambda: daemon.notify.heard("WATCHDOG=1"), "the watchdog to be fed")

    def fed() -> int:
        return daemon.notify.messages.count("WATCHDOG=1")

    with Held(daemon.pid, "lane-0"):
        wait_for(lambda: "stuck" in daemon.notify.values("STATUS")[-1], "the lane to be missed")
        before = fed()
        told = daemon.root.status()["lane_stall_ms"]
        wait_for(lambda: daemon.root.status()["lane_stall_ms"] > told + 1000, "more statuses")
        assert fed() == before
    wait_for(lambda: fed() > before, "the watchdog to be fed again")


def test_a_reload_is_told_when_it_begins_and_when_it_is_done(daemon):
    daemon.notify.messages.clear()
    daemon.signal(signal.SIGHUP)
    wait_for(lambda: daemon.notify.heard("READY=1"), "the daemon to be ready again")
    news = [told for told in daemon.notify.messages if told.startswith(("READY", "RELOADING", "MONOTONIC"))]
    assert [told.partition("=")[0] for told in news] == ["RELOADING", "MONOTONIC_USEC", "READY"]
    [at] = daemon.notify.values("MONOTONIC_USEC")
    assert 0 < int(at) <= time.monotonic_ns() // 1000


def test_a_stop_that_takes_longer_than_usual_is_asked_for(make_daemon):
    daemon = make_daemon(stop__drain="10m").start()
    assert daemon.stop() == 0
    assert daemon.notify.heard("EXTEND_TIMEOUT_USEC=615000000")


def test_a_second_daemon_on_the_same_root_is_refused(daemon):
    second = run("gannetd", "--config", daemon.config)
    assert second.returncode == 1
    assert str(daemon.root.path) in second.stderr
    assert re.search("another|already|lock", second.stderr)
    assert daemon.running


def test_a_root_is_free_again_after_a_kill(daemon):
    daemon.kill()
    daemon.start()


def test_sigterm_finishes_what_is_in_flight_and_leaves_the_rest(make_daemon, server, icon):
    gate = threading.Event()
    server.on("*", wait(gate), send(answer(icon)))
    daemon = make_daemon(fetch__per_host__connections=2).start()
    daemon.drop("list.txt", listed(server, 20))
    wait_for(lambda: len(server.requests) == 2, "two requests to be held")
    daemon.signal(signal.SIGTERM)
    wait_for(lambda: daemon.root.status()["state"] == "draining", "nothing more to be started")
    assert daemon.notify.heard("STOPPING=1")
    gate.set()
    assert daemon.wait(20) == 0
    assert journal_lines(daemon) == len(server.requests)
    asked = len(server.requests)
    assert asked < 20
    daemon.start()
    daemon.wait_for_jobs(1)
    assert len(check_books(daemon.root)) == 20
    assert len(server.requests) == 20


def test_sigterm_does_not_wait_for_ever(make_daemon, server, icon):
    gate = threading.Event()
    server.on("*", wait(gate), send(answer(icon)))
    daemon = make_daemon(stop__drain="500ms").start()
    daemon.drop("list.txt", listed(server, 20))
    wait_for(lambda: server.requests, "a request to be held")
    assert daemon.stop(deadline=10) == 0
    gate.set()
    daemon.start()
    daemon.wait_for_jobs(1)
    assert len(check_books(daemon.root)) == 20


def test_killed_again_and_again_the_books_balance(make_daemon, server, icon):
    server.on("*", pause(0.002), send(answer(icon)))
    daemon = make_daemon(fetch__profile="own-server", fetch__per_host__connections=8).start()
    for name in ("a.txt", "b.txt"):
        daemon.drop(name, listed(server, 800))
    daemon.kill_repeatedly(8, every=60, requests=lambda: len(server.requests), jobs=2)
    for job in daemon.wait_for_jobs(2):
        assert [record["outcome"] for record in check_books(daemon.root, job)] == ["ok"] * 800


def test_after_a_kill_only_unrecorded_lines_are_fetched_again(make_daemon, server, icon):
    gate = threading.Event()
    for number in range(30):
        server.on(f"/{number}.png", send(answer(icon)))
    server.on("*", wait(gate), send(answer(icon)))
    daemon = make_daemon().start()
    daemon.drop("list.txt", listed(server, 40))
    wait_for(lambda: journal_lines(daemon) == 30, "the first records")
    daemon.kill()
    gate.set()
    daemon.start()
    daemon.wait_for_jobs(1)
    assert len(check_books(daemon.root)) == 40
    assert {server.asked(f"/{number}.png") for number in range(30)} == {1}


def test_a_job_that_was_cut_off_keeps_its_id(make_daemon, server, icon):
    gate = threading.Event()
    server.on("*", wait(gate), send(answer(icon)))
    daemon = make_daemon().start()
    daemon.drop("list.txt", listed(server, 3))
    wait_for(lambda: server.requests, "a request to be held")
    [job] = daemon.root.jobs("active")
    daemon.kill()
    gate.set()
    daemon.start()
    assert daemon.wait_for_jobs(1) == [job]


def test_sighup_takes_up_new_settings(make_daemon, server):
    server.on("*", send(status(500)))
    daemon = make_daemon(fetch__tries=1).start()
    daemon.drop("first.txt", server.url("/first\n"))
    daemon.wait_for_jobs(1)
    daemon.configure({"fetch.tries": 2})
    daemon.signal(signal.SIGHUP)
    wait_for(lambda: "reloaded" in daemon.root.log(), "the reload to be logged")
    daemon.drop("second.txt", server.url("/second\n"))
    daemon.wait_for_jobs(2)
    assert (server.asked("/first"), server.asked("/second")) == (1, 2)


def test_sighup_names_what_applies_and_once_what_needs_a_restart(make_daemon):
    daemon = make_daemon().start()
    for tries in (2, 3):
        daemon.configure({"fetch.tries": tries, "fetch.threads": 2})
        daemon.signal(signal.SIGHUP)
        wait_for(lambda: daemon.root.log().count("from now on applies fetch.tries") == tries - 1, "the reload")
    daemon.signal(signal.SIGHUP)
    wait_for(lambda: "reloaded: nothing else applies from now on" in daemon.root.log(), "a reload of nothing")
    assert daemon.root.log().count("fetch.threads needs a restart") == 1


def test_sighup_changes_how_long_a_request_under_way_may_take(make_daemon, server):
    """And drops none."""
    server.on("*", hold())
    daemon = make_daemon(fetch__timeouts__idle="1h", fetch__timeouts__first_byte="1h", fetch__timeouts__total="1h").start()
    daemon.drop("first.txt", server.url("/held\n"))
    wait_for(lambda: server.asked("/held"), "the request")
    daemon.configure({"fetch.timeouts.first_byte": "100ms"})
    daemon.signal(signal.SIGHUP)
    wait_for(lambda: "reloaded" in daemon.root.log(), "the reload to be logged")
    daemon.drop("second.txt", server.url("/another\n"))
    (job,) = daemon.wait_for_jobs(1)
    assert daemon.root.record(job)["reason"] == "first_byte_timeout"
    assert job.endswith("second")
    assert len(daemon.root.jobs("active")) == 1, "the first goes on"


def test_sighup_with_a_mistake_changes_nothing(daemon, server, icon):
    server.on("*", send(answer(icon)))
    daemon.configure({"fetch.thread": 3})
    daemon.signal(signal.SIGHUP)
    wait_for(lambda: "fetch.thread" in daemon.root.log(), "the mistake to be logged")
    daemon.drop("list.txt", listed(server, 3))
    daemon.wait_for_jobs(1)
    assert len(check_books(daemon.root)) == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_idle_daemon_stops_at_once(daemon, number):
    daemon.signal(number)
    assert daemon.wait(5) == 0

"""What is known of hosts outlives the process (state/hosts.json), and no file there harms the next one."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta, timezone

import pytest

from support.pace import check_delay
from support.programs import run
from support.raw_server import RawServer
from support.steps import answer, send, status
from support.waiting import wait_for


def memory_file(daemon):
    return daemon.root.path / "state" / "hosts.json"


def memory(daemon) -> dict[str, dict]:
    path = memory_file(daemon)
    return {host["origin"]: host for host in json.loads(path.read_text())["hosts"]} if path.exists() else {}


def origin(server: RawServer) -> str:
    return server.url("").rstrip("/")


def from_now(hours: float) -> str:
    return (datetime.now(timezone.utc) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def remember(daemon, what: str | bytes | list[dict]) -> None:
    """What an earlier process is to have left."""
    text = json.dumps({"hosts": what}) if isinstance(what, list) else what
    memory_file(daemon).parent.mkdir(parents=True, exist_ok=True)
    memory_file(daemon).write_bytes(text if isinstance(text, bytes) else text.encode())


def parked(daemon) -> dict:
    """The one host that is parked, as the status shows it."""
    [host] = wait_for(lambda: daemon.root.status().get("parked_hosts"), "a parked host")
    return host


def works(daemon, server: RawServer, icon: bytes) -> None:
    server.on("*", send(answer(icon)))
    daemon.drop("list.txt", server.url("/a.png") + "\n")
    daemon.wait_for_jobs(1)
    assert daemon.root.record()["outcome"] == "ok"


def test_penalties_and_the_limit_of_a_parked_host_survive_a_crash(make_daemon, server):
    server.on("*", send(status(429)), then=[send(status(429, "Retry-After: 600"))])
    daemon = make_daemon(fetch__park__busy="100ms", fetch__tries=2).start()
    daemon.drop("list.txt", server.url("/a.png") + "\n")
    wait_for(lambda: memory(daemon).get(origin(server), {}).get("busy_parks") == 2, "the second park to be kept")
    assert parked(daemon)["parks"] == 2
    daemon.kill()
    daemon.start()
    shown = parked(daemon)
    assert (shown["origin"], shown["why"], shown["parks"], shown["limit"]) == (origin(server), "http_status 429", 2, 1)
    assert 0 < shown["parked_seconds"] <= 600
    told = run("gannet", "status", "--config", daemon.config).stdout
    assert "http_status 429, 2 times in a row" in told
    assert "limit 1" in told
    assert len(server.requests) == 2


def test_a_park_is_remembered_at_once(make_daemon, server):
    server.on("*", send(status(429, "Retry-After: 600")))
    daemon = make_daemon(status__interval="1m").start()
    daemon.drop("list.txt", server.url("/a.png") + "\n")
    wait_for(lambda: memory(daemon).get(origin(server), {}).get("busy_parks") == 1, "the park to be kept", 30)


def test_a_learned_limit_is_kept_at_a_stop_though_the_next_process_does_not_use_it(daemon, server, icon):
    server.on("*", send(answer(icon)))
    daemon.drop("list.txt", "".join(server.url(f"/{n}") + "\n" for n in range(100)))
    daemon.wait_for_jobs(1)
    for _ in range(2):
        assert daemon.stop() == 0
        assert memory(daemon)[origin(server)]["limit"] == 6
        daemon.start()


@pytest.mark.parametrize(
    ("ended", "parks"),
    [
        (from_now(-23), 4),
        (from_now(-25), 1),
        ("1970-01-01T00:00:00.000Z", 1),
        ("0000-01-01T00:00:00.000Z", 1),
        ("-2026-01-01T00:00:00.000Z", 4),
        (-1e300, 4),
        (None, 4),
    ],
    ids=["a day ago", "more than a day ago", "1970", "year 0", "a negative year", "a number", "never"],
)
def test_penalties_count_for_a_day_after_the_last_park(make_daemon, server, ended, parks):
    """When it ended is not known: the day begins now."""
    server.on("*", send(status(503)))
    daemon = make_daemon(stop__drain="0s")
    host = {"origin": origin(server), "busy_parks": 3, "parked_until": ended}
    remember(daemon, [{key: value for key, value in host.items() if value is not None}])
    daemon.start()
    daemon.drop("list.txt", server.url("/a.png") + "\n")
    shown = parked(daemon)
    assert shown["parks"] == parks
    assert 10 * 2 ** (parks - 1) / 2 < shown["parked_seconds"] <= 10 * 2 ** (parks - 1)


@pytest.mark.parametrize("until", [from_now(24 * 365), "9999-12-31T23:59:59.999Z"])
def test_a_clock_that_was_wrong_parks_nobody_for_long(make_daemon, server, until):
    daemon = make_daemon()
    remember(daemon, [{"origin": origin(server), "parked_until": until, "busy_parks": 4e9, "limit": 1e300}])
    daemon.start()
    shown = parked(daemon)
    assert 6 * 3600 - 60 < shown["parked_seconds"] <= 6 * 3600
    assert shown["parks"] == 16
    assert shown["limit"] == 32


def test_a_dead_host_is_dead_for_half_an_hour_at_most_and_shown(make_daemon, server):
    daemon = make_daemon()
    remember(daemon, [{"origin": origin(server), "dead_until": from_now(1000), "why": "connect_refused"}])
    daemon.start()
    shown = parked(daemon)
    assert 1740 < shown["parked_seconds"] <= 1800
    assert shown["why"] == "connect_refused"
    daemon.drop("list.txt", server.url("/a.png") + "\n")
    daemon.wait_for_jobs(1)
    assert daemon.root.record()["reason"] == "host_dead"
    assert not server.requests


HOST = b'{"origin":"http://127.0.0.1:1","limit":3,"busy_parks":2}'
DAMAGED = {
    "empty": b"",
    "cut off": b'{"hosts":[' + HOST + b"," + HOST[:30],
    "no text": b"\0\xff\xfe" * 1000,
    "another kind": b"[1,2,3]",
    "not a number": b'{"hosts":[{"origin":"http://a","limit":NaN}]}',
    "deep": b'{"hosts":' + b"[" * 1_000_000,
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_a_warning(make_daemon, server, icon, text):
    daemon = make_daemon()
    remember(daemon, text)
    daemon.start()
    assert "state/hosts.json: not what is known of hosts" in daemon.root.log()
    assert "hosts are met as if for the first time" in daemon.root.log()
    works(daemon, server, icon)
    assert daemon.stop() == 0
    assert set(memory(daemon)) == {origin(server)}, "it is replaced"


def test_a_file_that_is_too_large_is_a_warning(make_daemon, server, icon):
    daemon = make_daemon()
    remember(daemon, b'{"hosts":[' + (HOST + b",") * (33 * 2**20 // len(HOST)) + HOST + b"]}")
    daemon.start()
    assert "state/hosts.json: more than 32 MiB; hosts are met" in daemon.root.log()
    works(daemon, server, icon)


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo], ids=["a folder", "a pipe"])
def test_what_is_no_file_is_a_warning(make_daemon, server, icon, make):
    daemon = make_daemon()
    memory_file(daemon).parent.mkdir(parents=True)
    make(memory_file(daemon))
    daemon.start()
    assert "state/hosts.json: not a file; hosts are met" in daemon.root.log()
    works(daemon, server, icon)


def test_what_is_no_host_is_left_out_and_the_others_count(make_daemon, server):
    daemon = make_daemon()
    good = {"origin": origin(server), "parked_until": from_now(1), "why": "http_status 503", "busy_parks": 2}
    wrong = [7, None, [], {}, {"origin": 1}, {"origin": "ftp://a"}, {"origin": "http://a/b"}, {"origin": "x" * 100_000}]
    odd = {"origin": "http://a.test", "limit": "6", "busy_parks": [], "unreachable_parks": -1, "parked_until": {}, "why": 3}
    remember(daemon, [*wrong, odd, good])
    daemon.start()
    shown = parked(daemon)
    assert (shown["origin"], shown["why"], shown["parks"]) == (origin(server), "http_status 503", 2)
    assert "hosts.json" not in daemon.root.log()


def test_more_hosts_than_are_kept_are_not_taken_in(make_daemon, server, icon):
    daemon = make_daemon()
    remember(daemon, [{"origin": f"http://h{n}", "parked_until": from_now(1)} for n in range(60_000)])
    daemon.start()
    works(daemon, server, icon)
    assert daemon.stop() == 0
    assert len(memory(daemon)) == 50_000


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_the_pace_of_a_host_is_kept_over_a_restart(make_daemon, server, icon, end):
    server.on("*", send(answer(icon)))
    daemon = make_daemon(fetch__per_host__delay="4s").start()
    daemon.drop("list.txt", "".join(server.url(f"/{n}") + "\n" for n in range(2)))
    wait_for(lambda: "pace_ms" in memory(daemon).get(origin(server), {}), "the pace to be kept")
    daemon.stop() if end == "stop" else daemon.kill()
    daemon.start()
    wait_for(lambda: len(server.requests) == 2, "the next request")
    check_delay([request.time for request in server.requests], 4)


def test_a_crawl_delay_is_kept_over_a_crash(make_daemon, server, icon):
    """It is longer than what `polite` leaves the host alone for anyway."""
    server.on("/robots.txt", send(answer(b"User-agent: *\nCrawl-delay: 5\n")))
    server.on("*", send(answer(icon)))
    daemon = make_daemon(fetch__profile="polite").start()
    daemon.drop("list.txt", server.url("/a") + "\n")
    wait_for(lambda: memory(daemon).get(origin(server), {}).get("pace_ms", 0) > 4000, "the pace to be kept")
    daemon.kill()
    daemon.start()
    wait_for(lambda: len(server.requests) == 2, "the next request")
    check_delay([request.time for request in server.requests], 5)

"""`fetch.connections: auto`: how many requests are in flight is found by trying."""

from __future__ import annotations

import threading

from support.steps import Connection, Step, answer, pause, send
from support.waiting import wait_for

OPEN_FILES = 1240  # 128 are its own, 512 for lists, a third of the others may be requests
MOST = 200
LEAST = 64


def one_of(places: threading.Semaphore, step: Step) -> Step:
    """Requests beyond so many wait for their place."""

    def wait_and_do(connection: Connection) -> None:
        with places:
            step(connection)

    return wait_and_do


def test_the_number_moves_to_what_the_server_has_places_for_and_stays_within_its_bounds(make_daemon, server, icon):
    """The server works on 30 at once, so of the 200 that are allowed most bring nothing: fewer are tried, and kept."""
    server.on("*", one_of(threading.Semaphore(30), pause(0.03)), send(answer(icon)))
    daemon = make_daemon(fetch__connections="auto", fetch__profile="own-server", stop__drain="0s")
    daemon.open_files = OPEN_FILES
    daemon.start()
    daemon.drop("list.txt", "".join(server.url(f"/{n}") + "\n" for n in range(200_000)))
    seen = [MOST]

    def moves() -> int:
        status = daemon.root.status()
        assert status["in_flight"] <= MOST
        if status["in_flight_limit"] != seen[-1]:
            seen.append(status["in_flight_limit"])
        return len(seen) - 1

    wait_for(lambda: daemon.root.status().get("in_flight") == MOST, "as many requests as are allowed at first", 30)
    wait_for(lambda: moves() >= 2, "the number to move twice", 120)
    assert LEAST <= min(seen) < max(seen) <= MOST
    assert server.most_in_flight <= MOST
    metrics = (daemon.root.logs / "metrics.prom").read_text()
    [limit] = [line.split()[1] for line in metrics.splitlines() if line.startswith("gannet_requests_in_flight_limit ")]
    assert LEAST <= float(limit) <= MOST
    assert daemon.running

"""The daemon is killed at random moments, again and again, until its list is done: the books balance, and what had its
record is not asked for again."""

from __future__ import annotations

import json
import time
from collections import Counter
from urllib.parse import urlsplit

import pytest

from support import images
from support.books import check_books
from support.nginx import Nginx
from support.torture import luck, sized
from support.waiting import wait_for

LINES = sized(1000, 20_000)
KILLS = sized(6, 120)
LOGGED = 350  # bytes that nginx logs of a request, more or less
PLACES = {
    "": "",
    "/moved": "rewrite ^/moved(.*)$ $1 redirect;",
    "/gone": "return 410;",
    "/cut": "if ($unlucky) { return 444; } rewrite ^/cut(.*)$ $1;",  # closes without an answer
    "/broken": "if ($unlucky) { return 500; } rewrite ^/broken(.*)$ $1;",
    "/busy": "if ($unlucky) { return 503; } rewrite ^/busy(.*)$ $1;",
    "/page": "default_type text/html; return 200 '<html></html>';",
}


@pytest.fixture
def nginx(start_nginx, tmp_path) -> Nginx:
    files = tmp_path / "files"
    files.mkdir()
    for number, picture in enumerate(images.icons()[:100]):
        (files / f"{number}.png").symlink_to(picture)
    return start_nginx(
        files,
        more_addresses=["127.0.0.2", "127.0.0.3"],
        locations={place: block for place, block in PLACES.items() if place},
        http='split_clients "$request_id" $unlucky { 20% 1; * 0; }',
    )


def durable(daemon) -> set[str]:
    """What the lines ask for that have their record, while the daemon does not run."""
    found = set()
    for job in daemon.root.jobs("active"):
        path = daemon.root.folder(job, "active") / "results.jsonl"
        lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        found |= {asked_for(json.loads(line)["url"]) for line in lines if line.endswith(b"\n")}
    return found


def asked_for(url: str) -> str:
    """The number that each line has in its query: it is kept by redirects."""
    return urlsplit(url).query


@pytest.mark.torture
def test_killed_at_random_moments_to_completion(make_daemon, nginx):
    chance = luck()
    urls = []
    for number in range(LINES):
        origin = f"http://127.0.0.{chance.choice([1, 1, 2, 3])}:{nginx.port}"
        place = chance.choice([*[""] * 12, *PLACES])
        urls.append(f"{origin}{place}/{chance.randrange(100)}.png?{number}" if number % 50 else f"no URL {number}")
    daemon = make_daemon(
        fetch__threads=2,
        fetch__tries=3,
        fetch__park__busy="100ms",
        fetch__requests_per_second=sized(300, 1000),
        store__checkpoint_every=sized(50, 500),
    ).start()
    daemon.drop("list.txt", "".join(url + "\n" for url in urls))
    log = nginx.prefix / "access.log"

    kills = []
    for _ in range(KILLS):
        size = wait_for(lambda: log.exists() and log.stat().st_size, "the first requests")
        enough = size + chance.uniform(0.3, 1) * LINES / KILLS * LOGGED  # all of them together are not the whole list
        wait_for(lambda: log.stat().st_size > enough or daemon.root.jobs("done"), "some progress", 60)
        daemon.kill()
        kills.append((time.time(), durable(daemon)))
        if chance.random() < 0.2:  # in the middle of its start
            daemon.launch()
            daemon.kill()
        daemon.start()
    daemon.wait_for_jobs(1, deadline=sized(60, 300))
    assert daemon.stop() == 0

    records = check_books(daemon.root)
    assert {record["reason"] for record in records if "reason" in record} >= {"bad_url", "http_status", "not_an_image"}
    requests = nginx.requests()
    for killed_at, known in kills:
        again = {request["uri"] for request in requests if request["time"] - request["took"] > killed_at}
        assert not {asked_for(uri) for uri in again} & known, "what had its record was asked for again"
    pictures = Counter(request["uri"] for request in requests if request["status"] == 200)
    repeated = pictures.total() - len(pictures)
    unfinished = sum(bool(known) for _, known in kills)
    print(f"{len(requests):,} requests, {repeated:,} for pictures that had come before: {repeated / KILLS:.1f} a kill")
    assert unfinished >= KILLS // 2, "the list was done too soon for that many kills"

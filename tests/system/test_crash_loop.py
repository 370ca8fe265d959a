"""The daemon is killed at random moments, again and again, until its lists are done: the books balance, and nothing is
asked for again but what a line without a record needs. Plain, and with what else may be switched on."""

from __future__ import annotations

import json
import random
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from support import images
from support.books import check_books
from support.nginx import Nginx
from support.programs import Daemon
from support.root import Root
from support.torture import luck, sized
from support.waiting import wait_for

LISTS = 3
LINES = sized(1000, 20_000)  # of all lists together
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
SETTINGS = {
    "fetch.threads": 2,
    "fetch.tries": 3,
    "fetch.park.busy": "100ms",
    "fetch.requests_per_second": sized(400, 1000),
    "store.checkpoint_every": sized(50, 500),
}
DECODE = {"decode.workers": 2, "decode.thumbnails": [32]}
DEDUPE = {"dedupe": True}
CATALOGUE = {"store.refetch": "never", "store.hard_links": True}
VARIANTS = {
    "plain": {},
    "decode": {**DECODE, "decode.resize.mode": "border", "decode.resize.size": 64},
    "dedupe": DEDUPE,
    "catalogue": CATALOGUE,
    "together": {**DECODE, **DEDUPE, **CATALOGUE},
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


def make_lists(chance: random.Random, port: int) -> list[list[str]]:
    """What is asked for has a number in its query, which redirects keep. Most of it is in several lines, of one list or
    of several, and written in several ways."""
    places = [chance.choice([*[""] * 12, *PLACES]) for _ in range(LINES // 2)]
    hosts = [f"127.0.0.{chance.choice([1, 1, 2, 3])}" for _ in places]

    def line(_: int) -> str:
        number = chance.randrange(len(places))
        if number % 50 == 0:
            return f"no URL {number}"
        scheme, end = chance.choice(["http", "HTTP"]), chance.choice(["", "#top"])
        return f"{scheme}://{hosts[number]}:{port}{places[number]}/{number % 100}.png?{number}{end}"

    return [[line(at) for at in range(LINES // LISTS)] for _ in range(LISTS)]


def asked_for(url: str) -> str:
    """The number in its query."""
    return urlsplit(url).query


@dataclass
class Run:
    """Of the daemon: what there was before it."""

    unrecorded: Counter[str]  # how many lines without a record ask for it
    catalogued: set[str]


def recorded(root: Root) -> Counter[str]:
    """How many lines that ask for it have their record."""
    found = Counter()
    for journal in [*root.path.glob("active/*/results.jsonl"), *root.path.glob("done/*/results.jsonl")]:
        lines = journal.read_bytes().splitlines(keepends=True)
        found.update(asked_for(json.loads(line)["url"]) for line in lines if line.endswith(b"\n"))
    return found


def catalogued(root: Root) -> set[str]:
    path = root.path / "state" / "catalogue.db"
    if not path.exists():
        return set()
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return {asked_for(url) for (url,) in database.execute("SELECT url FROM files")}


def kill(daemon: Daemon) -> None:
    daemon.kill()
    wait_for(lambda: not daemon.processes(), "its decode workers to be gone too")


def stems(root: Root, folder: str) -> set[str]:
    """All files below it, without their extensions."""
    path = root.path / folder
    return {str(file.relative_to(path).with_suffix("")) for file in path.rglob("*") if file.is_file()}


@pytest.mark.torture
@pytest.mark.parametrize("variant", VARIANTS)
def test_killed_at_random_moments_to_completion(make_daemon, nginx, variant):
    chance = luck()
    settings = {**SETTINGS, **VARIANTS[variant]}
    decodes, shares, remembers = (key in settings for key in ("decode.workers", "dedupe", "store.refetch"))
    lists = make_lists(chance, nginx.port)
    lines = Counter(asked_for(url) for urls in lists for url in urls)
    needed = len(lines) if shares or remembers else lines.total()  # requests
    daemon = make_daemon()
    root = daemon.root
    log = nginx.prefix / "access.log"
    runs = []

    def prepare() -> None:
        """The next run, which tells its number to the server."""
        daemon.configure({**settings, "fetch.user_agent": str(len(runs))})
        runs.append(Run(lines - recorded(root), catalogued(root)))

    prepare()
    daemon.start()
    for number, urls in enumerate(lists):
        daemon.drop(f"list{number}.txt", "".join(url + "\n" for url in urls))
    for _ in range(KILLS):
        size = wait_for(lambda: log.exists() and log.stat().st_size, "the first requests")
        enough = size + chance.uniform(0.3, 1) * needed / KILLS * LOGGED  # all of them together are not the whole
        wait_for(lambda: log.stat().st_size > enough or len(root.jobs()) == LISTS, "some progress", 60)
        kill(daemon)
        if chance.random() < 0.2:  # in the middle of its start
            prepare()
            daemon.launch()
            kill(daemon)
        prepare()
        daemon.start()
    jobs = daemon.wait_for_jobs(LISTS, deadline=sized(60, 300))
    assert daemon.stop() == 0
    assert not daemon.processes()

    records = [record for job in jobs for record in check_books(root, job, dedupe=shares or remembers)]
    assert {record["reason"] for record in records if "reason" in record} >= {"bad_url", "http_status", "not_an_image"}
    good = [record for record in records if record["outcome"] == "ok"]
    assert root.images() == {record["path"] for record in good}
    assert stems(root, "state") == {"lock", "hosts"} | ({"catalogue"} if remembers else set())
    small = {path.replace("/32/", "/") for path in stems(root, "thumbnails")}
    assert small == (stems(root, "images") if decodes else set())

    # Each part was at work.
    assert any("frames" in record for record in good) == decodes
    assert any("attempts" not in record and "from" not in record for record in good) == shares
    assert any("from" in record for record in good) == remembers
    assert any((root.path / record["path"]).stat().st_nlink > 1 for record in good) == remembers

    requests = nginx.requests()
    brought = Counter()  # pictures, by the number of the run
    for request in requests:
        number, what = int(request["user_agent"]), asked_for(request["uri"])
        assert runs[number].unrecorded[what], f"{what} was asked for again, and no line needed it"
        assert what not in runs[number].catalogued, f"{what} was asked for again, and the catalogue had it"
        if request["status"] == 200 and not request["uri"].startswith("/page/"):
            brought[number, what] += 1
            most = 1 if shares else runs[number].unrecorded[what]
            assert brought[number, what] <= most, f"{what} came more often than lines needed it"
    unfinished = sum(0 < run.unrecorded.total() < lines.total() for run in runs)
    print(f"{len(runs)} runs, {len(requests):,} requests for {lines.total():,} lines")
    assert unfinished >= KILLS // 2, "the lists were done too soon for that many kills"

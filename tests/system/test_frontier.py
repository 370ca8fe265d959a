"""Two thousand hosts behind a real DNS server, a few of them bad in every way; and the DNS server that goes away."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from threading import Event
from typing import Callable, Iterator

import pytest

from support import images
from support.books import check_books
from support.dns import Dns
from support.nginx import Nginx
from support.pace import LATE, busiest, gaps
from support.programs import Daemon, run
from support.raw_server import RawServer
from support.steps import answer, drip, hold, reset, send, send_for_ever, status
from support.waiting import wait_for

HOSTS = 2000
ADDRESSES = 200
CEILING = 6  # requests at once to one host
PACE = 5  # requests a second to one of them
RETRY_AFTER = 4
OUTAGE = timedelta(seconds=20)
SETTINGS = {
    "fetch.threads": 2,
    "fetch.connections": 40,
    "fetch.tries": 2,
    "fetch.max_body": "1MiB",
    "fetch.min_speed": 0,
    "fetch.timeouts.dns": "1s",
    "fetch.timeouts.first_byte": "10s",
    "fetch.timeouts.total": "16s",  # there is time to ask for a name in vain before
    "fetch.park.busy": "1s",
    "store.sync": "none",  # it is not about how long a busy disk takes
    "fetch.hosts": {"paced.test": {"requests_per_second": PACE}},
}


class World:
    """What there is to fetch. `good`: everything on nginx. `bad`: URLs of the bad hosts and what each must end as."""

    def __init__(self, stack: ExitStack, folder) -> None:
        files = folder / "files"
        files.mkdir()
        pictures = sorted(images.photographs(), key=lambda path: path.stat().st_size)[:40]
        for number, picture in enumerate(pictures):
            (files / f"{number}.jpg").symlink_to(picture)
        self.picture = pictures[0].read_bytes()
        addresses = [f"127.4.0.{number + 1}" for number in range(ADDRESSES)]
        self.nginx = stack.enter_context(
            Nginx(
                folder / "nginx",
                files,
                address=addresses[0],
                more_addresses=addresses[1:],
                # the server counts for itself, and refuses what is too much
                http=f"limit_conn_zone $http_host zone=hosts:10m; limit_conn hosts {CEILING}; limit_conn_status 599;",
                locations={"/slow/": f"alias {files}/; limit_rate 4k;"},
            )
        )
        names = {f"h{number}.test": addresses[number % ADDRESSES] for number in range(HOSTS)}
        names |= {"busy.test": addresses[0], "paced.test": addresses[1]}
        self.overloaded, self.silent, self.dripping, self.endless, self.dying = (
            stack.enter_context(RawServer(address=f"127.4.1.{number}")) for number in range(1, 6)
        )
        bad = {name: getattr(self, name) for name in ("overloaded", "silent", "dripping", "endless", "dying")}
        names |= {f"{name}.test": server.address for name, server in bad.items()}
        self.dns = stack.enter_context(Dns(folder / "dns", names))
        self._misbehave()

        def url(host: str, path: str) -> str:
            return f"http://{host}.test:{self.nginx.port}/{path}"

        count = len(pictures)
        first = [url(f"h{number}", f"{number % count}.jpg") for number in range(HOSTS)]
        second = [url(f"h{number}", f"{(number + 1) % count}.jpg") for number in range(HOSTS)]
        busy = [url("busy", f"slow/{number % count}.jpg?{number}") for number in range(24)]
        paced = [url("paced", f"{number % count}.jpg?{number}") for number in range(3 * PACE)]
        self.good = busy + paced + first + second
        ends = {"overloaded": None, "silent": "first_byte_timeout", "dripping": "total_timeout", "endless": "too_large"}
        self.bad = {
            f"http://{name}.test:{server.port}/{number}": ends.get(name)
            for name, server in bad.items()
            for number in range(1 if name in ("silent", "dripping") else 8)
        }
        self.urls = [*self.bad, *self.good]  # the bad ones come first

    def _misbehave(self) -> None:
        good = send(answer(self.picture))
        self.overloaded.on("*", good)
        self.overloaded.on("/0", send(status(429, f"Retry-After: {RETRY_AFTER}")), then=[good])
        self.silent.on("*", hold())
        head = status(200, "Content-Type: image/jpeg", "Content-Length: 50000", length=False)
        self.dripping.on("*", send(head), drip(self.picture, 1.0))
        self.endless.on("*", send(status(200, "Connection: close", length=False)), send_for_ever(self.picture))
        # Half-way through four of its bodies it dies, and is back for the next attempt.
        self.dying.on("*", good)
        for number in range(2, 6):
            dies = [send(answer(self.picture)[:1000]), reset()]
            self.dying.on(f"/{number}", *dies, then=[good])

    def check_limits(self) -> None:
        """What the servers saw."""
        requests = self.nginx.requests()
        assert 599 not in {request["status"] for request in requests}, "more at once than the host may be asked"
        spans = defaultdict(list)
        for request in requests:
            spans[request["host"].partition(":")[0]].append((request["time"] - request["took"], request["time"]))
        assert most_at_once(spans["busy.test"]) > 2, "its limit was never tried"
        assert busiest([start for start, _ in spans["paced.test"]]) <= PACE + 1
        for server in (self.overloaded, self.silent, self.dripping, self.endless, self.dying):
            assert server.most_in_flight <= CEILING
        between = gaps([request.time for request in self.overloaded.requests])
        assert max(between) > RETRY_AFTER - LATE, "it asked to be left alone"
        assert between.index(max(between)) < CEILING, "and was asked on"

    def check_records(self, records: list[dict]) -> None:
        by_url = {record["url"]: record for record in records}
        assert {url: by_url[url] for url in self.good if by_url[url]["outcome"] != "ok"} == {}
        assert {url: by_url[url].get("reason") for url in self.bad} == self.bad
        served = Counter(f"http://{request['host']}{request['uri']}" for request in self.nginx.requests())
        assert served == Counter(self.good), "each is asked for once"


def most_at_once(spans: list[tuple[float, float]]) -> int:
    changes = sorted([(start, 1) for start, _ in spans] + [(end, -1) for _, end in spans])
    now = most = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most


@pytest.fixture
def world(tmp_path) -> Iterator[World]:
    with ExitStack() as stack:
        yield World(stack, tmp_path)


@pytest.fixture
def start_fetching(make_daemon, world) -> Callable[..., Daemon]:
    """A daemon that has just been given the list."""

    def start(settings: dict[str, object] = {}) -> Daemon:
        daemon = make_daemon(**{**SETTINGS, **settings, "fetch.dns.servers": world.dns.server}).start()
        daemon.drop("list.txt", "".join(url + "\n" for url in world.urls))
        return daemon

    return start


def test_bad_hosts_hold_up_nobody_and_no_limit_is_exceeded(world, start_fetching):
    fetching = start_fetching()
    [job] = fetching.wait_for_jobs(1, deadline=90)
    world.check_records(check_books(fetching.root, job))
    world.check_limits()
    journal = (fetching.root.folder(job) / "results.jsonl").read_text().splitlines()
    place = {json.loads(line)["url"]: number for number, line in enumerate(journal)}
    waiting = [place[url] for url, reason in world.bad.items() if reason in ("first_byte_timeout", "total_timeout")]
    assert max(place[url] for url in world.good) < min(waiting), "good ones waited for bad ones"


@pytest.mark.parametrize("how", ["stopped", "frozen"])
def test_nothing_fails_because_names_cannot_be_resolved_for_a_while(world, start_fetching, how):
    fetching = start_fetching({"fetch.timeouts.first_byte": "4s", "fetch.timeouts.total": "8s"})
    wait_for(lambda: len(set(world.dns.queries())) > HOSTS / 8, "the fetching to be in full swing", 60)
    world.dns.stop() if how == "stopped" else world.dns.freeze()
    trouble = wait_for(lambda: fetching.root.status().get("trouble"), "trouble to be told", 60)
    assert trouble["why"].startswith("no name was resolved for ")
    assert "\nlocal trouble since " in run("gannet", "status", "--config", fetching.config).stdout
    since = datetime.fromisoformat(trouble["since"])
    wait_for(lambda: datetime.now(timezone.utc) - since > OUTAGE, "probes to be in vain", 60)
    reasons = fetching.root.status()["totals"]["reasons"]
    assert "dns_failed" not in reasons
    assert fetching.root.status()["state"] == "running"
    done = fetching.root.completion_count()
    assert done < len(world.urls) - HOSTS / 10, "hardly anything was left to fetch"
    world.dns.start() if how == "stopped" else world.dns.thaw()

    [job] = fetching.wait_for_jobs(1, deadline=90)
    assert "trouble" not in fetching.root.status()
    world.check_records(check_books(fetching.root, job))
    world.check_limits()
    log = fetching.root.log()
    assert "Z warning local trouble: no name was resolved for " in log
    assert "Z warning local trouble ended after " in log

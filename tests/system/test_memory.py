"""Many large bodies at once: they take the memory that was set for them and no more, and each arrives as it was sent."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path
from typing import Iterator

import pytest

from support.books import check_books
from support.programs import Daemon, sanitized
from support.root import Root
from support.waiting import wait_for

KINDS = 10  # of bodies
BODY = 3_000_000  # bytes
RATE = 400_000  # bytes a second, so that all of a list are under way at once
COUNT = 200
MIB = 1 << 20
BOUND = 160 * MIB  # resident; the bodies are 570 MiB

# A body that memory has no room for goes to disk, and what is complete waits for the store.
TIGHT = {"fetch.memory": "16MiB", "store.memory": "8MiB", "fetch.profile": "own-server", "fetch.connections": COUNT}


@pytest.fixture(scope="module")
def bodies(tmp_path_factory, picture) -> Path:
    folder = tmp_path_factory.mktemp("bodies")
    for number in range(KINDS):
        noise = random.Random(number).randbytes(BODY - len(picture))
        (folder / f"{number}.jpg").write_bytes(picture + noise)
    return folder


def drop(daemon: Daemon, nginx, count: int) -> None:
    daemon.drop("list.txt", "".join(nginx.url(f"/{number % KINDS}.jpg?{number}\n") for number in range(count)))


def peak(daemon: Daemon) -> int:
    """The most bytes that were resident at once."""
    lines = (line.split() for line in Path(f"/proc/{daemon.pid}/status").read_text().splitlines())
    [number] = [int(words[1]) for words in lines if words[0] == "VmHWM:"]
    return number * 1024


def most_at_once(nginx) -> int:
    """How many requests it was working on at once."""
    spans = [(asked["time"] - asked["took"], asked["time"]) for asked in nginx.requests()]
    return max(sum(begin <= moment < end for begin, end in spans) for moment, _ in spans)


def check_bodies(root: Root, job: str, bodies: Path, count: int) -> None:
    records = check_books(root, job)
    assert [record["outcome"] for record in records] == ["ok"] * count
    for record in records:
        name = record["url"].rpartition("/")[2].partition("?")[0]
        assert root.read(record) == (bodies / name).read_bytes(), record


@pytest.mark.parametrize("protocol", ["http/1.1", "h2"])
def test_large_bodies_take_the_memory_that_is_theirs(make_daemon, start_nginx, authority, bodies, protocol):
    secure = {"tls": authority.leaf("127.0.0.1"), "http2": True, "streams": COUNT} if protocol == "h2" else {}
    nginx = start_nginx(bodies, http=f"limit_rate {RATE};", **secure)
    daemon = make_daemon(**{**TIGHT, "fetch.tls.ca_file": str(authority.file)}).start()
    drop(daemon, nginx, COUNT)
    [job] = daemon.wait_for_jobs(1, deadline=120)
    used = peak(daemon)
    check_bodies(daemon.root, job, bodies, COUNT)
    assert {record["protocol"] for record in daemon.root.records(job)} == {protocol}
    assert most_at_once(nginx) > COUNT / 2, "they were not there at once"
    if not sanitized():
        assert used < BOUND


@pytest.mark.skipif(sanitized(), reason="what a sanitizer keeps is not the daemon's")
@pytest.mark.parametrize("protocol", ["http/1.1", "h2"])
def test_512_large_bodies_and_a_million_long_lines(make_daemon, start_nginx, authority, bodies, protocol):
    """As shipped. Of each body a part is there when the disk takes the next, of whatever is being sent slowly, until all
    of them end at once. Lines of 200 bytes would fill the window by themselves."""
    addresses = [f"127.0.{half}.{number}" for half in (1, 2) for number in range(1, 129)]
    secure = {"tls": authority.leaf(*addresses), "http2": True} if protocol == "h2" else {}
    slow = {"/": "limit_rate 100k; sendfile off; output_buffers 1 16k;"}
    nginx = start_nginx(bodies, address=addresses[0], more_addresses=addresses[1:], locations=slow, **secure)
    daemon = make_daemon(fetch__profile="own-server", status__interval="2s", fetch__tls__ca_file=str(authority.file)).start()
    scheme = nginx.url().partition(":")[0]

    def url(line: int) -> str:
        start = f"{scheme}://{addresses[line % len(addresses)]}:{nginx.port}/{line % KINDS}.jpg?picture={line:09d}&of="
        return start + "-" * (200 - len(start))

    daemon.drop("list.txt", "".join(url(line) + "\n" for line in range(1_010_000)))
    status = daemon.root.status
    wait_for(lambda: status().get("in_flight") == 512 and status()["queued"] >= 900_000, "all to be there", deadline=60)
    wait_for(lambda: status()["totals"]["lines"] > 500, "the bodies to end", deadline=120)
    used = peak(daemon)
    assert status()["spilled"] > 0, "lines made room"
    assert used < 300 * MIB
    daemon.kill()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "daemon"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=140m", "none", folder], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.root
def test_what_neither_memory_nor_the_disk_has_room_for_is_fetched_later(small_disk, start_nginx, bodies):
    """The images fit on the disk, but not while half of them are there twice: some are given up and come again."""
    count = 40
    nginx = start_nginx(bodies, http=f"limit_rate {RATE};")
    daemon = Daemon(small_disk, {**TIGHT, "store.min_free": "16MiB"}).start()
    try:
        drop(daemon, nginx, count)
        [job] = daemon.wait_for_jobs(1, deadline=120)
        used = peak(daemon)
        check_bodies(daemon.root, job, bodies, count)
        assert "the disk has no room for bodies that fill the memory" in daemon.root.log()
        assert len(nginx.requests()) > count, "something was given up"
        wait_for(lambda: "disk" not in daemon.root.status(), "the status to say that the disk takes files")
        if not sanitized():
            assert used < BOUND
    finally:
        daemon.put_away()

"""A disk that takes nothing for a while: fetching pauses, says so, and goes on by itself; nothing fails of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import urllib.request
from pathlib import Path
from typing import Iterator

import pytest

from support.books import check_books
from support.programs import Daemon, run
from support.steps import answer, send, wait
from support.steps import status as status_of_response
from support.waiting import free_port, wait_for

pytestmark = pytest.mark.root

COUNT = 40
IMAGE = 200_000  # bytes, so that all of them are twice what the disk takes


def mount(*arguments: object) -> None:
    subprocess.run(["mount", *map(str, arguments)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "daemon"
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=4m", "none", folder)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def start(disk, tmp_path, server, picture) -> Iterator:
    """A daemon on that disk, its logs elsewhere, that has just been given a list."""
    server.on("*", send(answer(picture + bytes(IMAGE - len(picture)))))
    daemons = []

    def start(**settings: object) -> Daemon:
        daemon = Daemon(disk, {"store.memory": "1MiB", **settings})
        (tmp_path / "logs").mkdir()
        daemon.root.logs.symlink_to(tmp_path / "logs")
        daemons.append(daemon.start())
        daemon.drop("list.txt", "".join(server.url(f"/{number}.jpg\n") for number in range(COUNT)))
        return daemon

    yield start
    for daemon in daemons:
        daemon.put_away()


@pytest.fixture
def full_logs(tmp_path: Path) -> Iterator[Path]:
    """A small disk for logs; `filler` on it takes all there is."""
    folder = tmp_path / "full"
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=256k", "none", folder)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_full_disk_of_the_logs_stops_nothing_and_is_told(full_logs, make_daemon, server, icon):
    server.on("*", send(answer(icon)))
    port = free_port()
    daemon = make_daemon(logs=str(full_logs), metrics__listen=port, fetch__per_host__connections=8).start()
    wait_for((full_logs / "status.json").exists, "status.json")
    filler = full_logs / "filler"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError):
        while True:
            file.write(bytes(4096))
    daemon.drop("list.txt", "".join(server.url(f"/{number}\n") for number in range(300)))
    daemon.wait_for_jobs(1)
    assert len(check_books(daemon.root)) == 300

    def metrics() -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as response:
            return response.read().decode()

    wait_for(lambda: "gannet_logs_refused 1\n" in metrics(), "the metrics to tell")
    filler.unlink()
    wait_for(lambda: "gannet_logs_refused 0\n" in metrics(), "it to go on by itself")
    completions = full_logs / "completions.jsonl"
    wait_for(lambda: completions.read_bytes().count(b"\n") == 300, "what waited meanwhile to be written")
    assert daemon.running


def status(daemon: Daemon) -> dict:
    return daemon.root.status()


@pytest.mark.parametrize("min_free", ["1MiB", "0"])
def test_a_full_disk_is_waited_for(start, disk, server, min_free):
    daemon = start(**{"store.min_free": min_free})
    reason = "No space left on device" if min_free == "0" else "less than store.min_free (1 MiB) is free"
    wait_for(lambda: reason in status(daemon).get("disk", {}).get("why", ""), "the disk to be full")
    told = run("gannet", "status", "--config", daemon.config).stdout
    assert "the disk takes nothing since " in told
    assert status(daemon)["totals"]["reasons"] == {}
    assert len(server.requests) < COUNT, "nothing more is asked for"
    mount("-o", "remount,size=64m", disk)
    [job] = daemon.wait_for_jobs(1)
    assert [record["outcome"] for record in check_books(daemon.root, job)] == ["ok"] * COUNT
    assert len(server.requests) == COUNT, "nothing was fetched twice"
    wait_for(lambda: "disk" not in status(daemon), "the status to tell of it")
    log = daemon.root.log()
    assert "error fetching pauses, the disk takes nothing: " in log
    assert "warning fetching goes on, the disk takes files again after " in log


def test_fast_writing_leaves_the_reserve_alone(start, disk, server):
    mount("-o", "remount,size=20m", disk)
    reserve = 16 << 20
    # All 40 are there at once, so that they are written within less than a second.
    daemon = start(**{"store.min_free": "16MiB", "store.memory": "32MiB", "fetch.profile": "own-server"})
    wait_for(lambda: status(daemon).get("disk"), "the disk to be short of room")
    here = os.statvfs(disk)
    assert here.f_bavail * here.f_frsize > reserve - 4 * IMAGE, "a file for each writer, and a little"
    mount("-o", "remount,size=64m", disk)
    [job] = daemon.wait_for_jobs(1)
    assert [record["outcome"] for record in check_books(daemon.root, job)] == ["ok"] * COUNT


def test_a_disk_that_refuses_everything_is_waited_for(make_daemon, server, picture):
    daemon = make_daemon().start()
    folders = sorted((daemon.root.path / "state" / "incoming").iterdir())
    server.on("*", send(answer(picture)))
    subprocess.run(["chattr", "+i", *folders], check=True)
    try:
        daemon.drop("list.txt", "".join(server.url(f"/{number}.jpg\n") for number in range(COUNT)))
        why = wait_for(lambda: status(daemon).get("disk"), "the disk to refuse")["why"]
        assert "Operation not permitted" in why
        assert status(daemon)["totals"]["lines"] == 0
    finally:
        subprocess.run(["chattr", "-i", *folders], check=True)
    [job] = daemon.wait_for_jobs(1)
    assert [record["outcome"] for record in check_books(daemon.root, job)] == ["ok"] * COUNT


@pytest.mark.parametrize("folder", ["images", "images/{job}/00000"])
def test_a_folder_of_images_that_takes_none_is_waited_for(make_daemon, server, picture, folder):
    daemon = make_daemon().start()
    gate = threading.Event()
    server.on("*", send(answer(picture)))
    server.on("/last.jpg", wait(gate), send(answer(picture)))
    daemon.drop("list.txt", server.url("/first.jpg\n") + server.url("/last.jpg\n"))
    [job] = wait_for(lambda: daemon.root.jobs("active"), "the list to be taken")
    wait_for(lambda: status(daemon)["totals"]["lines"] == 1, "the first picture")
    locked = daemon.root.path / folder.format(job=job)
    subprocess.run(["chattr", "+i", locked], check=True)
    try:
        daemon.drop("other.txt", server.url("/other.jpg\n"))  # which has no folder there yet
        gate.set()
        why = wait_for(lambda: status(daemon).get("disk"), "the folder to refuse")["why"]
        assert "Operation not permitted" in why
    finally:
        subprocess.run(["chattr", "-i", locked], check=True)
    for job in daemon.wait_for_jobs(2):
        assert {record["outcome"] for record in check_books(daemon.root, job)} == {"ok"}


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_process_that_ends_while_the_disk_is_full_loses_nothing(start, disk, how):
    daemon = start(**{"store.min_free": "0"})
    wait_for(lambda: status(daemon).get("disk"), "the disk to be full")
    daemon.stop() if how == "stop" else daemon.kill()
    mount("-o", "remount,size=64m", disk)
    daemon.start()
    [job] = daemon.wait_for_jobs(1)
    assert [record["outcome"] for record in check_books(daemon.root, job)] == ["ok"] * COUNT


def fill(folder: Path) -> None:
    """Until it takes no other file."""
    folder.mkdir()
    with pytest.raises(OSError):
        for number in range(10_000):
            (folder / str(number)).touch()


def end_on_full_disk(disk: Path, tmp_path: Path, server) -> Daemon:
    """A daemon that has a job of which every line has its record, but no inode for its end."""
    mount("-o", "remount,size=64m,nr_inodes=300", disk)
    filler = disk / "filler"

    def last(connection) -> None:
        fill(filler)
        connection.send(status_of_response(404))

    server.on("/gone", last)
    daemon = Daemon(disk, {"store.min_free": "0"})
    (tmp_path / "logs").mkdir()
    daemon.root.logs.symlink_to(tmp_path / "logs")
    daemon.start()
    daemon.drop("list.txt", server.url("/gone\n"))
    return daemon


def test_a_job_that_ends_on_a_full_disk_ends_by_itself_when_there_is_room(disk, tmp_path, server):
    daemon = end_on_full_disk(disk, tmp_path, server)
    try:
        why = wait_for(lambda: status(daemon).get("disk"), "the disk to refuse its end")["why"]
        assert "No space left on device" in why
        [job] = daemon.root.jobs("active")
        told = run("gannet", "status", "--config", daemon.config).stdout
        assert "the disk takes nothing since " in told and job in told
        shutil.rmtree(disk / "filler")
        [done] = daemon.wait_for_jobs(1)
        done = daemon.root.path / "done" / done
        assert (done / "retry.jsonl").read_bytes().count(b"\n") == 1 and (done / "summary.json").exists()
        wait_for(lambda: "disk" not in status(daemon) and status(daemon)["jobs"] == [], "the status to tell of it")
        log = daemon.root.log()
        assert log.count("it is tried again until the disk takes it") == 1
        assert log.count("the disk takes its end now") == 1
    finally:
        daemon.put_away()


def test_a_stop_does_not_wait_for_the_end_of_a_job(disk, tmp_path, server):
    daemon = end_on_full_disk(disk, tmp_path, server)
    try:
        wait_for(lambda: status(daemon).get("disk"), "the disk to refuse its end")
        daemon.stop()
        assert daemon.root.jobs("active")
        shutil.rmtree(disk / "filler")
        daemon.start()
        daemon.wait_for_jobs(1)
    finally:
        daemon.put_away()


def test_a_disk_that_is_read_only_at_the_start_is_waited_for(make_daemon, server, icon):
    daemon = make_daemon()
    mount("-t", "tmpfs", "-o", "ro", "none", daemon.root.path)
    try:
        daemon.start()
        why = wait_for(lambda: daemon.notify.values("STATUS"), "it to say what it waits for")[0]
        assert why.startswith("Waiting for the disk: ") and "Read-only file system" in why
        assert daemon.stop() == 0

        server.on("*", send(answer(icon)))
        daemon.start()
        mount("-o", "remount,rw", daemon.root.path)
        wait_for(lambda: "Watching the inbox" in daemon.notify.values("STATUS")[-1], "it to begin by itself")
        daemon.drop("list.txt", server.url("/1.png\n"))
        [job] = daemon.wait_for_jobs(1)
        assert [record["outcome"] for record in check_books(daemon.root, job)] == ["ok"]
        assert daemon.stop() == 0
    finally:
        subprocess.run(["umount", "--lazy", daemon.root.path], check=True)


@pytest.mark.parametrize(
    "folder",
    ["active", "inbox/urgent", "inbox/bulk", "images", "thumbnails", "state/incoming", "state/spill"],
)
def test_a_root_that_is_not_one_filesystem_is_refused(make_daemon, folder):
    daemon = make_daemon()
    path = daemon.root.path / folder
    path.mkdir(parents=True)
    mount("-t", "tmpfs", "-o", "size=1m", "none", path)
    try:
        refused = run("gannetd", "--config", daemon.config, timeout=10)
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)
    assert refused.returncode == 1
    assert f"{path} is on another filesystem than {daemon.root.path}: everything under" in refused.stderr
    assert daemon.start().stop() == 0

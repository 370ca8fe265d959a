"""Lists that nobody writes by hand: very long ones, very many, and names of every byte. Small here, at full size in
`make torture`. Memory is that of the window, whatever the list."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import Iterable

import pytest

from support.books import check_books
from support.programs import Daemon, run, sanitized
from support.steps import answer, send
from support.torture import sized
from support.waiting import wait_for

pytestmark = pytest.mark.torture
MEMORY = 300 * 10**6  # resident, at most
PATIENCE = sized(60, 1800)  # seconds


def peak(daemon: Daemon) -> int:
    status = Path(f"/proc/{daemon.pid}/status").read_text()
    return 1024 * int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


def drop(daemon: Daemon, name: str, pieces: Iterable[bytes]) -> None:
    """As daemon.drop(), for what should not be in memory as a whole."""
    draft = daemon.root.path / "draft"
    opened = gzip.open(draft, "wb", compresslevel=0) if name.endswith(".gz") else draft.open("wb")
    with opened as file:
        file.writelines(pieces)
    draft.rename(daemon.root.path / "inbox" / name)


def finish(daemon: Daemon, jobs: int = 1) -> None:
    """The jobs are done, the books balance, and memory was small."""
    daemon.wait_for_jobs(jobs, deadline=PATIENCE)
    print(f"resident at most: {peak(daemon) / 1e6:.0f} MB")
    assert sanitized() or peak(daemon) < MEMORY
    assert daemon.stop() == 0
    verified = run("gannet", "verify", "all", "--output", daemon.root.path, timeout=PATIENCE + jobs / 100)
    assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.fixture
def url(server, icon) -> str:
    """Of a picture."""
    server.on("*", send(answer(icon)))
    return server.url("/a.png")


def test_a_line_of_many_megabytes_is_one_invalid_record(daemon, url):
    size = sized(3 << 20, 100 << 20)
    drop(daemon, "list.txt", [f"{url}?1\nhttp://a/".encode(), *[b"x" * (1 << 20)] * (size >> 20), f"\n{url}?2\n".encode()])
    finish(daemon)
    records = daemon.root.records()
    assert [(record["line"], record["outcome"]) for record in records] == [(1, "ok"), (2, "invalid"), (3, "ok")]
    assert "longer than" in records[1]["detail"]


def test_a_list_of_very_many_lines(daemon, url):
    lines = sized(100_000, 10_000_000)
    each = 10_000
    block = b"ftp://old.example/a.gif\n" * (each - 1)
    drop(daemon, "list.txt", (f"{url}?{number}\n".encode() + block for number in range(lines // each)))
    finish(daemon)
    summary = daemon.root.summary()
    pictures = lines // each
    assert summary["lines"] == lines
    assert summary["outcomes"] == {"ok": pictures, "failed": 0, "skipped": 0, "invalid": lines - pictures}


def test_a_compressed_list_of_gigabytes(daemon, url):
    size = sized(32 << 20, 3 << 30)
    padding = (b"# " + os.urandom(500).hex().encode() + b"\n") * 1000
    count = size // len(padding)
    drop(daemon, "list.txt.gz", (padding + f"{url}?{number}\n".encode() for number in range(count)))
    finish(daemon)
    records = daemon.root.records()
    assert [record["line"] for record in records] == [1001 * number for number in range(1, count + 1)]
    assert {record["outcome"] for record in records} == {"ok"}


def test_very_many_lists_of_one_line(make_daemon, url):
    count = sized(150, 1_000_000)
    daemon = make_daemon(inbox__rescan="30s", status__interval="2s")  # as shipped
    (daemon.root.path / "inbox").mkdir()
    for number in range(count):
        daemon.drop(f"{number}.txt", f"{url}?{number}\n")
    daemon.start()
    wait_for(lambda: daemon.root.status().get("totals", {}).get("lines") == count, "a record of each", sized(60, 7200))
    finish(daemon, count)
    assert len(daemon.root.images()) == count
    assert {path.name for path in (daemon.root.path / "inbox").iterdir()} == {"urgent", "bulk"}


def test_names_of_every_byte(daemon, url):
    legal = [bytes([byte]) for byte in range(1, 256) if bytes([byte]) != b"/"]
    inbox = os.fsencode(daemon.root.path / "inbox")
    draft = daemon.root.path / "draft"
    for number, byte in enumerate(legal):
        draft.write_text(f"{url}?{number}\n")
        os.rename(draft, inbox + b"/a" + byte + b"b" + byte + b".txt")
    daemon.wait_for_jobs(len(legal), deadline=PATIENCE)
    for job in daemon.root.jobs():
        assert job.isascii() and job.isprintable() and not set(job) & set(" /'\"\\$`*?")
        [record] = check_books(daemon.root, job)
        assert record["outcome"] == "ok"
    assert {path.name for path in (daemon.root.path / "inbox").iterdir()} == {"urgent", "bulk"}

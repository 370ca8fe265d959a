"""`gannet verify` on the books of real runs, whole and spoiled."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from pathlib import Path
from typing import Callable

import pytest

from support.books import check_books
from support.programs import Fetch, run
from support.root import Root
from support.steps import answer, send, status, wait
from support.waiting import wait_for

GOOD = "0 missing, 0 duplicate, 0 wrong, 0 stray"


def verify(root: Root, *arguments: object) -> subprocess.CompletedProcess[str]:
    return run("gannet", "verify", "--output", root.path, *arguments)


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout.splitlines()[-1]


@pytest.fixture
def fetched(fetch: Fetch, server, icon, picture, tmp_path) -> Root:
    """A job of seven lines of a compressed table: three pictures, two failures, a redirect and a bad line."""
    server.on("/a", send(answer(icon)))
    server.on("/b", send(answer(picture)))
    server.on("/c", send(answer(picture)))
    server.on("/gone", send(status(404)))
    server.on("/busy", send(status(500)))
    server.on("/there", send(status(302, f"Location: {server.url('/a')}")))
    listed = tmp_path / "holiday.csv"
    rows = [server.url(path) for path in ("/a", "/b", "/c", "/gone", "/busy", "/there")] + ["no url"]
    listed.write_text("caption,url\n" + "".join(f'"number\n{number}",{url}\n' for number, url in enumerate(rows)))
    subprocess.run(["zstd", "-q", listed, "-o", f"{listed}.zst"], check=True)
    assert fetch.run(Path(f"{listed}.zst"), output__shard_size="2").code == 3
    return fetch.root


def test_the_books_of_a_run_balance(fetched):
    for name in ("holiday", "holiday.csv.zst", fetched.job(), fetched.job()[:8], "all", fetched.folder(fetched.job())):
        done = verify(fetched, name)
        assert done.returncode == 0, done.stdout + done.stderr
        assert last_line(done) == GOOD
        assert "4 ok, 2 failed, 0 skipped, 1 invalid" in done.stdout
        assert "4 hashes compared" in done.stdout
    assert "0 hashes compared" in verify(fetched, "all", "--no-hashes").stdout
    check_books(fetched)


def test_reading_changes_nothing(fetched):
    def everything() -> dict[Path, tuple[float, int]]:
        return {path: (path.stat().st_mtime, path.stat().st_ino) for path in fetched.path.rglob("*")}

    before = everything()
    verify(fetched, "all")
    assert everything() == before


def _image(root: Root, line: int = 2) -> Path:
    [record] = [record for record in root.records() if record["line"] == line]
    return root.path / record["path"]


def _journal(root: Root) -> Path:
    return root.folder(root.job()) / "results.jsonl"


def _edit(root: Root, change: Callable[[list[str]], object]) -> None:
    lines = _journal(root).read_text().splitlines(keepends=True)
    change(lines)
    _journal(root).write_text("".join(lines))


def _of_line(lines: list[str], line: int) -> int:
    return next(index for index, text in enumerate(lines) if json.loads(text)["line"] == line)


def _tamper(root: Root) -> None:
    content = bytearray(_image(root).read_bytes())
    content[-1] ^= 1
    _image(root).write_bytes(content)


def _link(root: Root) -> None:
    secret = root.path.parent / "secret"
    _image(root).rename(secret)
    _image(root).symlink_to(secret)


def _point_outside(root: Root) -> None:
    secret = root.path.parent / "secret"
    path = str(_image(root).relative_to(root.path))
    _image(root).rename(secret)
    _edit(root, lambda lines: lines.__setitem__(slice(None), [line.replace(path, "../secret") for line in lines]))


FAULTS = {
    "tampered": (_tamper, "0 missing, 0 duplicate, 1 wrong, 0 stray", "has the SHA-256"),
    "cut short": (lambda root: os.truncate(_image(root), 5), "0 missing, 0 duplicate, 1 wrong, 0 stray", "has 5 bytes"),
    "deleted": (lambda root: _image(root).unlink(), "1 missing, 0 duplicate, 0 wrong, 0 stray", "no such file"),
    "extra": (
        lambda root: (_image(root).parent / "000000003.png").write_bytes(b"x"),
        "0 missing, 0 duplicate, 0 wrong, 1 stray",
        "000000003.png: no record names this file",
    ),
    "left half way": (
        lambda root: (_image(root).parent / ".000000000.png.tmp").write_bytes(b"x"),
        "0 missing, 0 duplicate, 0 wrong, 1 stray",
        ".000000000.png.tmp",
    ),
    "duplicate": (
        lambda root: _edit(root, lambda lines: lines.append(lines[0])),
        "0 missing, 1 duplicate, 0 wrong, 0 stray",
        "there is another record of this line",
    ),
    "missing": (
        lambda root: _edit(root, lambda lines: lines.pop(_of_line(lines, 14))),
        # The summary has it: among the lines, among the invalid ones, and by its reason.
        "1 missing, 0 duplicate, 3 wrong, 0 stray",
        "missing: line 14: the line has no record (no url)",
    ),
    "damaged": (
        lambda root: _edit(root, lambda lines: lines.insert(1, '{"time":\n')),
        "0 missing, 0 duplicate, 1 wrong, 0 stray",
        "results.jsonl:2: this is no record",
    ),
    "torn": (
        lambda root: _edit(root, lambda lines: lines.append(lines[0][:20])),
        "0 missing, 0 duplicate, 1 wrong, 0 stray",
        "results.jsonl:8: half a record",
    ),
    "linked": (_link, "0 missing, 0 duplicate, 1 wrong, 0 stray", "is a link, and was not followed"),
    "outside": (_point_outside, "0 missing, 0 duplicate, 1 wrong, 0 stray", "is not the path of an image"),
    "retry list cut": (
        lambda root: (root.folder(root.job()) / "retry.jsonl").write_text(""),
        "0 missing, 0 duplicate, 1 wrong, 0 stray",
        "retry.jsonl has 0 lines, 2 lines failed",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_does_not_balance_is_found_and_named(fetched, fault):
    spoil, last, told = FAULTS[fault]
    spoil(fetched)
    done = verify(fetched, "all")
    assert done.returncode == 3, done.stdout + done.stderr
    assert last_line(done) == last
    assert told in done.stdout
    found = json.loads(verify(fetched, "all", "--json").stdout)
    assert ", ".join(f"{found[kind]} {kind}" for kind in ("missing", "duplicate", "wrong", "stray")) == last
    what = told.removeprefix("missing: line 14: ").removesuffix(" (no url)")
    assert any(what in problem["what"] for problem in found["jobs"][0]["problems"])


def test_without_its_list_nothing_is_proven(fetched):
    fetched.list_of(fetched.job()).unlink()
    done = verify(fetched, "all")
    assert done.returncode == 1
    assert "NOT PROVEN" in last_line(done)


def test_a_list_that_stays_where_it_is_is_held_against_the_books(fetch, server, icon, make_list, tmp_path):
    server.on("*", send(answer(icon)))
    listed = make_list([server.url("/a"), server.url("/b")], "pets.txt")
    order = tmp_path / "pets.job"
    order.write_text(f"list: {listed}\n")
    assert fetch.run(order).code == 0
    assert last_line(verify(fetch.root, "pets")) == GOOD
    listed.write_text(listed.read_text().replace("/b", "/c"))
    done = verify(fetch.root, "pets")
    assert done.returncode == 1
    assert "is not what it was when its job began" in done.stdout


def test_killed_half_way_the_books_are_open_but_not_wrong(fetch, server, icon, make_list):
    gate = threading.Event()
    for number in range(5):
        server.on(f"/{number}", send(answer(icon)))
    server.on("*", wait(gate), send(answer(icon)))
    listed = make_list(server.url(f"/{number}") for number in range(9))
    process = fetch.start(listed)
    try:
        wait_for(lambda: fetch.root.completion_count() >= 5, "the first records")
        [job] = fetch.root.jobs("active")
        running = verify(fetch.root, job)
    finally:
        process.kill()
        process.wait()
    journal = fetch.root.folder(job, "active") / "results.jsonl"
    journal.write_bytes(journal.read_bytes()[:-20])
    torn = verify(fetch.root, job)
    for done, lines in ((running, 4), (torn, 5)):
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"{lines} lines have no record yet" in done.stdout
        assert last_line(done) == GOOD
    assert "results.jsonl:5: half a record" in torn.stdout
    gate.set()
    assert fetch.run(listed).code == 0
    assert last_line(verify(fetch.root, job)) == GOOD


@pytest.mark.parametrize(
    "arguments, code, told",
    [([], 2, "JOB"), (["nobody"], 1, "there is no job nobody"), (["all", "nobody"], 1, "there is no job nobody")],
)
def test_bad_usage_is_answered(make_daemon, arguments, code, told):
    daemon = make_daemon().start()
    done = run("gannet", "verify", *arguments, "--config", daemon.config)
    assert done.returncode == code
    assert told in done.stderr

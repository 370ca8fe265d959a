"""How lists may arrive in the inbox, and what becomes of what is no list."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from pathlib import Path
from typing import Iterator

import pytest

from support.books import check_books
from support.lists import compress
from support.programs import Daemon
from support.raw_server import RawServer
from support.steps import answer, send, wait
from support.waiting import wait_for


@pytest.fixture
def urls(server: RawServer, icon: bytes) -> list[str]:
    server.on("*", send(answer(icon)))
    return [server.url(f"/{number}.png") for number in range(20)]


def text(urls: list[str]) -> str:
    return "".join(url + "\n" for url in urls)


def inbox(daemon: Daemon) -> Path:
    return daemon.root.path / "inbox"


def test_a_list_that_is_moved_in_is_fetched(daemon, urls):
    daemon.drop("pictures.txt", text(urls))
    [job] = daemon.wait_for_jobs(1)
    assert len(check_books(daemon.root, job)) == 20
    assert job.endswith("-pictures")
    assert list(inbox(daemon).glob("*.txt")) == []


def test_lists_that_waited_before_the_start_are_fetched(make_daemon, urls):
    daemon = make_daemon()
    inbox(daemon).mkdir()
    daemon.drop("early.txt", text(urls))
    daemon.start()
    daemon.wait_for_jobs(1)
    assert len(check_books(daemon.root)) == 20


def test_a_list_that_is_copied_slowly_is_read_when_it_is_complete(daemon, urls):
    """Written in pieces over a time longer than it takes to settle and to look again, by a writer who keeps it open."""
    with (inbox(daemon) / "slow.txt").open("w") as file:
        for url in urls:
            file.write(url + "\n")
            file.flush()
            time.sleep(0.1)
    daemon.wait_for_jobs(1)
    assert len(check_books(daemon.root)) == 20


def test_a_list_that_is_linked_in_is_fetched(daemon, urls):
    """As SFTP servers do it: the upload gets its name by link and unlink."""
    draft = daemon.root.path / "upload"
    draft.write_text(text(urls))
    os.link(draft, inbox(daemon) / "linked.txt")
    draft.unlink()
    daemon.wait_for_jobs(1)
    assert len(check_books(daemon.root)) == 20


def test_an_upload_is_left_alone_until_it_has_its_name(daemon, urls):
    part = inbox(daemon) / "upload.txt.part"
    part.write_text(text(urls))
    daemon.drop("marker.txt", text(urls[:1]))
    daemon.wait_for_jobs(1)
    assert part.exists()
    part.rename(inbox(daemon) / "upload.txt")
    jobs = daemon.wait_for_jobs(2)
    assert sorted(len(check_books(daemon.root, job)) for job in jobs) == [1, 20]


def test_the_same_name_may_come_again(daemon, urls):
    daemon.drop("daily.txt", text(urls[:5]))
    daemon.wait_for_jobs(1)
    daemon.drop("daily.txt", text(urls[5:]))
    first, second = daemon.wait_for_jobs(2)
    assert len(check_books(daemon.root, first)) == 5
    assert len(check_books(daemon.root, second)) == 15


def test_the_same_name_may_come_many_times_at_once(daemon, urls):
    for _ in range(10):
        daemon.drop("burst.txt", text(urls[:2]))
        wait_for(lambda: not (inbox(daemon) / "burst.txt").exists(), "the list to be claimed")
    jobs = daemon.wait_for_jobs(10)
    assert len({job for job in jobs}) == 10
    assert [len(check_books(daemon.root, job)) for job in jobs] == [2] * 10


IGNORED = [
    ".hidden.txt",
    "_draft.txt",
    "a.txt~",
    "a.tmp",
    "a.part",
    "a.partial",
    "a.filepart",
    "a.crdownload",
    "a.swp",
    "a.lock",
]


def test_what_is_not_meant_for_us_stays_where_it_is(daemon, urls):
    for name in IGNORED:
        (inbox(daemon) / name).write_text(text(urls))
    os.mkfifo(inbox(daemon) / "fifo.txt")
    (inbox(daemon) / "folder.txt").mkdir()
    (inbox(daemon) / "link.txt").symlink_to(inbox(daemon) / "a.tmp")
    for number in range(3):  # one after the other: time for every rule to be applied
        daemon.drop(f"marker{number}.txt", text(urls[:1]))
        daemon.wait_for_jobs(number + 1)
    assert len(daemon.root.jobs()) == 3
    names = {path.name for path in inbox(daemon).iterdir()}
    assert names == {*IGNORED, "fifo.txt", "folder.txt", "link.txt", "urgent", "bulk"}
    assert (daemon.root.jobs("rejected"), daemon.root.jobs("failed")) == ([], [])


@pytest.mark.parametrize(
    "name, content",
    [
        ("holiday.jpg", b"\xff\xd8\xff\xe0 not a list"),
        ("binary.txt", bytes(range(256)) * 100),
        ("columns.csv", b"address,caption\nhttp://a/,x\n"),
        ("readme", b"hello\n"),
    ],
)
def test_what_is_no_list_is_rejected_with_a_reason(daemon, name, content):
    daemon.drop(name, content)
    [job] = daemon.wait_for_jobs(1, "rejected")
    folder = daemon.root.folder(job, "rejected")
    reason = (folder / "reason.txt").read_text()
    assert reason.strip()
    wait_for(lambda: not (folder / "job.json").exists(), "job.json, which is told to the next run until here, to go")
    [kept] = [path for path in folder.iterdir() if path.name != "reason.txt"]
    assert kept.read_bytes() == content
    assert (daemon.root.jobs("active"), daemon.root.jobs("done")) == ([], [])


def test_a_truncated_archive_fails_and_keeps_what_it_gave(daemon, urls, server):
    whole = compress(text([f"{url}?{os.urandom(200).hex()}" for url in urls * 50]).encode(), "gz")
    daemon.drop("cut.txt.gz", whole[: len(whole) // 2])
    [job] = daemon.wait_for_jobs(1, "failed")
    assert (daemon.root.folder(job, "failed") / "reason.txt").read_text().strip()
    records = daemon.root.records(job, "failed")
    assert 0 < len(records) < 1000
    assert {record["path"] for record in records if record["outcome"] == "ok"} == daemon.root.images(job)


@pytest.fixture
def held(server, icon) -> threading.Event:
    """Nothing is answered until it is set."""
    gate = threading.Event()
    server.on("*", wait(gate), send(answer(icon)))
    return gate


def written_to(daemon: Daemon, before: str, more: str, server: RawServer) -> None:
    """Drops a list, and writes more into it when its end was read."""
    daemon.drop("list.txt", before)
    wait_for(lambda: server.requests, "the list to be worked on")
    [job] = daemon.root.jobs("active")
    with daemon.root.list_of(job, "active").open("a") as listed:
        listed.write(more)


def test_a_list_that_is_appended_to_while_it_is_worked_on_is_read_on(daemon, server, held):
    urls = [server.url(f"/{number}.png") for number in range(20)]
    written_to(daemon, text(urls[:5]), text(urls[5:]), server)
    held.set()
    [job] = daemon.wait_for_jobs(1)
    assert len(check_books(daemon.root)) == 20
    assert [server.asked(f"/{number}.png") for number in range(20)] == [1] * 20
    assert f"job {job}: its list was written to after its end was read: it is read on" in daemon.root.log()


def test_a_list_whose_last_line_goes_on_after_it_was_read_fails_with_the_line(daemon, server, held):
    urls = [server.url(f"/{number}.png") for number in range(9)]
    written_to(daemon, text(urls[:3]).rstrip(), "?more\n" + text(urls[3:]), server)
    held.set()
    [job] = daemon.wait_for_jobs(1, "failed")
    assert (daemon.root.folder(job, "failed") / "reason.txt").read_text().startswith("line 3, the last one, was still")
    assert [record["line"] for record in daemon.root.records(job, "failed")] == [1, 2, 3]


@pytest.mark.parametrize("how", ["cut short", "replaced or removed"])
def test_a_list_that_is_another_than_was_read_fails(daemon, server, held, how):
    daemon.drop("list.txt", text([server.url(f"/{number}.png") for number in range(9)]))
    wait_for(lambda: server.requests, "the list to be worked on")
    [job] = daemon.root.jobs("active")
    listed = daemon.root.list_of(job, "active")
    if how == "cut short":
        os.truncate(listed, 5)
    else:
        listed.with_name("other").write_text(text([server.url("/other.png")]))
        listed.with_name("other").rename(listed)
    held.set()
    assert daemon.wait_for_jobs(1, "failed") == [job]
    reason = (daemon.root.folder(job, "failed") / "reason.txt").read_text()
    assert reason == f"the list was {how} while it was worked on\n"
    assert len(daemon.root.records(job, "failed")) == 9


EDITS = {
    "a line more in front": lambda urls: ["http://new.test/", *urls],
    "a line less": lambda urls: urls[1:],
    "two lines changed places": lambda urls: [urls[1], urls[0], *urls[2:]],
    "another URL": lambda urls: [urls[0] + "?x", *urls[1:]],
    "cut short": lambda urls: urls[:2],
    "a line more behind": lambda urls: [*urls, urls[0] + "?more"],
    "nothing": lambda urls: urls,
}


def start_with_edited_list(daemon, edited: list[str], gate: threading.Event) -> str:
    """The job that was under way when the daemon was killed; the rest of its lines may be answered from now on."""
    daemon.kill()
    [job] = daemon.root.jobs("active")
    daemon.root.list_of(job, "active").write_text(text(edited))
    gate.set()
    daemon.start()
    return job


def reason_of(daemon, job: str) -> str:
    return (daemon.root.folder(job, "failed") / "reason.txt").read_text()


@pytest.mark.parametrize("checkpoint_every", [1, 100_000])
@pytest.mark.parametrize("edit", EDITS)
def test_a_list_that_is_edited_between_a_crash_and_the_next_start_fails(make_daemon, server, icon, edit, checkpoint_every):
    gate = threading.Event()
    urls = [server.url(f"/{number}.png") for number in range(9)]
    server.on("*", wait(gate), send(answer(icon)))
    for number in range(5):
        server.on(f"/{number}.png", send(answer(icon)))
    daemon = make_daemon(fetch__per_host__connections=1, store__checkpoint_every=checkpoint_every).start()
    daemon.drop("list.txt", text(urls))
    wait_for(lambda: daemon.root.completion_count() == 5, "the first lines to be recorded")
    job = start_with_edited_list(daemon, EDITS[edit](urls), gate)
    good = edit in ("a line more behind", "nothing")
    assert daemon.wait_for_jobs(1, "done" if good else "failed") == [job]
    if good:
        assert len(check_books(daemon.root)) == len(EDITS[edit](urls))
    else:
        assert "is not what it was when its job began" in reason_of(daemon, job)
        assert len(daemon.root.records(job, "failed")) == 5


OPEN_LINE_EDITS = {
    "a comment becomes a row": lambda urls: [urls[0], urls[0] + "?new", *urls[2:]],
    "a row becomes a comment": lambda urls: [*urls[:2], "# " + urls[2], *urls[3:]],
    "a row becomes another one": lambda urls: [*urls[:2], urls[2] + "?new", *urls[3:]],
}


@pytest.fixture
def other_server() -> Iterator[RawServer]:
    with RawServer(address="127.0.0.2") as running:
        yield running


@pytest.mark.parametrize("checkpoint_every", [1, 100_000])
@pytest.mark.parametrize("edit", OPEN_LINE_EDITS)
def test_an_edit_of_lines_without_a_record_must_not_give_lines_behind_them_other_keys(
    make_daemon, server, other_server, icon, edit, checkpoint_every
):
    gate = threading.Event()
    other_server.on("*", wait(gate), send(answer(icon)))
    server.on("*", send(answer(icon)))
    lines = [
        server.url("/first.png"),
        "# no row",
        other_server.url("/open.png"),
        server.url("/recorded.png"),
        other_server.url("/last.png"),
    ]
    daemon = make_daemon(fetch__tries=1, store__checkpoint_every=checkpoint_every).start()
    daemon.drop("list.txt", text(lines))
    wait_for(lambda: daemon.root.completion_count() == 2, "the lines of the fast host to be recorded")
    job = start_with_edited_list(daemon, OPEN_LINE_EDITS[edit](lines), gate)
    good = edit == "a row becomes another one"
    assert daemon.wait_for_jobs(1, "done" if good else "failed") == [job]
    if good:
        assert len(check_books(daemon.root)) == 4
    else:
        assert "is not what it was when its job began" in reason_of(daemon, job)
        assert sorted(record["line"] for record in daemon.root.records(job, "failed")) == [1, 4]


@pytest.mark.parametrize("suffix", ["gz", "zst", "xz"])
def test_compressed_lists_of_every_form_are_read(daemon, urls, suffix):
    contents = {
        "lines.txt": text(urls),
        "table.csv": "caption,url\n" + "".join(f'"a ""b"", c",{url}\n' for url in urls),
        "table.tsv": "url\tcaption\n" + "".join(f"{url}\tx\n" for url in urls),
        "objects.jsonl": "".join(json.dumps({"url": url, "caption": "\u00e9"}) + "\n" for url in urls),
    }
    for name, content in contents.items():
        daemon.drop(f"{name}.{suffix}", compress(content.encode(), suffix))
    for job in daemon.wait_for_jobs(4):
        assert [record["outcome"] for record in check_books(daemon.root, job)] == ["ok"] * 20


def test_compression_is_told_by_content(daemon, urls):
    daemon.drop("plain-inside.txt.gz", text(urls))
    daemon.drop("zst-inside.txt", compress(text(urls).encode(), "zst"))
    for job in daemon.wait_for_jobs(2):
        assert len(daemon.root.records(job)) == 20


def test_bad_lines_harm_only_themselves(daemon, urls, server):
    lines = [
        urls[0],
        "not a url",
        "ftp://old.example/a.gif",
        "http://" + "x" * 2_000_000,
        "bytes \xff\xfe\x00 here",
        urls[1],
    ]
    daemon.drop("mixed.txt", "\n".join(lines).encode("latin-1"))
    daemon.wait_for_jobs(1)
    assert [record["outcome"] for record in daemon.root.records()] == [
        "ok",
        "invalid",
        "invalid",
        "invalid",
        "invalid",
        "ok",
    ]
    assert [record["line"] for record in daemon.root.records()] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("folder", ["inbox/urgent", "inbox/bulk"])
def test_the_folders_for_other_priorities_are_inboxes_too(daemon, urls, folder):
    daemon.drop("list.txt", text(urls), folder)
    daemon.wait_for_jobs(1)
    assert len(check_books(daemon.root)) == 20


@pytest.mark.parametrize("name", ["p\u00e4per & list (1).txt", "spaces in name.TXT", "-rf.txt", "x" * 200 + ".txt"])
def test_odd_names_are_made_harmless(daemon, urls, name):
    daemon.drop(name, text(urls))
    [job] = daemon.wait_for_jobs(1)
    assert job.isascii() and " " not in job and "/" not in job
    assert len(check_books(daemon.root)) == 20


@pytest.mark.root
def test_a_file_that_cannot_be_taken_is_shown_and_taken_when_it_can(daemon, urls):
    path = inbox(daemon) / "stuck.txt"
    draft = daemon.root.path / "draft"
    draft.write_text(text(urls))
    os.link(draft, path)  # under its final name before it is locked, still within its settle time
    subprocess.run(["chattr", "+i", path], check=True)
    try:
        wait_for(
            lambda: "stuck.txt" in json.dumps(daemon.root.status().get("blocked_files", "")),
            "the file to be called blocked",
        )
    finally:
        subprocess.run(["chattr", "-i", path], check=True)
    daemon.wait_for_jobs(1)
    assert len(check_books(daemon.root)) == 20
    wait_for(lambda: "stuck.txt" not in json.dumps(daemon.root.status()["blocked_files"]), "the file to be forgotten")

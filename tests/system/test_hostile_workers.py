"""A decode worker in which something evil has taken over: everything is denied to it, every lie is found out, and it
costs its own image at most. The program is the real one, but for the codecs (support/hostile_worker.cpp)."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.books import check_books
from support.programs import BIN, sanitized
from support.raw_server import RawServer
from support.steps import answer, send

CALLS = [
    "open",
    "create",
    "access",
    "unlink",
    "mkdir",
    "socket",
    "unix socket",
    "fork",
    "vfork",
    "exec",
    "ptrace",
    "kill",
    "another's memory",
    "another's limits",
    "new code",
    "code made of data",
    "namespace",
    "mount",
    "user",
    "io_uring",
    "bpf",
    "keys",
    "terminal",
    "change the image in the tray",
    "change the image in its file",
]
DEATHS = {
    "segfault": ("decode_crashed", "Segmentation fault"),
    "abort": ("decode_crashed", "Aborted"),
    "exit": ("decode_crashed", "exit code 0"),
    "memory": ("decode_crashed", "Aborted"),
    "hang up": ("decode_crashed", "exit code 0"),
    "fill": ("decode_crashed", "File size"),
    "spin": ("decode_timeout", "decode.cpu"),
    "sleep": ("decode_timeout", "decode.timeout"),
}
LIES = [
    "another's answer",
    "an unknown verdict",
    "a vast picture",
    "no picture",
    "an unknown orientation",
    "an unknown colour",
    "output that nobody wants",
    "an image that is not there",
    "a page as an image",
    "a short packet",
    "a long packet",
    "output that may change",
]
LIMITS = {
    "decode__program": BIN / "hostile-worker",
    "decode__workers": 2,
    "decode__cpu": "1s",
    "decode__timeout": "10s",  # long beside decode.cpu, on a busy machine too
    "decode__memory": "64MiB",
    "decode__max_output": "1MiB",
    "decode__exif": "true",  # so that there is a file for output
}


def probe(icon: bytes, name: str) -> bytes:
    """A good picture, behind whose end stands what the worker is to do."""
    beyond_the_tray = bytes(5 << 20) if name.endswith("in its file") else b""
    return icon + beyond_the_tray + b"probe:" + name.encode()


@pytest.fixture
def fetch_probes(fetch, make_list, server: RawServer, icon: bytes):
    """A list of all these, between harmless ones; the records by name."""

    def run(names):
        paths = {f"/{number}.png": name for number, name in enumerate(names)}
        for path, name in paths.items():
            server.on(path, send(answer(probe(icon, name))))
        for number in range(40):
            server.on(f"/good{number}.png", send(answer(probe(icon, "nothing"))))
        urls = [server.url(path) for path in paths] + [server.url(f"/good{number}.png") for number in range(40)]
        done = fetch.run(make_list(urls), timeout=120, **LIMITS)
        records = check_books(done.root)
        good = [record for record in records if "/good" in record["url"]]
        assert len(good) == 40 and all(record["outcome"] == "ok" for record in good), good
        return {name: record for path, name in paths.items() for record in records if record["url"].endswith(path)}

    return run


def test_nothing_that_a_worker_has_no_need_of_is_allowed(fetch_probes):
    records = fetch_probes(CALLS)
    for name, record in records.items():
        assert record["outcome"] == "failed", (name, record)
        killed = record["reason"] == "decode_crashed" and "forbidden" in record["detail"]
        assert killed or (record["reason"], record["detail"]) == ("decode_failed", "denied"), (name, record)
    assert not Path("/tmp/gannet-escaped").exists()


def test_a_worker_that_dies_or_hangs_costs_its_image(fetch_probes):
    for name, record in fetch_probes(DEATHS).items():
        reason, words = DEATHS[name]
        if name in ("segfault", "memory") and sanitized():
            words = "forbidden"  # the sanitizer wants to tell of it
        assert record["reason"] == reason and words in record["detail"], (name, record)
        assert record["detail"].endswith("twice")


def test_lies_are_found_out(fetch_probes):
    for name, record in fetch_probes(LIES).items():
        assert record["reason"] == "decode_crashed" and "made no sense" in record["detail"], (name, record)


def test_what_comes_beside_a_reply_does_not_matter(fetch_probes):
    """A second answer, a descriptor, a flood: the images of others keep their own verdicts."""
    records = fetch_probes(["two answers", "a descriptor", "a flood", "a message without end"])
    assert records["a descriptor"]["outcome"] == "ok"
    assert records["a message without end"]["reason"] == "decode_failed"
    assert records["a flood"]["reason"] in ("decode_crashed", "decode_failed")

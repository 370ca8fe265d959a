"""One test for each way in which what came, or what was asked for, is refused."""

from __future__ import annotations

import gzip
import hashlib
import struct
import subprocess
import threading
from pathlib import Path
from typing import Iterator


import pytest

from support import images
from support.books import check_books
from support.programs import Fetch
from support.steps import answer, close, hold, send, send_for_ever, status, wait
from support.waiting import wait_for

BODY = b"hello"


def head(*headers: str) -> bytes:
    return status(200, *headers, length=False)


@pytest.mark.parametrize(
    "line",
    [
        "not a url",
        "http://",
        "http://a b.example/",
        "http://example.org:99999/",
        "//example.org/a.jpg",
        "http://user:secret@example.org/",
        "http://[::1/",
        "/a.jpg",
        "localhost:8080/a.jpg",
    ],
)
def test_bad_url(fetch_one, line):
    record = fetch_one(line)
    assert (record["outcome"], record["reason"]) == ("invalid", "bad_url")
    assert record["line"] == 1


@pytest.mark.parametrize(
    "url", ["ftp://example.org/a.jpg", "file:///etc/passwd", "data:image/png;base64,AAAA", "javascript:alert(1)"]
)
def test_unsupported_scheme(fetch_one, url):
    record = fetch_one(url)
    assert (record["outcome"], record["reason"]) == ("invalid", "unsupported_scheme")


BAD_RESPONSES = {
    "both chunked and of known length": [
        send(head("Content-Length: 5", "Transfer-Encoding: chunked") + b"5\r\nhello\r\n0\r\n\r\n")
    ],
    "two different lengths": [send(head("Content-Length: 5", "Content-Length: 6") + BODY)],
    "a length that is no number": [send(head("Content-Length: five") + BODY)],
    "a negative length": [send(head("Content-Length: -5") + BODY)],
    "a length beyond all bounds": [send(head("Content-Length: 99999999999999999999999") + BODY)],
    "a transfer encoding we did not ask for": [send(head("Transfer-Encoding: gzip") + gzip.compress(BODY)), close()],
    "a chunk size that is no number": [send(head("Transfer-Encoding: chunked") + b"five\r\nhello\r\n0\r\n\r\n")],
    "a chunk size beyond all bounds": [send(head("Transfer-Encoding: chunked") + b"fffffffffffffffff\r\nhello\r\n")],
    "HTTP/0.9": [send(b"<html>no head at all</html>"), close()],
    "another protocol": [send(b"SSH-2.0-OpenSSH_9.2\r\n"), hold()],
    "NUL in a header": [send(head("X-Note: a\0b", "Content-Length: 5") + BODY)],
    "a header without a colon": [send(head("no colon here", "Content-Length: 5") + BODY)],
    "a status that is no number": [send(b"HTTP/1.1 OK 200\r\nContent-Length: 5\r\n\r\n" + BODY)],
    "a content encoding nobody knows": [send(answer(BODY, "Content-Encoding: compress"))],
}


@pytest.mark.parametrize("fault", BAD_RESPONSES)
def test_bad_response(fetch_one, server, fault):
    server.on("/a.jpg", *BAD_RESPONSES[fault])
    record = fetch_one(server.url("/a.jpg"), fetch__timeouts__idle="2s", fetch__timeouts__first_byte="2s")
    assert record["reason"] == "bad_response", record


def test_too_large_as_announced(fetch_one, server):
    server.on("/a.jpg", send(head("Content-Length: 5000")), hold())
    assert fetch_one(server.url("/a.jpg"), fetch__max_body="4KiB")["reason"] == "too_large"


def test_too_large_without_announcement(fetch_one, server):
    server.on("/a.jpg", send(head() + b"\xff\xd8\xff\xe0"), send_for_ever(b"x" * 1000))
    assert fetch_one(server.url("/a.jpg"), fetch__max_body="64KiB")["reason"] == "too_large"


def test_the_limit_of_a_body_is_exact(fetch, make_list, server, picture):
    server.on("/at.jpg", send(answer(picture + b"\0" * (65536 - len(picture)))))
    server.on("/past.jpg", send(answer(picture + b"\0" * (65537 - len(picture)))))
    run = fetch.run(make_list([server.url("/at.jpg"), server.url("/past.jpg")]), fetch__max_body="64KiB")
    assert [record.get("reason", "ok") for record in run.root.records()] == ["ok", "too_large"]


def test_too_large_headers(fetch_one, server):
    server.on("/a.jpg", send(head(*[f"X-Filler-{n}: {'x' * 985}" for n in range(400)], "Content-Length: 5") + BODY))
    assert fetch_one(server.url("/a.jpg"))["reason"] == "too_large"


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 451, 501, 505, 600, 999])
def test_http_status(fetch_one, server, code):
    server.on("/a.jpg", send(status(code)))
    record = fetch_one(server.url("/a.jpg"))
    assert (record["reason"], record["http_status"]) == ("http_status", code)


@pytest.mark.parametrize(
    "body",
    [b"<!DOCTYPE html><html><body>Not found</body></html>", b"", b"GIF", b'{"error": "no"}'],
    ids=["a page", "nothing", "three bytes", "json"],
)
def test_not_an_image(fetch_one, server, body):
    server.on("/a.jpg", send(answer(body, "Content-Type: image/jpeg")))
    assert fetch_one(server.url("/a.jpg"))["reason"] == "not_an_image"


# Each says zero where its format forbids it. They used to be images of unknown size, which no limit holds for.
BLANK = {
    "png": b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + struct.pack(">II", 0, 600) + b"\x08\x02\0\0\0",
    "gif": b"GIF89a" + bytes(7) + b";",
    "bmp": b"BM" + bytes(12) + struct.pack("<IIIHH", 40, 600, 0, 1, 24) + bytes(24),
    "webp": b"RIFF\x16\0\0\0WEBPVP8 \x0a\0\0\0" + b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 0, 600),
    "jpeg": b"\xff\xd8\xff\xc0\0\x0b\x08" + struct.pack(">HH", 0, 600) + b"\x01\x01\x11\0\xff\xd9",
}


@pytest.mark.parametrize("format", BLANK)
def test_an_image_of_no_pixels_is_none(fetch_one, server, format):
    server.on("/a", send(answer(BLANK[format])))
    record = fetch_one(server.url("/a"), decode__min_size=64)
    assert (record["reason"], record["format"]) == ("not_an_image", format), record
    assert f"a damaged {format} image" in record["detail"]


def test_whatever_comes_is_stored_when_asked_for(fetch, fetch_one, server):
    page = b"<!DOCTYPE html><html><body>Hello</body></html>"
    server.on("/page", send(answer(page)))
    assert fetch.root.read(fetch_one(server.url("/page"), fetch__accept="any")) == page


@pytest.mark.parametrize("column, algorithm", [("sha256", hashlib.sha256), ("md5", hashlib.md5)])
def test_hash_mismatch(fetch, server, tmp_path, picture, column, algorithm):
    server.on("*", send(answer(picture)))
    right, wrong = algorithm(picture).hexdigest(), algorithm(b"else").hexdigest()
    promises = {"/a": right, "/b": wrong, "/c": "", "/d": right.upper()}
    listed = tmp_path / "list.csv"
    listed.write_text(f"url,{column}\n" + "".join(f"{server.url(path)},{hash}\n" for path, hash in promises.items()))
    run = fetch.run(listed)
    assert [record.get("reason", "ok") for record in check_books(run.root)] == ["ok", "hash_mismatch", "ok", "ok"]


OPT_OUTS = {
    "noai": "noai",
    "noimageai": "noimageai",
    "noindex": "noindex",
    "noimageindex": "noimageindex",
    "none": "none",
    "NOAI": "NOAI",
    "max-image-preview:large, noai": "noai",
    "max-audio-preview: 3; noindex nofollow": "noindex",
    "unavailable_after: Fri, 25 Jun 2027 15:00:00 GMT, noai": "noai",
    "gannet: noai": "noai (for gannet)",
    "*: noindex": "noindex (for *)",
    "otherbot: nofollow, gannet: noimageai": "noimageai (for gannet)",
}


@pytest.mark.parametrize("value", OPT_OUTS)
def test_opt_out(fetch_one, server, picture, value):
    server.on("/a.jpg", send(answer(picture, f"X-Robots-Tag: {value}")))
    record = fetch_one(server.url("/a.jpg"))
    assert (record["outcome"], record["reason"]) == ("skipped", "opt_out")
    assert record["detail"] == f"X-Robots-Tag: {OPT_OUTS[value]}"


def test_any_of_several_headers_opts_out(fetch_one, server, picture):
    tags = ["otherbot: noindex", "nofollow", "Picture-Bot/1: noai"]
    server.on("/a.jpg", send(answer(picture, *(f"X-Robots-Tag: {tag}" for tag in tags))))
    record = fetch_one(server.url("/a.jpg"), fetch__user_agent="picture-bot/2.0 (+https://example.org)")
    assert record["detail"] == "X-Robots-Tag: noai (for Picture-Bot/1)"


def test_the_name_that_a_host_is_told_opts_out(fetch_one, server, picture):
    server.on("/a.jpg", send(answer(picture, "X-Robots-Tag: host-bot: noai")))
    record = fetch_one(server.url("/a.jpg"), **{"fetch.hosts[127.0.0.1].user_agent": "Host-Bot/2"})
    assert record["detail"] == "X-Robots-Tag: noai (for host-bot)"
    assert server.requests[0].headers["user-agent"] == "Host-Bot/2"


@pytest.mark.parametrize(
    "value", ["otherbot: noai", "otherbot: noindex, noai", "nofollow", "noarchive, max-snippet:0", "noaim", "max-image-preview:none"]
)
def test_what_is_no_opt_out_is_fetched(fetch_one, server, picture, value):
    server.on("/a.jpg", send(answer(picture, f"X-Robots-Tag: {value}")))
    assert fetch_one(server.url("/a.jpg"))["outcome"] == "ok"


def test_reserved_mining_is_heeded_when_asked_for(fetch, make_list, server, picture):
    server.on("/1.jpg", send(answer(picture, "tdm-reservation: 1", "tdm-policy: https://example.org/policy.json")))
    server.on("/0.jpg", send(answer(picture, "tdm-reservation: 0")))
    urls = make_list(map(server.url, ["/1.jpg", "/0.jpg"]))
    reserved, free = fetch.run(urls, fetch__tdm_reservation="obey").root.records()
    assert (reserved["outcome"], reserved["reason"], reserved["detail"]) == ("skipped", "opt_out", "tdm-reservation: 1")
    assert free["outcome"] == "ok"


def test_reserved_mining_is_nothing_to_us_otherwise(fetch_one, server, picture):
    server.on("/a.jpg", send(answer(picture, "tdm-reservation: 1")))
    assert fetch_one(server.url("/a.jpg"))["outcome"] == "ok"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with room for 2 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", folder], check=True)
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.root
def test_disk_full(small_disk, make_list, server, picture):
    server.on("/large.jpg", send(answer(picture + bytes(3 << 20))))
    server.on("/small.jpg", send(answer(picture)))
    urls = [server.url("/large.jpg"), server.url("/small.jpg")]
    run = Fetch(small_disk / "root").run(make_list(urls), store__min_free=0)
    assert run.code == 3, run.err
    assert [record.get("reason", "ok") for record in check_books(run.root)] == ["disk_full", "ok"]


def test_disk_error(fetch, make_list, server, picture):
    """The disk takes others, but not this one: its name is taken by a folder."""
    gate = threading.Event()
    server.on("/a.jpg", wait(gate), send(answer(picture)))
    process = fetch.start(make_list([server.url("/a.jpg")]))
    try:
        [job] = wait_for(lambda: fetch.root.jobs("active"), "the list to be taken")
        (fetch.root.path / "images" / job / "00000" / "000000000.jpg" / "x").mkdir(parents=True)
        gate.set()
        assert process.wait(30) == 3
    finally:
        process.kill()
    [record] = fetch.root.records()
    assert record["reason"] == "disk_error", record
    assert "Is a directory" in record["detail"], record


def test_nothing_is_written_outside_the_root(fetch, make_list, server, picture, tmp_path):
    server.on("*", send(answer(picture)))
    before = {path for path in tmp_path.rglob("*")}
    paths = [
        "/../../../../escape.jpg",
        "/%2e%2e/%2e%2e/escape.jpg",
        "/..%2f..%2fescape.jpg",
        "/a%00b.jpg",
        "/" + "x" * 4000 + ".jpg",
        "/CON.jpg",
    ]
    run = fetch.run(make_list(map(server.url, paths)))
    assert all(record["outcome"] == "ok" for record in check_books(run.root))
    outside = {path for path in tmp_path.rglob("*")} - before - {fetch.folder, tmp_path / "list.txt"}
    assert all(fetch.folder in path.parents for path in outside)


def test_pictures_of_every_size_are_what_they_were(fetch, make_list, server):
    pictures = images.icons()[::400] + images.photographs()[::40]
    for number, path in enumerate(pictures):
        server.on(f"/{number}", send(answer(path.read_bytes())))
    run = fetch.run(make_list(server.url(f"/{number}") for number in range(len(pictures))))
    assert [(record["width"], record["height"]) for record in check_books(run.root)] == [
        images.size_of(path.read_bytes()) for path in pictures
    ]

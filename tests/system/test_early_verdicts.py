"""The first kilobytes of a body say that it cannot come to anything: the transfer ends there."""

from __future__ import annotations

import gzip
import struct
import threading
import zlib
from typing import Callable

import pytest

from support.books import check_books
from support.raw_server import RawServer
from support.steps import Connection, Ended, answer, close, drip, hold, send, send_for_ever, status

MEGABYTE = 1 << 20
PAGE = b"<!DOCTYPE html><html><head><title>Sorry</title></head><body>" + b"<p>no picture here</p>" * 50_000


def head(*headers: str) -> bytes:
    return status(200, *headers, length=False)


def png_header(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


class Counted:
    """Sends a body piece by piece, as fast as it is taken, and counts the bytes."""

    def __init__(self, data: bytes, most: int = 50 * MEGABYTE, chunked: bool = False) -> None:
        self.data, self.most, self.sent, self.ended_early = data, most, 0, False
        self._piece = b"%x\r\n%s\r\n" % (len(data), data) if chunked else data
        self.over = threading.Event()

    def __call__(self, connection: Connection) -> None:
        try:
            while self.sent < self.most:
                connection.send(self._piece)
                self.sent += len(self.data)
        except Ended:
            self.ended_early = True
            raise
        finally:
            self.over.set()


# What the kernel buffers of both sides may hold of what was sent, and nobody read.
IN_BUFFERS = 12 * MEGABYTE

ENDLESS = {
    "a page of known length": (PAGE, ["Content-Length: 52428800"], False, "not_an_image"),
    "a page in chunks": (PAGE, ["Transfer-Encoding: chunked"], True, "not_an_image"),
    "a page up to the end": (PAGE, [], False, "not_an_image"),
    "a bomb by its header": (
        png_header(60_000, 60_000) + bytes(65536),
        ["Content-Length: 52428800"],
        False,
        "too_many_pixels",
    ),
    "a picture without pixels": (png_header(0, 80) + bytes(65536), ["Content-Length: 52428800"], False, "not_an_image"),
    "a picture that is too small": (png_header(20, 20) + bytes(65536), ["Content-Length: 52428800"], False, "too_small"),
}


@pytest.mark.parametrize("what", ENDLESS)
def test_is_not_downloaded_further(fetch_one, server, what):
    data, headers, chunked, reason = ENDLESS[what]
    body = Counted(data, chunked=chunked)
    server.on("/a.jpg", send(head(*headers)), body, close())
    record = fetch_one(server.url("/a.jpg"), decode__min_size=64)
    assert (record["reason"], record["http_status"]) == (reason, 200), record
    assert body.over.wait(10)
    assert body.ended_early and body.sent < IN_BUFFERS, body.sent


def test_a_body_that_is_announced_too_large_is_not_begun(fetch_one, server):
    body = Counted(bytes(MEGABYTE))
    server.on("/a.jpg", send(head("Content-Length: 100000000")), body, close())
    assert fetch_one(server.url("/a.jpg"))["reason"] == "too_large"
    assert body.over.wait(10)
    assert body.ended_early and body.sent < IN_BUFFERS


def test_an_endless_page_ends(fetch_one, server):
    server.on("/a.jpg", send(head()), send_for_ever(PAGE))
    assert fetch_one(server.url("/a.jpg"), fetch__max_body="4GiB")["reason"] == "not_an_image"


def test_a_bomb_inside_of_a_coding_ends(fetch_one, server):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    coded = packer.compress(png_header(60_000, 60_000) + bytes(30 * MEGABYTE)) + packer.flush()
    server.on("/a.png", send(answer(coded, "Content-Encoding: gzip")))
    assert fetch_one(server.url("/a.png"))["reason"] == "too_many_pixels"


def test_little_that_is_left_is_read_past_and_the_connection_used_again(fetch, make_list, server, picture):
    pieces = b"".join(b"%x\r\n%s\r\n" % (10_000, PAGE[at : at + 10_000]) for at in range(0, 60_000, 10_000))
    server.on("/length", send(answer(PAGE[:100_000])))
    server.on("/chunks", send(head("Transfer-Encoding: chunked") + pieces + b"0\r\n\r\n"))
    coded = gzip.compress(PAGE[:500] + b"".join(b"<p>%x</p>" % (7**number) for number in range(300)))
    assert len(coded) > 10_000
    server.on("/coded", send(answer(coded, "Content-Encoding: gzip")))
    server.on("/a.jpg", send(answer(picture)))
    pages = ["/length", "/chunks", "/coded"]
    run = fetch.run(make_list(map(server.url, [*pages, "/a.jpg"])), fetch__per_host__connections=1)
    reasons = {record["url"]: record.get("reason") for record in check_books(run.root)}
    assert reasons == {server.url("/a.jpg"): None, **{server.url(page): "not_an_image" for page in pages}}
    assert server.connections == 1


def test_much_that_is_left_costs_the_connection(fetch, make_list, server, picture):
    server.on("/page", send(answer(PAGE)))
    server.on("/a.jpg", send(answer(picture)))
    run = fetch.run(make_list(map(server.url, ["/page", "/a.jpg"])), fetch__per_host__connections=1)
    assert sorted(record["outcome"] for record in check_books(run.root)) == ["failed", "ok"]
    assert server.connections == 2


@pytest.mark.parametrize("reason", ["too_many_pixels", "too_small"])
def test_whole_pictures_are_judged_by_the_same_rules(fetch_one, server, icon, reason):
    server.on("/a.png", send(answer(icon)))
    settings = {"decode__max_pixels": 10} if reason == "too_many_pixels" else {"decode__min_size": 5000}
    record = fetch_one(server.url("/a.png"), **settings)
    assert record["reason"] == reason
    assert record["format"] == "png" and record["width"] > 0


UNFINISHED = {
    "a page": (head("Content-Length: 60000") + PAGE[:6000], "not_an_image"),
    "a short page": (head("Content-Length: 60000") + PAGE[:1000], "not_an_image"),
    "a page in chunks": (head("Transfer-Encoding: chunked") + b"2000\r\n" + PAGE[:6000], "not_an_image"),
    "an error": (status(404, "Content-Length: 100", length=False), "http_status"),
    "an opt-out": (head("X-Robots-Tag: noai", "Content-Length: 60000"), "opt_out"),
    "a redirect": (status(302, "Location: /a.jpg", "Content-Length: 100", length=False), None),
}


@pytest.mark.parametrize("rest", ["never comes", "drips"])
def test_a_verdict_does_not_wait_for_the_rest(fetch, make_list, server, picture, rest):
    """However long one would wait for an image."""
    server.on("/a.jpg", send(answer(picture)))
    paths = {f"/{what.replace(' ', '-')}": UNFINISHED[what] for what in UNFINISHED}
    for path, (begun, _) in paths.items():
        server.on(path, send(begun), hold() if rest == "never comes" else drip(b"y" * 60_000, 0.2))
    patient = {"fetch__timeouts__idle": "1h", "fetch__timeouts__total": "1h", "fetch__min_speed": 0}
    run = fetch.run(make_list(map(server.url, paths)), fetch__per_host__connections=1, **patient)
    reasons = {record["url"]: record.get("reason") for record in check_books(run.root)}
    assert reasons == {server.url(path): reason for path, (_, reason) in paths.items()}


def test_whatever_comes_is_stored_when_anything_is_accepted(fetch, fetch_one, server):
    server.on("/a.html", send(answer(PAGE)))
    record = fetch_one(server.url("/a.html"), fetch__accept="any")
    assert fetch.root.read(record) == PAGE


def test_a_picture_whose_size_comes_late_is_not_given_up(fetch, fetch_one, server, picture):
    """A photograph behind 300 KB of notes, and a drawing behind 20 KB of comment."""
    notes = b"\xff\xe1\xff\xff" + b"e" * 0xFFFD
    late = picture[:2] + notes * 5 + picture[2:]
    server.on("/late.jpg", send(answer(late)))
    record = fetch_one(server.url("/late.jpg"), decode__min_size=10)
    assert fetch.root.read(record) == late and record["width"] > 0


def test_a_drawing_behind_a_long_comment_is_not_given_up(fetch, fetch_one, server):
    drawing = b"<?xml version='1.0'?><!--" + b"-" * 100_000 + b"--><svg width='30' height='40'></svg>"
    server.on("/a.svg", send(head("Transfer-Encoding: chunked")), send(b"%x\r\n%s\r\n0\r\n\r\n" % (len(drawing), drawing)))
    record = fetch_one(server.url("/a.svg"))
    assert (record["format"], record["width"], record["height"]) == ("svg", 30, 40)
    assert fetch.root.read(record) == drawing

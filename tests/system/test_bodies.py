"""The ways HTTP/1.x delimits and dresses a response: what is accepted."""

from __future__ import annotations

import pytest

from support.raw_server import RawServer
from support.steps import answer, close, cut, drip, send, status


def chunked(body: bytes, size: int = 1000) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def head(*headers: str) -> bytes:
    return status(200, *headers, length=False)


ACCEPTED = {
    "content-length": lambda body: [send(answer(body))],
    "chunked": lambda body: [send(head("Transfer-Encoding: chunked") + chunked(body))],
    "chunked with extensions and trailers": lambda body: [
        send(head("Transfer-Encoding: chunked") + b"%x;a=b\r\n%s\r\n0\r\nX-Sum: 1\r\n\r\n" % (len(body), body))
    ],
    "up to the end of the connection": lambda body: [send(head() + body), close()],
    "HTTP/1.0": lambda body: [send(b"HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" + body), close()],
    "HTTP/1.0 with a length": lambda body: [
        send(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body),
        close(),
    ],
    "lone line feeds": lambda body: [send(b"HTTP/1.1 200 OK\nContent-Length: %d\n\n" % len(body) + body)],
    "no reason phrase": lambda body: [send(b"HTTP/1.1 200\r\nContent-Length: %d\r\n\r\n" % len(body) + body)],
    "100 first": lambda body: [send(b"HTTP/1.1 100 Continue\r\n\r\n" + answer(body))],
    "103 first, twice": lambda body: [send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 2), send(answer(body))],
    "250 KB of headers": lambda body: [send(answer(body, *[f"X-Filler-{n}: {'x' * 985}" for n in range(250)]))],
    "a header of the server's own making": lambda body: [send(answer(body, "X-Caf\u00e9: cr\u00e8me"))],
    "a false content type": lambda body: [send(answer(body, "Content-Type: text/html"))],
}


@pytest.mark.parametrize("way", ACCEPTED)
def test_accepts(fetch, fetch_one, server, picture, way):
    server.on("/a.jpg", *ACCEPTED[way](picture))
    record = fetch_one(server.url("/a.jpg"))
    assert record["outcome"] == "ok", record
    assert fetch.root.read(record) == picture


def test_a_head_that_comes_byte_by_byte_is_put_together(fetch, fetch_one, server, picture):
    whole = answer(picture)
    cut_at = whole.index(b"\r\n\r\n") + 6
    server.on("/a.jpg", drip(whole[:cut_at], 0.002), send(whole[cut_at:]))
    assert fetch.root.read(fetch_one(server.url("/a.jpg"))) == picture


def test_a_secure_body_up_to_the_end_needs_a_proper_end(fetch, fetch_one, picture, authority):
    with RawServer(tls=authority.leaf("127.0.0.1")) as server:
        server.on("/a.jpg", send(head() + picture), close())
        record = fetch_one(server.url("/a.jpg"), fetch__tls__ca_file=authority.file)
    assert record["outcome"] == "ok", record
    assert fetch.root.read(record) == picture


def test_a_secure_body_that_is_cut_off_is_not_taken_for_whole(fetch_one, picture, authority):
    with RawServer(tls=authority.leaf("127.0.0.1")) as server:
        server.on("/a.jpg", send(head() + picture[:-100]), cut())
        record = fetch_one(server.url("/a.jpg"), fetch__tls__ca_file=authority.file)
    assert record["reason"] in ("short_body", "reset")


def test_a_secure_body_of_known_length_needs_no_proper_end(fetch_one, picture, authority):
    with RawServer(tls=authority.leaf("127.0.0.1")) as server:
        server.on("/a.jpg", send(answer(picture)), cut())
        assert fetch_one(server.url("/a.jpg"), fetch__tls__ca_file=authority.file)["outcome"] == "ok"


def test_bytes_after_the_answer_are_not_the_next_answer(fetch, make_list, server, picture, icon):
    server.on("/a.jpg", send(answer(picture) + answer(b"smuggled")))
    server.on("/b.png", send(answer(icon)))
    run = fetch.run(make_list([server.url("/a.jpg"), server.url("/b.png")]), fetch__per_host__connections=1)
    assert [run.root.read(record) for record in run.root.records()] == [picture, icon]


@pytest.mark.parametrize("code", [204, 304])
def test_an_answer_without_a_body_is_over_with_its_head(fetch, make_list, server, picture, code):
    """However large a body its head tells of, and however long one would wait for that."""
    server.on("/none", send(f"HTTP/1.1 {code} Nothing\r\nContent-Length: 60000\r\nETag: x\r\n\r\n".encode()))
    server.on("/a.jpg", send(answer(picture)))
    patient = {"fetch__timeouts__idle": "1h", "fetch__timeouts__total": "1h", "fetch__min_speed": 0}
    urls = [server.url("/none"), server.url("/a.jpg")]
    run = fetch.run(make_list(urls), fetch__per_host__connections=1, **patient)
    records = {record["url"]: record for record in run.root.records()}
    assert records[urls[0]]["http_status"] == code
    assert run.root.read(records[urls[1]]) == picture
    assert server.connections == 1


@pytest.mark.parametrize("size, reason", [(299, None), (301, "too_large")])
def test_300_kib_of_headers_are_taken_and_no_more(fetch_one, server, picture, size, reason):
    start = f"HTTP/1.1 200 OK\r\nContent-Length: {len(picture)}\r\n".encode()
    fillers = b"".join(b"X-%03d: %s\r\n" % (n, b"x" * 1015) for n in range(size - 1))  # 1024 bytes each
    last = b"X: %s\r\n\r\n" % (b"x" * (1024 - len(start) - 7))
    assert len(start + fillers + last) == size * 1024
    server.on("/a.jpg", send(start + fillers + last + picture))
    assert fetch_one(server.url("/a.jpg")).get("reason") == reason

"""HTTP/1.x as servers really send it: each case is given to gannet and to curl. Where curl comes to another end, the
difference has a name, and docs/http.md has a reason for it."""

from __future__ import annotations

import gzip
import re
import subprocess
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

import pytest

from support.lists import write_list
from support.programs import Fetch
from support.raw_server import RawServer
from support.root import Root
from support.steps import Step, close, cut, pause, reset, send

BODY = b"hello"
OK = b"HTTP/1.1 200 OK\r\n"
FIVE = b"Content-Length: 5\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
HELLO_CHUNK = b"5\r\nhello\r\n0\r\n\r\n"
DOCS = Path(__file__).parents[2] / "docs/http.md"


@dataclass
class Case:
    response: bytes
    reason: str | None = None  # what gannet says; None: accepted
    gives: bytes = BODY  # when it is accepted
    differs: str | None = None  # the name of the difference to curl
    end: Step = close()
    compressed: bool = False  # curl takes codings off only when it asked for them

    @property
    def steps(self) -> Sequence[Step]:
        return [send(self.response), self.end]


def whole(*lines: bytes, body: bytes = BODY, **more: object) -> Case:
    """A 200 with a Content-Length of 5."""
    return Case(OK + FIVE + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body, **more)


def with_head(*lines: bytes, body: bytes = BODY, **more: object) -> Case:
    return Case(OK + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body, **more)


def status_line(line: bytes, **more: object) -> Case:
    return Case(line + b"\r\n" + FIVE + b"\r\n" + BODY, **more)


def chunks(data: bytes, **more: object) -> Case:
    return Case(OK + CHUNKED + b"\r\n" + data, **more)


def coded(coding: bytes, data: bytes, **more: object) -> Case:
    """Coded in truth, so curl is asked with --compressed."""
    return called(coding, data, compressed=True, **more)


def called(coding: bytes, data: bytes, **more: object) -> Case:
    """Only called so: curl is asked as gannet asks, which is for no coding."""
    return with_head(b"Content-Length: %d" % len(data), b"Content-Encoding: " + coding, body=data, **more)


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def packed_by(program: str, data: bytes) -> bytes:
    return subprocess.run([program, "-c"], input=data, capture_output=True, check=True).stdout


GZIP = gzip.compress(BODY)
BROTLI = bytes.fromhex("0b028068656c6c6f03")  # "hello"
JPEG = b"\xff\xd8\xff\xe0" + b"picture" * 10
LONG = b"".join(b"%d," % number for number in range(20_000))

BAD, SHORT, RESET, LARGE = "bad_response", "short_body", "reset", "too_large"

CASES = {
    # Status lines
    "a plain answer": whole(),
    "HTTP/1.0": status_line(b"HTTP/1.0 200 OK"),
    "HTTP/1.2": status_line(b"HTTP/1.2 200 OK", reason=BAD),
    "HTTP/2 in a status line": status_line(b"HTTP/2 200 OK", reason=BAD, differs="HTTP/2 as text"),
    "HTTP/0.9": Case(b"<html>hello</html>", reason=BAD),
    "an ICY status line": status_line(b"ICY 200 OK", reason=BAD),
    "a lower-case status line": status_line(b"http/1.1 200 OK"),
    "a lower-case status line of an error": status_line(
        b"http/1.1 404 Not Found", reason="http_status", differs="an error in lower case"
    ),
    "two blanks before the status": status_line(b"HTTP/1.1  200 OK"),
    "tabs in the status line": status_line(b"HTTP/1.1\t200\tOK", reason=BAD),
    "no reason phrase": status_line(b"HTTP/1.1 200"),
    "an empty reason phrase": status_line(b"HTTP/1.1 200 "),
    "a reason phrase that is not ASCII": status_line("HTTP/1.1 200 Schön ❤".encode()),
    "a reason phrase without a blank": status_line(b"HTTP/1.1 200OK"),
    "a long reason phrase": status_line(b"HTTP/1.1 200 " + b"very " * 10_000 + b"good"),
    "a status of four digits": status_line(b"HTTP/1.1 2000 OK", reason=BAD),
    "a status of two digits": status_line(b"HTTP/1.1 20 OK", reason=BAD),
    "a status below 100": status_line(b"HTTP/1.1 099 OK", reason=BAD),
    "a status that is no number": status_line(b"HTTP/1.1 OK", reason=BAD),
    "a blank line first": status_line(b"\r\nHTTP/1.1 200 OK", reason=BAD),
    "a part": status_line(b"HTTP/1.1 206 Partial Content", reason=BAD, differs="206"),
    "an unusual success": status_line(b"HTTP/1.1 299 Miscellaneous"),
    "a success without content, and a length": Case(b"HTTP/1.1 204 No Content\r\n" + FIVE + b"\r\n", gives=b""),
    "a success without content, and content": Case(b"HTTP/1.1 204 No Content\r\n" + FIVE + b"\r\nhello", gives=b""),
    "a success without content, and a transfer coding": Case(
        b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: gzip\r\n\r\n", gives=b""
    ),
    "a success without content, and two different lengths": Case(
        b"HTTP/1.1 204 No Content\r\nContent-Length: 6\r\n" + FIVE + b"\r\n", gives=b""
    ),
    # Header lines
    "lone line feeds": Case(b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello"),
    "line ends of both kinds": Case(b"HTTP/1.1 200 OK\r\nA: b\nContent-Length: 5\r\n\nhello"),
    "carriage returns that were doubled": Case(b"HTTP/1.1 200 OK\r\r\nContent-Length: 5\r\r\n\r\nhello"),
    "all carriage returns doubled": Case(
        b"HTTP/1.1 200 OK\r\r\nContent-Length: 33\r\r\n\r\r\nfirst paragraph\n\nsecond paragraph",
        gives=b"first paragraph\n\nsecond paragraph",
    ),
    "all carriage returns doubled, up to the end": Case(
        b"HTTP/1.1 200 OK\r\r\n\r\r\nfirst paragraph\n\nsecond paragraph\n",
        gives=b"first paragraph\n\nsecond paragraph\n",
    ),
    "a carriage return inside a line": whole(b"A: b\rContent-Length: 4", reason=BAD, differs="a lone carriage return"),
    "NUL in a value": whole(b"A: b\0c", reason=BAD),
    "NUL in a name": whole(b"A\0: b", reason=BAD),
    "a folded header": whole(b"A: b", b" c", b"\td"),
    "a folded length": with_head(b"Content-Length:", b" 5", differs="a folded length or transfer coding"),
    "a folded transfer coding": with_head(
        b"Transfer-Encoding:", b"\tchunked", body=HELLO_CHUNK, differs="a folded length or transfer coding"
    ),
    "a folded line behind the status line": with_head(b" A: b", FIVE.strip(), reason=BAD),
    "a line without a colon": whole(b"no colon here", reason=BAD),
    "a line without a name": whole(b": nameless"),
    "a name with a blank": whole(b"A b: c"),
    "a name that is not ASCII": whole("Größe: 5".encode()),
    "a blank before the colon": whole(b"Server : mine"),
    "a blank before the colon of the length": with_head(
        b"Content-Length : 5", reason=BAD, differs="a blank before the colon"
    ),
    "a tab before the colon of the transfer coding": with_head(
        b"Transfer-Encoding\t: chunked", body=BODY, reason=BAD, differs="a blank before the colon"
    ),
    "a control character in a value": whole(b"A: \x01"),
    "an empty value": whole(b"A:"),
    "no blank behind the colon": with_head(b"Content-Length:5"),
    "blanks and tabs around a value": with_head(b"Content-Length: \t 5 \t "),
    "names in any case": with_head(b"cONTENT-lENGTH: 5"),
    "200 KiB of headers": whole(*[b"X-%d: " % n + b"x" * 1000 for n in range(200)]),
    "one header of 90 KiB": whole(b"X: " + b"x" * 90_000),
    "one header of 200 KiB": whole(b"X: " + b"x" * 200_000, differs="one very long header line"),
    "400 KiB of headers": whole(*[b"X-%d: " % n + b"x" * 1000 for n in range(400)], reason=LARGE),
    # Before the answer
    "100 first": Case(b"HTTP/1.1 100 Continue\r\n\r\n" + OK + FIVE + b"\r\nhello"),
    "103 first, three times, with headers": Case(
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n" * 3 + OK + FIVE + b"\r\nhello"
    ),
    "102 with a length that means nothing": Case(b"HTTP/1.1 102 Processing\r\n" + FIVE + b"\r\n" + OK + FIVE + b"\r\nhello"),
    "102 with two different lengths": Case(
        b"HTTP/1.1 102 Processing\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n" + OK + FIVE + b"\r\nhello"
    ),
    "200 KiB of answers before the answer": Case(
        (b"HTTP/1.1 100 Continue\r\nX: " + b"x" * 1000 + b"\r\n\r\n") * 200 + OK + FIVE + b"\r\nhello"
    ),
    "400 KiB of answers before the answer": Case(
        (b"HTTP/1.1 100 Continue\r\nX: " + b"x" * 1000 + b"\r\n\r\n") * 400 + OK + FIVE + b"\r\nhello", reason=LARGE
    ),
    "nothing behind 100": Case(b"HTTP/1.1 100 Continue\r\n\r\n", reason=RESET),
    "101": Case(b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + OK + FIVE + b"\r\nhello", reason=BAD, differs="101"),
    # Content-Length
    "the length twice": whole(FIVE.strip()),
    "the length twice in one header": with_head(b"Content-Length: 5, 5"),
    "two different lengths": whole(b"Content-Length: 6", reason=BAD),
    "two different lengths in one header": with_head(
        b"Content-Length: 5, 6", reason=BAD, differs="a length that is not digits alone"
    ),
    "a length with zeros in front": with_head(b"Content-Length: 0005"),
    "a length with a plus": with_head(b"Content-Length: +5", reason=BAD, differs="a length that is not digits alone"),
    "a length with something behind": with_head(
        b"Content-Length: 5 bytes", reason=BAD, differs="a length that is not digits alone"
    ),
    "a length in hexadecimal": with_head(
        b"Content-Length: 0x5", body=b"", reason=BAD, differs="a length that is not digits alone"
    ),
    "a negative length": with_head(b"Content-Length: -5", reason=BAD),
    "a length of 63 bits": with_head(b"Content-Length: 9223372036854775807", reason=LARGE),
    "a length of 64 bits": with_head(
        b"Content-Length: 9223372036854775808", reason=BAD, differs="a length beyond 63 bits"
    ),
    "a length of 65 bits": with_head(
        b"Content-Length: 18446744073709551621", reason=BAD, differs="a length beyond 63 bits"
    ),
    "an empty length": with_head(b"Content-Length:", reason=BAD),
    "a length that is a word": with_head(b"Content-Length: five", reason=BAD),
    "no body": with_head(b"Content-Length: 0", body=b"", gives=b""),
    "a body behind a length of 0": with_head(b"Content-Length: 0", gives=b""),
    "bytes behind the body": whole(body=b"hello, world"),
    # Transfer-Encoding
    "chunks": chunks(HELLO_CHUNK),
    "Chunked in another case": with_head(b"Transfer-Encoding: Chunked", body=HELLO_CHUNK),
    "chunks of HTTP/1.0": Case(b"HTTP/1.0 200 OK\r\n" + CHUNKED + b"\r\n" + HELLO_CHUNK),
    "chunks and a length": whole(CHUNKED.strip(), body=HELLO_CHUNK, reason=BAD, differs="chunks and a length"),
    "gzip as a transfer coding": with_head(b"Transfer-Encoding: gzip, chunked", body=HELLO_CHUNK, reason=BAD),
    "an unknown transfer coding": with_head(b"Transfer-Encoding: magic", reason=BAD),
    "identity as a transfer coding": with_head(
        b"Transfer-Encoding: identity", reason=BAD, differs="transfer codings but one chunked"
    ),
    "chunked, chunked": with_head(
        b"Transfer-Encoding: chunked, chunked", body=HELLO_CHUNK, reason=BAD, differs="transfer codings but one chunked"
    ),
    "chunked twice": with_head(
        CHUNKED.strip(), CHUNKED.strip(), body=HELLO_CHUNK, reason=BAD, differs="transfer codings but one chunked"
    ),
    "an empty transfer coding": with_head(
        b"Transfer-Encoding:", reason=BAD, differs="transfer codings but one chunked"
    ),
    # Chunks
    "one byte a chunk": chunks(b"".join(b"1\r\n%c\r\n" % byte for byte in BODY) + b"0\r\n\r\n"),
    "no chunk but the last": chunks(b"0\r\n\r\n", gives=b""),
    "chunk sizes in either case": chunks(b"a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", gives=b"0123456789" * 2),
    "chunk sizes with zeros in front": chunks(b"0000000000000005\r\nhello\r\n0000\r\n\r\n"),
    "a chunk size of 17 digits": chunks(b"00000000000000005\r\nhello\r\n0\r\n\r\n", reason=BAD),
    "a chunk size beyond 63 bits": chunks(b"8000000000000005\r\nhello\r\n0\r\n\r\n", reason=BAD),
    "a chunk size of 63 bits": chunks(b"7000000000000005\r\nhello\r\n0\r\n\r\n", reason=LARGE),
    "a chunk size with blanks behind": chunks(b"5  \t\r\nhello\r\n0 \r\n\r\n"),
    "a chunk size with a blank in front": chunks(b" 5\r\nhello\r\n0\r\n\r\n", reason=BAD),
    "a chunk size with 0x": chunks(b"0x5\r\nhello\r\n0\r\n\r\n", reason=BAD),
    "a negative chunk size": chunks(b"-5\r\nhello\r\n0\r\n\r\n", reason=BAD),
    "no chunk size": chunks(b"\r\nhello\r\n0\r\n\r\n", reason=BAD),
    "something behind a chunk size": chunks(b"5 bytes\r\nhello\r\n0\r\n\r\n", reason=BAD, differs="a chunk size that goes on"),
    "chunk extensions": chunks(b'5;a;b=c;d="e;f"\r\nhello\r\n0;last\r\n\r\n'),
    "a long chunk extension": chunks(b"5;" + b"x" * 100_000 + b"\r\nhello\r\n0\r\n\r\n"),
    "an endless chunk extension": chunks(
        b"5;" + b"x" * 400_000 + b"\r\nhello\r\n0\r\n\r\n", reason=BAD, differs="an endless chunk extension"
    ),
    "a carriage return inside a chunk extension": chunks(
        b"5;a\rb\r\nhello\r\n0\r\n\r\n", reason=BAD, differs="a lone carriage return"
    ),
    "chunks with lone line feeds": chunks(b"5\nhello\n0\n\n"),
    "a chunk longer than it says": chunks(b"5\r\nhello!\r\n0\r\n\r\n", reason=BAD),
    "a chunk shorter than it says": chunks(
        b"6\r\nhello\r\n0\r\n\r\n", reason=BAD, differs="a chunk that ends inside of a line end"
    ),
    "trailers": chunks(b"5\r\nhello\r\n0\r\nX-Sum: 1\r\nContent-Length: 7\r\n\r\n"),
    "a trailer without a colon": chunks(b"5\r\nhello\r\n0\r\nabc\r\n\r\n", differs="a trailer that is none"),
    "bytes behind the last chunk": chunks(HELLO_CHUNK + b"hello"),
    # The end of the connection
    "a body up to the end": with_head(),
    "an empty body up to the end": with_head(body=b"", gives=b""),
    "HTTP/1.0 up to the end": Case(b"HTTP/1.0 200 OK\r\n\r\nhello"),
    "keep-alive, without a length": with_head(b"Connection: keep-alive"),
    "close and keep-alive": whole(b"Connection: close, keep-alive"),
    "keep-alive by HTTP/1.0": Case(b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + FIVE + b"\r\nhello"),
    # Cuts
    "nothing at all": Case(b"", reason=RESET),
    "cut inside the status line": Case(b"HTTP/1.1 20", reason=RESET),
    "cut inside the head": Case(OK + b"Content-Le", reason=RESET, differs="cut inside the head"),
    "cut before the blank line": Case(OK + FIVE, reason=RESET),
    "cut behind the head": Case(OK + FIVE + b"\r\n", reason=SHORT),
    "cut inside the body": Case(OK + FIVE + b"\r\nhell", reason=SHORT),
    "reset inside the body": Case(OK + FIVE + b"\r\nhell", reason=RESET, end=reset()),
    "reset instead of the end": Case(OK + b"\r\nhello", reason=RESET, end=reset()),
    "cut behind the head of chunks": chunks(b"", reason=SHORT),
    "cut inside a chunk size": chunks(b"5\r\nhello\r\n1", reason=SHORT),
    "cut inside a chunk extension": chunks(b"5\r\nhello\r\n5;a", reason=SHORT),
    "cut inside a chunk": chunks(b"5\r\nhel", reason=SHORT),
    "cut behind a chunk": chunks(b"5\r\nhello\r\n", reason=SHORT),
    "cut inside the last chunk": chunks(b"5\r\nhello\r\n0\r\n", reason=SHORT),
    "cut inside the trailers": chunks(b"5\r\nhello\r\n0\r\nX-Sum: 1\r\n", reason=SHORT),
    # Content codings
    "gzip": coded(b"gzip", GZIP),
    "x-gzip": coded(b"x-gzip", GZIP),
    "GZIP in another case": coded(b"GZip", GZIP),
    "gzip of 300 KB": coded(b"gzip", gzip.compress(LONG), gives=LONG),
    "deflate as zlib has it": coded(b"deflate", zlib.compress(BODY)),
    "deflate, raw": coded(b"deflate", raw_deflate(BODY)),
    "brotli": coded(b"br", BROTLI),
    "zstd": coded(b"zstd", packed_by("zstd", BODY)),
    "gzip in gzip": coded(b"gzip, gzip", gzip.compress(GZIP)),
    "identity": called(b"identity", BODY),
    "gzip in chunks": with_head(
        CHUNKED.strip(), b"Content-Encoding: gzip", body=b"%x\r\n%s\r\n0\r\n\r\n" % (len(GZIP), GZIP), compressed=True
    ),
    "gzip up to the end": with_head(b"Content-Encoding: gzip", body=GZIP, compressed=True),
    "gzip that is cut": coded(b"gzip", GZIP[:-9], reason=SHORT, differs="a coding that does not end"),
    "gzip that is corrupt": coded(b"gzip", GZIP[:10] + bytes(20), reason=BAD),
    "gzip of several members": coded(b"gzip", gzip.compress(b"hel") + gzip.compress(b"lo"), differs="behind the end"),
    "zeros behind gzip": coded(b"gzip", GZIP + bytes(100), differs="behind the end"),
    "something like gzip behind gzip": coded(b"gzip", GZIP + b"\x1f padding", differs="behind the end"),
    "zeros behind deflate": coded(b"deflate", zlib.compress(BODY) + bytes(100), differs="behind the end"),
    "called gzip, but is not": called(b"gzip", BODY),
    "an image that is called deflate": called(b"deflate", JPEG, gives=JPEG),
    "an image that is called br": called(b"br", JPEG, gives=JPEG),
    "an image that is called zstd": called(b"zstd", JPEG, gives=JPEG),
    "text that is called br": called(b"br", b"text, not coded", reason=BAD, differs="only called br, deflate or zstd"),
    "text that is called zstd": called(b"zstd", BODY, reason=BAD, differs="only called br, deflate or zstd"),
    "corrupt br": coded(b"br", b"\xff" * 20, reason=BAD),
    "a coding that is not known": called(b"compress", BODY, reason=BAD, differs="codings that are not known"),
    "aws-chunked": called(b"aws-chunked", BODY),
    "utf-8 as a coding": called(b"utf-8", BODY),
    "binary as a coding": called(b"binary", BODY),
    "a content type as a coding": called(b"image/jpeg", JPEG, gives=JPEG),
    "four codings": coded(b"gzip,gzip,gzip,gzip", GZIP, reason=BAD),
}


@dataclass
class Verdict:
    accepted: bool
    body: bytes
    why: str


def path_of(name: str) -> str:
    return "/" + re.sub(r"[^A-Za-z0-9]+", "-", name)


def ask_curl(server: RawServer, name: str) -> Verdict:
    options = ["--compressed"] if CASES[name].compressed else []
    command = ["curl", "-sS", "--max-time", "10", *options, server.url(path_of(name))]
    done = subprocess.run(command, capture_output=True, timeout=20)
    return Verdict(done.returncode == 0, done.stdout, done.stderr.decode(errors="replace"))


def judge(root: Root, record: dict) -> Verdict:
    accepted = record["outcome"] == "ok"
    return Verdict(accepted, root.read(record) if accepted else b"", record.get("reason", ""))


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory) -> dict[str, tuple[Verdict, Verdict]]:
    """What gannet and curl say to each case."""
    folder = tmp_path_factory.mktemp("http1")
    with RawServer() as server:
        for name, case in CASES.items():
            server.on(path_of(name), *case.steps)
        fetch = Fetch(folder / "root", {"fetch.accept": "any", "fetch.profile": "own-server", "fetch.per_host.connections": 8})
        run = fetch.run(write_list(folder / "list.txt", [server.url(path_of(name)) for name in CASES]))
        ours = {record["url"]: judge(run.root, record) for record in run.root.records()}
        with ThreadPoolExecutor(8) as pool:
            theirs = dict(zip(CASES, pool.map(lambda name: ask_curl(server, name), CASES)))
        return {name: (ours[server.url(path_of(name))], theirs[name]) for name in CASES}


@pytest.mark.parametrize("name", CASES)
def test_is_taken_as_curl_takes_it_or_differs_by_name(verdicts, name):
    case, (ours, curls) = CASES[name], verdicts[name]
    assert (ours.accepted, ours.why) == (case.reason is None, case.reason or ""), (ours, curls)
    if ours.accepted:
        assert ours.body == case.gives
    same = ours.accepted == curls.accepted and (not ours.accepted or ours.body == curls.body)
    assert same == (case.differs is None), (case.differs, ours, curls)


def test_the_documentation_has_a_reason_for_each_difference():
    section = DOCS.read_text().split("### Where curl comes to another end", 1)[1].split("\n#", 1)[0]
    documented = re.findall(r"^\| ([^|]+?) \| [^|]+ \| [^|]+ \|$", section, re.MULTILINE)[1:]
    assert sorted(documented) == sorted({case.differs for case in CASES.values() if case.differs})


DOUBTFUL = [
    "Content-Length: 1\r\nContent-Length: 2",
    "Content-Length: 5x",
    "Content-Length: 9223372036854775808",
    "Transfer-Encoding: gzip",
    "Transfer-Encoding: chunked\r\nContent-Length: 5",
]


@pytest.mark.parametrize("doubtful", DOUBTFUL)
def test_a_status_is_told_whatever_the_body_it_announces(fetch, make_list, server, picture, doubtful):
    for code in (302, 304, 404):
        server.on(f"/{code}", send(f"HTTP/1.1 {code} No\r\nLocation: /a.jpg\r\n{doubtful}\r\n\r\nhello".encode()))
    server.on("/a.jpg", send(OK + b"Content-Length: %d\r\n\r\n" % len(picture) + picture))
    urls = [server.url(f"/{code}") for code in (302, 304, 404)]
    run = fetch.run(make_list(urls), fetch__per_host__connections=1)
    ends = {record["url"]: (record.get("reason"), record["http_status"]) for record in run.root.records()}
    assert ends == dict(zip(urls, [(None, 200), ("http_status", 304), ("http_status", 404)]))


def test_a_head_of_doubled_carriage_returns_ends_where_it_ends_however_it_is_cut(fetch, make_list, server):
    head, body = b"HTTP/1.1 200 OK\r\r\nContent-Length: 14\r\r\n\r\r\n", b"one\n\ntwo: x\n\n!"
    cuts = range(1, len(head) + 1)
    for at in cuts:
        server.on(f"/{at}", send(head[:at]), pause(0.02), send(head[at:] + body))
    run = fetch.run(
        make_list([server.url(f"/{at}") for at in cuts]), fetch__accept="any", fetch__profile="own-server"
    )
    assert [run.root.read(record) for record in run.root.records()] == [body] * len(cuts)


FRAMINGS = {
    "by length": (OK + FIVE + b"\r\n", BODY),
    "in chunks": (OK + CHUNKED + b"\r\n", HELLO_CHUNK),
    "up to the end": (OK + b"\r\n", BODY + b"!"),
    "in a coding, up to the end": (OK + b"Content-Encoding: gzip\r\n\r\n", GZIP),
}


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("taken", [0, 3, -1])
def test_a_secure_body_that_is_cut_off_is_short(fetch_one, authority, framing, taken):
    """Without close_notify, anybody on the way may have cut it."""
    head, body = FRAMINGS[framing]
    with RawServer(tls=authority.leaf("127.0.0.1")) as server:
        server.on("/a.jpg", send(head + body[:taken]), cut())
        record = fetch_one(server.url("/a.jpg"), fetch__tls__ca_file=authority.file, fetch__accept="any")
    assert record["reason"] == "short_body", record


LEFTOVERS = {
    "behind a length": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", BODY),
    "behind chunks": (OK + CHUNKED + b"\r\n" + HELLO_CHUNK, BODY),
    "behind no content": (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    "behind an error": (b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", None),
}
SMUGGLED = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled"


@pytest.mark.parametrize("place", LEFTOVERS)
@pytest.mark.parametrize("later", [False, True], ids=["at once", "a moment later"])
def test_an_answer_that_nobody_asked_for_is_nobodys(fetch, make_list, place, later):
    """What comes before the second URL is asked for must not be taken for its answer."""
    first, body = LEFTOVERS[place]
    with RawServer() as server:
        moment = [pause(0.02)] if later else []
        server.on("/first", send(first), *moment, send(SMUGGLED))
        server.on("/second", send(OK + FIVE + b"\r\n" + BODY))
        urls = [server.url("/first"), server.url("/second")]
        run = fetch.run(
            make_list(urls), fetch__per_host__connections=1, fetch__per_host__delay="1s", fetch__accept="any"
        )
        found = {record["url"]: judge(run.root, record) for record in run.root.records()}
    assert found[urls[1]] == Verdict(True, BODY, "")
    assert found[urls[0]].body == (body or b"")

"""URLs as people write them: what arrives at the server, and that curl asks for the same."""

from __future__ import annotations

import subprocess

import pytest

from support.dns import Dns
from support.raw_server import RawServer
from support.steps import answer, send

# Written behind the host and port, and what is asked for.
AS_CURL = {
    "/my%20cat.jpg": "/my%20cat.jpg",
    "": "/",
    "?size=1": "/?size=1",
    "/a/./b/../c.jpg": "/a/c.jpg",
    "/../../c.jpg": "/c.jpg",
    "/a/..": "/",
    "/a//b/": "/a//b/",
    "/a#part": "/a",
    "/a?b=c/../d#part": "/a?b=c/../d",
    "/a%2Fb%41%7e": "/a%2Fb%41%7e",
    "/it's;a=b,c!(1)*@:&+$": "/it's;a=b,c!(1)*@:&+$",
}
OTHERWISE = {
    "/my cat.jpg": "/my%20cat.jpg",  # curl refuses
    "/kätzchen.jpg?größe=1": "/k%C3%A4tzchen.jpg?gr%C3%B6%C3%9Fe=1",  # curl sends the bytes as they are
    "/a[1]|2.jpg": "/a%5B1%5D%7C2.jpg",  # likewise
    "/100%.jpg": "/100%25.jpg",  # likewise
    "/a/%2e%2e/b.jpg": "/b.jpg",  # curl removes only dots that are not encoded
    "\\a\\b.jpg?c\\d": "/a/b.jpg?c%5Cd",  # to curl, a host name with backslashes
}


def asked(server: RawServer) -> list[str]:
    return [request.target for request in server.requests]


@pytest.mark.parametrize("written, target", [*AS_CURL.items(), *OTHERWISE.items()])
def test_the_server_is_asked_for_what_was_meant(fetch_one, server, picture, written, target):
    server.on("*", send(answer(picture)))
    assert fetch_one(server.url("") + written)["outcome"] == "ok"
    assert asked(server) == [target]


@pytest.mark.parametrize("written", AS_CURL)
def test_curl_asks_for_the_same(server, picture, written):
    server.on("*", send(answer(picture)))
    subprocess.run(["curl", "-sgo", "/dev/null", server.url("") + written], check=True, timeout=30)
    assert asked(server) == [AS_CURL[written]]


@pytest.mark.parametrize(
    "written, host",
    [
        ("http://Bücher.test:{port}/a.jpg", "xn--bcher-kva.test"),
        ("http://b%C3%BCcher。test:{port}/a.jpg", "xn--bcher-kva.test"),
        ("http:/my_cats.test.:{port}/a.jpg", "my_cats.test"),
        ("http:\\\\0x7f.1:{port}\\a.jpg", "127.0.0.1"),
    ],
)
def test_a_host_has_one_name(fetch_one, server, picture, tmp_path, written, host):
    server.on("/a.jpg", send(answer(picture)))
    with Dns(tmp_path / "dns", {"xn--bcher-kva.test": "127.0.0.1", "my_cats.test": "127.0.0.1"}) as dns:
        record = fetch_one(written.format(port=server.port), fetch__dns__servers=dns.server)
    assert record["outcome"] == "ok", record
    assert server.requests[0].headers["host"] == f"{host}:{server.port}"


@pytest.mark.parametrize("address", ["0x7f.1", "0177.0.0.1", "2130706433", "127.0.0.1.", "１２７.1", "[::ffff:7f00:1]"])
def test_no_spelling_of_an_address_passes_the_guard(fetch_one, server, address):
    record = fetch_one(f"http://{address}:{server.port}/a.jpg", fetch__allow_addresses=None)
    assert record["reason"] == "blocked_address"
    assert server.connections == 0

"""Where redirects may lead, and where not."""

from __future__ import annotations

import pytest

from support.raw_server import RawServer
from support.steps import answer, send, status


def redirect(server: RawServer, path: str, location: str, code: int = 302) -> None:
    server.on(path, send(status(code, f"Location: {location}")))


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(fetch_one, server, picture, code):
    redirect(server, "/old", server.url("/new.jpg"), code)
    server.on("/new.jpg", send(answer(picture)))
    record = fetch_one(server.url("/old"))
    assert (record["outcome"], record["http_status"], record["attempts"]) == ("ok", 200, 1)
    assert record["url"] == server.url("/old")
    assert record["final_url"] == server.url("/new.jpg")


@pytest.mark.parametrize(
    "location, target",
    [
        ("/x/new.jpg", "/x/new.jpg"),
        ("new.jpg", "/a/b/new.jpg"),
        ("../new.jpg", "/a/new.jpg"),
        ("?size=2", "/a/b/old?size=2"),
        ("/new.jpg#part", "/new.jpg"),
        ("/with space.jpg", "/with%20space.jpg"),
        ("/k\u00e4tzchen.jpg", "/k%C3%A4tzchen.jpg"),
        ("\\x\\new.jpg", "/x/new.jpg"),
        ("./%2e%2E/new.jpg", "/a/new.jpg"),
    ],
)
def test_a_relative_redirect_is_resolved(fetch_one, server, picture, location, target):
    redirect(server, "/a/b/old", location)
    server.on(target, send(answer(picture)))
    record = fetch_one(server.url("/a/b/old"))
    assert record["outcome"] == "ok", record
    assert server.requests[-1].target == target


def test_a_redirect_may_lead_to_another_host(fetch_one, server, picture):
    with RawServer(address="127.0.0.2") as other:
        redirect(server, "/old", other.url("/new.jpg"))
        other.on("/new.jpg", send(answer(picture)))
        record = fetch_one(server.url("/old"))
    assert (record["outcome"], record["address"]) == ("ok", "127.0.0.2")
    assert other.requests[0].headers["host"] == f"127.0.0.2:{other.port}"


def test_http_may_lead_to_https(fetch_one, server, picture, authority):
    with RawServer(tls=authority.leaf("127.0.0.1")) as secure:
        redirect(server, "/old", secure.url("/new.jpg"))
        secure.on("/new.jpg", send(answer(picture)))
        assert fetch_one(server.url("/old"), fetch__tls__ca_file=authority.file)["outcome"] == "ok"


def test_https_may_not_lead_to_http(fetch_one, server, picture, authority):
    server.on("/new.jpg", send(answer(picture)))
    with RawServer(tls=authority.leaf("127.0.0.1")) as secure:
        redirect(secure, "/old", server.url("/new.jpg"))
        record = fetch_one(secure.url("/old"), fetch__tls__ca_file=authority.file)
    assert record["reason"] == "bad_redirect"
    assert server.connections == 0


@pytest.mark.parametrize("way", [["/a", "/a"], ["/a", "/b", "/a"], ["/a", "/b", "/c", "/./b#again"]])
def test_a_loop_ends_when_it_closes(fetch_one, server, way):
    for here, there in zip(way, way[1:]):
        redirect(server, here, there)
    record = fetch_one(server.url("/a"))
    assert (record["reason"], record["attempts"]) == ("too_many_redirects", 1)
    assert "loop" in record["detail"]
    assert [request.target for request in server.requests] == way[:-1]


def test_a_cookie_does_not_open_the_door(fetch_one, server, picture):
    server.on("/a", send(status(302, "Location: /a", "Set-Cookie: seen=yes")), then=[send(answer(picture))])
    assert fetch_one(server.url("/a"))["reason"] == "too_many_redirects"


def test_nothing_but_the_url_crosses_to_another_host(fetch_one, server, picture):
    with RawServer(address="127.0.0.2") as other:
        server.on("/old", send(status(302, f"Location: {other.url('/new.jpg')}", "Set-Cookie: secret=yes; Path=/")))
        other.on("/new.jpg", send(answer(picture)))
        assert fetch_one(server.url("/old"))["outcome"] == "ok"
    assert set(other.requests[0].headers) == {"host", "user-agent", "accept"}


def test_the_limit_of_redirects_is_exact(fetch, make_list, server, picture):
    for hop in range(4):
        redirect(server, f"/{hop}", f"/{hop + 1}")
    server.on("/4", send(answer(picture)))
    run = fetch.run(make_list([server.url("/1"), server.url("/0")]), fetch__max_redirects=3)
    assert [record.get("reason", "ok") for record in run.root.records()] == ["ok", "too_many_redirects"]


def test_a_redirect_may_keep_the_scheme_only(fetch_one, server, picture):
    redirect(server, "/old", f"//127.0.0.1:{server.port}/new.jpg")
    server.on("/new.jpg", send(answer(picture)))
    assert fetch_one(server.url("/old"))["final_url"] == server.url("/new.jpg")


def test_the_same_location_twice_is_one(fetch_one, server, picture):
    server.on("/old", send(status(302, "Location: /new.jpg", "Location: /new.jpg")))
    server.on("/new.jpg", send(answer(picture)))
    assert fetch_one(server.url("/old"))["outcome"] == "ok"


@pytest.mark.parametrize(
    "headers",
    [
        [],
        ["Location: "],
        ["Location: http://"],
        ["Location: http://[::1/"],
        ["Location: http:/new.jpg"],
        ["Location: /new.jpg", "Location: /other.jpg"],
        ["Location: http://user:secret@127.0.0.1/"],
    ],
)
def test_a_redirect_to_nowhere_is_a_bad_redirect(fetch_one, server, headers):
    server.on("/old", send(status(302, *headers)))
    assert fetch_one(server.url("/old"))["reason"] == "bad_redirect"


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://127.0.0.1/a.jpg", "gopher://127.0.0.1/", "data:image/png,x"]
)
def test_a_redirect_out_of_http_is_refused(fetch_one, server, location):
    redirect(server, "/old", location)
    record = fetch_one(server.url("/old"))
    assert (record["outcome"], record["reason"]) == ("failed", "bad_redirect")


def test_a_redirect_to_a_private_address_is_refused_unasked(fetch_one, server):
    with RawServer(address="127.0.0.2") as private:
        redirect(server, "/old", private.url("/secret.jpg"))
        record = fetch_one(server.url("/old"), fetch__allow_addresses="127.0.0.1")
    assert record["reason"] == "blocked_address"
    assert private.connections == 0


def test_headers_of_one_host_do_not_follow_a_redirect_to_another(fetch_one, server, picture):
    with RawServer(address="127.0.0.2") as other:
        redirect(server, "/old", other.url("/new.jpg"))
        other.on("/new.jpg", send(status(302, f"Location: {server.url('/back.jpg')}")))
        server.on("/back.jpg", send(answer(picture)))
        mine = "fetch.hosts[127.0.0.1]"
        secrets = {f"{mine}.cookie": "key=secret", f"{mine}.referer": "https://shop.test/?key=secret"}
        record = fetch_one(server.url("/old"), **secrets, **{f"{mine}.user_agent": "browser/1"})
    assert record["outcome"] == "ok", record
    for request in server.requests:
        assert request.headers["cookie"] == "key=secret"
        assert request.headers["referer"] == "https://shop.test/?key=secret"
        assert request.headers["user-agent"] == "browser/1"
    [foreign] = other.requests
    assert "cookie" not in foreign.headers and "referer" not in foreign.headers
    assert foreign.headers["user-agent"].startswith("gannet/")


@pytest.mark.parametrize("by_the_list", [False, True], ids=["of all", "of the list"])
def test_no_referer_crosses_origins(fetch, server, picture, tmp_path, by_the_list):
    referer = "https://shop.test/?key=secret"
    with RawServer() as other:  # another port
        redirect(server, "/old", other.url("/new.jpg"))
        other.on("/new.jpg", send(status(302, f"Location: {server.url('/back.jpg')}")))
        server.on("/back.jpg", send(answer(picture)))
        server.on("/robots.txt", send(status(404)))
        other.on("/robots.txt", send(status(404)))
        urls = tmp_path / "list.txt"
        urls.write_text((f"#! fetch.headers.referer={referer}\n" if by_the_list else "") + server.url("/old") + "\n")
        general = {} if by_the_list else {"fetch.headers.referer": referer}
        run = fetch.run(urls, robots="obey", **general)
    assert run.root.records()[0]["outcome"] == "ok"
    told = [(request.target, request.headers.get("referer")) for request in server.requests + other.requests]
    assert sorted(told) == [
        ("/back.jpg", referer), ("/new.jpg", None), ("/old", referer), ("/robots.txt", None), ("/robots.txt", None)
    ]

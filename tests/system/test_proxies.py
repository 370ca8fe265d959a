"""Through real proxies, to real servers. The names of the targets are known to the proxy alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.nginx import Nginx
from support.raw_server import RawServer
from support.socks import Socks
from support.squid import Squid
from support.steps import answer, send, status
from support.waiting import free_port

NAMES = {"pictures.test": "127.0.0.1", "other.test": "127.0.0.1", "forbidden.test": "127.0.0.1"}


@pytest.fixture
def files(tmp_path: Path, picture: bytes) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(picture)
    return folder


@pytest.fixture
def secrets(tmp_path: Path):
    """A file for fetch.proxy_credentials."""

    def write(text: str, mode: int = 0o600) -> Path:
        path = tmp_path / f"secret-{mode:o}-{abs(hash(text))}"
        path.write_text(text + "\n")
        path.chmod(mode)
        return path

    return write


def through(proxy, **more: object) -> dict[str, object]:
    """The guard is as strict as it comes: the operator's proxy is on the loopback all the same."""
    return {"fetch__proxy": proxy.url, "fetch__allow_addresses": None, **more}


def test_http_through_an_http_proxy(fetch_one, start_nginx, files, tmp_path):
    nginx: Nginx = start_nginx(files)
    with Squid(NAMES) as squid:
        record = fetch_one(f"http://pictures.test:{nginx.port}/a.jpg", **through(squid))
        assert squid.wait_for_requests(1) == [f"GET http://pictures.test:{nginx.port}/a.jpg 200"]
    assert (record["outcome"], record["address"]) == ("ok", "127.0.0.1"), record
    assert nginx.requests()[0]["host"] == f"pictures.test:{nginx.port}"


def test_https_through_an_http_proxy(fetch, make_list, start_nginx, files, authority, tmp_path):
    nginx: Nginx = start_nginx(files, tls=authority.leaf("pictures.test"))
    with Squid(NAMES) as squid:
        urls = [f"https://{name}:{nginx.port}/a.jpg" for name in ("pictures.test", "other.test")]
        run = fetch.run(make_list(urls), **through(squid, fetch__tls__ca_file=authority.file))
        tunnels = squid.wait_for_requests(2)
        assert tunnels == [f"CONNECT {name}:{nginx.port} 200" for name in ("other.test", "pictures.test")]
    good, wrong = run.root.records()
    assert good["outcome"] == "ok", good
    assert (wrong["reason"], wrong["detail"]) == ("tls_certificate", "made out to pictures.test, not to other.test")


def test_hosts_share_the_connections_to_an_http_proxy(fetch, make_list, start_nginx, files, tmp_path):
    nginx: Nginx = start_nginx(files)
    urls = [f"http://{name}:{nginx.port}/a.jpg" for name in ("pictures.test", "other.test")]
    with Squid(NAMES) as squid:
        run = fetch.run(make_list(urls), **through(squid), fetch__connections=1)
    assert [(record["outcome"], record["reused"]) for record in run.root.records()] == [("ok", False), ("ok", True)]


def test_credentials_are_for_the_proxy_alone(fetch, make_list, picture, authority, secrets, tmp_path):
    credentials = secrets("me:secret")
    with (
        Squid(NAMES, password="me:secret") as squid,
        RawServer() as plain,
        RawServer(tls=authority.leaf("pictures.test")) as secure,
    ):
        for server in (plain, secure):
            server.on("/a.jpg", send(answer(picture)))
        urls = [f"http://pictures.test:{plain.port}/a.jpg", f"https://pictures.test:{secure.port}/a.jpg"]
        settings = through(squid, fetch__proxy_credentials=credentials, fetch__tls__ca_file=authority.file)
        run = fetch.run(make_list(urls), **settings)
        assert run.code == 0, [run.err, run.root.records()]
    for server in (plain, secure):
        [request] = server.requests
        assert not [name for name in request.headers if name.startswith("proxy")]


@pytest.mark.parametrize("password", [None, "me:wrong"])
def test_a_proxy_that_wants_other_credentials(fetch, make_list, secrets, tmp_path, password):
    settings = {"fetch__proxy_credentials": secrets(password)} if password else {}
    with Squid(NAMES, password="me:secret") as squid:
        urls = ["http://pictures.test/a.jpg", "https://pictures.test/a.jpg"]
        run = fetch.run(make_list(urls), **through(squid, **settings))
    plain, secure = run.root.records()
    assert (plain["reason"], plain["http_status"]) == ("http_status", 407)
    assert secure["reason"] == "connect_failed"
    complaint = "it does not accept our" if password else "it wants a"
    place = squid.url.removeprefix("http://")
    assert plain["detail"].startswith(f"407: the proxy {place} does not let us in: {complaint} user name and password")
    assert secure["detail"].startswith(f"the proxy {place} said 407") and complaint in secure["detail"]
    assert all("fetch.proxy_credentials" in record["detail"] for record in (plain, secure))


def test_a_proxy_that_forbids(fetch_one, tmp_path):
    with Squid(NAMES) as squid:
        record = fetch_one("https://forbidden.test/a.jpg", **through(squid))
    assert (record["reason"], record["detail"]) == (
        "connect_failed",
        f"the proxy 127.0.0.1:{squid.port} said 403 Forbidden",
    )


def test_a_proxy_that_is_not_there(fetch_one):
    port = free_port()
    record = fetch_one("http://pictures.test/a.jpg", fetch__proxy=f"http://127.0.0.1:{port}")
    assert record["reason"] == "connect_refused"
    assert record["detail"].startswith(f"the proxy 127.0.0.1:{port}: ")


def test_addresses_are_guarded_behind_a_proxy_too(fetch, make_list, server, tmp_path):
    urls = [f"http://127.0.0.1:{server.port}/", f"https://[::ffff:127.0.0.1]:{server.port}/", "http://169.254.169.254/"]
    with Squid() as squid:
        run = fetch.run(make_list(urls), **through(squid))
        assert squid.requests() == []
    assert [record["reason"] for record in run.root.records()] == ["blocked_address"] * 3


def test_addresses_are_guarded_on_a_connection_that_the_proxy_has_served_before(
    fetch, make_list, start_nginx, files, server
):
    nginx: Nginx = start_nginx(files)
    first = f"http://pictures.test:{nginx.port}/a.jpg"
    urls = [first, f"http://127.0.0.1:{server.port}/", f"http://[::1]:{server.port}/", "http://pictures.test:25/", first]
    with Squid(NAMES) as squid:
        run = fetch.run(make_list(urls), **through(squid, fetch__connections=1))
        assert squid.wait_for_requests(2) == [f"GET {first} 200"] * 2
    assert [record.get("reason") for record in run.root.records()] == [None] + ["blocked_address"] * 3 + [None]


def test_a_redirect_behind_a_proxy_is_guarded(fetch_one, server):
    target = f"http://127.0.0.1:{server.port}/secret"
    server.on("/away", send(status(302, f"Location: {target}")))
    with Squid(NAMES) as squid:
        record = fetch_one(f"http://pictures.test:{server.port}/away", **through(squid))
        assert squid.wait_for_requests(1) == [f"GET http://pictures.test:{server.port}/away 302"]
    assert record["reason"] == "blocked_address", record


def test_some_hosts_need_no_proxy(fetch_one, server, picture):
    server.on("/a.jpg", send(answer(picture)))
    nobody = f"http://127.0.0.1:{free_port()}"
    assert fetch_one(server.url("/a.jpg"), fetch__proxy=nobody, fetch__no_proxy="127.0.0.0/8")["outcome"] == "ok"


def test_a_host_may_have_a_proxy_of_its_own_or_none(fetch, make_list, server, picture, start_nginx, files, tmp_path):
    server.on("/a.jpg", send(answer(picture)))
    nginx: Nginx = start_nginx(files)
    with Squid(NAMES) as squid:
        settings = {
            "fetch.hosts[127.0.0.1].proxy": "direct",
            "fetch.hosts[pictures.test].proxy": squid.url,
            "fetch.proxy": f"http://127.0.0.1:{free_port()}",
        }
        urls = [server.url("/a.jpg"), f"http://pictures.test:{nginx.port}/a.jpg", "http://other.test/a.jpg"]
        run = fetch.run(make_list(urls), **settings)
        assert squid.wait_for_requests(1) == [f"GET http://pictures.test:{nginx.port}/a.jpg 200"]
    assert [record.get("reason", "ok") for record in run.root.records()] == ["ok", "ok", "connect_refused"]


@pytest.mark.parametrize("password", [None, "me:secret"])
def test_socks(fetch, make_list, start_nginx, files, authority, secrets, tmp_path, password):
    plain: Nginx = start_nginx(files)
    secure: Nginx = start_nginx(files, tls=authority.leaf("localhost"))
    settings = {"fetch__tls__ca_file": authority.file}
    if password:
        settings["fetch__proxy_credentials"] = secrets(password)
    with Socks(tmp_path / "socks", password) as socks:
        urls = [f"http://localhost:{plain.port}/a.jpg", f"https://localhost:{secure.port}/a.jpg"]
        run = fetch.run(make_list(urls), **through(socks, **settings))
        assert run.code == 0, [run.err, run.root.records()]
        assert sorted(socks.connections()) == sorted([f"localhost:{plain.port}", f"localhost:{secure.port}"])
    [request] = plain.requests()
    assert request["uri"] == "/a.jpg"


def test_socks_with_the_wrong_password(fetch_one, secrets, tmp_path):
    with Socks(tmp_path / "socks", "me:secret") as socks:
        record = fetch_one(
            "http://pictures.test/a.jpg", **through(socks, fetch__proxy_credentials=secrets("me:wrong"))
        )
    assert record["reason"] == "connect_failed"
    assert record["detail"] .startswith(
        f"the proxy 127.0.0.1:{socks.port} does not let us in: it does not accept our user name and password"
    )


def test_socks_to_nobody(fetch_one, tmp_path):
    with Socks(tmp_path / "socks") as socks:
        record = fetch_one(f"http://localhost:{free_port()}/a.jpg", **through(socks))
    assert record["reason"] == "connect_refused"
    assert record["detail"] == f"the proxy 127.0.0.1:{socks.port} said: connection refused"


def test_a_file_of_credentials_that_everybody_may_read_stops_the_start(fetch, make_list, secrets):
    settings = {"fetch__proxy": "http://127.0.0.1:3128", "fetch__proxy_credentials": secrets("me:secret", 0o644)}
    run = fetch.run(make_list(["http://pictures.test/a.jpg"]), **settings)
    assert run.code == 2
    assert "fetch.proxy_credentials" in run.err

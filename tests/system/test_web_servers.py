"""The servers that people run, over http, https and HTTP/2: whole pictures, balanced books, connections used again."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Iterator

import pytest

from support import images
from support.books import check_books
from support.nginx import Nginx
from support.web_servers import Apache, Caddy, HAProxy, Nghttpd


@pytest.fixture(scope="module")
def site() -> Iterator[Path]:
    """Pictures under numbers, where servers that give up being root can read them too."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for number, picture in enumerate([*images.icons()[:60], *images.photographs()[:20]]):
            shutil.copyfile(picture, folder / f"{number}{picture.suffix.lower()}")
        yield folder


def urls_of(server, site: Path, times: int = 1) -> list[str]:
    return [server.url(f"/{path.name}?{turn}") for turn in range(times) for path in sorted(site.iterdir())]


def check(run, site: Path, protocol: str) -> list[dict]:
    assert run.code == 0, run.err
    records = check_books(run.root)
    assert {record["protocol"] for record in records} == {protocol}
    assert {record["attempts"] for record in records} == {1}
    for record in records:
        name = record["url"].rsplit("/", 1)[1].split("?")[0]
        assert run.root.read(record) == (site / name).read_bytes()
    return records


@pytest.mark.parametrize("kind", [Nginx, Apache, HAProxy, Caddy])
@pytest.mark.parametrize("how", ["http", "https", "h2"])
def test_pictures_come_whole_over_connections_that_are_used_again(
    fetch, make_list, authority, tmp_path, site, kind, how
):
    tls = None if how == "http" else authority.leaf("127.0.0.1", "localhost")
    with kind(tmp_path / "server", site, tls=tls, http2=how == "h2") as server:
        run = fetch.run(make_list(urls_of(server, site)), fetch__tls__ca_file=authority.file)
        records = check(run, site, "h2" if how == "h2" else "http/1.1")
    fresh = [record for record in records if not record.get("reused")]
    assert len(fresh) <= (1 if how == "h2" else 6)


def test_nghttpd_serves_over_http2_alone(fetch, make_list, authority, tmp_path, site):
    with Nghttpd(tmp_path / "server", site, tls=authority.leaf("127.0.0.1")) as server:
        run = fetch.run(make_list(urls_of(server, site)), fetch__tls__ca_file=authority.file)
        check(run, site, "h2")


def test_requests_wait_for_a_server_that_allows_one_stream(fetch, make_list, authority, tmp_path, site):
    with Nghttpd(tmp_path / "server", site, tls=authority.leaf("127.0.0.1"), streams=1) as server:
        run = fetch.run(make_list(urls_of(server, site, 3)), fetch__tls__ca_file=authority.file)
        check(run, site, "h2")


def test_many_requests_share_one_connection(fetch, make_list, authority, start_nginx, site):
    server = start_nginx(site, tls=authority.leaf("127.0.0.1"), http2=True)
    run = fetch.run(make_list(urls_of(server, site, 10)), fetch__tls__ca_file=authority.file, fetch__threads=2)
    check(run, site, "h2")
    requests = server.requests()
    assert {request["protocol"] for request in requests} == {"HTTP/2.0"}
    assert len({request["connection"] for request in requests}) == 1


def test_a_server_of_ones_own_gets_a_connection_from_each_lane_and_more_when_it_allows_few_streams(
    fetch, make_list, authority, start_nginx, site
):
    server = start_nginx(site, tls=authority.leaf("127.0.0.1"), http2=True, streams=8)
    run = fetch.run(
        make_list(urls_of(server, site, 10)),
        fetch__tls__ca_file=authority.file,
        fetch__threads=2,
        fetch__profile="own-server",
    )
    check(run, site, "h2")
    assert len({request["connection"] for request in server.requests()}) > 2


def test_a_server_that_ends_connections_after_some_requests_costs_nothing(
    fetch, make_list, authority, start_nginx, site
):
    server = start_nginx(site, tls=authority.leaf("127.0.0.1"), http2=True, keepalive_requests=10)
    run = fetch.run(make_list(urls_of(server, site, 10)), fetch__tls__ca_file=authority.file)
    check(run, site, "h2")
    asked = Counter(request["connection"] for request in server.requests())
    assert max(asked.values()) <= 11
    assert sum(asked.values()) == len(urls_of(server, site, 10)), "nothing was asked twice"


def test_http2_is_not_offered_when_it_is_turned_off(fetch, make_list, authority, start_nginx, site):
    server = start_nginx(site, tls=authority.leaf("127.0.0.1"), http2=True)
    run = fetch.run(make_list(urls_of(server, site)), fetch__tls__ca_file=authority.file, fetch__http2="false")
    check(run, site, "http/1.1")


def test_a_page_instead_of_a_picture_harms_no_other_stream(fetch, make_list, authority, start_nginx, site):
    server = start_nginx(
        site,
        tls=authority.leaf("127.0.0.1"),
        http2=True,
        locations={
            "/page": "default_type text/html; return 200 '<!doctype html><html><body>no picture</body></html>';",
            "/gone": "return 410;",
            "/there": "return 302 /0.png;",
        },
    )
    odd = [server.url(path) for path in ("/page", "/gone", "/there", "/none.jpg")]
    run = fetch.run(make_list(urls_of(server, site) + odd * 5), fetch__tls__ca_file=authority.file)
    assert run.code == 3, run.err
    records = check_books(run.root)
    reasons = Counter(record.get("reason", "ok") for record in records)
    assert reasons == {"ok": 85, "not_an_image": 5, "http_status": 10}
    assert len({request["connection"] for request in server.requests()}) == 1

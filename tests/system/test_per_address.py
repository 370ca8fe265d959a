"""The limit of connections to one IP address (fetch.per_address.connections), counted by the server's side."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Callable

import pytest

from support.books import check_books
from support.dns import Dns
from support.front import Front
from support.raw_server import RawServer
from support.steps import answer, hold, pause, send
from support.waiting import wait_for

HOSTS = 40
NAMES = {f"h{number}.test": "127.0.0.1" for number in range(HOSTS)}


@pytest.fixture
def dns(tmp_path: Path):
    with Dns(tmp_path / "dns", NAMES | {"elsewhere.test": "127.0.0.2"}) as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, icon: bytes) -> Path:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "a.png").write_bytes(icon)
    return tmp_path / "site"


def in_turn(port: int, lines: int, scheme: str = "http") -> list[str]:
    """As many lines of each host, always the next host's."""
    return [f"{scheme}://{name}:{port}/a.png?{line}" for line in range(lines) for name in NAMES]


@pytest.mark.parametrize("threads", [1, 3])
def test_hosts_on_one_address_share_its_connections(fetch, make_list, start_nginx, site, dns, threads):
    nginx = start_nginx(site)
    with Front(nginx.port) as front:
        urls = in_turn(front.port, 12)
        run = fetch.run(make_list(urls), fetch__dns__servers=dns.server, fetch__threads=threads,
                        fetch__per_address__connections=3)
    assert run.code == 0, run.err
    records = check_books(run.root)
    assert {record["attempts"] for record in records} == {1}
    assert sorted(request["host"] + request["uri"] for request in nginx.requests()) == sorted(
        url.removeprefix("http://") for url in urls)
    assert 2 <= front.most_open <= 3


@pytest.mark.parametrize("threads", [1, 3])
def test_one_of_http2_counts_as_one(fetch, make_list, start_nginx, site, dns, authority, threads):
    nginx = start_nginx(site, tls=authority.leaf(*NAMES), http2=True)
    with Front(nginx.port) as front:
        run = fetch.run(make_list(in_turn(front.port, 6, "https")), fetch__dns__servers=dns.server,
                        fetch__threads=threads, fetch__tls__ca_file=authority.file, fetch__per_address__connections=2)
    assert run.code == 0, run.err
    records = check_books(run.root)
    assert Counter((record["protocol"], record["attempts"]) for record in records) == {("h2", 1): 6 * HOSTS}
    assert front.most_open <= 2


def test_a_busy_host_of_http2_lets_others_in(fetch, make_list, start_nginx, site, dns, authority):
    nginx = start_nginx(site, tls=authority.leaf(*NAMES), http2=True)
    with Front(nginx.port) as front:
        busy = [f"https://h0.test:{front.port}/a.png?{line}" for line in range(600)]
        others = [f"https://h{number}.test:{front.port}/a.png" for number in range(1, 4)]
        run = fetch.run(make_list(busy + others), fetch__dns__servers=dns.server, fetch__threads=1,
                        fetch__tls__ca_file=authority.file, fetch__per_address__connections=1)
    assert run.code == 0, run.err
    assert front.most_open == 1
    order = [request["host"].split(".")[0] for request in nginx.requests()]
    assert max(order.index(f"h{number}") for number in range(1, 4)) < len(order) - 300


def test_waiting_for_an_address_is_no_failure_and_counts_against_no_deadline(fetch, make_list, dns, icon):
    with RawServer() as server:
        server.on("*", pause(0.2), send(answer(icon)))
        urls = [f"http://{name}:{server.port}/" for name in NAMES]
        run = fetch.run(make_list(urls), fetch__dns__servers=dns.server, fetch__per_address__connections=1,
                        fetch__timeouts__total="1s", fetch__timeouts__connect="500ms", fetch__tries=1)
        assert run.code == 0, run.err  # the last of them waited for 8 s
        assert server.most_in_flight == 1
    records = check_books(run.root)
    assert max(record["ms"]["total"] for record in records) < 1000
    assert len(records) == HOSTS


def test_a_full_address_keeps_nobody_else_waiting(fetch, make_list, start_nginx, site, dns):
    nginx = start_nginx(site, address="127.0.0.2")
    with RawServer() as silent:
        silent.on("*", hold())
        stuck = [f"http://{name}:{silent.port}/{line}" for line in range(20) for name in list(NAMES)[:3]]
        stuck += [f"http://{name}:{silent.port}/" for name in NAMES]
        good = [f"http://elsewhere.test:{nginx.port}/a.png?{line}" for line in range(100)]
        run = fetch.start(make_list(stuck + good), fetch__dns__servers=dns.server, fetch__per_address__connections=1,
                          fetch__connections=40, fetch__timeouts__first_byte="5s", fetch__tries=1,
                          stop__drain="0s")
        try:
            wait_for(lambda: len(nginx.requests()) == len(good), "the lines of the other address")
            assert len(silent.requests) <= 3
        finally:
            run.terminate()
            run.wait(20)


def test_a_redirect_waits_where_it_leads_to(fetch, make_list, start_nginx, site, dns, icon):
    with RawServer() as slow:
        slow.on("*", pause(0.1), send(answer(icon)))
        there = f"return 302 http://h0.test:{slow.port}/;"
        nginx = start_nginx(site, address="127.0.0.2", locations={"/to": there})
        direct = [f"http://{name}:{slow.port}/" for name in NAMES]
        led = [f"http://elsewhere.test:{nginx.port}/to?{line}" for line in range(6)]
        run = fetch.run(make_list(led + direct), fetch__dns__servers=dns.server, fetch__per_address__connections=1)
    assert run.code == 0, run.err
    assert len(nginx.requests()) == len(led)  # nothing is asked again for it

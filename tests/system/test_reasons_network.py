"""One test for each way in which a connection can fail to come about, or to last."""

from __future__ import annotations

import pytest

from support.dns import DeadDns, Dns
from support.raw_server import FullBacklog, RawServer
from support.steps import answer, cut, drip, hold, pause, reset, send, send_for_ever, status
from support.waiting import free_port, wait_for

BLOCKED = [
    "http://10.0.0.1/a.jpg",
    "http://127.0.0.1/a.jpg",
    "http://0.0.0.0/a.jpg",
    "http://[::1]/a.jpg",
    "http://169.254.169.254/latest/",
    "http://[::ffff:127.0.0.1]/a.jpg",
    "http://[64:ff9b::7f00:1]/a.jpg",
    "http://0x7f.1/a.jpg",
    "http://2130706433/a.jpg",
    "http://localhost/a.jpg",
]


@pytest.mark.parametrize("url", BLOCKED)
def test_blocked_address(fetch_one, url):
    assert fetch_one(url, fetch__allow_addresses=None)["reason"] == "blocked_address"


def test_blocked_address_is_judged_after_the_name_is_resolved(fetch_one, server, tmp_path):
    with Dns(tmp_path / "dns", {"innocent.test": "127.0.0.1"}) as dns:
        record = fetch_one(
            f"http://innocent.test:{server.port}/", fetch__dns__servers=dns.server, fetch__allow_addresses=None
        )
    assert record["reason"] == "blocked_address"
    assert server.connections == 0


def test_denied_addresses_are_refused_even_when_allowed(fetch_one, server):
    assert fetch_one(server.url("/"), fetch__deny_addresses="127.0.0.1")["reason"] == "blocked_address"
    assert server.connections == 0


def test_a_name_is_resolved_once_for_many_lines(fetch, make_list, server, picture, tmp_path):
    server.on("*", send(answer(picture)))
    with Dns(tmp_path / "dns", {"pictures.test": "127.0.0.1"}) as dns:
        urls = [f"http://pictures.test:{server.port}/{n}.jpg" for n in range(20)]
        run = fetch.run(make_list(urls), fetch__dns__servers=dns.server)
        assert len(dns.queries()) <= 2  # one for each family of addresses
    assert run.code == 0, run.err
    assert server.requests[0].headers["host"] == f"pictures.test:{server.port}"


def test_dns_not_found(fetch_one, tmp_path):
    with Dns(tmp_path / "dns", {}) as dns:
        assert fetch_one("http://nobody.test/a.jpg", fetch__dns__servers=dns.server)["reason"] == "dns_not_found"


def test_dns_not_found_is_not_tried_again(fetch_one, tmp_path):
    with Dns(tmp_path / "dns", {}) as dns:
        record = fetch_one("http://nobody.test/a.jpg", fetch__dns__servers=dns.server, fetch__tries=3)
    assert (record["reason"], record["attempts"]) == ("dns_not_found", 1)


def test_dns_failed_when_nobody_answers(fetch_one):
    with DeadDns() as dns:
        record = fetch_one("http://pictures.test/a.jpg", fetch__dns__servers=dns.server, fetch__timeouts__dns="100ms")
    assert record["reason"] == "dns_failed"


def test_dns_failed_when_the_server_refuses(fetch_one, tmp_path):
    with Dns(tmp_path / "dns", {}) as dns:
        assert fetch_one("http://pictures.example/a.jpg", fetch__dns__servers=dns.server)["reason"] == "dns_failed"


def test_connect_refused(fetch_one):
    assert fetch_one(f"http://127.0.0.1:{free_port()}/a.jpg")["reason"] == "connect_refused"


def test_connect_timeout(fetch_one):
    with FullBacklog() as full:
        record = fetch_one(f"http://127.0.0.1:{full.port}/a.jpg", fetch__timeouts__connect="300ms")
    assert record["reason"] == "connect_timeout"


def test_connect_failed_when_there_is_no_way_there(fetch_one):
    """The kernel refuses to connect to the broadcast address: network is unreachable."""
    record = fetch_one("http://255.255.255.255/a.jpg", fetch__allow_addresses="255.255.255.255")
    assert record["reason"] == "connect_failed"


def test_a_dead_address_does_not_hide_a_living_one(fetch_one, server, picture, tmp_path):
    server.on("/a.jpg", send(answer(picture)))
    with Dns(tmp_path / "dns", {"both.test": ["127.0.0.1", "127.0.0.9"]}) as dns:
        assert fetch_one(f"http://both.test:{server.port}/a.jpg", fetch__dns__servers=dns.server)["outcome"] == "ok"


@pytest.mark.parametrize("fault", ["expired", "wrong name", "self-signed", "unknown authority"])
def test_tls_certificate(fetch_one, authority, tmp_path, fault):
    leaf = {
        "expired": lambda: authority.leaf("127.0.0.1", days=-1),
        "wrong name": lambda: authority.leaf("other.test"),
        "self-signed": lambda: authority.self_signed("127.0.0.1"),
        "unknown authority": lambda: authority.leaf("127.0.0.1"),
    }[fault]()
    with RawServer(tls=leaf) as server:
        trusted = {} if fault == "unknown authority" else {"fetch__tls__ca_file": authority.file}
        record = fetch_one(server.url("/a.jpg"), fetch__tries=3, **trusted)
    assert (record["reason"], record["attempts"]) == ("tls_certificate", 1)
    assert server.requests == []


def test_insecure_is_of_one_host_alone(fetch_one, authority):
    with RawServer(tls=authority.self_signed("other.test")) as server:
        record = fetch_one(server.url("/a.jpg"), **{"fetch.hosts[127.0.0.2].insecure": "true"})
    assert record["reason"] == "tls_certificate"
    assert server.requests == []


def test_an_insecure_host_is_fetched_from(fetch_one, authority, picture):
    with RawServer(tls=authority.self_signed("other.test")) as server:
        server.on("/a.jpg", send(answer(picture)))
        assert fetch_one(server.url("/a.jpg"), **{"fetch.hosts[127.0.0.1].insecure": "true"})["outcome"] == "ok"


def test_an_unaccepted_certificate_is_told_in_words(fetch_one, authority):
    with RawServer(tls=authority.leaf("other.test")) as server:
        record = fetch_one(server.url("/a.jpg"), fetch__tls__ca_file=authority.file)
    assert record["detail"] == "made out to other.test, not to 127.0.0.1"


@pytest.mark.parametrize(
    "greeting",
    [[send(b"HTTP/1.1 400 Plain HTTP here\r\n\r\n"), hold()], [cut()], [pause(0.05), reset()], [hold()]],
    ids=["not TLS", "closed", "reset", "silent"],
)
def test_tls_failed(fetch_one, greeting):
    with RawServer(greeting=greeting) as server:
        record = fetch_one(f"https://127.0.0.1:{server.port}/a.jpg", fetch__timeouts__tls="300ms")
    assert record["reason"] == "tls_failed"


def test_first_byte_timeout(fetch_one, server):
    server.on("/a.jpg", hold())
    assert fetch_one(server.url("/a.jpg"), fetch__timeouts__first_byte="300ms")["reason"] == "first_byte_timeout"


def test_idle_timeout(fetch_one, server, picture):
    server.on("/a.jpg", send(answer(picture)[:1000]), hold())
    assert fetch_one(server.url("/a.jpg"), fetch__timeouts__idle="300ms")["reason"] == "idle_timeout"


def test_total_timeout(fetch_one, server, picture):
    server.on("/a.jpg", drip(answer(picture), 0.02))
    record = fetch_one(server.url("/a.jpg"), fetch__timeouts__total="700ms", fetch__min_speed=0)
    assert record["reason"] == "total_timeout"


def test_total_timeout_ends_an_endless_head(fetch_one, server):
    server.on("/a.jpg", drip(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000, 0.02))
    record = fetch_one(server.url("/a.jpg"), fetch__timeouts__total="700ms", fetch__min_speed=0)
    assert record["reason"] == "total_timeout"


def test_too_slow(fetch_one, server, picture):
    server.on("/a.jpg", drip(answer(picture), 0.05))
    record = fetch_one(
        server.url("/a.jpg"), fetch__min_speed="1KiB", fetch__min_speed_window="1s", fetch__min_speed_grace="500ms"
    )
    assert record["reason"] == "too_slow"


def test_a_slow_host_does_not_slow_the_others(fetch, make_list, picture):
    with RawServer() as slow, RawServer(address="127.0.0.2") as quick:
        slow.on("*", hold())
        quick.on("*", send(answer(picture)))
        urls = [url for n in range(20) for url in (slow.url(f"/{n}"), quick.url(f"/{n}"))]
        process = fetch.start(make_list(urls), fetch__timeouts__first_byte="5m", stop__drain="0")
        try:
            wait_for(lambda: len(quick.requests) == 20, "the quick host to be done while the slow one is not")
        finally:
            process.kill()
            process.wait()


def test_reset_in_the_middle_of_a_body(fetch_one, server, picture):
    server.on("/a.jpg", send(answer(picture)[:1000]), pause(0.05), reset())
    assert fetch_one(server.url("/a.jpg"))["reason"] == "reset"


def test_reset_before_an_answer(fetch_one, server):
    server.on("/a.jpg", reset())
    assert fetch_one(server.url("/a.jpg"))["reason"] == "reset"


def test_reset_stands_for_a_close_without_an_answer_too(fetch_one, server):
    server.on("/a.jpg", cut())
    assert fetch_one(server.url("/a.jpg"))["reason"] == "reset"


def test_short_body(fetch_one, server, picture):
    server.on("/a.jpg", send(answer(picture)[:-1]), cut())
    assert fetch_one(server.url("/a.jpg"))["reason"] == "short_body"


def test_short_body_when_the_last_chunk_is_missing(fetch_one, server, picture):
    server.on(
        "/a.jpg",
        send(status(200, "Transfer-Encoding: chunked", length=False) + b"%x\r\n%s\r\n" % (len(picture), picture)),
        cut(),
    )
    assert fetch_one(server.url("/a.jpg"))["reason"] == "short_body"


def test_endless_interim_responses_end(fetch_one, server):
    server.on("/a.jpg", send_for_ever(b"HTTP/1.1 100 Continue\r\n\r\n" * 100))
    assert fetch_one(server.url("/a.jpg"), fetch__timeouts__total="5s")["reason"] in ("bad_response", "too_large")


def test_host_dead(fetch, make_list):
    """Five failures in a row park the host; at the third parking all that waits for it is given up."""
    port = free_port()
    run = fetch.run(make_list(f"http://127.0.0.1:{port}/{n}" for n in range(30)), fetch__tries=4,
                    fetch__park__unreachable="200ms")
    assert run.code == 3
    reasons = [record["reason"] for record in run.root.records()]
    assert set(reasons) <= {"connect_refused", "host_dead"}
    assert reasons.count("host_dead") >= 10

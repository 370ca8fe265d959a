"""Names, with real DNS servers: what they say, what they refuse to say, and when they are asked."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from support.dns import DeadDns, Dns
from support.namespace import Namespace
from support.raw_server import RawServer
from support.steps import answer, send, wait
from support.unbound import Unbound
from support.waiting import wait_for


def test_the_name_of_a_host_that_waits_is_asked_for_meanwhile(fetch, make_list, server, picture, tmp_path):
    release = threading.Event()
    server.on("/first.jpg", wait(release), send(answer(picture)))
    server.on("/second.jpg", send(answer(picture)))
    with Dns(tmp_path / "dns", {"first.test": "127.0.0.1", "second.test": "127.0.0.1"}) as dns:
        urls = [f"http://{host}.test:{server.port}/{host}.jpg" for host in ("first", "second")]
        running = fetch.start(make_list(urls), fetch__connections=1, fetch__dns__servers=dns.server)
        wait_for(lambda: "second.test" in dns.queries(), "the second name to be asked for")
        assert server.asked("/second.jpg") == 0
        release.set()
        assert running.wait(20) == 0
        assert dns.queries().count("second.test") == 2  # one for each family of addresses


def test_unbound_and_the_four_ways_to_say_no(fetch, make_list, tmp_path):
    zones = {"nxdomain.test": "always_nxdomain", "nodata.test": "always_nodata", "refused.test": "always_refuse"}
    with (
        Dns(tmp_path / "behind", {}) as refusing,
        Unbound(tmp_path / "dns", zones=zones, stubs={"servfail.example": refusing.server}) as dns,
    ):
        hosts = ["a.nxdomain.test", "a.nodata.test", "a.refused.test", "a.servfail.example"]
        run = fetch.run(make_list(f"http://{host}/a.jpg" for host in hosts), fetch__dns__servers=dns.server)
    records = run.root.records()
    reasons = [record["reason"] for record in records]
    assert reasons == ["dns_not_found", "dns_not_found", "dns_failed", "dns_failed"]
    assert len({record["detail"] for record in records}) == 4, records


def test_a_server_that_drops_the_question_has_failed(fetch_one, tmp_path):
    with Unbound(tmp_path / "dns", zones={"dropped.test": "always_deny"}) as dns:
        record = fetch_one("http://dropped.test/", fetch__dns__servers=dns.server, fetch__timeouts__dns="100ms")
        assert dns.queries().count("dropped.test") >= 4  # each family more than once
    assert (record["reason"], record["detail"]) == ("dns_failed", f"no answer in time from {dns.server}")


@pytest.mark.root
def test_a_question_that_comes_back_to_its_sender_is_no_answer(fetch_one):
    """Nobody listens, and the system gives out no port but that one."""
    with Namespace():
        Path("/proc/sys/net/ipv4/ip_local_port_range").write_text("40000 40000")
        record = fetch_one("http://a.test/", fetch__dns__servers="127.0.0.1:40000", fetch__timeouts__dns="100ms")
    assert (record["reason"], record["detail"]) == ("dns_failed", "no answer in time from 127.0.0.1:40000")


def test_only_what_may_pass_is_asked_again(fetch, make_list, tmp_path):
    zones = {"nxdomain.test": "always_nxdomain", "refused.test": "always_refuse"}
    with Unbound(tmp_path / "dns", zones=zones) as dns:
        run = fetch.run(
            make_list(["http://nxdomain.test/", "http://refused.test/"]),
            fetch__dns__servers=dns.server,
            fetch__tries=2,
        )
        assert [record["attempts"] for record in run.root.records()] == [1, 2]
        assert dns.queries().count("nxdomain.test") == 2
        assert dns.queries().count("refused.test") in (2, 4)  # the retry may come within the second that it is kept


@pytest.mark.parametrize("tcp", [True, False])
def test_an_answer_too_long_for_a_packet_comes_over_tcp(fetch_one, picture, tmp_path, tcp):
    crowd = [f"crowd.test. 60 IN A 127.0.1.{number}" for number in range(1, 201)]
    with RawServer(address="0.0.0.0") as server, Unbound(tmp_path / "dns", data=crowd, tcp=tcp) as dns:
        server.on("/a.jpg", send(answer(picture)))
        record = fetch_one(
            f"http://crowd.test:{server.port}/a.jpg", fetch__dns__servers=dns.server, fetch__timeouts__dns="500ms"
        )
    assert record["outcome"] == ("ok" if tcp else "failed"), record


def test_aliases_are_followed(fetch_one, server, picture, tmp_path):
    server.on("/a.jpg", send(answer(picture)))
    aliases = ["--cname=one.test,two.test", "--cname=two.test,three.test"]
    with Dns(tmp_path / "dns", {"three.test": "127.0.0.1"}, options=aliases) as dns:
        record = fetch_one(f"http://one.test:{server.port}/a.jpg", fetch__dns__servers=dns.server)
    assert record["outcome"] == "ok"


def test_a_dead_name_server_is_not_the_end(fetch, make_list, server, picture, tmp_path):
    server.on("*", send(answer(picture)))
    names = {f"host{number}.test": "127.0.0.1" for number in range(20)}
    with DeadDns() as dead, Dns(tmp_path / "dns", names) as dns:
        run = fetch.run(
            make_list(f"http://{name}:{server.port}/a.jpg" for name in names),
            fetch__dns__servers=f"{dead.server},{dns.server}",
            fetch__timeouts__dns="200ms",
        )
    assert run.code == 0, run.err

"""Our own network goes down in the midst of a list, and comes back: nothing is recorded as failed for it."""

from __future__ import annotations

import subprocess

import pytest

from support.books import check_books
from support.dns import Dns
from support.namespace import Namespace
from support.raw_server import RawServer
from support.steps import answer, pause, send
from support.waiting import wait_for

pytestmark = pytest.mark.root

SETTINGS = {
    "fetch.allow_ports": "1-65535",
    "fetch.timeouts.connect": "1s",
    "fetch.timeouts.first_byte": "2s",
    "fetch.timeouts.total": "5s",
    "fetch.keep_alive": "1s",
    "status.interval": "100ms",
}


def network(state: str) -> None:
    subprocess.run(["ip", "link", "set", "lo", state], check=True)


@pytest.mark.parametrize("hosts", [2, 12])
@pytest.mark.parametrize("crash", [False, True], ids=["", "with a crash"])
def test_nothing_fails_because_the_network_is_down(make_daemon, icon, hosts, crash):
    with Namespace(), RawServer(address="0.0.0.0") as server:
        server.on("*", pause(0.02), send(answer(icon)))
        each = 1200 // hosts
        urls = [f"http://11.0.0.{host + 1}:{server.port}/{n}" for n in range(each) for host in range(hosts)]
        daemon = make_daemon(**SETTINGS).start()
        daemon.drop("list.txt", "".join(url + "\n" for url in urls))
        wait_for(lambda: len(server.requests) > 100, "the fetching to be in full swing", 60)
        network("down")
        trouble = wait_for(lambda: daemon.root.status().get("trouble"), "trouble to be told", 60)
        assert "no host was reached for " in trouble["why"]
        if crash:
            known = daemon.root.path / "state" / "hosts.json"
            wait_for(lambda: known.exists() and '"reached":true' in known.read_text(), "the hosts to be remembered")
            daemon.kill()
            daemon.start()
            wait_for(lambda: daemon.root.status().get("trouble"), "trouble to be told again", 60)
        assert daemon.root.completion_count() < len(urls), "nothing was left to fetch"
        network("up")
        [job] = daemon.wait_for_jobs(1, deadline=90)
    records = check_books(daemon.root, job)
    assert {record["outcome"] for record in records} == {"ok"}


def test_a_list_of_a_few_new_hosts_waits_for_the_network(make_daemon, icon):
    with Namespace(), RawServer(address="0.0.0.0") as server:
        server.on("*", send(answer(icon)))
        urls = [f"http://11.0.0.{host}:{server.port}/{n}" for n in range(20) for host in range(1, 6)]
        network("down")
        daemon = make_daemon(**SETTINGS).start()
        daemon.drop("list.txt", "".join(url + "\n" for url in urls))
        wait_for(lambda: daemon.root.status().get("trouble"), "trouble to be told", 60)
        network("up")
        [job] = daemon.wait_for_jobs(1, deadline=90)
    records = check_books(daemon.root, job)
    assert {record["outcome"] for record in records} == {"ok"}


def test_a_list_of_a_few_new_hosts_waits_for_the_name_server(make_daemon, icon, tmp_path):
    names = {f"h{host}.test": ["127.0.0.1"] for host in range(5)}
    with Dns(tmp_path / "dns", names) as dns, RawServer() as server:
        server.on("*", send(answer(icon)))
        urls = [f"http://{name}:{server.port}/{n}" for n in range(20) for name in names]
        dns.stop()
        settings = {"fetch.dns.servers": dns.server, "fetch.timeouts.dns": "1s", "fetch.allow_ports": "1-65535"}
        daemon = make_daemon(**settings).start()
        daemon.drop("list.txt", "".join(url + "\n" for url in urls))
        trouble = wait_for(lambda: daemon.root.status().get("trouble"), "trouble to be told", 60)
        assert "no name was resolved" in trouble["why"]
        dns.start()
        [job] = daemon.wait_for_jobs(1, deadline=90)
    records = check_books(daemon.root, job)
    assert {record["outcome"] for record in records} == {"ok"}


def test_the_only_host_waits_for_the_name_server(make_daemon, server, icon, tmp_path):
    """It worked before, and now no name server says anything: that is not its fault."""
    server.on("*", send(answer(icon)))
    with Dns(tmp_path / "dns", {"only.test": "127.0.0.1"}) as dns:
        urls = [f"http://only.test:{server.port}/{n}" for n in range(50)]
        daemon = make_daemon(**{**SETTINGS, "fetch.dns.servers": dns.server, "fetch.timeouts.dns": "500ms"}).start()
        daemon.drop("before.txt", urls[0] + "\n")
        daemon.wait_for_jobs(1)
        daemon.stop()
        dns.stop()
        daemon.start()
        daemon.drop("list.txt", "".join(url + "\n" for url in urls))
        trouble = wait_for(lambda: daemon.root.status().get("trouble"), "trouble to be told", 60)
        assert "no name was resolved" in trouble["why"]
        dns.start()
        jobs = daemon.wait_for_jobs(2, deadline=90)
    records = check_books(daemon.root, jobs[-1])
    assert {record["outcome"] for record in records} == {"ok"}

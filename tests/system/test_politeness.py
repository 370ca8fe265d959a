"""Limits as the server sees them."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from support.pace import LATE, busiest, check_delay, gaps
from support.raw_server import RawServer
from support.steps import answer, close, pause, send, status
from support.waiting import wait_for


@pytest.mark.parametrize("threads", [1, 3])
def test_the_ceiling_of_a_host_is_never_passed(fetch, make_list, server, icon, threads):
    server.on("*", pause(0.02), send(answer(icon)))
    lists = [make_list([server.url(f"/{name}/{n}") for n in range(60)], f"{name}.txt") for name in "ab"]
    run = fetch.run(*lists, fetch__per_host__connections=3, fetch__threads=threads)
    assert run.code == 0, run.err
    assert 2 <= server.most_in_flight <= 3
    assert server.most_open <= 3


def test_the_ceiling_holds_for_each_host_by_itself(fetch, make_list, icon):
    with RawServer() as one, RawServer(address="127.0.0.2") as other:
        for server in (one, other):
            server.on("*", pause(0.01), send(answer(icon)))
        run = fetch.run(
            make_list(server.url(f"/{n}") for n in range(30) for server in (one, other)), fetch__per_host__connections=1
        )
        assert run.code == 0, run.err
        assert (one.most_in_flight, other.most_in_flight) == (1, 1)


def test_a_host_with_limits_of_its_own_keeps_to_them_and_leaves_the_others_theirs(fetch, make_list, icon):
    with RawServer() as one, RawServer(address="127.0.0.2") as other:
        for server in (one, other):
            server.on("*", pause(0.02), send(answer(icon)))
        mine = "fetch.hosts[127.0.0.2]"
        run = fetch.run(
            make_list(server.url(f"/{n}") for n in range(10) for server in (one, other)),
            **{f"{mine}.connections": 1, f"{mine}.delay": "100ms"},
        )
        assert run.code == 0, run.err
        assert one.most_in_flight > 1
        assert other.most_in_flight == 1
        check_delay(times(other), 0.1)


def test_a_busy_host_of_ones_own_gets_many_connections(fetch, make_list, server, icon):
    server.on("*", pause(0.02), send(answer(icon)))
    run = fetch.run(make_list(server.url(f"/{n}") for n in range(1000)), fetch__profile="own-server", fetch__threads=2)
    assert run.code == 0, run.err
    assert server.most_in_flight > 6


def test_the_ceiling_of_all_hosts_together_is_never_passed(fetch, make_list, server, icon):
    server.on("*", pause(0.02), send(answer(icon)))
    run = fetch.run(
        make_list(server.url(f"/{n}") for n in range(100)), fetch__profile="own-server", fetch__connections=5
    )
    assert run.code == 0, run.err
    assert server.most_in_flight <= 5


def times(*servers) -> list[float]:
    return sorted(request.time for server in servers for request in server.requests)


@pytest.mark.parametrize("rate", [5, 20])
def test_requests_per_second_are_kept(fetch, make_list, server, icon, rate):
    server.on("*", send(answer(icon)))
    run = fetch.run(make_list(server.url(f"/{n}") for n in range(rate * 3)), fetch__per_host__requests_per_second=rate)
    assert run.code == 0, run.err
    seen = times(server)
    assert busiest(seen) <= rate + 1
    assert seen[-1] - seen[0] >= (len(seen) - 2) / rate * 0.95


@pytest.mark.parametrize("rate", [5, 20])
def test_requests_that_meet_a_dead_connection_keep_the_rate_too(fetch, make_list, server, icon, rate):
    for number in range(rate * 3):
        met = [close()] if number % 2 == 1 else [send(answer(icon))]  # on a connection that had an answer before
        server.on(f"/{number}", *met, then=[send(answer(icon))])
    run = fetch.run(make_list(server.url(f"/{number}") for number in range(rate * 3)), fetch__per_host__connections=1,
                    fetch__per_host__requests_per_second=rate)
    assert run.code == 0, run.err
    assert {record["attempts"] for record in run.root.records()} == {1}
    assert len(server.requests) == rate * 3 + rate * 3 // 2
    assert busiest(times(server)) <= rate + 1


def test_a_delay_between_requests_is_kept(fetch, make_list, server, icon):
    server.on("*", send(answer(icon)))
    run = fetch.run(make_list(server.url(f"/{n}") for n in range(6)), fetch__per_host__delay="200ms")
    assert run.code == 0, run.err
    check_delay(times(server), 0.2)


def test_polite_asks_one_at_a_time_and_rests_in_between(fetch, make_list, server, icon):
    """After each for 5 times what it took, 3 seconds at least."""
    server.on("/slow", pause(0.8), send(answer(icon)))
    server.on("*", send(answer(icon)))
    run = fetch.run(make_list(server.url(path) for path in ("/slow", "/b", "/c")), fetch__profile="polite")
    assert run.code == 0, run.err
    assert server.most_in_flight == 1
    after_robots, after_slow, after_quick = gaps(times(server))
    assert after_robots >= 3 - LATE
    assert after_slow >= 0.8 + 5 * 0.8 - LATE
    assert after_quick >= 3 - LATE


def test_a_single_host_may_be_spared(fetch, make_list, icon):
    with RawServer() as busy, RawServer(address="127.0.0.2") as spared:
        for server in (busy, spared):
            server.on("*", pause(0.01), send(answer(icon)))
        urls = [busy.url(f"/{n}") for n in range(50)] + [spared.url(f"/{n}") for n in range(2)]
        run = fetch.run(make_list(urls), **{"fetch.hosts[127.0.0.2].profile": "polite"})
        assert run.code == 0, run.err
        assert gaps(times(spared))[0] >= 3 - LATE
        assert busy.requests[-1].time < spared.requests[1].time
        assert busy.most_in_flight > 1


def test_requests_per_second_are_kept_over_all_hosts(fetch, make_list, icon):
    with RawServer() as one, RawServer(address="127.0.0.2") as other:
        for server in (one, other):
            server.on("*", send(answer(icon)))
        urls = [server.url(f"/{n}") for n in range(15) for server in (one, other)]
        run = fetch.run(make_list(urls), fetch__requests_per_second=10)
        assert run.code == 0, run.err
        seen = times(one, other)
        assert busiest(seen) <= 11
        assert seen[-1] - seen[0] >= 28 / 10 * 0.95


@pytest.mark.parametrize("key", ["fetch.bytes_per_second", "fetch.per_host.bytes_per_second"])
def test_bytes_per_second_are_kept(fetch, make_list, server, picture, key):
    server.on("*", send(answer(picture)))
    count, rate = 20, 5 * len(picture)
    run = fetch.run(make_list(server.url(f"/{n}") for n in range(count)), **{key: rate})
    assert run.code == 0, run.err
    # The last ones in flight are on the house.
    assert server.requests[-1].time - server.requests[0].time >= (count - 1 - 6) * len(picture) / rate


def test_a_host_that_suddenly_refuses_is_left_alone(make_daemon, server, icon):
    """20 answers, then 403 only: it has had enough of us. What it refused is final, what waits is not asked meanwhile."""
    for n in range(20):
        server.on(f"/{n}", send(answer(icon)))
    server.on("*", send(status(403)))
    daemon = make_daemon(fetch__per_host__connections=1, fetch__park__busy="10m").start()
    daemon.drop("list.txt", "".join(server.url(f"/{n}") + "\n" for n in range(100)))
    parked = wait_for(lambda: (now := daemon.root.status()) and now["parked_hosts"], "the host to be parked")
    assert parked[0]["why"] == "http_status 403"
    assert parked[0]["queued"] == 100 - 31
    assert len(server.requests) == 31


def test_a_host_that_refuses_is_asked_once_after_each_park_after_a_restart_too(make_daemon, server, icon):
    for n in range(20):
        server.on(f"/{n}", send(answer(icon)))
    server.on("*", send(status(403)))
    daemon = make_daemon(fetch__per_host__connections=1, fetch__park__busy="5s").start()
    daemon.drop("list.txt", "".join(server.url(f"/{n}") + "\n" for n in range(100)))
    known = daemon.root.path / "state" / "hosts.json"
    wait_for(lambda: known.exists() and '"refused":11' in known.read_text(), "the refusals to be kept in mind")
    wait_for(lambda: daemon.root.status()["totals"]["lines"] == 31, "what ended to be recorded")
    daemon.kill()
    daemon.start()
    wait_for(lambda: len(server.requests) > 31, "the park to end")
    [parked] = wait_for(
        lambda: [host for host in daemon.root.status()["parked_hosts"] if host["parks"] == 2], "the host to be parked again"
    )
    assert parked["queued"] == 100 - 32
    assert len(server.requests) == 32


def test_a_host_that_always_refused_some_is_known_too(make_daemon, server, icon):
    for n in range(200):
        server.on(f"/{n}", send(status(403) if n % 20 == 19 else answer(icon)))
    server.on("*", send(status(403)))
    daemon = make_daemon(fetch__per_host__connections=1, fetch__park__busy="10m").start()
    daemon.drop("list.txt", "".join(server.url(f"/{n}") + "\n" for n in range(300)))
    [parked] = wait_for(lambda: (now := daemon.root.status()) and now["parked_hosts"], "the host to be parked")
    assert 300 - 211 <= parked["queued"] <= 300 - 210


def test_a_host_that_asked_for_peace_has_it_after_a_crash_too(make_daemon, server, icon):
    server.on("*", send(status(429, "Retry-After: 8")), then=[send(answer(icon))])
    daemon = make_daemon(fetch__park__busy="100ms", fetch__tries=2).start()
    daemon.drop("list.txt", server.url("/a.png") + "\n")
    known = daemon.root.path / "state" / "hosts.json"
    wait_for(lambda: known.exists() and server.url("") in known.read_text(), "the host to be kept in mind")
    daemon.kill()
    daemon.start()
    wait_for(lambda: daemon.root.status()["parked_hosts"], "the host to be parked after the restart")
    daemon.wait_for_jobs(1)
    assert len(server.requests) == 2
    check_delay(times(server), 8)


REDIRECTORS = 20


@pytest.fixture
def redirected(make_list):
    """Lists one line on each of many hosts, all of which redirect to a target that is used meanwhile."""
    with RawServer(address="127.0.9.9") as target, ExitStack() as stack:
        hosts = [stack.enter_context(RawServer(address=f"127.0.8.{n + 1}")) for n in range(REDIRECTORS)]
        for n, host in enumerate(hosts):
            host.on("/old", send(status(302, f"Location: {target.url(f'/{n}')}")))
        yield make_list([host.url("/old") for host in hosts]), target, hosts


@pytest.mark.parametrize("threads", [1, 3])
def test_the_ceiling_of_a_host_holds_behind_redirects(fetch, redirected, icon, threads):
    urls, target, _ = redirected
    target.on("*", pause(0.05), send(answer(icon)))
    run = fetch.run(urls, fetch__per_host__connections=2, fetch__threads=threads)
    assert run.code == 0, run.err
    assert len(target.requests) == REDIRECTORS
    assert target.most_in_flight == 2


def test_the_pace_of_a_host_holds_behind_redirects(fetch, redirected, icon):
    urls, target, _ = redirected
    target.on("*", send(answer(icon)))
    run = fetch.run(urls, fetch__per_host__requests_per_second=10)
    assert run.code == 0, run.err
    seen = times(target)
    assert seen[-1] - seen[0] >= (REDIRECTORS - 2) / 10 * 0.95


def test_a_crawl_delay_holds_behind_redirects(fetch, redirected, icon):
    urls, target, _ = redirected
    target.on("/robots.txt", send(answer(b"User-agent: *\nCrawl-delay: 0.2\n")))
    target.on("*", send(answer(icon)))
    run = fetch.run(urls, robots="obey")
    assert run.code == 0, run.err
    seen = [request.time for request in target.requests if request.target != "/robots.txt"]
    assert len(seen) == REDIRECTORS
    check_delay(seen, 0.2)


def test_a_host_that_redirects_is_not_blamed_for_where_it_leads(fetch, make_list, icon):
    with RawServer() as host, RawServer(address="127.0.9.9") as target:
        host.on("*", send(answer(icon)))
        for n in range(30):
            host.on(f"/old{n}", send(status(302, f"Location: {target.url('/busy')}")))
        target.on("*", send(status(429, "Retry-After: 3600")))
        urls = [host.url(f"/old{n}") for n in range(30)] + [host.url(f"/{n}") for n in range(300)]
        process = fetch.start(make_list(urls))
        wait_for(lambda: len(host.requests) == 330, "all that the host was to be asked for")
        # One that was under way when the first came back, and no other.
        assert len(target.requests) <= 2
        process.terminate()
        process.wait(30)

"""Limits as the server sees them."""

from __future__ import annotations

from bisect import bisect_left

import pytest

from support.raw_server import RawServer
from support.steps import answer, pause, send


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
        times = [request.time for request in other.requests]
        assert min(later - earlier for earlier, later in zip(times, times[1:])) >= 0.09


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


@pytest.mark.parametrize("rate", [5, 20])
def test_requests_per_second_are_kept(fetch, make_list, server, icon, rate):
    server.on("*", send(answer(icon)))
    run = fetch.run(make_list(server.url(f"/{n}") for n in range(rate * 3)), fetch__per_host__requests_per_second=rate)
    assert run.code == 0, run.err
    times = [request.time for request in server.requests]
    # a little less than a second: the server sees the starts a moment later, some sooner than others
    busiest = max(bisect_left(times, start + 0.95) - index for index, start in enumerate(times))
    assert busiest <= rate + 1
    assert times[-1] - times[0] >= (len(times) - 2) / rate * 0.95


def test_a_delay_between_requests_is_kept(fetch, make_list, server, icon):
    server.on("*", send(answer(icon)))
    run = fetch.run(make_list(server.url(f"/{n}") for n in range(6)), fetch__per_host__delay="200ms")
    assert run.code == 0, run.err
    times = [request.time for request in server.requests]
    assert min(later - earlier for earlier, later in zip(times, times[1:])) >= 0.19

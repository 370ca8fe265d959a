"""What is tried again, how often, and what is not."""

from __future__ import annotations

import pytest

from support.dns import Dns
from support.steps import answer, cut, reset, send, status
from support.waiting import free_port, wait_for


@pytest.mark.parametrize("code", [408, 425, 500, 502, 504, 520, 524])
def test_a_passing_error_of_the_server_is_tried_again(fetch_one, server, picture, code):
    server.on("/a.jpg", send(status(code)), then=[send(answer(picture))])
    record = fetch_one(server.url("/a.jpg"), fetch__tries=2)
    assert (record["outcome"], record["attempts"], server.asked("/a.jpg")) == ("ok", 2, 2)


def test_503_is_tried_again(fetch_one, server, picture):
    server.on("/a.jpg", send(status(503)), then=[send(answer(picture))])
    record = fetch_one(
        server.url("/a.jpg"), fetch__tries=2, fetch__profile="own-server"
    )  # open-web would park for 10 s
    assert (record["outcome"], record["attempts"], server.asked("/a.jpg")) == ("ok", 2, 2)


@pytest.mark.parametrize("end", [cut(), reset()], ids=["closed", "reset"])
def test_a_broken_connection_is_tried_again(fetch_one, server, picture, end):
    server.on("/a.jpg", send(answer(picture)[:500]), end, then=[send(answer(picture))])
    record = fetch_one(server.url("/a.jpg"), fetch__tries=2)
    assert (record["outcome"], record["attempts"]) == ("ok", 2)


@pytest.mark.parametrize("code", [400, 403, 404, 410, 501])
def test_a_final_status_is_not_tried_again(fetch_one, server, code):
    server.on("/a.jpg", send(status(code)))
    record = fetch_one(server.url("/a.jpg"), fetch__tries=4)
    assert (record["reason"], record["attempts"], server.asked("/a.jpg")) == ("http_status", 1, 1)


def test_tries_are_counted(fetch_one, server):
    server.on("/a.jpg", send(status(500)))
    record = fetch_one(server.url("/a.jpg"), fetch__tries=3)
    assert (record["reason"], record["http_status"], record["attempts"], server.asked("/a.jpg")) == (
        "http_status",
        500,
        3,
        3,
    )


def test_what_is_no_image_is_not_tried_again(fetch_one, server):
    server.on("/a.jpg", send(answer(b"<html></html>")))
    record = fetch_one(server.url("/a.jpg"), fetch__tries=4)
    assert (record["reason"], server.asked("/a.jpg")) == ("not_an_image", 1)


def test_429_parks_the_host_for_all_its_urls(fetch, make_list, server, picture):
    """At least as long as the server asks for: this one asks for more than the 10 s we would wait anyway."""
    server.on("/first.jpg", send(status(429, "Retry-After: 12")), then=[send(answer(picture))])
    server.on("*", send(answer(picture)))
    urls = [server.url("/first.jpg"), *(server.url(f"/{n}.jpg") for n in range(5))]
    run = fetch.run(make_list(urls), fetch__tries=2, fetch__per_host__connections=1)
    assert run.code == 0, run.err
    first, *others = server.requests
    assert first.target == "/first.jpg"
    assert min(request.time for request in others) - first.time >= 12
    assert [record["attempts"] for record in run.root.records()] == [2, 1, 1, 1, 1, 1]


def test_a_connection_that_died_while_idle_costs_no_try(fetch, make_list, server, picture):
    server.on("/a.jpg", send(answer(picture)))
    server.on("/b.jpg", cut(), then=[send(answer(picture))])
    run = fetch.run(
        make_list([server.url("/a.jpg"), server.url("/b.jpg")]), fetch__per_host__connections=1, fetch__tries=1
    )
    assert run.code == 0, run.err
    assert [record["attempts"] for record in run.root.records()] == [1, 1]
    assert [request.connection for request in server.requests] == [1, 1, 2]


def test_the_free_retry_is_given_once(fetch, make_list, server, picture):
    server.on("/a.jpg", send(answer(picture)))
    server.on("/b.jpg", cut())
    run = fetch.run(
        make_list([server.url("/a.jpg"), server.url("/b.jpg")]), fetch__per_host__connections=1, fetch__tries=1
    )
    assert run.root.records()[1]["reason"] == "reset"
    assert server.asked("/b.jpg") == 2


def test_a_name_that_nobody_could_tell_is_asked_for_again(make_daemon, server, picture, tmp_path):
    server.on("/a.jpg", send(answer(picture)))
    port = free_port()  # where no DNS server listens yet
    daemon = make_daemon(fetch__dns__servers=f"127.0.0.1:{port}", fetch__tries=4).start()
    daemon.drop("list.txt", f"http://back.test:{server.port}/a.jpg\n")
    wait_for(lambda: (now := daemon.root.status()) and now["retrying"] == 1, "the line to wait for its second attempt")
    with Dns(tmp_path / "dns", {"back.test": "127.0.0.1"}, port=port):
        wait_for(lambda: daemon.root.jobs("done"), "the job to be done")
    record = daemon.root.record()
    assert record["outcome"] == "ok"
    assert record["attempts"] >= 2

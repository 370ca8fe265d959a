"""What is tried again, how often, and what is not."""

from __future__ import annotations

import time
from email.utils import formatdate

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


def http_date(seconds_from_now: float) -> str:
    return formatdate(time.time() + seconds_from_now, usegmt=True)


RETRY_AFTER = {
    "seconds": ("90", 80, 90),
    "a date": (lambda: http_date(1800), 1500, 1800),
    "a date that is past": (lambda: http_date(-3600), 1, 10),
    "1970": ("Thu, 01 Jan 1970 00:00:00 GMT", 1, 10),
    "zero": ("0", 1, 10),
    "negative": ("-60", 1, 10),
    "garbage": ("whenever", 1, 10),
    "nothing": ("", 1, 10),
    "a fraction": ("90.5", 1, 10),
    "a year": ("31536000", 21500, 21600),
    "too many digits": ("9" * 40, 21500, 21600),
    "a date out of reach": ("Fri, 31 Dec 9999 23:59:59 GMT", 21500, 21600),
}


@pytest.mark.parametrize(("value", "least", "most"), RETRY_AFTER.values(), ids=RETRY_AFTER.keys())
@pytest.mark.parametrize("code", [429, 503])
def test_retry_after_in_any_form(make_daemon, server, code, value, least, most):
    """What asks for less than we would wait anyway, or makes no sense, changes nothing; 6 hours are the most."""
    said = value() if callable(value) else value  # a date counts from now, not from when the tests were read
    server.on("*", send(status(code, f"Retry-After: {said}")))
    assert_parked(make_daemon, server, least, most)


@pytest.mark.parametrize("values", [("20", "90"), ("90", "20"), ("soon", "90", "-1"), ("20, 90",)], ids=" ".join)
def test_of_several_retry_after_the_longest_counts(make_daemon, server, values):
    server.on("*", send(status(429, *(f"Retry-After: {value}" for value in values))))
    assert_parked(make_daemon, server, 80, 90)


def assert_parked(make_daemon, server, least: int, most: int) -> None:
    daemon = make_daemon(stop__drain="0s").start()
    daemon.drop("list.txt", server.url("/a.jpg") + "\n")
    [parked] = wait_for(lambda: daemon.root.status().get("parked_hosts"), "the host to be parked")
    assert least <= parked["parked_seconds"] <= most
    assert len(server.requests) == 1


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

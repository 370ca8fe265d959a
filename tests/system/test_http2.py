"""HTTP/2 with servers that refuse, break off, stall, lie and attack: one stream's trouble is its own, one connection's
trouble ends there, and what the server did not look at is asked again without being counted."""

from __future__ import annotations

from collections import Counter

import pytest
from h2.errors import ErrorCodes

from support.books import check_books
from support.h2_server import SETTING, H2Server, answer, answer_when, cut, data, frame, goaway, head, raw, refuse, reset, silence, together

PING = frame(6, 0, 0, b"12345678")


@pytest.fixture
def leaf(authority):
    return authority.leaf("127.0.0.1")


@pytest.fixture
def fetch_all(fetch, make_list, authority):
    """Fetches these paths of the server and returns their records by path."""

    def fetch_paths(server: H2Server, paths: list[str], **settings: object) -> dict[str, dict]:
        run = fetch.run(make_list(map(server.url, paths)), fetch__tls__ca_file=authority.file, **settings)
        assert run.code in (0, 3), run.err
        return {record["url"].removeprefix(server.url("")): record for record in check_books(run.root)}

    return fetch_paths


def verdict(record: dict) -> str:
    return record.get("reason", record["outcome"])


def test_a_request_says_the_same_as_over_http1(fetch_all, leaf, icon):
    with H2Server(leaf) as server:
        server.on("*", answer(icon))
        record = fetch_all(server, ["/a?b=c"], fetch__contact="me@example.org")["/a?b=c"]
        asked = server.asked[0].headers
    assert (record["outcome"], record["protocol"], record["http_status"]) == ("ok", "h2", 200)
    assert record["address"] == "127.0.0.1"
    assert {name: asked[name] for name in (":method", ":scheme", ":authority", ":path")} == {
        ":method": "GET",
        ":scheme": "https",
        ":authority": f"127.0.0.1:{server.port}",
        ":path": "/a?b=c",
    }
    assert "me@example.org" in asked["user-agent"]
    assert set(asked) >= {"user-agent", "accept"} and "connection" not in asked


def test_refused_streams_are_asked_again_for_nothing(fetch_all, leaf, icon):
    with H2Server(leaf) as server:
        server.on("*", answer(icon))
        server.on("/refused", refuse(), then=[answer(icon)])
        records = fetch_all(server, ["/a", "/refused", "/b"])
        assert server.times("/refused") == 2
    assert {verdict(record) for record in records.values()} == {"ok"}
    assert {record["attempts"] for record in records.values()} == {1}


def test_streams_that_are_refused_again_and_again_fail(fetch_all, leaf, icon):
    with H2Server(leaf) as server:
        server.on("*", refuse())
        record = fetch_all(server, ["/a"])["/a"]
        assert server.times("/a") in (2, 3), "the first may have come before the server's settings were known"
    assert verdict(record) == "reset"
    assert record["detail"] == "the server refused the request: REFUSED_STREAM (it did not look at the request)"


def test_a_goodbye_before_anything_was_done_moves_to_another_connection(fetch_all, leaf, icon):
    with H2Server(leaf) as server:
        server.on("/a", goaway(last=0), then=[answer(icon)])
        record = fetch_all(server, ["/a"])["/a"]
        assert [asked.connection for asked in server.asked] == [1, 2]
    assert (verdict(record), record["attempts"]) == ("ok", 1)


def test_endless_goodbyes_are_a_failure(fetch_all, leaf):
    with H2Server(leaf) as server:
        server.on("*", goaway(ErrorCodes.ENHANCE_YOUR_CALM, last=0))
        record = fetch_all(server, ["/a"])["/a"]
        assert server.connections == 2
    assert verdict(record) == "reset"
    assert "GOAWAY with ENHANCE_YOUR_CALM (we ask too much of it)" in record["detail"]


def test_streams_before_a_goodbye_are_still_answered(fetch_all, leaf, icon):
    with H2Server(leaf) as server:
        server.on("/a", head(200, length=len(icon)), goaway(), data(icon, end=True))
        server.on("*", answer(icon))
        records = fetch_all(server, ["/a", "/b", "/c"])
    assert {(verdict(record), record["attempts"]) for record in records.values()} == {("ok", 1)}


def test_a_reset_in_the_middle_ends_one_line(fetch_all, leaf, icon):
    with H2Server(leaf) as server:
        server.on("*", answer(icon))
        server.on("/broken", head(200, length=len(icon)), data(icon[:50]), reset(ErrorCodes.INTERNAL_ERROR))
        records = fetch_all(server, ["/a", "/broken", "/b"])
        assert server.connections == 1
    assert verdict(records["/broken"]) == "reset"
    assert records["/broken"]["detail"] == "the server reset the stream: INTERNAL_ERROR (it failed inside)"
    assert (verdict(records["/a"]), verdict(records["/b"])) == ("ok", "ok")


def test_a_stalled_stream_harms_no_other(fetch_all, leaf, icon):
    with H2Server(leaf) as server:
        server.on("*", answer(icon))
        server.on("/stalled", head(200, length=len(icon)), data(icon[:50]))
        server.on("/silent", silence())
        good = [f"/{number}" for number in range(50)]
        records = fetch_all(
            server, ["/stalled", "/silent", *good], fetch__timeouts__idle="1s", fetch__timeouts__first_byte="2s"
        )
        cancelled = Counter(code for _, code in server.resets)
    assert verdict(records["/stalled"]) == "idle_timeout"
    assert verdict(records["/silent"]) == "first_byte_timeout"
    assert {verdict(records[path]) for path in good} == {"ok"}
    assert cancelled == {ErrorCodes.CANCEL: 2}


def test_a_connection_on_which_nothing_comes_is_left(fetch_all, leaf, icon):
    with H2Server(leaf) as server:
        server.on("/silent", silence(), then=[answer(icon)])
        records = fetch_all(server, ["/silent"], fetch__timeouts__first_byte="500ms", fetch__tries=2)
        assert [asked.connection for asked in server.asked] == [1, 2]
    assert (verdict(records["/silent"]), records["/silent"]["attempts"]) == ("ok", 2)


@pytest.mark.parametrize("body", [b"", b"some"])
def test_a_connection_that_is_cut_ends_what_it_carried(fetch_all, leaf, body):
    with H2Server(leaf) as server:
        server.on("/a", *([head(200, length=100), data(body)] if body else []), cut())
        record = fetch_all(server, ["/a"])["/a"]
    assert verdict(record) == ("short_body" if body else "reset")


@pytest.mark.parametrize("length, reason", [(100, "short_body"), (2, "bad_response")])
def test_a_wrong_content_length_is_told(fetch_all, leaf, icon, length, reason):
    def lie(talk, stream):
        talk.flush()
        talk.raw(frame(0, 1, stream, b"four"))

    with H2Server(leaf) as server:
        server.on("*", answer(icon))
        server.on("/lie", head(200, length=length), lie)
        records = fetch_all(server, ["/lie", "/a"])
    assert verdict(records["/lie"]) == reason, records["/lie"]
    assert verdict(records["/a"]) == "ok"


def test_a_head_that_announces_a_body_and_is_the_end_is_short(fetch_all, leaf, icon):
    """But the bodies of redirects and errors nobody needs."""
    with H2Server(leaf) as server:
        server.on("*", answer(icon))
        server.on("/cut", head(200, length=100, end=True))
        server.on("/gone", head(404, length=100, end=True))
        server.on("/moved", head(302, ("location", "/b"), length=100, end=True))
        records = fetch_all(server, ["/cut", "/gone", "/moved", "/a"])
    assert {path: verdict(record) for path, record in records.items()} == {
        "/cut": "short_body",
        "/gone": "http_status",
        "/moved": "ok",
        "/a": "ok",
    }
    assert (records["/cut"]["http_status"], records["/cut"]["detail"]) == (200, "0 bytes of 100")
    assert records["/moved"]["final_url"].endswith("/b")


@pytest.mark.parametrize("says", [answer(b"", 421), reset(ErrorCodes.HTTP_1_1_REQUIRED), goaway(0xD, last=0)])
def test_http1_is_spoken_with_servers_that_ask_for_it(fetch_all, leaf, icon, says):
    with H2Server(leaf, http1=icon) as server:
        server.on("*", says)
        paths = [f"/{number}" for number in range(8)]
        records = fetch_all(server, paths)
        assert server.http1_requests == 8
        assert len(server.asked) <= 2, "the origin is remembered"
    assert {(verdict(record), record["protocol"], record["attempts"]) for record in records.values()} == {
        ("ok", "http/1.1", 1)
    }


@pytest.mark.parametrize("says", [answer(b"", 421), reset(ErrorCodes.HTTP_1_1_REQUIRED),
                                  raw(frame(0, 0, 0, b"data of no stream"))], ids=["421", "reset", "break"])
def test_the_limits_of_http1_hold_for_what_was_asked_over_http2(fetch_all, leaf, icon, says):
    first, late = [f"/{number}" for number in range(300)], [f"/late{number}" for number in range(60)]
    with H2Server(leaf, http1=icon) as server:
        server.on("*", answer(icon))
        for path in late:
            server.on(path, together(20, says))  # by then so many are under way
        records = fetch_all(server, [*first, *late], fetch__threads=1)  # of several, one may get the last ones alone
        assert server.http1_requests == len(late)
        assert server.http1_connections <= 6
    assert {(verdict(record), record["attempts"]) for record in records.values()} == {("ok", 1)}


FLOODS = {
    "SETTINGS": frame(4, 0, 0),
    "PING": PING,
    "RST_STREAM": lambda stream: frame(3, 0, stream, (8).to_bytes(4, "big")),
    "WINDOW_UPDATE": frame(8, 0, 0, (1).to_bytes(4, "big")),
    "PRIORITY": lambda stream: frame(2, 0, stream, bytes(5)),
    "DATA": lambda stream: frame(0, 0, stream),
    "unknown": frame(0x42, 0, 0, b"payload"),
}


@pytest.mark.parametrize("kind", FLOODS)
def test_floods_end_the_connection_and_are_named(fetch_all, leaf, icon, kind):
    with H2Server(leaf) as server:
        server.on("/flood", head(200, length=100), raw(FLOODS[kind], times=1_000_000))
        record = fetch_all(server, ["/flood"])["/flood"]
    if kind == "RST_STREAM":  # the first of them has already ended the line
        assert verdict(record) == "reset"
    else:
        assert verdict(record) == "bad_response"
        assert kind in record["detail"]


def test_continuations_without_end_are_a_bad_response(fetch_all, leaf):
    with H2Server(leaf) as server:
        server.on("*", raw(lambda stream: frame(1, 0, stream, b"\x88")), raw(lambda stream: frame(9, 0, stream), 100_000))
        record = fetch_all(server, ["/a"])["/a"]
    assert verdict(record) == "bad_response"


def test_a_header_bomb_is_too_large_and_harms_no_other_stream(fetch_all, leaf, icon):
    # 4 KB go into the table, then each byte stands for them again (RFC 7541, 6.1).
    bomb = b"\x88\x40\x03x-a\x7f\xbd\x1d" + b"a" * 3900 + b"\xbe" * 10000

    with H2Server(leaf) as server:
        server.on("*", answer(icon))
        server.on("/bomb", raw(lambda stream: frame(1, 5, stream, bomb)))
        records = fetch_all(server, ["/a", "/bomb", "/b"])
        # our encoder of the test knows nothing of what it put into the table: later heads may be told in other words
    assert verdict(records["/bomb"]) == "too_large"


def test_too_many_header_fields_are_too_large(fetch_all, leaf, icon):
    with H2Server(leaf) as server:
        server.on("*", answer(icon))
        server.on("/big", answer(icon, 200, *[(f"x-{number}", "a" * 100) for number in range(100)]))
        records = fetch_all(server, ["/a", "/big", "/b"], fetch__max_headers="8KiB")
    assert {path: verdict(record) for path, record in records.items()} == {"/a": "ok", "/b": "ok", "/big": "too_large"}


def test_promised_pushes_are_not_taken(fetch_all, leaf, icon):
    promise = lambda stream: frame(5, 4, stream, (2).to_bytes(4, "big") + b"\x82\x87\x84\x41\x01a")  # noqa: E731
    with H2Server(leaf) as server:
        server.on("/a", head(200, length=100), raw(promise))
        record = fetch_all(server, ["/a"])["/a"]
    assert verdict(record) == "bad_response"


@pytest.mark.parametrize("limit", [1, 3])
def test_requests_wait_for_the_streams_that_a_server_allows(fetch_all, leaf, icon, limit):
    with H2Server(leaf, {SETTING.MAX_CONCURRENT_STREAMS: limit}) as server:
        server.on("*", answer(icon))
        records = fetch_all(server, [f"/{number}" for number in range(40)], fetch__profile="own-server")
        assert server.refused <= 40, "more than once: only what came before the limit was known"
    assert {(verdict(record), record["attempts"]) for record in records.values()} == {("ok", 1)}


def test_many_requests_share_the_connection_of_a_host(fetch_all, leaf, icon):
    """More than the connections that a host of HTTP/1.1 gets: the limit of streams is learned while it works."""
    together = 12
    with H2Server(leaf) as server:
        server.on("*", answer(icon))
        for number in range(together):
            server.on(f"/together/{number}", answer_when(together, icon))
        paths = [f"/{number}" for number in range(300)] + [f"/together/{number}" for number in range(together)]
        records = fetch_all(server, paths)
        assert server.connections == 1
    assert {(verdict(record), record["attempts"]) for record in records.values()} == {("ok", 1)}


@pytest.mark.parametrize("code", [200, 404])
def test_answers_that_nobody_wants_and_that_never_end_make_room_for_others(fetch_all, leaf, icon, code):
    page = head(code, ("content-type", "text/html"), length=10_000), data(b"<!doctype html><html><body>" + b"words " * 200)
    unwanted = [f"/page/{number}" for number in range(5)]
    with H2Server(leaf, {SETTING.MAX_CONCURRENT_STREAMS: len(unwanted)}) as server:
        server.on("*", answer(icon))
        for path in unwanted:
            server.on(path, *page)
        records = fetch_all(server, [*unwanted, "/a", "/b"])
        assert [code for _, code in server.resets] == [ErrorCodes.CANCEL] * len(unwanted)
    assert (verdict(records["/a"]), verdict(records["/b"])) == ("ok", "ok")


def test_requests_on_a_connection_that_one_of_them_breaks_are_asked_again_apart(fetch_all, leaf, icon):
    good = [f"/{number}" for number in range(8)]
    with H2Server(leaf, http1=icon) as server:
        server.on("*", silence())
        server.on("/bad", raw(frame(0, 0, 0, b"data of no stream")))
        records = fetch_all(server, [*good, "/bad"], fetch__profile="own-server", fetch__threads=1, fetch__tries=1)
        assert server.connections > 1
    assert {(verdict(records[path]), records[path]["protocol"]) for path in good} == {("ok", "http/1.1")}


def test_a_connection_that_was_closed_while_it_was_idle_costs_nothing(fetch_all, leaf, icon):
    with H2Server(leaf) as server:
        server.on("/a", answer(icon))
        server.on("/b", cut(), then=[answer(icon)])
        records = fetch_all(server, ["/a", "/b"], fetch__connections=1, fetch__tries=1)
        assert [(asked.path, asked.connection) for asked in server.asked] == [("/a", 1), ("/b", 1), ("/b", 2)]
    assert {(verdict(record), record["attempts"]) for record in records.values()} == {("ok", 1)}


def test_a_server_may_send_a_picture_without_waiting(fetch_all, leaf, icon):
    with H2Server(leaf) as server:
        server.on("*", answer(icon))
        fetch_all(server, ["/a"])
        assert server.asked[0].window >= 1 << 20


def test_a_server_that_allows_no_stream_at_all_costs_the_time_of_its_lines(fetch_all, leaf, icon):
    none = frame(4, 0, 0, (3).to_bytes(2, "big") + bytes(4))
    with H2Server(leaf, greeting=none) as server:
        server.on("*", refuse())
        records = fetch_all(server, ["/a", "/b"], fetch__timeouts__total="1s")
    assert {verdict(record) for record in records.values()} == {"total_timeout"}


def test_what_turns_out_to_be_no_picture_is_cancelled(fetch_all, leaf, icon):
    page = b"<!doctype html><html><body>" + b"words " * 100_000
    with H2Server(leaf) as server:
        server.on("*", answer(icon))
        server.on("/page", answer(page))
        records = fetch_all(server, ["/a", "/page", "/b"])
        assert server.connections == 1
    assert {path: verdict(record) for path, record in records.items()} == {"/a": "ok", "/b": "ok", "/page": "not_an_image"}


def test_pictures_wider_than_any_window_come_whole(fetch_all, leaf, picture):
    large = picture + b"\0" * (9 << 20)
    with H2Server(leaf) as server:
        server.on("*", answer(large))
        records = fetch_all(server, ["/a", "/b"])
    assert {(verdict(record), record["bytes"]) for record in records.values()} == {("ok", len(large))}


def test_redirects_stay_on_the_connection(fetch_all, leaf, icon):
    with H2Server(leaf) as server:
        server.on("/a", head(302, ("location", "/b"), end=True))
        server.on("/b", answer(icon))
        record = fetch_all(server, ["/a"])["/a"]
        assert server.connections == 1
    assert (verdict(record), record["final_url"]) == ("ok", server.url("/b"))

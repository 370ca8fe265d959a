"""robots.txt, judged by what servers were asked, when, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.books import check_books
from support.pace import check_delay
from support.raw_server import RawServer
from support.steps import answer, close, hold, send, status

OBEY = {"robots": "obey"}


def text(*lines: str) -> bytes:
    return answer("\n".join(lines).encode() + b"\n", "Content-Type: text/plain")


@pytest.fixture
def site(tmp_path: Path, picture: bytes) -> Path:
    """A folder with /open/0.jpg ... /open/5.jpg and /private/ of the same."""
    for name in ("open", "private"):
        (tmp_path / "site" / name).mkdir(parents=True)
        for number in range(6):
            (tmp_path / "site" / name / f"{number}.jpg").write_bytes(picture)
    return tmp_path / "site"


def outcomes(run) -> dict[str, tuple]:
    """By the end of the URL."""
    assert run.code in (0, 3), run.err
    records = check_books(run.root)
    return {"/" + record["url"].split("/", 3)[3]: (record["outcome"], record.get("reason")) for record in records}


def paths(nginx) -> list[str]:
    return [request["uri"] for request in nginx.requests()]


def test_what_is_forbidden_is_not_asked_for(fetch, make_list, start_nginx, site):
    (site / "robots.txt").write_text("# ours\nUser-agent: *\nDisallow: /private/\nAllow: /private/3.jpg\n")
    nginx = start_nginx(site)
    urls = [f"/{name}/{number}.jpg" for number in range(6) for name in ("open", "private")]
    run = fetch.run(make_list(map(nginx.url, urls)), **OBEY)
    forbidden = {url for url in urls if url.startswith("/private") and "3" not in url}
    assert outcomes(run) == {url: ("skipped", "robots") if url in forbidden else ("ok", None) for url in urls}
    details = {record.get("detail") for record in run.root.records()}
    assert details == {None, "robots.txt: Disallow: /private/ (line 3, for *)"}
    assert paths(nginx)[0] == "/robots.txt"
    assert sorted(paths(nginx)) == sorted(["/robots.txt", *(set(urls) - forbidden)])


def test_nobody_asks_for_it_unless_told_to(fetch, make_list, start_nginx, site):
    (site / "robots.txt").write_text("User-agent: *\nDisallow: /\n")
    nginx = start_nginx(site)
    run = fetch.run(make_list([nginx.url("/open/0.jpg")]))
    assert outcomes(run) == {"/open/0.jpg": ("ok", None)}
    assert paths(nginx) == ["/open/0.jpg"]


def test_a_group_for_us_counts_more_than_that_for_all(fetch, make_list, start_nginx, site):
    (site / "robots.txt").write_text("User-agent: *\nDisallow: /\n\nUser-agent: Gannet\nDisallow: /*/3.jpg$\n")
    nginx = start_nginx(site)
    run = fetch.run(make_list(nginx.url(f"/open/{number}.jpg") for number in range(6)), **OBEY)
    assert [one[0] for one in outcomes(run).values()] == ["ok", "ok", "ok", "skipped", "ok", "ok"]


def test_a_list_is_answered_by_the_name_it_goes_by(fetch, make_list, start_nginx, site, tmp_path):
    (site / "robots.txt").write_text("User-agent: list-bot\nDisallow: /private\n\nUser-agent: *\nDisallow: /open\n")
    nginx = start_nginx(site)
    urls = [nginx.url("/open/0.jpg"), nginx.url("/private/0.jpg")]
    named = make_list(["#! fetch.user_agent=List-Bot/2 (+https://example.org)", *urls], "named.txt")
    run = fetch.run(named, make_list(urls, "plain.txt"), fetch__threads=1, **OBEY)
    assert run.code == 0, run.err
    found = {(record["job"].split("-")[-1], record["url"], record.get("detail")) for record in run.root.completions()}
    assert found == {
        ("named", urls[0], None),
        ("named", urls[1], "robots.txt: Disallow: /private (line 2, for List-Bot)"),
        ("plain", urls[0], "robots.txt: Disallow: /open (line 5, for *)"),
        ("plain", urls[1], None),
    }
    asked = sorted((request["uri"], request["user_agent"].split("/")[0]) for request in nginx.requests())
    assert asked == [("/open/0.jpg", "List-Bot"), ("/private/0.jpg", "gannet"),
                     ("/robots.txt", "List-Bot"), ("/robots.txt", "gannet")]


def test_without_a_file_everything_is_allowed(fetch, make_list, start_nginx, site):
    nginx = start_nginx(site)
    run = fetch.run(make_list(nginx.url(f"/open/{number}.jpg") for number in range(6)), **OBEY)
    assert set(outcomes(run).values()) == {("ok", None)}
    assert paths(nginx).count("/robots.txt") == 1


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_file_that_cannot_be_had_forbids_everything(fetch, make_list, start_nginx, site, code):
    nginx = start_nginx(site, locations={"/robots.txt": f"return {code};"})
    run = fetch.run(make_list(nginx.url(f"/open/{number}.jpg") for number in range(3)), fetch__park__busy="100ms", **OBEY)
    assert set(outcomes(run).values()) == {("skipped", "robots")}
    assert set(paths(nginx)) == {"/robots.txt"}
    for record in run.root.records():
        assert record["http_status"] == code and f"status {code}" in record["detail"]


def test_trouble_with_the_file_is_tried_again(fetch, make_list, server, picture):
    server.on("/robots.txt", send(status(503, "Retry-After: 1")), then=[send(text("User-agent: *", "Disallow: /no"))])
    server.on("*", send(answer(picture)))
    run = fetch.run(make_list(map(server.url, ["/yes", "/no"])), fetch__tries=4, fetch__park__busy="6s", **OBEY)
    assert outcomes(run) == {"/yes": ("ok", None), "/no": ("skipped", "robots")}
    assert [request.target for request in server.requests] == ["/robots.txt", "/robots.txt", "/yes"]


def test_a_line_has_all_its_tries_for_a_file_that_cannot_be_had(fetch, make_list, server, picture):
    server.on("/robots.txt", send(status(500)), then=[send(text("User-agent: *", "Disallow: /no"))])
    server.on("*", send(answer(picture)))
    lines = [f"/yes{number}" for number in range(5)]
    run = fetch.run(make_list(map(server.url, lines)), fetch__tries=2, **OBEY)
    assert set(outcomes(run).values()) == {("ok", None)}


def test_a_server_that_does_not_answer_is_told_as_that(fetch, make_list):
    with RawServer() as gone:
        url = gone.url("/a.jpg")
    run = fetch.run(make_list([url]), **OBEY)
    assert outcomes(run) == {"/a.jpg": ("failed", "connect_refused")}


@pytest.mark.parametrize("script, reason", [
    ([send(status(206))], "bad_response"),
    ([send(b"rubbish\r\n\r\n")], "bad_response"),
    ([send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Length: 8\r\n\r\n")], "bad_response"),
    ([send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nUser"), close()], "short_body"),
    ([hold()], "first_byte_timeout"),
], ids=["partial", "rubbish", "two lengths", "cut short", "silent"])
def test_a_file_that_cannot_be_read_is_not_asked_for_by_each_line(fetch, make_list, server, picture, script, reason):
    server.on("/robots.txt", *script)
    server.on("*", send(answer(picture)))
    lines = [f"/{number}" for number in range(300)]
    run = fetch.run(make_list(map(server.url, lines)), fetch__tries=1, fetch__timeouts__first_byte="500ms", **OBEY)
    assert set(outcomes(run).values()) == {("failed", reason)}
    assert {request.target for request in server.requests} == {"/robots.txt"}
    assert len(server.requests) < 10  # one in five seconds


def test_a_host_is_not_blamed_for_where_its_file_is_said_to_be(fetch, make_list, start_nginx, site):
    with RawServer() as gone:
        nowhere = gone.url("/robots.txt")
    nginx = start_nginx(site, locations={"/robots.txt": f"return 301 {nowhere};"})
    urls = [nginx.url(f"/open/{number}.jpg?{query}") for number in range(6) for query in range(5)]
    obeying = make_list(["#! robots=obey", *urls], "obeying.txt")
    first = fetch.run(obeying, fetch__tries=2, fetch__park__unreachable="100ms")
    details = {record["detail"] for record in first.root.records()}
    assert set(outcomes(first).values()) == {("failed", "connect_refused")}
    assert len(details) == 1 and details.pop().endswith(f"(redirected to {nowhere})")
    assert paths(nginx).count("/robots.txt") < 10
    assert first.root.status()["parked_hosts"] == []
    second = fetch.run(make_list(urls, "free.txt"), fetch__tries=1)
    assert second.code == 0, second.err


def test_a_file_said_to_be_where_nobody_may_go_is_none(fetch, make_list, start_nginx, site):
    nginx = start_nginx(site, locations={"/robots.txt": "return 301 http://10.0.0.1/robots.txt;"})
    run = fetch.run(make_list(nginx.url(f"/open/{number}.jpg") for number in range(6)), **OBEY)
    assert set(outcomes(run).values()) == {("ok", None)}
    assert paths(nginx).count("/robots.txt") == 1


def test_one_file_of_many_hosts_is_asked_for_once(fetch, make_list, start_nginx, site):
    (site / "robots.txt").write_text("User-agent: *\nDisallow: /private\n")
    central = start_nginx(site, address="127.0.0.2")
    moved = {"/robots.txt": f"return 301 {central.url('/robots.txt')};"}
    hosts = [start_nginx(site, address=f"127.0.0.{number}", locations=moved) for number in range(3, 9)]
    run = fetch.run(make_list(host.url(f"/{name}/0.jpg") for host in hosts for name in ("open", "private")),
                    fetch__threads=1, **OBEY)
    assert run.code == 0, run.err
    assert [record["outcome"] for record in run.root.records()] == ["ok", "skipped"] * 6
    assert paths(central) == ["/robots.txt"]


def test_its_redirects_are_followed(fetch, make_list, start_nginx, site):
    (site / "rules.txt").write_text("User-agent: *\nDisallow: /private\n")
    elsewhere = start_nginx(site, address="127.0.0.2")
    nginx = start_nginx(site, locations={"/robots.txt": f"return 301 {elsewhere.url('/rules.txt')};"})
    run = fetch.run(make_list(map(nginx.url, ["/open/0.jpg", "/private/0.jpg"])), **OBEY)
    assert outcomes(run) == {"/open/0.jpg": ("ok", None), "/private/0.jpg": ("skipped", "robots")}
    assert paths(elsewhere) == ["/rules.txt"]


def test_a_redirect_without_end_is_no_file(fetch, make_list, start_nginx, site):
    nginx = start_nginx(site, locations={"/robots.txt": "return 302 /r;", "/r": "return 302 $request_uri/r;"})
    run = fetch.run(make_list([nginx.url("/open/0.jpg")]), **OBEY)
    assert outcomes(run) == {"/open/0.jpg": ("ok", None)}
    assert len(paths(nginx)) == 7  # robots.txt, five redirects, the image


def test_of_a_huge_file_the_beginning_is_read(fetch, make_list, start_nginx, site):
    rules = "User-agent: *\nDisallow: /private/0\n" + "# and so on\n" * 1_000_000 + "Disallow: /private/1\n"
    (site / "robots.txt").write_text(rules)
    nginx = start_nginx(site)
    run = fetch.run(make_list(map(nginx.url, ["/private/0.jpg", "/private/1.jpg"])), fetch__max_body="1MiB", **OBEY)
    assert outcomes(run) == {"/private/0.jpg": ("skipped", "robots"), "/private/1.jpg": ("ok", None)}


def test_its_own_headers_do_not_hide_it(fetch, make_list, server, picture):
    server.on("/robots.txt", send(answer(b"User-agent: *\nDisallow: /no", "X-Robots-Tag: noindex")))
    server.on("*", send(answer(picture)))
    run = fetch.run(make_list(map(server.url, ["/yes", "/no"])), **OBEY)
    assert outcomes(run) == {"/yes": ("ok", None), "/no": ("skipped", "robots")}


def test_over_http2_too(fetch, make_list, start_nginx, site, authority):
    (site / "robots.txt").write_text("User-agent: *\nDisallow: /private\n" + "# filler\n" * 100_000)
    nginx = start_nginx(site, tls=authority.leaf("127.0.0.1"), http2=True)
    urls = [f"/{name}/{number}.jpg" for number in range(6) for name in ("open", "private")]
    run = fetch.run(make_list(map(nginx.url, urls)), fetch__tls__ca_file=authority.file, **OBEY)
    assert list(outcomes(run).values()) == [("ok", None), ("skipped", "robots")] * 6
    assert paths(nginx).count("/robots.txt") == 1


def test_a_redirect_to_another_host_asks_for_its_rules(fetch, make_list, start_nginx, site):
    (site / "robots.txt").write_text("User-agent: *\nDisallow: /private\n")
    other = start_nginx(site, address="127.0.0.2")
    nginx = start_nginx(
        site,
        locations={"/robots.txt": "return 404;", "/a": f"return 302 {other.url('/open/0.jpg')};",
                   "/b": f"return 302 {other.url('/private/0.jpg')};"},
    )
    run = fetch.run(make_list(map(nginx.url, ["/a", "/b"])), **OBEY)
    assert outcomes(run) == {"/a": ("ok", None), "/b": ("skipped", "robots")}
    assert sorted(paths(other)) == ["/open/0.jpg", "/robots.txt"]
    assert run.root.records()[1]["final_url"] == other.url("/private/0.jpg")


def test_a_crawl_delay_is_kept(fetch, make_list, start_nginx, site):
    (site / "robots.txt").write_text("User-agent: *\nCrawl-delay: 0.5\nDisallow: /private\n")
    nginx = start_nginx(site)
    urls = [f"/{name}/{number}.jpg" for number in range(5) for name in ("open", "private")]
    run = fetch.run(make_list(map(nginx.url, urls)), **OBEY)
    assert list(outcomes(run).values()) == [("ok", None), ("skipped", "robots")] * 5
    asked = nginx.requests()
    assert [request["uri"] for request in asked] == ["/robots.txt", *urls[::2]]
    check_delay([request["time"] for request in asked], 0.5)


def test_robots_txt_counts_among_the_requests_of_its_host(fetch, make_list, server, icon):
    server.on("/robots.txt", send(status(404)))
    server.on("*", send(answer(icon)))
    run = fetch.run(make_list(server.url(f"/{n}") for n in range(4)), fetch__per_host__delay="200ms", **OBEY)
    assert run.code == 0, run.err
    assert [request.target for request in server.requests] == ["/robots.txt", "/0", "/1", "/2", "/3"]
    check_delay([request.time for request in server.requests], 0.2)


def test_the_polite_profile_obeys(fetch, make_list, start_nginx, site):
    (site / "robots.txt").write_text("User-agent: *\nDisallow: /private\n")
    nginx = start_nginx(site)
    run = fetch.run(make_list([nginx.url("/private/0.jpg")]), fetch__profile="polite")
    assert outcomes(run) == {"/private/0.jpg": ("skipped", "robots")}
    assert paths(nginx) == ["/robots.txt"]


def test_the_polite_profile_does_not_obey_when_told_so(fetch, make_list, start_nginx, site):
    (site / "robots.txt").write_text("User-agent: *\nDisallow: /private\n")
    nginx = start_nginx(site)
    run = fetch.run(make_list([nginx.url("/private/0.jpg")]), fetch__profile="polite", robots="ignore")
    assert outcomes(run) == {"/private/0.jpg": ("ok", None)}
    assert paths(nginx) == ["/private/0.jpg"]


@pytest.mark.parametrize("key, value, forgets", [("origins", 2, False), ("origins", 1, True), ("memory", "64KiB", True)])
def test_what_is_remembered_of_it_is_bounded(fetch, make_list, start_nginx, site, key, value, forgets):
    (site / "robots.txt").write_text("User-agent: *\nDisallow: /" + "x" * 60_000 + "\n")
    hosts = [start_nginx(site, address=f"127.0.0.{number}") for number in (1, 2)]
    urls = [host.url(f"/open/{number}.jpg") for number in range(3) for host in hosts]
    one_at_a_time = {"fetch__threads": 1, "fetch__connections": 1, "fetch__per_host__delay": "50ms"}  # and in turn
    run = fetch.run(make_list(urls), **{f"fetch__robots_cache__{key}": value}, **one_at_a_time, **OBEY)
    assert set(outcomes(run).values()) == {("ok", None)}
    assert (sum(paths(host).count("/robots.txt") for host in hosts) > 2) == forgets


@pytest.mark.parametrize("threads", [1, 3])
def test_limits_and_one_file_a_lane_hold_with_many_lines(fetch, make_list, server, icon, threads):
    server.on("/robots.txt", send(text("User-agent: *", "Disallow: /no")))
    server.on("*", send(answer(icon)))
    urls = [server.url(f"/{'no' if number % 3 == 0 else 'yes'}{number}") for number in range(300)]
    run = fetch.run(make_list(urls), fetch__per_host__connections=2, fetch__threads=threads, **OBEY)
    assert sorted(outcomes(run).values()) == [("ok", None)] * 200 + [("skipped", "robots")] * 100
    assert 1 <= server.asked("/robots.txt") <= threads
    assert server.most_in_flight <= 2
    assert not [request.target for request in server.requests if request.target.startswith("/no")]

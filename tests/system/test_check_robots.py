"""`gannet check --robots`: what the servers' robots.txt makes of a list, and what they were asked for it."""

from __future__ import annotations

import json

import pytest

from support.dns import Dns
from support.programs import run
from support.raw_server import RawServer
from support.steps import hold


def check(*arguments: object, **settings: object):
    loopback = {"fetch.allow_addresses": "127.0.0.0/8"}
    sets = [item for key, value in (loopback | settings).items() for item in ("--set", f"{key}={value}")]
    return run("gannet", "check", "--robots", *arguments, *sets)


@pytest.fixture
def hosts(start_nginx, tmp_path):
    """allow, disallow, missing, broken, moved: an nginx of each kind."""
    rules = {"allow": "User-agent: *\nDisallow: /other\n", "disallow": "User-agent: *\nDisallow: /private/\nDisallow: /*.gif$\n"}
    for name, text in rules.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "robots.txt").write_text(text)
    (tmp_path / "none").mkdir()
    found = {name: start_nginx(tmp_path / name) for name in rules}
    found["missing"] = start_nginx(tmp_path / "none")
    found["broken"] = start_nginx(tmp_path / "none", locations={"/robots.txt": "return 500;"})
    to = found["disallow"].url("/robots.txt")
    found["moved"] = start_nginx(tmp_path / "none", locations={"/robots.txt": f"return 301 {to};"})
    return found


def origin(host) -> str:
    return host.url("").rstrip("/")


def test_says_which_lines_are_disallowed_by_what(hosts, make_list):
    paths = ["/private/1.jpg", "/private/2.jpg", "/a.gif", "/a.jpg"]
    with RawServer() as silent:
        silent.on("*", hold())
        urls = [host.url(path) for host in hosts.values() for path in paths] + [silent.url("/a.jpg")]
        listed = make_list(urls)
        done = check(listed, "--json", **{"fetch.timeouts.first_byte": "300ms"})
        assert [request.target for request in silent.requests] == ["/robots.txt"]
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    robots = found["robots"]
    assert found["lines"] == len(urls)
    assert robots["asked_hosts"] == 6 and robots["all_asked"] and not robots["obeyed"]
    assert robots["allowed_lines"] == 4 + 1 + 4 + 1  # of allow, disallow, missing, moved
    assert robots["disallowed_lines"] == 3 + 3
    assert robots["unreadable_lines"] == 4 + 1 and robots["unreadable_hosts"] == 2
    rules = [{"rule": "Disallow: /private/ (line 2, for *)", "lines": 2}, {"rule": "Disallow: /*.gif$ (line 3, for *)", "lines": 1}]
    assert {host["origin"]: host["rules"] for host in robots["disallowing"]} == {
        origin(hosts["disallow"]): rules, origin(hosts["moved"]): rules}
    broken, late = robots["unreadable"]
    assert broken == {"origin": origin(hosts["broken"]), "lines": 4, "http_status": 500}
    assert late["reason"] == "first_byte_timeout" and late["lines"] == 1
    for name, host in hosts.items():
        assert [request["uri"] for request in host.requests()] == ["/robots.txt"] * (2 if name == "disallow" else 1)


def test_tells_people(hosts, make_list):
    urls = [hosts["disallow"].url(f"/private/{number}") for number in range(3)] + [hosts["broken"].url("/a")]
    done = check(make_list(urls), robots="obey")
    assert done.returncode == 0, done.stderr
    assert "robots.txt               2  hosts asked\n" in done.stdout
    assert "  disallowed             3  lines, 75.0 %\n" in done.stdout
    assert "             3  Disallow: /private/ (line 2, for *)\n" in done.stdout
    assert "status 500\n" in done.stdout
    assert "not obeyed" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_agrees_with_what_a_run_makes_of_it(hosts, make_list, fetch, picture):
    urls = [hosts[name].url(path) for name in ("allow", "disallow", "moved") for path in ("/private/1", "/other", "/a.gif", "/b")]
    listed = make_list(["#! fetch.user_agent=Some-Bot/1", *urls])
    robots = json.loads(check(listed, "--json").stdout)["robots"]
    done = fetch.run(listed, robots="obey")
    skipped = [record for record in done.root.records() if record.get("reason") == "robots"]
    assert robots["disallowed_lines"] == len(skipped) > 0
    agents = {request["user_agent"] for host in hosts.values() for request in host.requests()}
    assert agents == {"Some-Bot/1"}


def test_what_is_disallowed_takes_no_time_where_that_counts(hosts, make_list):
    host = hosts["disallow"]
    listed = make_list([host.url(f"/private/{number}") for number in range(100)] + [host.url(f"/{number}") for number in range(5)])
    seconds = {}
    for robots in ("obey", "ignore"):
        found = json.loads(check(listed, "--json", robots=robots, **{"fetch.per_host.requests_per_second": 1}).stdout)
        seconds[robots] = found["time"]["at_least_seconds"]
        assert not found["time"]["robots_may_spare"]
        assert found["lines"] == 105
        assert found["largest_hosts"][0]["lines"] == (5 if robots == "obey" else 105)
    assert seconds == {"obey": pytest.approx(4, abs=0.5), "ignore": pytest.approx(104, abs=0.5)}


def test_nobody_is_asked_without_it(hosts, make_list):
    done = run("gannet", "check", make_list([hosts["disallow"].url("/private/1")]), "--json")
    assert "robots" not in json.loads(done.stdout)
    assert hosts["disallow"].requests() == []


def test_past_the_guard_nobody_is_asked(hosts, make_list):
    done = check(make_list([hosts["allow"].url("/a")]), "--json", **{"fetch.allow_addresses": ""})
    [host] = json.loads(done.stdout)["robots"]["unreadable"]
    assert host["reason"] == "blocked_address"
    assert hosts["allow"].requests() == []


def test_so_many_hosts_are_asked_at_most(hosts, make_list, tmp_path, start_nginx):
    names = {f"h{number}.test": "127.0.0.1" for number in range(100)}
    port = hosts["allow"].port
    with Dns(tmp_path / "dns", names) as dns:
        listed = make_list(f"http://{name}:{port}/{line}" for line in range(2) for name in names)
        done = check(listed, "--json", "--robots-hosts", 30, **{"fetch.dns.servers": dns.server})
    robots = json.loads(done.stdout)["robots"]
    assert robots["asked_hosts"] == 30 and not robots["all_asked"]
    assert robots["allowed_lines"] == 60 and robots["not_asked_lines"] == 140
    assert sorted(request["host"] for request in hosts["allow"].requests()) == sorted(
        f"{name}:{port}" for name in list(names)[:30])


@pytest.mark.parametrize("arguments", [["--robots-hosts", "10"], ["--robots", "--robots-hosts", "0"], ["--robots", "--robots-hosts", "x"]])
def test_what_it_does_not_accept_is_told(make_list, arguments):
    done = run("gannet", "check", make_list(["http://a.test/"]), *arguments)
    assert done.returncode == 2
    assert "--robots" in done.stderr

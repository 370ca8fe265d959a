"""What a list says of how it is to be fetched, in `#!` lines or in a .job file, and what it may not say."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Callable

import pytest

from support.books import check_books
from support.programs import Daemon, Fetch, run
from support.raw_server import RawServer
from support.root import Root
from support.steps import answer, pause, send, status, wait
from support.waiting import wait_for


def with_options(options: list[str], urls: list[str]) -> str:
    return "".join(f"#! {option}\n" for option in options) + "".join(url + "\n" for url in urls)


def rejection(daemon: Daemon) -> str:
    wait_for(lambda: daemon.root.jobs("rejected"), "a rejection")
    folder = daemon.root.folder(daemon.root.job("rejected"), "rejected")
    return wait_for((folder / "reason.txt").read_text, "its reason")


# ---- What the server sees ----


def test_the_pace_of_a_list_is_kept_and_other_lists_are_not_slowed(daemon, server, icon):
    server.on("*", send(answer(icon)))
    with RawServer(address="127.0.0.2") as other:
        other.on("*", send(answer(icon)))
        slow = [server.url(f"/{n}") for n in range(10)]
        daemon.drop("slow.txt", with_options(["fetch.per_host.requests_per_second=4"], slow))
        daemon.drop("fast.txt", with_options([], [other.url(f"/{n}") for n in range(50)]))
        for job in daemon.wait_for_jobs(2):
            check_books(daemon.root, job)
        times = [request.time for request in server.requests]
        assert times[-1] - times[0] >= (len(times) - 2) / 4 * 0.95
        assert other.requests[-1].time < times[-1]


def test_connections_of_a_list_are_its_own(fetch, make_list, server, icon):
    server.on("*", pause(0.02), send(answer(icon)))
    urls = [server.url(f"/{n}") for n in range(20)]
    done = fetch.run(make_list(["#! fetch.per_host.connections=1", *urls]))
    assert done.code == 0, done.err
    assert server.most_in_flight == 1


def test_a_list_asks_for_no_more_than_the_operator_allows(daemon, server, icon):
    server.on("*", pause(0.02), send(answer(icon)))
    hasty = ["fetch.profile=own-server", "fetch.per_host.connections=4000", "fetch.per_host.delay=0s"]
    daemon.drop("hasty.txt", with_options(hasty, [server.url(f"/{n}") for n in range(200)]))
    [job] = daemon.wait_for_jobs(1)
    assert len(check_books(daemon.root, job)) == 200
    assert 2 <= server.most_in_flight <= 6
    told = "the list asks for more than is allowed: fetch.profile own-server (open-web holds), "
    assert daemon.root.log().count(f"{job}: {told}fetch.per_host.connections 4000 (6 holds)\n") == 1


def test_headers_of_a_list_arrive_and_leave_with_it(daemon, server, icon):
    server.on("*", send(answer(icon)))
    headers = ["fetch.user_agent=lister/2", "fetch.headers.referer=https://example.org/page", "fetch.headers.accept=image/png"]
    daemon.drop("mine.txt", with_options(headers, [server.url("/mine")]))
    daemon.drop("others.txt", with_options([], [server.url("/others")]))
    daemon.wait_for_jobs(2)
    seen = {request.target: request.headers for request in server.requests}
    assert seen["/mine"]["user-agent"] == "lister/2"
    assert seen["/mine"]["referer"] == "https://example.org/page"
    assert seen["/mine"]["accept"] == "image/png"
    assert seen["/others"]["user-agent"].startswith("gannet/")
    assert "referer" not in seen["/others"]


def test_tries_of_a_list(make_daemon, server):
    daemon = make_daemon(fetch__tries=3).start()
    server.on("*", send(status(500)))
    for name, tries in (("fewer", 1), ("more", 9)):
        daemon.drop(f"{name}.txt", with_options([f"fetch.tries={tries}"], [server.url(f"/{name}")]))
    daemon.wait_for_jobs(2)
    assert (server.asked("/fewer"), server.asked("/more")) == (1, 3)


def test_a_list_can_ask_for_robots_txt_to_be_obeyed_and_not_against_it(make_daemon, server, icon):
    server.on("*", send(answer(icon)))
    server.on("/robots.txt", send(answer(b"User-agent: *\nDisallow: /private")))
    for robots, option in ((None, "obey"), ("obey", "ignore")):
        daemon = make_daemon(robots=robots).start()
        before = server.asked("/robots.txt")
        daemon.drop("mine.txt", with_options([f"robots={option}"], [server.url("/private"), server.url("/open")]))
        [job] = daemon.wait_for_jobs(1)
        assert [record.get("reason") for record in check_books(daemon.root, job)] == ["robots", None]
        assert server.asked("/robots.txt") == before + 1
        assert not server.asked("/private")
        assert daemon.stop() == 0


# ---- What becomes of the images ----


def test_sizes_kinds_hashes_and_folders_are_as_the_list_says(daemon, server, icon, picture):
    server.on("*", send(answer(icon)))
    server.on("/page", send(answer(b"<html>hello</html>")))
    server.on("/picture", send(answer(picture)))
    urls = [server.url(path) for path in ("/page", "/picture", "/icon")]
    for name, options in {
        "plain": [],
        "any": ["fetch.accept=any", "store.hash=none", "output.shard_size=2"],
        "small": [f"fetch.max_body={len(picture) - 1}", "decode.min_size=100000"],
        "flat": ["decode.max_pixels=1"],
    }.items():
        daemon.drop(f"{name}.txt", with_options(options, urls))
    jobs = {job.rsplit("-", 1)[1]: job for job in daemon.wait_for_jobs(4)}
    outcomes = {
        name: [record.get("reason", "ok") for record in daemon.root.records(job)] for name, job in jobs.items()
    }
    assert outcomes == {
        "plain": ["not_an_image", "ok", "ok"],
        "any": ["ok", "ok", "ok"],
        "small": ["not_an_image", "too_large", "too_small"],
        "flat": ["not_an_image", "too_many_pixels", "too_many_pixels"],
    }
    records = daemon.root.records(jobs["any"])
    assert [record["path"].split("/")[-2] for record in records] == ["00000", "00000", "00001"]
    assert not any("sha256" in record for record in records)
    assert all("sha256" in record for record in daemon.root.records(jobs["plain"])[1:])
    check_books(daemon.root, jobs["plain"])


def test_a_priority_is_shown_and_the_folder_says_more(make_daemon, server):
    daemon = make_daemon().start()
    gate = threading.Event()
    server.on("*", wait(gate), send(status(404)))
    daemon.drop("mine.txt", with_options(["priority=urgent"], [server.url("/1")]))
    daemon.drop("theirs.txt", with_options(["priority=urgent"], [server.url("/2")]), "inbox/bulk")
    shown = wait_for(lambda: len(daemon.root.status().get("jobs", [])) == 2 and daemon.root.status()["jobs"], "two jobs")
    assert {job["id"].rsplit("-", 1)[1]: job["priority"] for job in shown} == {"mine": "urgent", "theirs": "bulk"}
    gate.set()
    daemon.wait_for_jobs(2)


# ---- What a list may not say ----

FORBIDDEN = {
    "addresses": "fetch.allow_addresses=10.0.0.0/8",
    "ports": "fetch.allow_ports=22",
    "name servers": "fetch.dns.servers=127.0.0.1",
    "a proxy": "fetch.proxy=http://127.0.0.1:3128",
    "credentials": "fetch.proxy_credentials=/etc/passwd",
    "a cookie": "fetch.hosts[*].cookie=a=b",
    "certificates": "fetch.hosts[a.example].insecure=true",
    "paths": "root=/tmp",
    "another folder": "output.folder=/tmp",
    "certificate files": "fetch.tls.ca_file=/etc/passwd",
    "memory": "fetch.memory=64GiB",
    "hooks": "hooks.done=/bin/true",
}


@pytest.mark.parametrize("option", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_what_reaches_beyond_the_list_is_refused_with_its_line(daemon, server, option):
    daemon.drop("bad.txt", f"# a list\n\n#! {option}\n{server.url('/a')}\n")
    reason = rejection(daemon)
    key = option.split("=")[0]
    assert reason.startswith(f"line 3: {key}: ")
    assert "a list may set priority, fetch.profile, fetch.per_host.connections" in reason
    assert reason.count("\n") == 1
    assert not server.requests
    kept = daemon.root.folder(daemon.root.job("rejected"), "rejected") / "bad.txt"
    wait_for(kept.exists, "the list under its own name")
    assert kept.read_text().startswith("# a list")


def test_submit_and_fetch_say_what_is_wrong_before_anything_happens(fetch, make_list, tmp_path, server):
    listed = make_list(["#! fetch.tries=many", server.url("/a")])
    wrong = "line 1: fetch.tries: 'many' is not accepted; a whole number from 1 to 20"
    done = fetch.run(listed)
    assert done.code == 2 and wrong in done.err
    (tmp_path / "daemon/inbox").mkdir(parents=True)
    submitted = run("gannet", "submit", listed, "--set", f"root={tmp_path / 'daemon'}")
    assert submitted.returncode == 1 and wrong in submitted.stderr
    assert not list((tmp_path / "daemon/inbox").iterdir())


def test_the_command_line_wins_over_the_list(fetch, make_list, server, icon):
    server.on("*", send(answer(icon)))
    listed = make_list(["#! fetch.user_agent=lister/2", "#! fetch.headers.referer=http://list/", server.url("/a")])
    done = fetch.run(listed, fetch__user_agent="operator/1")
    assert done.code == 0, done.err
    assert server.requests[0].headers["user-agent"] == "operator/1"
    assert server.requests[0].headers["referer"] == "http://list/"


# ---- Lists that stay where they are ----


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    folder = tmp_path / "lists"
    folder.mkdir()
    return folder


@pytest.fixture
def rooted(make_daemon: Callable[..., Daemon], lists: Path) -> Daemon:
    return make_daemon(input__roots=str(lists)).start()


def write_csv(path: Path, urls: list[str]) -> Path:
    path.write_text("caption,url\n" + "".join(f"n,{url}\n" for url in urls))
    return path


def test_a_job_file_has_a_list_fetched_where_it_is(rooted, lists, server, icon):
    server.on("*", send(answer(icon)))
    server.on("/7", send(status(404)))
    listed = write_csv(lists / "photos.csv", [server.url(f"/{n}") for n in range(20)])
    before = (listed.stat().st_mtime_ns, listed.read_bytes())
    rooted.drop("mine.job", f"list: {listed}\nfetch:\n  user_agent: jobber/1\n  per_host: {{connections: 1}}\n")
    [job] = rooted.wait_for_jobs(1)
    assert len(check_books(rooted.root, job, listed)) == 20
    assert [row["caption"] for row in rooted.root.retry_rows(job)] == ["n"]
    assert {request.headers["user-agent"] for request in server.requests} == {"jobber/1"}
    assert server.most_in_flight == 1
    assert (listed.stat().st_mtime_ns, listed.read_bytes()) == before
    assert job.endswith("-mine")
    assert (rooted.root.folder(job) / "list.job").read_text().startswith("list: ")


def test_a_job_file_goes_on_after_a_kill_with_the_same_options(rooted, lists, server, icon):
    gate = threading.Event()
    for number in range(10):
        server.on(f"/{number}", send(answer(icon)))
    server.on("*", wait(gate), send(answer(icon)))
    listed = write_csv(lists / "photos.csv", [server.url(f"/{n}") for n in range(20)])
    rooted.drop("mine.job", f"list: {listed}\nfetch.user_agent: jobber/1\noutput.shard_size: 5\n")
    wait_for(lambda: rooted.root.completion_count() >= 10, "the first records")
    rooted.kill()
    gate.set()
    rooted.start()
    [job] = rooted.wait_for_jobs(1)
    records = check_books(rooted.root, job, listed)
    assert len(records) == 20
    assert {server.asked(f"/{number}") for number in range(10)} == {1}
    assert {request.headers["user-agent"] for request in server.requests} == {"jobber/1"}
    assert {record["path"].split("/")[-2] for record in records} == {"00000", "00001", "00002", "00003"}


@pytest.mark.parametrize("change", ["written to", "replaced", "taken away"])
def test_a_list_that_changes_while_the_daemon_is_down_ends_its_job(rooted, lists, server, icon, change):
    gate = threading.Event()
    server.on("*", wait(gate), send(answer(icon)))
    server.on("/0", send(answer(icon)))
    listed = write_csv(lists / "photos.csv", [server.url(f"/{n}") for n in range(5)])
    rooted.drop("mine.job", f"list: {listed}\n")
    wait_for(lambda: rooted.root.completion_count() >= 1, "the first record")
    rooted.kill()
    if change == "written to":
        with listed.open("a") as end:
            end.write(f"n,{server.url('/more')}\n")
    elif change == "replaced":
        os.replace(write_csv(lists / "new.csv", [server.url("/other")]), listed)
    else:
        listed.unlink()
    gate.set()
    rooted.start()
    [job] = rooted.wait_for_jobs(1, "failed")
    folder = rooted.root.folder(job, "failed")
    assert f"the list {listed} is not what it was when its job began" in (folder / "reason.txt").read_text()
    assert [record["line"] for record in rooted.root.records(job, "failed")] == [2]
    assert server.asked("/other") == server.asked("/more") == 0


ESCAPES = {
    "another folder": lambda lists, outside: outside,
    "steps back": lambda lists, outside: f"{lists}/../{outside.parent.name}/{outside.name}",
    "a link": lambda lists, outside: linked(lists / "a.txt", outside),
    "a link to a folder": lambda lists, outside: linked(lists / "folder", outside.parent) / outside.name,
    "a relative link": lambda lists, outside: linked(lists / "a.txt", Path("..") / outside.parent.name / outside.name),
    "a folder": lambda lists, outside: lists / ".",
    "nothing": lambda lists, outside: lists / "gone.txt",
    "a relative path": lambda lists, outside: "lists/a.txt",
}


def linked(link: Path, target: Path) -> Path:
    link.symlink_to(target)
    return link


@pytest.mark.parametrize("escape", ESCAPES.values(), ids=ESCAPES.keys())
def test_no_job_file_leads_out_of_the_roots(rooted, lists, tmp_path, server, escape):
    outside = tmp_path / "outside" / "secret.txt"
    outside.parent.mkdir()
    outside.write_text(f"{server.url('/secret')}\nroot:x:0:0\n")
    rooted.drop("bad.job", f"list: {escape(lists, outside)}\n")
    reason = rejection(rooted)
    assert "list: " in reason
    assert "secret\n" not in reason and "root:x" not in reason
    assert not server.requests
    assert not rooted.root.jobs("active") and not rooted.root.jobs("done")


def test_without_roots_no_job_file_is_taken(daemon, lists, server):
    listed = write_csv(lists / "photos.csv", [server.url("/a")])
    daemon.drop("mine.job", f"list: {listed}\n")
    assert "input.roots names no folder" in rejection(daemon)


def test_what_a_job_file_may_not_say_is_refused_with_its_line(rooted, lists, server):
    listed = write_csv(lists / "photos.csv", [server.url("/a")])
    rooted.drop("bad.job", f"list: {listed}\nfetch:\n  tries: 2\n  proxy: http://127.0.0.1:3128\n")
    assert rejection(rooted).startswith("line 4: fetch.proxy: not for a list to say; a list may set priority, ")


def test_submit_takes_a_job_file(rooted, lists, server, icon, tmp_path):
    server.on("*", send(answer(icon)))
    listed = write_csv(lists / "photos.csv", [server.url("/a")])
    job_file = tmp_path / "mine.job"
    job_file.write_text(f"list: {listed}\npriority: bulk\n")
    submitted = run("gannet", "submit", job_file, "--config", rooted.config)
    assert submitted.returncode == 0, submitted.stderr
    [job] = rooted.wait_for_jobs(1)
    assert len(check_books(rooted.root, job, listed)) == 1


def test_fetch_takes_a_job_file_from_anywhere_and_resumes_it(fetch: Fetch, lists, server, icon, tmp_path):
    gate = threading.Event()
    server.on("*", wait(gate), send(answer(icon)))
    server.on("/0", send(answer(icon)))
    listed = write_csv(lists / "photos.csv", [server.url(f"/{n}") for n in range(5)])
    job_file = tmp_path / "mine.job"
    job_file.write_text(f"list: {listed}\nfetch.user_agent: jobber/1\n")
    process = fetch.start(job_file)
    try:
        wait_for(lambda: Root(fetch.folder).completion_count() >= 1, "the first record")
    finally:
        process.kill()
        process.wait()
    gate.set()
    done = fetch.run(job_file)
    assert done.code == 0, done.err
    assert len(check_books(done.root, list_file=listed)) == 5
    assert server.asked("/0") == 1
    assert {request.headers["user-agent"] for request in server.requests} == {"jobber/1"}
    assert "is done already" in fetch.run(job_file).out
    write_csv(listed, [server.url(f"/{n}") for n in range(6)])
    assert fetch.run(job_file).code == 0
    assert server.asked("/5") == 1

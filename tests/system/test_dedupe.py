"""Lines that ask for the same: fetched once, and the result is that of each (`dedupe: true`)."""

from __future__ import annotations

import json
import threading
from collections import Counter
from pathlib import Path

import pytest

from support.books import check_books
from support.nginx import Nginx
from support.steps import answer, pause, send, status, wait
from support.waiting import wait_for


@pytest.fixture
def nginx(start_nginx, tmp_path: Path, picture: bytes) -> Nginx:
    files = tmp_path / "files"
    (files / "album").mkdir(parents=True)
    for name in ("a~b.jpg", "other.jpg"):
        (files / "album" / name).write_bytes(picture)
    moved = {"/moved.jpg": "return 302 /album/other.jpg;", "/gone.jpg": "return 404;"}
    return start_nginx(files, locations=moved)


def asked(nginx: Nginx) -> Counter:
    return Counter(request["uri"] for request in nginx.requests())


def lines(urls: list[str]) -> str:
    return "".join(url + "\n" for url in urls)


def test_spellings_of_one_url_are_one_request(fetch, nginx, make_list, picture):
    host, port = nginx.address, nginx.port
    spellings = [
        f"http://localhost:{port}/album/a~b.jpg",
        f"HTTP://LocalHost:{port}/album/a~b.jpg",
        f"http://localhost:0{port}/album/a%7Eb.jpg",
        f"http://localhost:{port}/x/../album/./a~b.jpg",
        f"http://localhost:{port}/album/a%7eb.jpg#right",
        f"http://{host}:{port}/album/a~b.jpg",  # another host, whatever its address
    ]
    run = fetch.run(make_list(spellings), dedupe="true")
    assert run.code == 0, run.err
    records = check_books(run.root, dedupe=True)
    assert len(nginx.requests()) == 2
    assert [record["url"] for record in records] == spellings
    one, other = {record["path"] for record in records[:5]}, records[5]["path"]
    assert len(one) == 1 and other not in one
    assert run.root.images() == one | {other}
    assert {record["bytes"] for record in records} == {len(picture)}
    assert [record.get("attempts") for record in records].count(None) == 4
    assert run.root.summary()["outcomes"]["ok"] == 6
    assert len(run.root.completions()) == 6


def test_lists_that_name_the_same_share_it(make_daemon, server, icon):
    daemon = make_daemon(dedupe="true").start()
    gate = threading.Event()
    server.on("*", wait(gate), send(answer(icon)))
    urls = [server.url(f"/{number}") for number in range(4)]
    daemon.drop("one.txt", lines(urls))
    wait_for(lambda: len(server.requests) == 2, "the first to be asked for")
    for name in ("two", "three"):
        daemon.drop(f"{name}.txt", lines(urls))
    wait_for(lambda: len(daemon.root.status().get("jobs", [])) == 3, "all to be read")
    gate.set()
    jobs = daemon.wait_for_jobs(3)
    assert len(server.requests) == 4
    hashes = [[record["sha256"] for record in check_books(daemon.root, job, dedupe=True)] for job in jobs]
    assert hashes[0] == hashes[1] == hashes[2]
    assert len(daemon.root.images()) == 4

    daemon.drop("later.txt", lines(urls))
    later = daemon.wait_for_jobs(4)[-1]
    assert len(check_books(daemon.root, later, dedupe=True)) == 4
    assert len(server.requests) == 4
    assert not daemon.root.images(later)


def test_lists_that_say_what_holds_anyway_share_with_one_that_says_nothing(make_daemon, server, icon):
    daemon = make_daemon(dedupe="true", fetch__tries=2, fetch__user_agent="picture-bot/1").start()
    server.on("*", send(answer(icon)))
    line = server.url("/a") + "\n"
    same = [
        "fetch.tries=2",
        "fetch.tries=9",
        "fetch.profile=open-web",
        "fetch.max_body=64MiB",
        "fetch.user_agent=picture-bot/1",
        "fetch.headers.accept=image/*,*/*;q=0.8",
        "fetch.accept=images",
        "robots=ignore",
        "decode.min_size=0",
        "store.hash=sha256",
        "store.refetch=always",
        "store.refetch=never",  # there is no catalogue
    ]
    daemon.drop("first.txt", line)
    daemon.wait_for_jobs(1)
    for number, option in enumerate(same):
        daemon.drop(f"same{number}.txt", f"#! {option}\n{line}")
    daemon.wait_for_jobs(1 + len(same))
    assert len(server.requests) == 1
    other = ["fetch.tries=1", "fetch.max_body=1MiB", "fetch.user_agent=picture-bot/2", "robots=obey", "store.hash=none"]
    for number, option in enumerate(other):
        daemon.drop(f"other{number}.txt", f"#! {option}\n{line}")
    daemon.wait_for_jobs(1 + len(same) + len(other))
    assert [request.target for request in server.requests].count("/a") == 1 + len(other)


def test_one_url_many_thousand_times(fetch, nginx, make_list):
    count = 12_000  # more than may wait for a result at once
    urls = [nginx.url(f"/album/other.jpg#{number}") for number in range(count)] + [nginx.url("/album/a~b.jpg")]
    run = fetch.run(make_list(urls), dedupe="true")
    assert run.code == 0, run.err
    assert len(check_books(run.root, dedupe=True)) == count + 1
    assert asked(nginx) == {"/album/other.jpg": 1, "/album/a~b.jpg": 1}


def test_the_one_that_many_thousand_wait_for_is_tried_again(make_daemon, server, icon):
    daemon = make_daemon(dedupe="true", fetch__tries=2).start()
    count = 12_000  # more than may wait for a result at once
    gate = threading.Event()
    server.on("/a", wait(gate), send(status(500)), then=[send(answer(icon))])
    daemon.drop("list.txt", lines([server.url("/a")] * count))
    wait_for(lambda: daemon.root.status().get("queued") == count - 1, "all others to wait")
    gate.set()
    [job] = daemon.wait_for_jobs(1)
    assert {record["outcome"] for record in check_books(daemon.root, job, dedupe=True)} == {"ok"}
    assert server.asked("/a") == 2


def test_a_failure_is_that_of_all_who_waited(make_daemon, server):
    daemon = make_daemon(dedupe="true").start()
    gate = threading.Event()
    server.on("/a", wait(gate), send(status(404)))
    daemon.drop("list.txt", lines([server.url("/a")] * 3))
    wait_for(lambda: daemon.root.status().get("queued") == 2, "two to wait")
    gate.set()
    [job] = daemon.wait_for_jobs(1)
    records = check_books(daemon.root, job, dedupe=True)
    assert [(record["reason"], record["http_status"]) for record in records] == [("http_status", 404)] * 3
    assert len(daemon.root.retry_rows(job)) == 3
    assert server.asked("/a") == 1
    daemon.drop("list.txt", lines([server.url("/a")]))
    daemon.wait_for_jobs(2)
    assert server.asked("/a") == 2


def test_what_is_redirected_is_shared_by_the_address_in_the_list(fetch, nginx, make_list):
    run = fetch.run(make_list([nginx.url("/moved.jpg"), nginx.url("/moved.jpg")]), dedupe="true")
    assert run.code == 0, run.err
    records = check_books(run.root, dedupe=True)
    assert [record["final_url"] for record in records] == [nginx.url("/album/other.jpg")] * 2
    assert asked(nginx) == {"/moved.jpg": 1, "/album/other.jpg": 1}


def test_a_file_that_was_removed_is_fetched_anew(make_daemon, nginx):
    daemon = make_daemon(dedupe="true").start()
    url = nginx.url("/album/other.jpg")
    daemon.drop("one.txt", lines([url]))
    [first] = daemon.wait_for_jobs(1)
    (daemon.root.path / daemon.root.record(first)["path"]).unlink()
    daemon.drop("two.txt", lines([url, url]))
    second = daemon.wait_for_jobs(2)[-1]
    records = check_books(daemon.root, second, dedupe=True)
    assert {record["path"].split("/")[1] for record in records} == {second}
    assert len(nginx.requests()) == 2


def test_lines_that_wait_are_read_again_after_a_kill(make_daemon, server, icon):
    daemon = make_daemon(dedupe="true", stop__drain="100ms").start()
    gate = threading.Event()
    server.on("/ready", send(answer(icon)))
    server.on("/held", wait(gate), send(answer(icon)))
    urls = [server.url(path) for path in ("/ready", "/held", "/ready", "/held", "/held")]
    for name in ("one", "two"):
        daemon.drop(f"{name}.txt", lines(urls))
    wait_for(lambda: daemon.root.completion_count() == 4, "what is ready")
    wait_for(lambda: daemon.root.status().get("queued") == 5, "the others to wait")
    daemon.kill()
    gate.set()
    daemon.start()
    for job in daemon.wait_for_jobs(2):
        assert len(check_books(daemon.root, job, dedupe=True)) == 5
    assert server.asked("/ready") == 1
    assert server.asked("/held") == 2, "once before, once after"


def test_killed_again_and_again_the_books_balance(make_daemon, server, icon):
    server.on("*", pause(0.002), send(answer(icon)))
    daemon = make_daemon(dedupe="true", fetch__profile="own-server", fetch__per_host__connections=8).start()
    urls = [server.url(f"/{number}") for number in range(400)]
    for name in ("a.txt", "b.txt"):
        daemon.drop(name, lines(urls + urls[::-1]))
    daemon.kill_repeatedly(5, every=30, requests=lambda: len(server.requests), jobs=2)
    for job in daemon.wait_for_jobs(2):
        assert [record["outcome"] for record in check_books(daemon.root, job, dedupe=True)] == ["ok"] * 800


@pytest.mark.parametrize("option", [None, "dedupe=true"])
def test_without_it_each_line_is_fetched_unless_the_list_says_otherwise(daemon, nginx, option):
    urls = [nginx.url("/album/other.jpg")] * 5
    daemon.drop("list.txt", lines(([f"#! {option}"] if option else []) + urls))
    daemon.drop("plain.txt", lines(urls))
    for job in daemon.wait_for_jobs(2):
        check_books(daemon.root, job, dedupe=job.endswith("-list"))
    assert len(nginx.requests()) == (6 if option else 10)


def test_lists_and_lines_that_expect_something_else_do_not_share(make_daemon, nginx, picture):
    daemon = make_daemon(dedupe="true").start()
    url = nginx.url("/album/other.jpg")
    rows = [{"url": url}, {"url": url}, {"url": url, "sha256": "0" * 64}]
    daemon.drop("hashes.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    [hashes] = daemon.wait_for_jobs(1)
    outcomes = [record.get("reason", "ok") for record in check_books(daemon.root, hashes, dedupe=True)]
    assert outcomes == ["ok", "ok", "hash_mismatch"]
    for name, option in {"agent": "fetch.user_agent=other/1", "size": f"fetch.max_body={len(picture) - 1}"}.items():
        daemon.drop(f"{name}.txt", lines([f"#! {option}", url]))
    daemon.wait_for_jobs(3)
    assert len(nginx.requests()) == 4

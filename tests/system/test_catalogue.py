"""What was fetched before, by URL: `store.refetch`, and state/catalogue.db, which people can query."""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from support.books import check_books
from support.nginx import Nginx
from support.programs import Daemon
from support.steps import answer, send, status
from support.waiting import wait_for


@pytest.fixture
def nginx(start_nginx, tmp_path: Path, picture: bytes) -> Nginx:
    files = tmp_path / "files"
    (files / "album").mkdir(parents=True)
    for name in ("a~b.jpg", "other.jpg"):
        (files / "album" / name).write_bytes(picture)
    return start_nginx(files, locations={"/moved.jpg": "return 302 /album/other.jpg;"})


def asked(nginx: Nginx) -> Counter:
    return Counter((request["uri"], request["status"]) for request in nginx.requests())


def rows(daemon: Daemon) -> list[dict]:
    path = daemon.root.path / "state" / "catalogue.db"
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute("SELECT * FROM files ORDER BY id")]


def wait_for_log(daemon: Daemon, text: str) -> None:
    wait_for(lambda: text in daemon.root.log(), f"the log to say: {text}")


def fetch_list(daemon: Daemon, urls: list[str], options: tuple[str, ...] = (), known: int | None = None) -> list[dict]:
    """Drops a list and waits for its end, and until the catalogue knows so many. Returns the records, which balance."""
    before = set(daemon.root.jobs())
    text = "".join(line + "\n" for line in [f"#! {option}" for option in options] + urls)
    daemon.drop(f"list{len(before)}.txt", text)
    [job] = set(daemon.wait_for_jobs(len(before) + 1)) - before
    if known is not None:
        wait_for(lambda: len(rows(daemon)) == known, f"{known} rows")
    return check_books(daemon.root, job, dedupe=True)


def test_never_asks_for_nothing_that_is_there(make_daemon, nginx, picture):
    daemon = make_daemon(store__refetch="never").start()
    port = nginx.port
    url = f"http://localhost:{port}/album/a~b.jpg"
    [first] = fetch_list(daemon, [url], known=1)
    spellings = [url, f"HTTP://LOCALHOST:0{port}/x/../album/a%7eb.jpg#1", f"http://localhost:{port}/album/other.jpg"]
    known, spelled, new = fetch_list(daemon, spellings, known=2)
    assert asked(nginx) == {("/album/a~b.jpg", 200): 1, ("/album/other.jpg", 200): 1}
    for record in (known, spelled):
        assert {name: record[name] for name in ("bytes", "sha256", "path", "format", "width", "height")} == {
            name: first[name] for name in ("bytes", "sha256", "path", "format", "width", "height")
        }
        assert record["from"] == "catalogue"
        assert not {"attempts", "http_status", "address", "ms"} & set(record)
    assert "from" not in new and new["attempts"] == 1
    status = wait_for(lambda: daemon.root.status().get("catalogue"), "the status")
    wait_for(lambda: daemon.root.status()["catalogue"]["taken"] == 2, "both to be counted")
    assert status["left_out"] == 0
    assert daemon.root.summary(daemon.root.jobs()[-1])["bytes"] == len(picture), "of what it stored itself"


def test_what_is_known_survives_a_restart_and_a_kill(make_daemon, nginx):
    daemon = make_daemon(store__refetch="never").start()
    urls = [nginx.url("/album/a~b.jpg"), nginx.url("/moved.jpg")]
    fetch_list(daemon, urls, known=2)
    requests = len(nginx.requests())
    daemon.stop()
    assert [row["url"] for row in rows(daemon)] == urls
    daemon.start()
    moved = fetch_list(daemon, urls)[1]
    assert moved["final_url"] == nginx.url("/album/other.jpg")
    daemon.kill()
    daemon.start()
    fetch_list(daemon, urls)
    assert len(nginx.requests()) == requests


@pytest.mark.parametrize("harm", ["removed", "longer", "touched", "a link"])
def test_a_file_that_is_not_as_it_was_is_fetched_anew(make_daemon, nginx, tmp_path, harm):
    daemon = make_daemon(store__refetch="never").start()
    url = nginx.url("/album/other.jpg")
    [first] = fetch_list(daemon, [url], known=1)
    path = daemon.root.path / first["path"]
    if harm == "longer":
        path.write_bytes(path.read_bytes() + b"x")
    elif harm == "touched":
        os.utime(path, (1, 1))
    else:
        content = path.read_bytes()
        path.unlink()
        if harm == "a link":
            (tmp_path / "elsewhere").write_bytes(content)
            path.symlink_to(tmp_path / "elsewhere")
    [second] = fetch_list(daemon, [url])
    assert second["attempts"] == 1 and second["path"] != first["path"]
    wait_for(lambda: rows(daemon)[0]["path"] == second["path"], "the new one to be known")
    assert fetch_list(daemon, [url])[0]["path"] == second["path"]
    assert len(nginx.requests()) == 2


def test_what_a_list_expects_holds_for_what_is_known(make_daemon, nginx, picture):
    daemon = make_daemon(store__refetch="never").start()
    url = nginx.url("/album/other.jpg")
    [first] = fetch_list(daemon, [url], known=1)
    expected = [{"url": url, "sha256": first["sha256"]}, {"url": url, "sha256": "0" * 64}, {"url": url, "md5": "0" * 32}]
    daemon.drop("hashes.jsonl", "".join(json.dumps(row) + "\n" for row in expected))
    records = check_books(daemon.root, daemon.wait_for_jobs(2)[-1], dedupe=True)
    assert [record.get("reason", record.get("from")) for record in records] == ["catalogue"] + ["hash_mismatch"] * 2
    small = fetch_list(daemon, [url], (f"fetch.max_body={len(picture) - 1}",))
    assert small[0]["reason"] == "too_large"
    assert fetch_list(daemon, [url], ("decode.min_size=100000",))[0]["reason"] == "too_small"
    assert fetch_list(daemon, [url], ("fetch.user_agent=other/1",))[0]["attempts"] == 1, "asked for in a way of its own"
    assert fetch_list(daemon, [url])[0]["path"] == first["path"], "none of these took its place"


def test_a_list_may_say_it_for_itself(make_daemon, nginx):
    daemon = make_daemon(store__catalogue="true").start()
    url = nginx.url("/album/other.jpg")
    fetch_list(daemon, [url], known=1)
    fetch_list(daemon, [url])
    assert len(nginx.requests()) == 2
    assert fetch_list(daemon, [url], ("store.refetch=never",))[0]["from"] == "catalogue"
    assert fetch_list(daemon, [url], ("store.refetch=after:1h",))[0]["from"] == "catalogue"
    assert len(nginx.requests()) == 2


def test_without_a_catalogue_none_is_kept_and_lists_are_told(daemon, nginx):
    for _ in range(2):
        fetch_list(daemon, [nginx.url("/album/other.jpg")], ("store.refetch=never",))
    assert len(nginx.requests()) == 2
    assert not (daemon.root.path / "state" / "catalogue.db").exists()
    wait_for_log(daemon, "store.refetch has no effect: no catalogue is kept")


def test_revalidate_asks_whether_it_has_changed(make_daemon, nginx, picture, icon):
    daemon = make_daemon(store__refetch="revalidate").start()
    url = nginx.url("/album/other.jpg")
    [first] = fetch_list(daemon, [url], known=1)
    [again] = fetch_list(daemon, [url])
    assert asked(nginx) == {("/album/other.jpg", 200): 1, ("/album/other.jpg", 304): 1}
    assert (again["outcome"], again["http_status"], again["from"], again["attempts"]) == ("ok", 304, "catalogue", 1)
    for name in ("path", "sha256", "bytes", "format", "width", "height"):
        assert again[name] == first[name]
    wait_for(lambda: daemon.root.status()["catalogue"]["unchanged"] == 1, "it to be counted")
    wait_for(lambda: rows(daemon)[0]["checked"] > rows(daemon)[0]["fetched"], "the time to be noted")
    (nginx.files / "album" / "other.jpg").write_bytes(icon)
    [changed] = fetch_list(daemon, [url])
    assert (changed["http_status"], changed["bytes"]) == (200, len(icon))
    wait_for(lambda: rows(daemon)[0]["path"] == changed["path"], "the new one to be known")
    assert fetch_list(daemon, [url])[0]["path"] == changed["path"]


def test_the_same_line_twice_in_a_list_may_be_unchanged_of_itself(make_daemon, server, icon):
    daemon = make_daemon(store__refetch="revalidate", fetch__per_host__connections="1").start()
    server.on("/a", send(answer(icon, 'ETag: "1"')), then=[send(status(304))])
    server.on("/b", send(answer(icon)))
    fetch_list(daemon, [server.url("/a")], known=1)
    records = fetch_list(daemon, [server.url("/a"), server.url("/a"), server.url("/b")])
    assert [record.get("from") for record in records] == ["catalogue", "catalogue", None]


def test_after_asks_again_for_what_is_older(make_daemon, nginx):
    daemon = make_daemon(store__refetch="after:1s").start()
    url = nginx.url("/album/other.jpg")
    fetch_list(daemon, [url], known=1)
    wait_for(lambda: fetch_list(daemon, [url])[0].get("http_status") == 304, "it to be old enough")
    assert asked(nginx)[("/album/other.jpg", 200)] == 1


def test_validators_go_to_nobody_but_the_url_that_gave_them(make_daemon, server, icon):
    daemon = make_daemon(store__refetch="revalidate").start()
    server.on("/moved", send(status(302, "Location: /there", 'ETag: "moved"')))
    date = "Sun, 06 Nov 1994 08:49:37 GMT"
    server.on("/there", send(answer(icon, 'ETag: "there"', f"Last-Modified: {date}")), then=[send(status(304))])
    url = server.url("/moved")
    fetch_list(daemon, [url], known=1)
    [again] = fetch_list(daemon, [url])
    assert (again["outcome"], again["http_status"]) == ("ok", 304)
    names = ("if-none-match", "if-modified-since")
    heads = [(request.target, *map(request.headers.get, names)) for request in server.requests]
    plain = [("/moved", None, None), ("/there", None, None)]
    assert heads == [*plain, plain[0], ("/there", '"there"', date)]


def test_304_unasked_is_none(make_daemon, server, icon):
    daemon = make_daemon(store__refetch="revalidate").start()
    server.on("/a", send(status(304)))
    server.on("/b", send(answer(icon)), then=[send(status(304))])  # without anything to ask by
    [never_fetched] = fetch_list(daemon, [server.url("/a")])
    fetch_list(daemon, [server.url("/b")], known=1)
    [unasked] = fetch_list(daemon, [server.url("/b")])
    for record in (never_fetched, unasked):
        assert (record["outcome"], record["reason"], record["http_status"]) == ("failed", "http_status", 304)


def test_an_unchanged_image_whose_server_opts_out_is_skipped(make_daemon, server, icon):
    daemon = make_daemon(store__refetch="revalidate").start()
    server.on("/a", send(answer(icon, 'ETag: "1"')), then=[send(status(304, "X-Robots-Tag: noai"))])
    fetch_list(daemon, [server.url("/a")], known=1)
    assert fetch_list(daemon, [server.url("/a")])[0]["reason"] == "opt_out"


def test_a_damaged_catalogue_is_put_aside(make_daemon, nginx):
    daemon = make_daemon(store__refetch="never").start()
    url = nginx.url("/album/other.jpg")
    fetch_list(daemon, [url], known=1)
    daemon.stop()
    database = daemon.root.path / "state" / "catalogue.db"
    database.write_bytes(b"no database at all\n" * 1000)
    daemon.start()
    wait_for_log(daemon, "it is now catalogue.db.damaged, and a new one is begun")
    fetch_list(daemon, [url], known=1)
    assert fetch_list(daemon, [url])[0]["from"] == "catalogue"
    assert len(nginx.requests()) == 2
    assert database.with_name("catalogue.db.damaged").read_bytes().startswith(b"no database")


def test_the_catalogue_of_a_newer_version_is_left_alone(make_daemon, nginx):
    daemon = make_daemon(store__refetch="never").start()
    fetch_list(daemon, [nginx.url("/album/other.jpg")], known=1)
    daemon.stop()
    with closing(sqlite3.connect(daemon.root.path / "state" / "catalogue.db", isolation_level=None)) as database:
        database.execute("PRAGMA user_version=2")
    daemon.start()
    wait_for_log(daemon, "made by a newer version of gannet; going on without a catalogue")
    assert fetch_list(daemon, [nginx.url("/album/other.jpg")])[0]["attempts"] == 1
    assert len(rows(daemon)) == 1


def test_somebody_who_holds_a_lock_costs_rows_and_not_records(make_daemon, nginx):
    daemon = make_daemon(store__refetch="never").start()
    database = sqlite3.connect(daemon.root.path / "state" / "catalogue.db", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    assert fetch_list(daemon, [nginx.url("/album/other.jpg")])[0]["outcome"] == "ok"
    wait_for(lambda: daemon.root.status()["catalogue"]["left_out"] == 1, "the row to be left out")
    database.execute("ROLLBACK")
    fetch_list(daemon, [nginx.url("/album/other.jpg")], known=1)
    assert fetch_list(daemon, [nginx.url("/album/other.jpg")])[0]["from"] == "catalogue"
    wait_for_log(daemon, "somebody else has locked it")


def test_with_dedupe_those_who_wait_get_what_is_known(make_daemon, nginx):
    daemon = make_daemon(store__refetch="never", dedupe="true", dedupe_results="0").start()
    url = nginx.url("/album/other.jpg")
    [first] = fetch_list(daemon, [url], known=1)
    records = fetch_list(daemon, [url + f"#{number}" for number in range(100)])
    assert {record["path"] for record in records} == {first["path"]}
    assert len(nginx.requests()) == 1


def test_killed_again_and_again_the_books_balance(make_daemon, server, icon):
    server.on("*", send(answer(icon, 'ETag: "1"')))
    daemon = make_daemon(store__refetch="never", fetch__profile="own-server").start()
    urls = [server.url(f"/{number}") for number in range(400)]
    for name in ("a.txt", "b.txt"):
        daemon.drop(name, "".join(url + "\n" for url in urls + urls[::-1]))
    daemon.kill_repeatedly(5, every=30, requests=lambda: len(server.requests), jobs=2)
    for job in daemon.wait_for_jobs(2):
        assert [record["outcome"] for record in check_books(daemon.root, job, dedupe=True)] == ["ok"] * 800
    for row in rows(daemon):
        assert (daemon.root.path / row["path"]).stat().st_size == row["bytes"]


def names_of(daemon: Daemon, record: dict) -> int:
    return (daemon.root.path / record["path"]).stat().st_nlink


def test_equal_bytes_are_stored_once(make_daemon, nginx, icon):
    daemon = make_daemon(store__hard_links="true").start()
    (nginx.files / "icon.png").write_bytes(icon)
    [first] = fetch_list(daemon, [nginx.url("/album/a~b.jpg")], known=1)
    [same] = fetch_list(daemon, [nginx.url("/album/other.jpg")], known=2)
    [other] = fetch_list(daemon, [nginx.url("/icon.png")], known=3)
    assert same["path"] != first["path"] and same["attempts"] == 1 and same["bytes"] == first["bytes"]
    assert [names_of(daemon, record) for record in (first, same, other)] == [2, 2, 1]
    wait_for(lambda: daemon.root.status()["catalogue"]["linked"] == 1, "it to be counted")
    (daemon.root.path / first["path"]).unlink()
    [third] = fetch_list(daemon, [nginx.url("/album/a~b.jpg")], known=3)
    assert names_of(daemon, third) == 2, "the newest is linked to, whatever is gone"
    (daemon.root.path / third["path"]).write_bytes(b"not what it was")
    [fourth] = fetch_list(daemon, [nginx.url("/album/other.jpg")])
    assert names_of(daemon, fourth) == 1


def test_without_hard_links_each_image_is_a_file(make_daemon, nginx):
    daemon = make_daemon(store__catalogue="true").start()
    for known, name in ((1, "a~b"), (2, "other")):
        [record] = fetch_list(daemon, [nginx.url(f"/album/{name}.jpg")], known=known)
        assert names_of(daemon, record) == 1


def test_linked_again_and_again_the_books_balance(make_daemon, server, icon):
    server.on("*", send(answer(icon)))
    daemon = make_daemon(store__hard_links="true", fetch__profile="own-server").start()
    urls = [server.url(f"/{number}") for number in range(400)]
    for name in ("a.txt", "b.txt"):
        daemon.drop(name, "".join(url + "\n" for url in urls))
    daemon.kill_repeatedly(5, every=30, requests=lambda: len(server.requests), jobs=2)
    records = [record for job in daemon.wait_for_jobs(2) for record in check_books(daemon.root, job)]
    assert len(records) == 800
    wait_for(lambda: rows(daemon), "some of them to be known")
    [last] = fetch_list(daemon, [server.url("/last")])
    assert names_of(daemon, last) > 1

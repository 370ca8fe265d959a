"""`gannet fetch` against nginx: what is stored, what is recorded, how the connections are used."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from support import images
from support.books import check_books
from support.lists import write_list


@pytest.fixture
def gallery(tmp_path: Path) -> Path:
    """A folder with 40 pictures under names that say nothing: 000, 001, ..."""
    folder = tmp_path / "gallery"
    folder.mkdir()
    for number, path in enumerate([*images.icons()[:30], *images.photographs()[:10]]):
        shutil.copy(path, folder / f"{number:03}")
    return folder


def names(gallery: Path) -> list[str]:
    return sorted(path.name for path in gallery.iterdir())


def test_stores_every_picture_byte_for_byte(fetch, make_list, start_nginx, gallery):
    nginx = start_nginx(gallery)
    run = fetch.run(make_list(nginx.url(f"/{name}") for name in names(gallery)))
    assert run.code == 0, run.err
    records = check_books(run.root)
    assert [run.root.read(record) for record in records] == [(gallery / name).read_bytes() for name in names(gallery)]


def test_names_files_by_shard_and_key_with_the_extension_of_their_content(
    fetch, make_list, start_nginx, tmp_path, picture, icon
):
    files = tmp_path / "files"
    files.mkdir()
    (files / "a.png").write_bytes(picture)
    (files / "b.jpg").write_bytes(icon)
    (files / "c.php").write_bytes(images.gifs()[0].read_bytes())
    (files / "d").write_bytes(images.drawings()[0].read_bytes())
    nginx = start_nginx(files)
    run = fetch.run(make_list(nginx.url(path) for path in ("/a.png", "/b.jpg", "/c.php", "/d")), output__shard_size=3)
    assert run.code == 0, run.err
    job = run.root.job()
    assert run.root.images() == {
        f"images/{job}/00000/000000000.jpg",
        f"images/{job}/00000/000000001.png",
        f"images/{job}/00000/000000002.gif",
        f"images/{job}/00001/000000003.svg",
    }
    assert [record["format"] for record in run.root.records()] == ["jpeg", "png", "gif", "svg"]


def test_the_record_says_all_that_is_known(fetch, make_list, start_nginx, tmp_path, picture):
    files = tmp_path / "files"
    files.mkdir()
    (files / "a.jpg").write_bytes(picture)
    nginx = start_nginx(files)
    run = fetch.run(make_list(["# a comment", "", nginx.url("/a.jpg")]))
    record = run.root.record()
    width, height = images.size_of(picture)
    job = run.root.job()
    assert re.fullmatch(r"\d{8}T\d{6}-\d+-.*list.*", job)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record.pop("time"))
    assert set(record.pop("ms")) <= {"queue", "dns", "connect", "tls", "first_byte", "total"}
    assert record == {
        "job": job,
        "line": 3,
        "url": nginx.url("/a.jpg"),
        "outcome": "ok",
        "http_status": 200,
        "attempts": 1,
        "bytes": len(picture),
        "sha256": hashlib.sha256(picture).hexdigest(),
        "path": f"images/{job}/00000/000000000.jpg",
        "format": "jpeg",
        "width": width,
        "height": height,
        "address": "127.0.0.1",
        "protocol": "http/1.1",
        "reused": False,
    }


def test_failed_lines_are_kept_for_a_retry_with_all_their_columns(fetch, start_nginx, gallery, tmp_path):
    nginx = start_nginx(gallery)
    listed = tmp_path / "list.csv"
    listed.write_text(
        "url,caption,year\n"
        f'{nginx.url("/000")},here,1999\n'
        f'{nginx.url("/gone")},"not, here",2001\n'
        "no url at all,broken,2002\n"
    )
    run = fetch.run(listed)
    assert run.code == 3
    assert [record["outcome"] for record in check_books(run.root)] == ["ok", "failed", "invalid"]
    assert run.root.retry_rows() == [{"url": nginx.url("/gone"), "caption": "not, here", "year": "2001"}]


def test_the_summary_counts_what_the_journal_holds(fetch, make_list, start_nginx, gallery):
    nginx = start_nginx(gallery)
    run = fetch.run(make_list([nginx.url("/000"), nginx.url("/001"), nginx.url("/gone"), "gopher://old/"]))
    assert run.code == 3
    summary = run.root.summary()
    assert summary["lines"] == 4
    assert {name: count for name, count in summary["outcomes"].items() if count} == {"ok": 2, "failed": 1, "invalid": 1}
    assert {name: count for name, count in summary["reasons"].items() if count} == {
        "http_status": 1,
        "unsupported_scheme": 1,
    }


def test_a_list_that_is_not_there_is_bad_usage(fetch, tmp_path):
    run = fetch.run(tmp_path / "nowhere.txt")
    assert run.code == 2
    assert "nowhere.txt" in run.err


def test_an_output_folder_that_cannot_be_made_ends_with_1(fetch, make_list, tmp_path):
    (tmp_path / "root").write_text("a file where the folder should be")
    assert fetch.run(make_list(["http://127.0.0.1/"])).code == 1


def test_an_empty_list_is_finished_at_once(fetch, make_list):
    run = fetch.run(make_list([]))
    assert run.code == 0, run.err
    assert check_books(run.root) == []


def test_connections_are_reused(fetch, make_list, start_nginx, gallery):
    nginx = start_nginx(gallery)
    run = fetch.run(make_list(nginx.url(f"/{name}") for name in names(gallery)), fetch__per_host__connections=2)
    assert run.code == 0, run.err
    requests = nginx.requests()
    connections = {request["connection"] for request in requests}
    assert len(requests) == 40
    assert len(connections) <= 2
    assert sum(record["reused"] for record in run.root.records()) == 40 - len(connections)


def test_a_server_that_limits_requests_per_connection_costs_nothing(fetch, make_list, start_nginx, gallery):
    nginx = start_nginx(gallery, keepalive_requests=3)
    run = fetch.run(make_list(nginx.url(f"/{name}") for name in names(gallery)), fetch__per_host__connections=1)
    assert run.code == 0, run.err
    per_connection = Counter(request["connection"] for request in nginx.requests())
    assert sorted(per_connection.values(), reverse=True) == [3] * 13 + [1]


def test_https_with_an_authority_of_ones_own(fetch, make_list, start_nginx, gallery, authority):
    nginx = start_nginx(gallery, tls=authority.leaf("127.0.0.1"))
    run = fetch.run(make_list(nginx.url(f"/{name}") for name in names(gallery)), fetch__tls__ca_file=authority.file)
    assert run.code == 0, run.err
    assert len(check_books(run.root)) == 40


def test_compression_on_the_way_does_not_show_in_the_file(fetch, make_list, start_nginx, tmp_path):
    files = tmp_path / "files"
    files.mkdir()
    drawing = max(images.drawings()[:50], key=lambda path: path.stat().st_size)
    shutil.copy(drawing, files / "drawing.svg")
    nginx = start_nginx(files, gzip=True)
    run = fetch.run(make_list([nginx.url("/drawing.svg")]))
    assert run.code == 0, run.err
    assert run.root.read(check_books(run.root)[0]) == drawing.read_bytes()


def test_the_server_is_told_who_asks(fetch, make_list, start_nginx, gallery):
    nginx = start_nginx(gallery)
    fetch.run(make_list([nginx.url("/000")]), fetch__contact="mailto:operator@example.org")
    [request] = nginx.requests()
    assert re.fullmatch(r"gannet/\S+ \(\+mailto:operator@example\.org\)", request["user_agent"])
    assert request["host"] == f"127.0.0.1:{nginx.port}"


def test_several_lists_become_several_jobs(fetch, make_list, start_nginx, gallery):
    nginx = start_nginx(gallery)
    lists = [
        make_list([nginx.url(f"/{name}") for name in part], f"part{number}.txt")
        for number, part in enumerate((names(gallery)[:25], names(gallery)[25:]))
    ]
    run = fetch.run(*lists)
    assert run.code == 0, run.err
    assert sorted(len(check_books(run.root, job)) for job in run.root.jobs()) == [15, 25]


def test_every_form_of_list_is_read(fetch, start_nginx, gallery, tmp_path):
    nginx = start_nginx(gallery)
    url = nginx.url("/000")
    contents = {
        "a.txt": f"\ufeff# first\r\n\r\n{url}\r\n{url}",
        "b.urls": f"{url}\n",
        "c.csv": f'caption,url\n"x\ny",{url}\nz,{url}\n',
        "d.tsv": f'url\tcaption\n{url}\t"quoted"\n',
        "e.jsonl": f'{{"url": "{url}", "n": 1}}\n\n{{"url": "{url}"}}\n',
    }
    lists = []
    for name, content in contents.items():
        lists.append(tmp_path / name)
        lists[-1].write_bytes(content.encode())
    run = fetch.run(*lists)
    assert run.code == 0, run.err
    lines = [[record["line"] for record in run.root.records(job)] for job in run.root.jobs()]
    assert sorted(lines) == sorted([[3, 4], [1], [2, 4], [2], [1, 3]])


def test_the_same_url_twice_is_two_lines(fetch, start_nginx, gallery, tmp_path):
    nginx = start_nginx(gallery)
    run = fetch.run(write_list(tmp_path / "list.txt", [nginx.url("/000")] * 2))
    assert [Path(record["path"]).name for record in check_books(run.root)] == ["000000000.png", "000000001.png"]


@pytest.mark.parametrize("how", ["batch", "none", "strict"])
def test_every_way_to_sync_stores_the_same(fetch, make_list, start_nginx, gallery, how):
    nginx = start_nginx(gallery)
    run = fetch.run(make_list(nginx.url(f"/{name}") for name in names(gallery)), store__sync=how)
    assert run.code == 0, run.err
    assert len(check_books(run.root)) == 40

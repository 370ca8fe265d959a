"""`gannet report`: the page of a job has the numbers of its records, and a browser shows it as it should be."""

from __future__ import annotations

import json
import resource
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from support import images
from support.browser import view
from support.nginx import Nginx
from support.page import PageNumbers
from support.programs import BIN, Fetch, run
from support.root import Root
from support.steps import answer, send, wait
from support.torture import sized
from support.waiting import wait_for

EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>"


def report(root: Root, job: str, page: Path) -> subprocess.CompletedProcess[str]:
    return run("gannet", "report", job, "--fetched", root.path, "--output", page)


def page_of(root: Root, folder: Path) -> tuple[str, PageNumbers]:
    page = folder / "page.html"
    done = report(root, root.job(), page)
    assert done.returncode == 0, done.stderr
    return page.read_text(), PageNumbers(page.read_text())


@pytest.fixture(scope="module")
def fetched(tmp_path_factory, authority) -> Root:
    """A job on two real servers, one with TLS: photographs, icons, redirects, failures of several kinds, and lines that
    would like to be scripts."""
    folder = tmp_path_factory.mktemp("report")
    files = folder / "files"
    files.mkdir()
    urls = []
    leaf = authority.leaf("127.0.0.1")
    elsewhere = {"/old/": "return 302 /0.jpg;", "/gone/": "return 404;", "/busy/": "return 503;"}
    with (
        Nginx(folder / "plain", files, locations=elsewhere) as plain,
        Nginx(folder / "secure", files, tls=leaf, http2=True, locations=elsewhere) as secure,
    ):
        for number, picture in enumerate([*images.photographs()[:60], *images.icons()[:60]]):
            name = f"{number}{picture.suffix}"
            (files / name).write_bytes(picture.read_bytes())
            urls += [plain.url(f"/{name}"), secure.url(f"/{name}")]
        (files / "page.jpg").write_text("<html>no picture")
        urls += [plain.url(f"/old/{number}") for number in range(5)]
        urls += [secure.url(f"/gone/{number}{EVIL}") for number in range(7)]
        urls += [plain.url("/page.jpg"), "http://127.0.0.1:9/refused", "ftp://example.org/a.jpg", EVIL, "no url"]
        listed = folder / "holiday.txt"
        listed.write_text("# pictures\n" + "".join(f"{url}\n" for url in urls))
        done = Fetch(folder / "root", {"fetch.tls.ca_file": str(authority.file)}).run(listed)
        assert done.code == 3, done.err
    return done.root


def nearest_rank(values: list[int], per_mille: int) -> int:
    return sorted(values)[max((len(values) * per_mille + 999) // 1000, 1) - 1]


def host_of(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])


def test_every_number_is_that_of_the_records(fetched, tmp_path):
    records = fetched.records()
    _, page = page_of(fetched, tmp_path)
    ok = [record for record in records if record["outcome"] == "ok"]
    assert len(ok) == 245

    for outcome in ("ok", "failed", "skipped", "invalid"):
        count = sum(record["outcome"] == outcome for record in records)
        assert page.of[f"outcome-{outcome}"] == [count]
    assert page.of["stored"] == [fetched.summary()["bytes"]]
    assert page.texts["sentence"].startswith(f"{len(ok)} of {len(records)} images were fetched in ")

    reasons = Counter(record["reason"] for record in records if "reason" in record)
    assert len(reasons) == 5
    assert {name: page.of[f"reason-{name}"][0] for name in reasons} == reasons
    for record in records:
        if "reason" in record and reasons[record["reason"]] <= 3:
            assert record["line"] in page.of[f"reason-{record['reason']}"][1:]

    tried = [record for record in records if "ms" in record]
    opened = [record for record in tried if record.get("reused") is False]
    final = {id(record): record.get("final_url", record["url"]) for record in tried}
    phases = {
        "queue": [record["ms"].get("queue", 0) for record in tried],
        "connect": [record["ms"].get("connect", 0) for record in opened],
        "tls": [record["ms"].get("tls", 0) for record in opened if final[id(record)].startswith("https")],
        "first_byte": [record["ms"].get("first_byte", 0) for record in tried if "protocol" in record],
        "body": [
            max(ms.get("total", 0) - sum(ms.get(part, 0) for part in ("dns", "connect", "tls", "first_byte")), 0)
            for ms in (record["ms"] for record in tried if record.get("bytes") and "final_url" not in record)
        ],
        "total": [record["ms"].get("total", 0) for record in tried],
    }
    for name, values in phases.items():
        expected = [nearest_rank(values, share) for share in (500, 900, 990)]
        assert page.of[f"phase-{name}"] == [*expected, max(values), len(values)], name
    assert page.of["median"] == [nearest_rank(phases["total"], 500)]

    hosts = Counter(host_of(record["url"]) for record in records if record["outcome"] != "invalid")
    assert {host: row[0] for host, row in page.rows["largest"].items() if host != "host"} == hosts
    failures = Counter(host_of(record["url"]) for record in records if record["outcome"] == "failed")
    assert {host: row[0] for host, row in page.rows["worst"].items() if host != "host"} == failures
    slowest = {
        host: [record for record in ok if host_of(record["url"]) == host] for host in {host_of(r["url"]) for r in ok}
    }
    for host, of_it in slowest.items():
        total = sum(record["ms"].get("total", 0) for record in of_it)
        longest = max(record["ms"].get("total", 0) for record in of_it)
        mean, _, *rest = page.rows["slowest"][host]
        assert mean == (total + len(of_it) // 2) // len(of_it)
        assert rest == [longest, len(of_it)]

    formats = Counter(record["format"] for record in ok)
    of_format = {name: sum(record["bytes"] for record in ok if record["format"] == name) for name in formats}
    assert page.rows["formats"] == {name: [count, of_format[name]] for name, count in formats.items()}
    sizes = [record["bytes"] for record in ok]
    assert page.of["file-sizes"] == [
        *(nearest_rank(sizes, share) for share in (250, 750, 500)), min(sizes), max(sizes),
    ]  # fmt: skip
    wide, high = [record["width"] for record in ok], [record["height"] for record in ok]
    assert page.of["dimensions"][:2] == [nearest_rank(wide, 500), nearest_rank(high, 500)]
    assert page.of["dimensions"][5:] == [max(wide), max(high)]

    statuses = Counter(str(record["http_status"]) for record in records if "http_status" in record)
    protocols = Counter(record["protocol"] for record in records if "protocol" in record)
    assert {name: row[0] for name, row in page.rows["statuses"].items()} == statuses
    assert {name: row[0] for name, row in page.rows["protocols"].items()} == protocols
    reused = sum(record.get("reused", False) for record in records)
    assert page.of["reuse"] == [sum(protocols.values()), reused]


def test_small_images_are_on_the_contact_sheet(fetched, tmp_path):
    _, page = page_of(fetched, tmp_path)
    small = [record for record in fetched.records() if 0 < record.get("bytes", 0) <= 20 << 10 and "path" in record]
    assert page.tags["img"] == page.of["sheet"][0] == min(48, len(small))
    assert page.of["sheet"][1] == len(small)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_browser_shows_it_whole_and_asks_nobody(fetched, tmp_path, width):
    text, page = page_of(fetched, tmp_path)
    shown = view(tmp_path / "page.html", tmp_path / "view", width)
    assert shown.complaints == []
    assert shown.asked == ["/page.html", "/watcher.html"]
    assert shown.seen["width"] == width
    assert shown.seen["needed"] == width
    assert shown.seen["sticking_out"] == []
    assert shown.seen["scripts"] == 0
    assert shown.seen["smallest_type"] >= 11
    assert shown.seen["background"] == "rgb(250, 249, 246)"
    assert len(shown.seen["pictures"]) == page.tags["img"]
    assert page.texts["sentence"].replace("\xa0", " ") in shown.seen["text"].replace("\xa0", " ")
    assert f"{len(fetched.records()):,}" in shown.seen["text"]
    assert shown.screenshot.read_bytes().startswith(b"\x89PNG")
    assert EVIL[:20] not in text


def test_where_it_is_dark_the_page_is_dark(fetched, tmp_path):
    page_of(fetched, tmp_path)
    shown = view(tmp_path / "page.html", tmp_path / "view", 390, dark=True)
    assert shown.complaints == []
    assert shown.seen["background"] == "rgb(18, 21, 24)"
    assert shown.seen["ink"] == "rgb(231, 229, 224)"


def test_the_browser_would_tell_of_a_script(fetched, tmp_path):
    text, _ = page_of(fetched, tmp_path)
    (tmp_path / "page.html").write_text(text.replace("<main>", "<main><script>alert(1)</script>"))
    shown = view(tmp_path / "page.html", tmp_path / "view", 390)
    assert any("Content Security Policy" in line for line in shown.complaints)
    assert shown.seen["scripts"] == 1


def test_a_running_job_has_a_page(daemon, server, icon, tmp_path):
    gate = threading.Event()
    for number in range(3):
        server.on(f"/{number}", send(answer(icon)))
    server.on("*", wait(gate), send(answer(icon)))
    daemon.drop("pets.txt", "".join(server.url(f"/{number}") + "\n" for number in range(5)))
    try:
        wait_for(lambda: daemon.root.completion_count() == 3, "the first records")
        page = tmp_path / "page.html"
        done = run("gannet", "report", "pets", "--config", daemon.config, "--output", page)
        assert done.returncode == 0, done.stderr
        assert "So far all 3 images have been fetched in " in done.stdout
        assert "running" in page.read_text()
    finally:
        gate.set()


@pytest.mark.parametrize("arguments, code, told", [([], 2, "JOB"), (["nobody"], 1, "there is no job nobody")])
def test_bad_usage_is_answered(make_daemon, arguments, code, told):
    daemon = make_daemon().start()
    done = run("gannet", "report", *arguments, "--config", daemon.config)
    assert done.returncode == code
    assert told in done.stderr


@pytest.mark.torture
def test_a_large_job_needs_little_memory_and_gives_a_small_page(tmp_path):
    lines = sized(250_000, 1_000_000)
    job = "20261122T101500-0001-large"
    root = Root(tmp_path / "root")
    for name in ("active", "failed", "images", f"done/{job}"):
        (root.path / name).mkdir(parents=True)
    (root.folder(job) / "list.txt").write_text("")
    with (root.folder(job) / "results.jsonl").open("w") as journal:
        for line in range(1, lines + 1):
            time_of_day = f"{line // 36000 % 24:02}:{line // 600 % 60:02}:{line // 10 % 60:02}.123"
            record = {"time": f"2026-11-{22 + line // 864000}T{time_of_day}Z",
                      "job": job, "line": line, "url": f"https://images-{line}.example.org/{EVIL}/{line}.jpg",
                      "outcome": "ok", "http_status": 200, "attempts": 1, "bytes": line, "format": "jpeg", "width": line % 5000,
                      "height": line % 7000 + 1, "protocol": "h2", "ms": {"queue": line, "total": line % 90000}}  # fmt: skip
            if line % 3 == 0:
                reason = ("reset", "http_status", "dns_failed", "not_an_image", "robots")[line % 5]
                record.update(outcome="skipped" if reason == "robots" else "failed", reason=reason, detail=EVIL * 9)
            journal.write(json.dumps(record, separators=(",", ":")) + "\n")
    page = tmp_path / "page.html"
    command = [BIN / "gannet", "report", "large", "--fetched", root.path, "--output", page]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    subprocess.run(command, check=True, timeout=120, stdout=subprocess.DEVNULL)
    took = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    memory = max(after.ru_maxrss, before.ru_maxrss) >> 10
    journal_size = (root.folder(job) / "results.jsonl").stat().st_size >> 20
    size = page.stat().st_size
    print(f"{lines:,} records, {journal_size} MiB: {took:.1f} s, {cpu:.1f} s of CPU, {memory} MiB, a page of {size} bytes")
    assert memory < 300
    assert page.stat().st_size < 2_000_000
    text = page.read_text()
    assert "There are more than 200,000 hosts" in text
    assert PageNumbers(text).of["outcome-ok"] == [lines - lines // 3]

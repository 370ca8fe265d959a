"""`gannet retry`: what failed goes into the inbox again."""

from __future__ import annotations

import json
import threading
from typing import Callable

import pytest

from support.books import check_books
from support.programs import Daemon, run
from support.steps import answer, send, status, wait


@pytest.mark.parametrize(
    "arguments, code, told",
    [
        ([], 2, "JOB"),
        (["nobody"], 1, "there is no job nobody"),
        (["pets", "--reason", "fate"], 2, "'fate' is not accepted; lines fail for: blocked_address dns_not_found "),
        (["pets", "--reason", "robots"], 2, "'robots' is not accepted"),
    ],
)
def test_bad_usage_is_answered(make_daemon, arguments, code, told):
    daemon = make_daemon().start()
    done = run("gannet", "retry", *arguments, "--config", daemon.config)
    assert done.returncode == code
    assert told in done.stderr


@pytest.fixture
def ended(make_daemon, server, icon) -> Callable[..., Daemon]:
    """A daemon that has worked off a list of four lines: one stored, one 404, one 500, one no picture."""
    server.on("/ok", send(answer(icon)))
    server.on("/gone", send(status(404)))
    server.on("/busy", send(status(500)))
    server.on("/page", send(answer(b"hello")))

    def work(name: str, content: str, folder: str = "inbox", **settings: object) -> Daemon:
        daemon = make_daemon(**settings).start()
        daemon.drop(name, content, folder)
        daemon.wait_for_jobs(1)
        return daemon

    return work


def test_retry_resubmits_one_reason_with_columns_hashes_and_priority(ended, server, icon):
    rows = [(server.url(path), "00" * 32, f"the {path}") for path in ("/ok", "/gone", "/busy", "/page")]
    daemon = ended("pets.csv", "url,sha256,caption\n" + "".join(",".join(row) + "\n" for row in rows), "inbox/bulk")
    assert [record["reason"] for record in daemon.root.records()] == [
        "hash_mismatch", "http_status", "http_status", "not_an_image",
    ]  # fmt: skip
    done = run("gannet", "retry", "pets", "--reason", "http_status", "--config", daemon.config)
    assert done.returncode == 0, done.stderr
    assert "2 of the 4 lines that failed -> " in done.stdout
    assert done.stdout.strip().endswith("/inbox/bulk/pets-retry.jsonl")
    [first, second] = daemon.wait_for_jobs(2)
    assert second.endswith("-pets-retry")
    assert [record["url"] for record in daemon.root.records(second)] == [rows[1][0], rows[2][0]]
    kept = [json.loads(line) for line in daemon.root.list_of(second).read_text().splitlines()]
    assert kept == [{"url": url, "sha256": digest, "caption": caption} for url, digest, caption in rows[1:3]]
    assert daemon.root.summary(second)["priority"] == "bulk"
    done = run("gannet", "verify", "all", "--config", daemon.config)
    assert done.returncode == 0, done.stdout
    assert "\n2 jobs: 0 missing, 0 duplicate, 0 wrong, 0 stray\n" in done.stdout


def test_a_retry_is_fetched_as_its_list_asked_for(ended, server):
    urls = "".join(server.url(path) + "\n" for path in ("/ok", "/gone", "/busy"))
    daemon = ended("pets.txt", "#! fetch.user_agent=pets/1\n#! fetch.accept=any\n" + urls)
    server.on("/gone", send(answer(b"hello")))
    done = run("gannet", "retry", daemon.root.job(), "--config", daemon.config)
    assert done.returncode == 0, done.stderr
    assert "2 of the 2 lines that failed" in done.stdout
    [_, second] = daemon.wait_for_jobs(2)
    records = {record["url"]: record for record in daemon.root.records(second)}
    assert records[server.url("/gone")]["outcome"] == "ok"
    assert all(request.headers["user-agent"] == "pets/1" for request in server.requests)
    check_books(daemon.root, second)


def test_nothing_to_retry_is_said_and_good(ended, server):
    daemon = ended("pets.txt", server.url("/ok") + "\n")
    done = run("gannet", "retry", "pets", "--config", daemon.config)
    assert done.returncode == 0
    assert "nothing to retry: no line failed" in done.stdout
    assert not [path for path in (daemon.root.path / "inbox").rglob("*") if path.is_file()]


def test_an_active_job_is_not_retried(daemon, server):
    server.on("*", wait(threading.Event()))
    daemon.drop("pets.txt", server.url("/slow") + "\n")
    daemon.wait_for_jobs(1, "active")
    done = run("gannet", "retry", "pets", "--config", daemon.config)
    assert done.returncode == 1
    assert "is still active" in done.stderr

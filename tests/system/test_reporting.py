"""What the daemon writes for people and for other programs while it works."""

from __future__ import annotations

import os
import re
import signal
from datetime import datetime

from support.books import check_books
from support.steps import answer, hold, pause, send, status
from support.waiting import wait_for

METRIC = re.compile(r"(# (HELP|TYPE) .+|[a-zA-Z_:][a-zA-Z0-9_:]*(\{[^{}]*\})? (-?[0-9.]+(e[+-]?[0-9]+)?|NaN|[+-]Inf)|)")


def test_the_status_tells_what_is_going_on(make_daemon, server, icon):
    for number in range(5):
        server.on(f"/{number}", send(answer(icon)))
    server.on("/gone", send(status(404)))
    server.on("/held", hold())
    daemon = make_daemon(stop__drain="0").start()
    paths = ["/gone", *(f"/{number}" for number in range(5)), "/held"]
    daemon.drop("list.txt", "".join(server.url(path) + "\n" for path in paths) + "no url\n")
    seen = wait_for(
        lambda: (now := daemon.root.status()) and now["totals"]["lines"] == 7 and now, "the status to count seven lines"
    )
    assert (seen["pid"], seen["state"]) == (daemon.pid, "running")
    assert re.fullmatch(r"\d+\.\d+.*", seen["version"])
    assert seen["in_flight"] == 1
    assert {name: count for name, count in seen["totals"]["outcomes"].items() if count} == {
        "ok": 5,
        "failed": 1,
        "invalid": 1,
    }
    assert [job["id"] for job in seen["jobs"]] == daemon.root.jobs("active")


def test_the_status_is_replaced_whole(daemon):
    """Whoever opens it sees a complete file, and each time another one."""
    path = daemon.root.logs / "status.json"
    wait_for(path.exists, "status.json")
    inodes = set()
    wait_for(
        lambda: daemon.root.status()["pid"] == daemon.pid
        and inodes.add(path.stat().st_ino) is None
        and len(inodes) > 2,
        "status.json to be replaced",
    )


def test_the_first_status_is_told_before_it_is_ready(daemon):
    """Whoever started it finds its status, not that of an earlier run. STATUS is told when status.json is written."""
    told = [message.partition("=")[0] for message in daemon.notify.messages]
    assert "STATUS" in told[: told.index("READY")]
    assert daemon.root.status()["pid"] == daemon.pid


def test_the_last_status_says_stopped(daemon):
    daemon.stop()
    assert daemon.root.status()["state"] == "stopped"


def test_the_last_status_has_counted_everything(make_daemon, server, icon):
    """What is recorded while the daemon stops is in its last words too."""
    server.on("/a", send(answer(icon)))
    server.on("/held", pause(0.5), send(answer(icon)))
    daemon = make_daemon(status__interval="1m").start()
    daemon.drop("list.txt", server.url("/a") + "\n" + server.url("/held") + "\n")
    wait_for(lambda: server.asked("/held"), "the second picture to be asked for")
    daemon.stop()
    assert daemon.root.status()["totals"]["outcomes"]["ok"] == 2


def test_open_connections_are_counted(make_daemon, server, icon):
    server.on("/a", send(answer(icon)))
    server.on("/held", hold())
    daemon = make_daemon(stop__drain="0").start()
    daemon.drop("list.txt", server.url("/a") + "\n" + server.url("/held") + "\n")
    wait_for(lambda: (now := daemon.root.status()) and now["connections"] >= 1, "the connections to be counted")


def test_parked_hosts_are_shown_with_the_reason(make_daemon, server, icon):
    server.on("*", send(status(429, "Retry-After: 600")))
    daemon = make_daemon(fetch__tries=4, stop__drain="0").start()
    daemon.drop("list.txt", "".join(server.url(f"/{number}\n") for number in range(10)))
    [parked] = wait_for(lambda: daemon.root.status().get("parked_hosts"), "a parked host")
    assert server.url("") in str(parked)
    assert "429" in str(parked)


def test_the_metrics_are_prometheus_text(daemon, server, icon):
    server.on("*", send(answer(icon)))
    daemon.drop("list.txt", "".join(server.url(f"/{number}\n") for number in range(5)))
    daemon.wait_for_jobs(1)
    path = daemon.root.logs / "metrics.prom"
    text = wait_for(
        lambda: path.exists() and re.search(r"gannet_\w*\{[^}]*ok[^}]*\} 5\b", text := path.read_text()) and text,
        "the metrics to count five pictures",
    )
    assert [line for line in text.split("\n") if not METRIC.fullmatch(line)] == []


def test_completions_hold_what_the_journals_hold(daemon, server, icon):
    server.on("*", send(answer(icon)))
    for name in ("a.txt", "b.txt"):
        daemon.drop(name, "".join(server.url(f"/{name}/{number}\n") for number in range(200)))
    jobs = daemon.wait_for_jobs(2)
    daemon.stop()
    journals = [record for job in jobs for record in check_books(daemon.root, job)]
    by_line = lambda record: (record["job"], record["line"])  # noqa: E731
    assert sorted(daemon.root.completions(), key=by_line) == sorted(journals, key=by_line)


def test_rotated_logs_are_reopened_and_lose_nothing(daemon, server, icon):
    server.on("*", pause(0.005), send(answer(icon)))
    daemon.drop("list.txt", "".join(server.url(f"/{number}\n") for number in range(600)))
    logs = daemon.root.logs
    for turn in range(3):
        wait_for(lambda: daemon.root.completion_count() > 100 * turn + 50, "some completions")
        for name in ("completions.jsonl", "gannet.log"):
            os.rename(logs / name, logs / f"{name}.{turn}")
        daemon.signal(signal.SIGHUP)
        wait_for(lambda: (logs / "completions.jsonl").exists() and (logs / "gannet.log").exists(), "new log files")
    daemon.wait_for_jobs(1)
    daemon.stop()
    assert sorted(record["line"] for record in daemon.root.completions()) == list(range(1, 601))
    assert len(check_books(daemon.root)) == 600


def test_the_log_tells_of_jobs_and_stops(daemon, server, icon):
    server.on("*", send(answer(icon)))
    daemon.drop("holiday.txt", server.url("/1\n"))
    [job] = daemon.wait_for_jobs(1)
    daemon.stop()
    log = daemon.root.log()
    assert job in log
    assert "stop" in log.lower()


def test_the_times_of_a_record_are_real(fetch, make_list, server, icon):
    server.on("/1", pause(0.3), send(answer(icon)[:100]), pause(0.2), send(answer(icon)[100:]))
    record = fetch.run(make_list([server.url("/1")])).root.record()
    assert 300 <= record["ms"]["first_byte"] < 490
    assert 500 <= record["ms"]["total"] < 5000
    assert abs(datetime.fromisoformat(record["time"]).timestamp() - (fetch.folder / record["path"]).stat().st_mtime) < 5

"""A disk call fails, each in turn: the daemon waits, or begins anew, and says why; then every line has its record, and
none failed for it."""

from __future__ import annotations

import errno
import os
import signal

import pytest

from support.books import check_books
from support.faults import operations, preloaded
from support.steps import answer, send, status
from support.torture import LONG
from support.waiting import wait_for

FAULTS = {
    "open": [errno.ENOSPC, errno.EIO, errno.EROFS],
    "write": [errno.ENOSPC, errno.EIO, errno.EDQUOT, "short"],
    "fsync": [errno.EIO],
    "fdatasync": [errno.EIO],
    "syncfs": [errno.EIO, errno.ENOSPC],
    "rename": [errno.EIO, errno.ENOSPC],
    "mkdir": [errno.ENOSPC, errno.EROFS],
    "unlink": [errno.EIO],
    "truncate": [errno.EIO],
}


@pytest.fixture
def urls(server, icon):
    server.on("*", send(answer(icon)))
    server.on("/gone", send(status(410)))
    server.on("/moved", send(status(302, "Location: /1.png")))
    return [server.url(path) for path in (*(f"/{number}.png" for number in range(8)), "/gone", "/moved")] + ["no URL"]


class Trial:
    """One run of the daemon over the list, with a fault."""

    def __init__(self, daemon, urls: list[str]) -> None:
        self.daemon = daemon
        self.log = daemon.config.with_name("operations")
        inbox = daemon.root.path / "inbox"
        inbox.mkdir()
        (inbox / "list.txt").write_text("".join(url + "\n" for url in urls))

    def run(self, **fault: object) -> bool:
        """Whether there was one."""
        self.daemon.environment = preloaded(self.daemon.root.path, self.log, **fault)
        self.daemon.launch()
        wait_for(self._came_to_something, "the job to end, or the daemon")
        if self.daemon.running:
            self.daemon.stop()
        else:
            self.daemon.wait(1)
        return any(operation.call == "spoiled" for operation in operations(self.log))

    def finish(self) -> list[str]:
        """Without faults; the outcomes."""
        self.daemon.environment = {}
        if not self.daemon.root.jobs("done"):
            self.daemon.start()
            self.daemon.wait_for_jobs(1)
            self.daemon.stop()
        return [record["outcome"] for record in check_books(self.daemon.root)]

    def said(self) -> str:
        return self.daemon.output.read_text()

    def _came_to_something(self) -> bool:
        return not self.daemon.running or self.daemon.root.jobs("done")


CASES = [(call, error, sync) for call, errors in FAULTS.items() for error in errors for sync in ("batch", "strict")]


@pytest.mark.torture
@pytest.mark.parametrize("call, error, sync", CASES, ids=lambda value: errno.errorcode.get(value, value))
def test_every_line_has_its_record_whatever_failed(make_daemon, urls, call, error, sync):
    calls = 0
    for at in range(1, 1000) if LONG else (1, 4):
        trial = Trial(make_daemon(store__sync=sync, store__checkpoint_every=2, fetch__tries=2), urls)
        if not trial.run(call=call, at=at, error=error):
            break
        calls = at
        finished = bool(trial.daemon.root.jobs("done"))
        if not finished and error != "short":
            assert os.strerror(error) in trial.said(), f"{call} {at}"
        assert trial.finish() == ["ok"] * 8 + ["failed", "ok", "invalid"], f"{call} {at}"
    print(f"{calls} calls of {call}")


@pytest.mark.parametrize("at", [2, 8])
def test_a_disk_that_refuses_for_a_while_costs_no_line(make_daemon, urls, at):
    trial = Trial(make_daemon(), urls)
    assert trial.run(call="rename", at=at, times=10, error=errno.EIO)
    assert trial.finish() == ["ok"] * 8 + ["failed", "ok", "invalid"]


def refusing(daemon, **fault: object):
    """Starts it on a disk that refuses something for a while."""
    daemon.environment = preloaded(daemon.root.path, daemon.config.with_name("operations"), **fault)
    return daemon.start()


def test_a_list_that_cannot_be_begun_waits_until_it_can(make_daemon, urls, make_list):
    listed = make_list(urls)
    daemon = make_daemon(input__roots=str(listed.parent))
    refusing(daemon, call="open", path="job.json", at=2, times=3, error=errno.ENOSPC)
    daemon.drop("order.job", f"list: {listed}\n")
    [blocked] = wait_for(lambda: daemon.root.status().get("blocked_files"), "the job to be told of")
    assert "the job cannot begin now: " in blocked["why"] and os.strerror(errno.ENOSPC) in blocked["why"]
    daemon.wait_for_jobs(1)
    assert [record["outcome"] for record in daemon.root.records()] == ["ok"] * 8 + ["failed", "ok", "invalid"]
    wait_for(lambda: daemon.root.status()["blocked_files"] == [], "the status to be good again")
    assert daemon.root.jobs("failed") == []


def test_what_is_no_list_is_rejected_once_the_disk_lets_it(make_daemon):
    daemon = refusing(make_daemon(), call="rename", path="-binary", at=4, times=2, error=errno.EIO)  # of the folder
    daemon.drop("binary.txt", "\0\0\0")
    wait_for(lambda: daemon.root.status().get("blocked_files"), "the job to be told of")
    [job] = daemon.wait_for_jobs(1, "rejected")
    assert sorted(path.name for path in daemon.root.folder(job, "rejected").iterdir()) == ["binary.txt", "reason.txt"]
    wait_for(lambda: daemon.root.status()["blocked_files"] == [], "the status to be good again")


@pytest.fixture
def failing_sync(make_daemon, urls) -> Trial:
    """Each commit fails as soon as there is something to sync, up to the third."""
    trial = Trial(make_daemon(decode__workers=1), urls)
    trial.daemon.environment = preloaded(trial.daemon.root.path, trial.log, call="syncfs", at=1, times=2, error=errno.EIO)
    return trial


def waiting(daemon) -> bool:
    return any(status.startswith("Waiting for the disk: ") for status in daemon.notify.values("STATUS"))


def test_after_a_failed_sync_the_same_process_begins_anew(failing_sync):
    daemon = failing_sync.daemon.start()
    pid = daemon.pid
    daemon.wait_for_jobs(1, deadline=60)
    assert (daemon.pid, daemon.running) == (pid, True)
    assert waiting(daemon) and not daemon.notify.heard("STOPPING=1")
    assert daemon.stop() == 0
    assert failing_sync.finish() == ["ok"] * 8 + ["failed", "ok", "invalid"]
    assert [operation.call for operation in operations(failing_sync.log)].count("spoiled") == 2
    log = daemon.root.log()
    assert log.count("the disk failed, nothing is kept that may not be on it: ") == 2
    assert failing_sync.said().count("beginning anew") == 2


def test_a_daemon_that_waits_for_the_disk_can_be_stopped(failing_sync):
    daemon = failing_sync.daemon
    daemon.launch()
    wait_for(lambda: waiting(daemon), "the disk to fail")
    daemon.signal(signal.SIGHUP)  # nothing to load anew, it is done before it begins
    assert daemon.stop() == 0
    assert failing_sync.finish() == ["ok"] * 8 + ["failed", "ok", "invalid"]


def test_a_job_that_the_disk_refuses_holds_up_no_other(make_daemon, urls):
    daemon = make_daemon()
    inbox = daemon.root.path / "inbox"
    inbox.mkdir()
    for name in ("good", "bad"):
        (inbox / f"{name}.txt").write_text("".join(url + "\n" for url in urls))
    daemon.environment = preloaded(
        daemon.root.path, daemon.config.with_name("operations"), call="fsync", path="-bad/summary.json", times=10**6, error=errno.EIO
    )
    daemon.start()
    [good] = daemon.wait_for_jobs(1)
    assert good.endswith("-good")
    wait_for(lambda: "-bad is complete but stays in" in daemon.output.read_text(), "what the disk refuses to be told")
    check_books(daemon.root, good)
    assert daemon.running


@pytest.mark.parametrize("sync", ["none", "batch"])
def test_fetch_syncs_nothing_when_told_so(fetch, make_list, urls, tmp_path, monkeypatch, sync):
    log = tmp_path / "operations"
    for name, value in preloaded(fetch.root.path, log).items():
        monkeypatch.setenv(name, value)
    run = fetch.run(make_list(urls[:3]), store__sync=sync)
    assert run.code == 0, run.err
    calls = {operation.call for operation in operations(log)}
    assert "rename" in calls
    assert bool(calls & {"fsync", "fdatasync", "syncfs"}) == (sync == "batch")

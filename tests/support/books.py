"""Whether the books of a finished job balance: an auditor that shares no code with `gannet verify`, and then that too."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

from support.lists import read_rows
from support.programs import run
from support.root import Root
from support.waiting import wait_for

OUTCOMES = {"ok", "failed", "skipped", "invalid"}


def check_books(root: Root, job: str | None = None, list_file: Path | None = None, dedupe: bool = False) -> list[dict]:
    """Fails the test unless every row of the list has exactly one record, every `ok` record its file with that hash and
    size, every file its record, every failed line its place in retry.jsonl, and nothing was left half way. Returns the
    records. `list_file` stands in for a list that is not kept with the job. With `dedupe` a record of no attempt may name
    the file of another line, of this job or of another."""
    job = job or root.job()
    rows = {row.line: row for row in read_rows(list_file or root.list_of(job))}
    records = root.records(job)

    lines = Counter(record["line"] for record in records)
    assert set(rows) == set(
        lines
    ), f"without a record: {set(rows) - set(lines)}; without a line: {set(lines) - set(rows)}"
    assert not [line for line, count in lines.items() if count > 1], f"several records: {lines.most_common(5)}"

    for record in records:
        shared = dedupe and ("attempts" not in record or record.get("from") == "catalogue")
        _check_record(root, job, record, None if shared else rows[record["line"]].key)

    named = {record["path"] for record in records if record["outcome"] == "ok"}
    if dedupe:
        named = {path for path in named if path.startswith(f"images/{job}/")}
    assert root.images(job) == named, f"files and records differ: {root.images(job) ^ named}"
    incoming = root.path / "state" / "incoming"  # images of other jobs may be on their way
    wait_for(lambda: not any(path.is_file() for path in incoming.rglob("*")), "state/incoming to have nothing left")
    assert not (root.path / "active" / job).exists()

    failed = [rows[record["line"]].url for record in records if record["outcome"] == "failed"]
    assert Counter(row["url"] for row in root.retry_rows(job)) == Counter(failed)

    verified = run("gannet", "verify", job, "--output", root.path)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    return records


def _check_record(root: Root, job: str, record: dict, key: int | None) -> None:
    assert record["job"] == job
    assert record["outcome"] in OUTCOMES
    if record["outcome"] != "ok":
        assert record.get("reason"), f"no reason: {record}"
        assert "path" not in record
        return
    assert "reason" not in record
    assert key is None or Path(record["path"]).stem == f"{key:09}"
    content = root.read(record)
    assert len(content) == record["bytes"]
    assert hashlib.sha256(content).hexdigest() == record["sha256"]

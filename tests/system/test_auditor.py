"""The auditor that other tests rely on sees what it is there to see."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Callable

import pytest

from support.books import check_books
from support.root import Root

JOB = "20261122T101500-1-list"


def record(line: int, **fields: object) -> dict:
    return {"time": "2026-11-22T10:15:00.000Z", "job": JOB, "line": line, "url": f"http://a/{line}", **fields}


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """A job of three lines: one stored, one failed, one invalid."""
    done, shard = tmp_path / "done" / JOB, tmp_path / "images" / JOB / "00000"
    done.mkdir(parents=True)
    shard.mkdir(parents=True)
    (done / "list.txt").write_text("http://a/1\n# comment\nhttp://a/3\nnonsense\n")
    (shard / "000000000.jpg").write_bytes(b"picture")
    digest = hashlib.sha256(b"picture").hexdigest()
    stored = {"attempts": 1, "path": f"images/{JOB}/00000/000000000.jpg", "bytes": 7, "sha256": digest}
    write_journal(
        tmp_path,
        [
            record(1, outcome="ok", **stored),
            record(3, outcome="failed", reason="reset"),
            record(4, outcome="invalid", reason="bad_url") | {"url": "nonsense"},
        ],
    )
    (done / "retry.jsonl").write_text('{"url":"http://a/3"}\n')
    totals = {"outcomes": {"ok": 1, "failed": 1, "invalid": 1}, "reasons": {"reset": 1, "bad_url": 1}}
    (done / "summary.json").write_text(json.dumps({"lines": 3, "bytes": 7, **totals}))
    for folder in ("active", "failed"):
        (tmp_path / folder).mkdir()
    return Root(tmp_path)


def write_journal(root: Path, records: list[dict]) -> None:
    (root / "done" / JOB / "results.jsonl").write_text("".join(json.dumps(one, separators=(",", ":")) + "\n" for one in records))


def change(root: Root, edit: Callable[[list[dict]], object]) -> None:
    records = root.records(JOB)
    edit(records)
    write_journal(root.path, records)


def test_good_books_pass(root):
    assert len(check_books(root)) == 3


FAULTS = {
    "a line without a record": lambda root: change(root, lambda records: records.pop()),
    "a line with two records": lambda root: change(root, lambda records: records.append(records[0])),
    "a record without a line": lambda root: change(root, lambda records: records[2].update(line=2)),
    "a failure without a reason": lambda root: change(root, lambda records: records[1].pop("reason")),
    "a file that is gone": lambda root: (root.path / root.records()[0]["path"]).unlink(),
    "a file that was changed": lambda root: (root.path / root.records()[0]["path"]).write_bytes(b"pictuRe"),
    "a file that was cut short": lambda root: (root.path / root.records()[0]["path"]).write_bytes(b"pict"),
    "a file without a record": lambda root: (root.path / "images" / JOB / "00000" / "000000002.jpg").write_bytes(b""),
    "a failed line that is not kept": lambda root: (root.folder(JOB) / "retry.jsonl").write_text(""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_bad_books_do_not_pass(root, fault):
    FAULTS[fault](root)
    with pytest.raises((AssertionError, FileNotFoundError)):
        check_books(root)

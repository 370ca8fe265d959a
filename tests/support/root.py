"""A root folder of gannet, looked at from outside: jobs, records, images, status."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Root:
    path: Path

    def jobs(self, state: str = "done") -> list[str]:
        """The ids of the jobs that are `active`, `done`, `failed` or `rejected`, oldest first."""
        folder = self.path / state
        return sorted(entry.name for entry in folder.iterdir() if entry.is_dir()) if folder.is_dir() else []

    def job(self, state: str = "done") -> str:
        """The id of the one job in that state."""
        jobs = self.jobs(state)
        assert len(jobs) == 1, f"expected one job in {state}/, found {jobs}"
        return jobs[0]

    def folder(self, job: str, state: str = "done") -> Path:
        return self.path / state / job

    def list_of(self, job: str, state: str = "done") -> Path:
        [found] = self.folder(job, state).glob("list.*")
        return found

    def records(self, job: str | None = None, state: str = "done") -> list[dict]:
        """The journal of a job (of the only one when none is named), in the order of the list."""
        lines = (self.folder(job or self.job(state), state) / "results.jsonl").read_text().splitlines()
        return sorted(map(json.loads, lines), key=lambda record: record["line"])

    def record(self, job: str | None = None) -> dict:
        """The record of a job of one line."""
        [record] = self.records(job)
        return record

    def summary(self, job: str | None = None) -> dict:
        return json.loads((self.folder(job or self.job()) / "summary.json").read_text())

    def retry_rows(self, job: str | None = None) -> list[dict]:
        path = self.folder(job or self.job()) / "retry.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def images(self, job: str | None = None) -> set[str]:
        """Every file under the images of a job (of all jobs when none is named), relative to the root."""
        folder = self.path / "images" / (job or "")
        return {str(path.relative_to(self.path)) for path in folder.rglob("*") if path.is_file()}

    def read(self, record: dict) -> bytes:
        return (self.path / record["path"]).read_bytes()

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    def log(self) -> str:
        path = self.logs / "gannet.log"
        return path.read_text() if path.exists() else ""

    def completions(self) -> list[dict]:
        """What completions.jsonl and its rotated forerunners hold."""
        files = sorted(self.logs.glob("completions.jsonl*"))
        return [json.loads(line) for path in files for line in path.read_text().splitlines()]

    def completion_count(self) -> int:
        """How many there are so far; the last line may be half written while the daemon runs."""
        return sum(path.read_bytes().count(b"\n") for path in self.logs.glob("completions.jsonl*"))

    def status(self) -> dict:
        """status.json; nothing when it is not there yet."""
        path = self.logs / "status.json"
        return json.loads(path.read_text()) if path.exists() else {}

"""The two programs, run the way a person or systemd runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from support.notify import NotifySocket
from support.root import Root
from support.waiting import wait_for

BIN = Path(os.environ.get("GANNET_BIN", Path(__file__).parents[2] / "build/release/bin")).resolve()

# The servers of the tests are on the loopback, which is refused unless it is opened; and nobody wants to wait.
QUICK = {
    "fetch.allow_addresses": "127.0.0.0/8",
    "fetch.tries": "1",
    "fetch.backoff_most": "1s",
    "fetch.threads": "1",
    "store.sync_interval": "50ms",
    "status.interval": "100ms",
    "inbox.settle": "300ms",
    "inbox.rescan": "1s",
}


def sanitized() -> bool:
    """Sanitizers keep what was freed: how much memory a program takes says nothing then."""
    program = (BIN / "gannetd").read_bytes()
    return b"__asan_init" in program or b"__tsan_init" in program


@dataclass
class Run:
    code: int
    out: str
    err: str
    root: Root


def run(
    program: str, *arguments: object, timeout: float = 60, limits: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """`gannet` or `gannetd` to its end, whatever the exit code. `limits` as prlimit takes them: ("--fsize=1000",)."""
    command = [*(["prlimit", *limits] if limits else []), str(BIN / program), *map(str, arguments)]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout)


def overrides(settings: dict[str, object]) -> list[str]:
    return [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]


@dataclass
class Fetch:
    """`gannet fetch` with one output folder. Settings, here or for one run, override QUICK; None takes a key out."""

    folder: Path
    settings: dict[str, object] = field(default_factory=dict)
    limits: tuple[str, ...] = ()  # as in run()

    @property
    def root(self) -> Root:
        return Root(self.folder)

    def arguments(self, lists: tuple[Path, ...], settings: dict[str, object]) -> list[str]:
        every = {key: value for key, value in {**QUICK, **self.settings, **settings}.items() if value is not None}
        return ["fetch", *map(str, lists), "--output", str(self.folder), *overrides(every)]

    def run(self, *lists: Path, timeout: float = 60, **settings: object) -> Run:
        """Settings as keyword arguments are written with `__` for a dot: fetch__tries=4."""
        done = run("gannet", *self.arguments(lists, _dotted(settings)), timeout=timeout, limits=self.limits)
        return Run(done.returncode, done.stdout, done.stderr, self.root)

    def start(self, *lists: Path, **settings: object) -> subprocess.Popen:
        """In the background; its output goes to a file beside the folder."""
        output = self.folder.with_suffix(".out").open("ab")
        with output:
            command = [str(BIN / "gannet"), *self.arguments(lists, _dotted(settings))]
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)


def _dotted(settings: dict[str, object]) -> dict[str, object]:
    return {key.replace("__", "."): value for key, value in settings.items()}


class Daemon:
    """`gannetd` on a root of its own. `settings` as in Fetch. It tells when it is ready the way it tells systemd."""

    def __init__(self, folder: Path, settings: dict[str, object] | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.root = Root(folder / "root")
        self.config = folder / "gannet.yaml"
        self.output = folder / "gannetd.out"
        self.notify = NotifySocket(folder / "notify")
        self.environment: dict[str, str] = {}
        self.open_files: int | None = None  # as many as it may have
        self._process: subprocess.Popen | None = None
        self.root.path.mkdir(exist_ok=True)
        self.configure(settings or {})

    def configure(self, settings: dict[str, object]) -> None:
        """Writes the configuration file; it holds for the next start or reload."""
        paths = {"root": str(self.root.path), "logs": str(self.root.logs)}
        write_config(self.config, {**QUICK, **paths, **settings})

    def start(self) -> Daemon:
        self.launch()
        wait_for(self._is_ready, "gannetd to be ready")
        return self

    def launch(self) -> None:
        """Starts it without waiting for anything."""
        self.notify.messages.clear()
        self.notify.__enter__()
        environment = {**os.environ, **self.environment, "NOTIFY_SOCKET": str(self.notify.path)}
        with self.output.open("ab") as output:
            limited = [] if self.open_files is None else ["prlimit", f"--nofile={self.open_files}"]
            self._process = subprocess.Popen(
                [*limited, str(BIN / "gannetd"), "--config", str(self.config)],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def processes(self) -> list[int]:
        """It and all that it started, whoever their parent is now."""
        ours = f"NOTIFY_SOCKET={self.notify.path}\0".encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it has just ended, or is another user's
                if ours in (process / "environ").read_bytes():
                    found.append(int(process.name))
        return found

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def stop(self, deadline: float = 30) -> int:
        """SIGTERM; returns the exit code."""
        self.signal(signal.SIGTERM)
        return self.wait(deadline)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self.wait(10)

    def kill_repeatedly(self, times: int, every: int, requests: Callable[[], int], jobs: int) -> None:
        """Kills and starts it, each time after more than `every` further requests or when all its jobs are done."""
        for _ in range(times):
            before = requests()
            wait_for(lambda: requests() > before + every or len(self.root.jobs()) == jobs, "some progress")
            self.kill()
            self.start()

    def wait(self, deadline: float) -> int:
        code = self._process.wait(deadline)
        self.notify.__exit__()
        self._process = None
        return code

    def put_away(self) -> None:
        """At the end of a test, whatever state it is in."""
        if self._process is not None:
            self._process.kill()
            self.wait(10)

    def drop(self, name: str, content: str | bytes, folder: str = "inbox") -> None:
        """Puts a list into the inbox the right way: written elsewhere, moved in."""
        draft = self.root.path / f"draft-{name}"
        draft.write_bytes(content.encode() if isinstance(content, str) else content)
        draft.rename(self.root.path / folder / name)

    def wait_for_jobs(self, count: int, state: str = "done", deadline: float = 20) -> list[str]:
        wait_for(lambda: len(self.root.jobs(state)) >= count, f"{count} jobs in {state}/", deadline)
        return self.root.jobs(state)

    def _is_ready(self) -> bool:
        if not self.running:
            raise AssertionError(f"gannetd did not start: {self.output.read_text()}")
        return self.notify.heard("READY=1")


LISTS = ("roots", "allow_addresses", "deny_addresses", "allow_ports", "servers")


def write_config(path: Path, settings: dict[str, object]) -> None:
    """Settings with dots in their names, as a nested YAML file (JSON is YAML)."""
    tree: dict = {}
    for key, value in settings.items():
        if value is None:
            continue
        *sections, name = key.split(".")
        place = tree
        for section in sections:
            place = place.setdefault(section, {})
        place[name] = value.split(",") if name in LISTS else value
    path.write_text(json.dumps(tree, indent=2) + "\n")

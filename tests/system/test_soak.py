"""Mixed load for a while: good hosts, slow, busy and failing ones, and bad ones of every kind, lists of all sizes dropped
one behind the other. Nothing of the daemon may grow with what it has done. `make soak` makes it half an hour; here it
is short, so that what it stands on is right when it is wanted.
"""

from __future__ import annotations

import gzip
import os
import random
import shutil
import statistics
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from support import images
from support.books import check_books
from support.chaos import Chaos
from support.programs import Daemon, sanitized
from support.waiting import free_port, wait_for

DURATION = 60 * float(os.environ.get("GANNET_SOAK_MINUTES", "0.3"))
LISTS = 32  # at once
SIZES = [1] * 4 + [20] * 4 + [500, 2000]
BAD_HOSTS = 44
MOST_STALL = 1_000  # milliseconds in which a lane does one thing, where the machine has nothing else to do
RETAINED = 32 << 20  # bytes more: what is freed stays with the allocator, so a burst beyond all before leaves its mark
SETTINGS = {
    "fetch__threads": 2,
    "fetch__tries": 2,
    "fetch__connections": 256,
    "fetch__timeouts__first_byte": "1s",
    "fetch__timeouts__idle": "1s",
    "fetch__timeouts__total": "3s",
    "fetch__max_body": "1MiB",
    "fetch__park__busy": "200ms",
    "fetch__park__unreachable": "500ms",
    "store__sync_interval": "1s",
    "status__interval": "500ms",
    "inbox__settle": "100ms",
}


@dataclass
class Sample:
    resident: int  # bytes
    descriptors: int
    threads: int

    @staticmethod
    def of(pid: int) -> Sample:
        fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        descriptors = len(os.listdir(f"/proc/{pid}/fd"))
        return Sample(int(fields["VmRSS"].split()[0]) * 1024, descriptors, int(fields["Threads"]))


class Load:
    """Drops lists, LISTS of them at once, and takes away what is finished, as an operator's script does."""

    def __init__(self, daemon: Daemon, urls: list[str], luck: random.Random) -> None:
        self._daemon, self._urls, self._luck = daemon, urls, luck
        self._sizes: dict[str, int] = {}  # by the name of the list
        self.lines = 0

    def keep_up(self) -> None:
        while len(self._sizes) < LISTS:
            self._drop()
        for job in self._daemon.root.jobs():
            self._audit(job)
            shutil.rmtree(self._daemon.root.path / "images" / job, ignore_errors=True)
            shutil.rmtree(self._daemon.root.folder(job))

    def _drop(self) -> None:
        size = self._luck.choice(SIZES)
        text = "".join(self._luck.choice(self._urls) + f"?{number}\n" for number in range(size))
        packed = self._luck.random() < 0.5
        name = f"list{len(self._sizes)}x{self._luck.getrandbits(40)}"
        self._sizes[name] = size
        inbox = self._luck.choice(["inbox", "inbox/urgent", "inbox/bulk"])
        self._daemon.drop(name + (".txt.gz" if packed else ".txt"), gzip.compress(text.encode()) if packed else text, inbox)

    def _audit(self, job: str) -> None:
        size = self._sizes.pop(job.split("-", 2)[2])
        records = Counter(record["line"] for record in self._daemon.root.records(job))
        assert records == Counter(range(1, size + 1)), f"{job} has not one record a line"
        self.lines += size


@pytest.fixture
def urls(start_nginx, authority, tmp_path):
    """Of hosts of every kind, the good ones the most."""
    files = tmp_path / "files"
    files.mkdir()
    pictures = (*images.icons()[:180], *images.photographs()[:20])
    for number, picture in enumerate(pictures):
        (files / f"{number}{picture.suffix}").symlink_to(picture)
    names = [f"/{number}{picture.suffix}" for number, picture in enumerate(pictures)]
    places = {
        "/slow": f"limit_rate 20k; alias {files};",
        "/gone": "return 410;",
        "/busy": f"if ($unlucky) {{ return 503; }} alias {files};",
        "/moved": "rewrite ^/moved(.*)$ $1 redirect;",
    }
    http = 'split_clients "$request_id" $unlucky { 20% 1; * 0; }'
    plain = start_nginx(files, more_addresses=["127.0.0.2", "127.0.0.3"], locations=places, http=http)
    secure = start_nginx(files, tls=authority.leaf("127.0.0.4"), http2=True, address="127.0.0.4")
    origins = [f"http://127.0.0.{host}:{plain.port}" for host in (1, 2, 3)] + [secure.url("").rstrip("/")]
    good = [origin + name for origin in origins for name in names]
    odd = [f"{origins[host]}{place}{name}" for host, place in enumerate(("/slow", "/gone", "/busy")) for name in names[:20]]
    odd += [origins[0] + "/moved" + name for name in names[:20]] + ["no URL", "http://127.0.0.5:1/refused.png"]
    with Chaos(BAD_HOSTS, free_port()) as chaos:
        yield good * 10 + odd + [chaos.url(host, "/a.jpg") for host in range(BAD_HOSTS)]


def median(samples: list[Sample], name: str) -> float:
    return statistics.median(getattr(sample, name) for sample in samples)


def test_nothing_grows_with_what_was_done(make_daemon, urls, authority, capsys):
    seed = int(os.environ.get("GANNET_SEED", random.SystemRandom().getrandbits(32)))
    with capsys.disabled():
        print(f"\nGANNET_SEED={seed}, {DURATION:.0f} s", flush=True)
    daemon = make_daemon(**SETTINGS, fetch__tls__ca_file=str(authority.file)).start()
    load = Load(daemon, urls, random.Random(seed))
    samples, seen = [], None
    end = time.monotonic() + DURATION
    while time.monotonic() < end:
        load.keep_up()
        status = wait_for(lambda: (now := daemon.root.status())["time"] != seen and now, "another status")
        seen = status["time"]
        samples.append(Sample.of(daemon.pid))

    stall = status["longest_lane_stall_ms"]
    quarter = len(samples) // 4
    early, late = samples[quarter : 2 * quarter], samples[-quarter:]
    told = ", ".join(f"{name} {median(early, name):,.0f} then {median(late, name):,.0f}" for name in vars(samples[0]))
    with capsys.disabled():
        print(f"{load.lines:,} lines; {told}; longest stall of a lane {stall} ms")
    assert sanitized() or median(late, "resident") <= 1.1 * median(early, "resident") + RETAINED, told
    assert median(late, "descriptors") <= 1.25 * median(early, "descriptors") + 16, told
    assert median(late, "threads") == median(early, "threads"), told
    assert DURATION < 10 * 60 or stall < MOST_STALL, told

    for job in daemon.root.jobs("active"):
        wait_for(lambda: job not in daemon.root.jobs("active"), f"{job} to end", deadline=120)
    assert daemon.stop() == 0
    assert daemon.root.jobs("active") == []
    for job in daemon.root.jobs():
        check_books(daemon.root, job)

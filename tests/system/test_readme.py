"""The commands of the README, as they are written there, typed by somebody who may use sudo, on a Debian 12 that has
nothing but git and make. They install what they need from the network and build everything, which takes a quarter of an
hour on two cores: for `make torture` alone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Iterator

import pytest

from support import booted
from support.torture import LONG

SOURCE = Path(__file__).parents[2]
USER = "alice"
HOME = f"/home/{USER}/gannet"
BUILD = 7200  # seconds that a command may take which builds everything
pytestmark = [
    pytest.mark.torture,
    pytest.mark.skipif(not LONG, reason="builds everything from nothing: make torture"),
]


def commands(heading: str) -> list[str]:
    """The lines of the first block of code below a heading of the README."""
    text = (SOURCE / "README.md").read_text()
    [block] = re.findall(rf"^## {re.escape(heading)}$.*?^```\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [line.partition("  #")[0].strip() for line in block.splitlines()]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[booted.Machine]:
    if why := booted.why_not():
        pytest.skip(why)
    folder = tmp_path_factory.mktemp("machine")
    with booted.Machine(folder) as made:
        made.run_unbooted("apt-get -qy install --no-install-recommends git make sudo")
        made.run_unbooted(f"useradd --create-home --shell=/bin/bash {USER}")
        made.path(f"/etc/sudoers.d/{USER}").write_text(f"{USER} ALL=(ALL) NOPASSWD: ALL\n")
        files = subprocess.run(["git", "ls-files", "-z"], cwd=SOURCE, capture_output=True, check=True).stdout
        for name in filter(None, files.decode().split("\0")):
            made.path(f"{HOME}/{name}").parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(SOURCE / name, made.path(f"{HOME}/{name}"))
        made.run_unbooted(f"chown --recursive {USER}: {HOME}")
        yield made
    shutil.rmtree(folder)  # gigabytes


def test_try_it(bare):
    own_list = ["http://127.0.0.1/refused.jpg", "http://no-such-host.invalid/picture.jpg"]
    bare.path(f"{HOME}/my.txt").write_text("\n".join(own_list) + "\n")
    demo, with_list = commands("Try it")
    assert (demo, with_list) == ("make demo", "make demo LIST=my.txt")
    said = bare.run_unbooted(demo, USER, HOME, BUILD)
    assert re.search(r"^1[78]\d\d images are in", said, re.MULTILINE), said[-2000:]
    bare.run_unbooted(with_list, USER, HOME)
    root = bare.path(f"{HOME}/demo/root")
    records = [[*map(json.loads, file.read_text().splitlines())] for file in sorted(root.glob("done/*/results.jsonl"))]
    [of_demo, of_own] = records
    assert len(of_demo) > 1700
    assert sorted(record["url"] for record in of_own) == sorted(own_list)


def test_build_install_run_as_a_service(bare):
    make_deb, install, join = commands("Build, install, run as a service")
    assert (make_deb, install.split()[:3]) == ("make deb", ["sudo", "apt", "install"])
    bare.run_unbooted(make_deb, USER, HOME, BUILD)
    bare.run_unbooted(f"cd {HOME} && apt-get -qy --download-only install ./build/gannet_*.deb")
    bare.boot()
    bare.ask("sh", "-c", f"cd {HOME} && echo y | {install}", user=USER, timeout=300)
    assert bare.ask("systemctl", "is-active", "gannet") == "active"
    bare.ask("sh", "-c", f"USER={USER}; {join}", user=USER)
    bare.ask("gannet", "status", user=USER)

"""The package on a booted Debian 12: installed, used by a member of the group, reloaded, killed, rebooted, upgraded,
removed, purged. The tests are one story and run in this order; each step is judged from outside the system."""

from __future__ import annotations

import json
import platform
import re
import shutil
import signal
import subprocess
from collections import Counter
from pathlib import Path
from typing import Iterator

import pytest

from support import booted, images
from support.programs import BIN, sanitized, write_config
from support.root import Root
from support.threads import Held
from support.waiting import wait_for

ROOT = "/var/lib/gannet"
LOGS = "/var/log/gannet"
CONFIG = "/etc/gannet/gannet.yaml"
PER_SECOND = 50  # requests for the long list, which is interrupted three times
LINES = 1000
NGINX = """
events {}
http {
  types { image/png png; }
  log_format asked "$request_uri";
  access_log /var/log/nginx/asked.log asked;
  server { listen 127.0.0.1:80; root /srv/pictures; location /slow/ { alias /srv/pictures/; limit_rate 1; } }
}
"""


class Installed(booted.Machine):
    """The system, and what the tests want to know of gannet in it."""

    def install(self, package: str) -> None:
        self.ask("apt-get", "-qy", "install", package, timeout=600)

    @property
    def root(self) -> Root:
        return Root(self.path(ROOT))

    def state(self) -> str:
        return self.run("systemctl", "is-active", "gannet").stdout.strip()

    def property(self, name: str) -> str:
        return self.ask("systemctl", "show", f"--property={name}", "--value", "gannet")

    def pid(self) -> int:
        return int(self.property("MainPID"))

    def add_to_unit(self, text: str) -> None:
        """In place of what was added before."""
        folder = self.path("/etc/systemd/system/gannet.service.d")
        folder.mkdir(exist_ok=True)
        (folder / "test.conf").write_text(text)
        self.ask("systemctl", "daemon-reload")

    def status(self) -> dict:
        return json.loads(self.path(f"{LOGS}/status.json").read_text())

    def log(self) -> str:
        return self.path(f"{LOGS}/gannet.log").read_text()

    def asked(self) -> Counter[str]:
        """How often nginx was asked for what."""
        return Counter(self.path("/var/log/nginx/asked.log").read_text().split())

    def configure(self, **settings: object) -> None:
        dotted = {key.replace("__", "."): value for key, value in settings.items()}
        places = {"root": ROOT, "logs": LOGS}
        write_config(self.path(CONFIG), {**places, "fetch.allow_addresses": "127.0.0.0/8", **dotted})

    def done(self) -> list[str]:
        return self.root.jobs()

    def recorded(self) -> int:
        """How many lines of the job that is under way have their record."""
        [job] = self.root.jobs("active")
        path = self.root.folder(job, "active") / "results.jsonl"
        return path.read_bytes().count(b"\n") if path.exists() else 0

    def wait_for_progress(self) -> None:
        before = self.recorded()
        wait_for(lambda: self.recorded() > before + PER_SECOND, "some lines more to be done", 60)


def make_package(folder: Path, revision: int) -> Path:
    settings = ["-D", f"CPACK_DEBIAN_PACKAGE_RELEASE={revision}", "-D", "CPACK_DEBIAN_COMPRESSION_TYPE=gzip"]
    command = ["cpack", "--config", str(BIN.parent / "CPackConfig.cmake"), "-B", str(folder), *settings]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    [package] = folder.glob("gannet_*.deb")
    return package


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    if sanitized() or not (BIN.parent / "CPackConfig.cmake").exists():
        pytest.skip("a package is made of what `make build` builds")
    if why := booted.why_not():
        pytest.skip(why)
    packages = [make_package(tmp_path_factory.mktemp("package"), revision) for revision in (1, 2)]
    with Installed(tmp_path_factory.mktemp("machine")) as made:
        for number, package in enumerate(packages, 1):
            shutil.copy(package, made.path(f"/root/gannet{number}.deb"))
        made.path("/srv/pictures").mkdir()
        for number, icon in enumerate(images.icons()[:10]):
            shutil.copy(icon, made.path(f"/srv/pictures/{number}.png"))
        try:
            made.download_for("/root/gannet1.deb", "nginx-light")
        except subprocess.SubprocessError as error:
            if "unmet dependencies" in str(error):
                raise
            pytest.skip(f"the packages that it needs could not be had: {str(error)[-300:]}")
        made.boot()
        made.install("nginx-light")
        made.path("/etc/nginx/nginx.conf").write_text(NGINX)
        made.ask("systemctl", "restart", "nginx")
        for person in ("alice", "bob"):
            made.ask("useradd", "--create-home", person)
        yield made


def test_the_service_runs_once_the_package_is_installed(machine):
    machine.install("/root/gannet1.deb")
    assert machine.state() == "active"
    assert machine.ask("systemctl", "is-enabled", "gannet") == "enabled"
    assert machine.status()["pid"] == machine.pid()
    machine.ask("usermod", "--append", "--groups=gannet", "alice")


def test_a_member_of_the_group_drops_lists_and_reads_what_came_of_them(machine):
    machine.configure()
    machine.ask("systemctl", "restart", "gannet")
    machine.path("/home/alice/first.txt").write_text("http://127.0.0.1/1.png\n")
    machine.path("/home/alice/second.txt").write_text("http://127.0.0.1/2.png\n")
    machine.ask("gannet", "submit", "/home/alice/first.txt", user="alice")
    machine.ask("cp", "/home/alice/second.txt", f"{ROOT}/inbox/urgent", user="alice")  # by hand, and slower
    wait_for(lambda: len(machine.done()) == 2, "both lists to be done", 30)
    for job in machine.done():
        [record] = machine.root.records(job)
        name = record["url"].rsplit("/", 1)[1]
        assert machine.root.read(record) == machine.path(f"/srv/pictures/{name}").read_bytes()
        machine.ask("cmp", f"{ROOT}/{record['path']}", f"/srv/pictures/{name}", user="alice")
        assert record["url"] in machine.ask("cat", f"{ROOT}/done/{job}/results.jsonl", user="alice")
        assert f"{job} is done" in machine.ask("cat", f"{LOGS}/gannet.log", user="alice")
    machine.ask("gannet", "verify", "all", user="alice")
    machine.ask("gannet", "status", user="alice")


def test_nobody_else_does(machine):
    for command in (
        ("cat", f"{LOGS}/gannet.log"),
        ("ls", f"{ROOT}/done"),
        ("cp", "/etc/hostname", f"{ROOT}/inbox/list.txt"),
        ("gannet", "status"),
    ):
        assert machine.run(*command, user="bob").returncode != 0, command


def test_a_reload_applies_without_a_restart(machine):
    pid = machine.pid()
    machine.configure(log__level="debug")
    machine.ask("systemctl", "reload", "gannet")
    assert "reloaded" in machine.log()  # it returns when that is done
    machine.path(CONFIG).write_text("no_such_key: 1\n")
    assert machine.run("systemctl", "reload", "gannet").returncode != 0
    assert machine.state() == "active"
    assert machine.pid() == pid
    machine.configure()


def test_logs_are_rotated(machine):
    before = machine.log()
    machine.ask("logrotate", "--force", "/etc/logrotate.d/gannet")
    wait_for(lambda: machine.path(f"{LOGS}/gannet.log").exists() and machine.log(), "a new log")
    assert machine.path(f"{LOGS}/gannet.log.1").read_text().startswith(before)
    assert machine.log() not in before


@pytest.mark.parametrize("thread", ["lane-0", "dispatcher"])
def test_a_thread_that_is_stuck_has_the_service_started_again(machine, thread):
    machine.add_to_unit("[Service]\nWatchdogSec=2\n")
    machine.configure(fetch__threads=1, fetch__tries=1, fetch__timeouts__total="5s")
    machine.ask("systemctl", "restart", "gannet")
    name = f"{thread}.txt"
    machine.path(f"/home/alice/{name}").write_text(f"http://127.0.0.1/slow/0.png?{thread}\n")
    machine.ask("gannet", "submit", f"/home/alice/{name}", user="alice")
    wait_for(lambda: machine.status()["in_flight"] == 1, "its request")
    stuck = machine.pid()
    with Held(machine.outside(stuck), thread):
        wait_for(lambda: machine.property("Result") == "watchdog", "systemd to have had enough", 30)
    wait_for(lambda: machine.state() == "active" and machine.pid() != stuck, "the service to be back", 60)
    wait_for(lambda: not machine.root.jobs("active"), "the list to end", 30)


OWN = {"own write /var/lib/gannet/state", "own write /var/log/gannet", "own write /tmp"}
GUARDED = {"memory to run", "netlink", "see /tmp", "see other processes", "set-uid file"}


def probed(machine: Installed) -> dict[str, bool]:
    """What support/probe.pl tried, and whether it worked."""
    found = machine.path(f"{ROOT}/state/probe")
    lines = found.read_text().splitlines()
    found.unlink()
    return {what: result == "allowed" for what, result in (line.rsplit(": ", 1) for line in lines)}


def facts_of(machine: Installed, process: int) -> dict[str, str]:
    """What the kernel says of a process inside."""
    return dict(line.split(":\t", 1) for line in machine.ask("cat", f"/proc/{process}/status").splitlines())


def check_confined(machine: Installed, facts: dict[str, str]) -> None:
    assert facts["NoNewPrivs"] == "1"
    assert facts["Seccomp"] == "2"
    assert {int(facts[name], 16) for name in ("CapEff", "CapPrm", "CapInh", "CapAmb", "CapBnd")} == {0}
    assert set(facts["Uid"].split()) == {machine.ask("id", "--user", "gannet")}


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the probe knows the system calls of x86-64 only")
def test_the_service_can_do_nothing_but_its_work(machine):
    """As seen by a program that runs inside it, and by what the kernel says of the daemon itself."""
    shutil.copy(Path(booted.__file__).with_name("probe.pl"), machine.path("/usr/local/bin"))
    machine.ask("touch", "/tmp/of-the-system")
    machine.path("/home/alice/secret").touch()
    machine.path("/root/secret").touch()
    machine.add_to_unit("[Service]\nExecStartPost=/usr/bin/perl /usr/local/bin/probe.pl\n")
    machine.ask("systemctl", "restart", "gannet")
    assert {what for what, worked in probed(machine).items() if worked} == OWN
    machine.ask("perl", "/usr/local/bin/probe.pl", user="gannet")  # outside of it, more works
    assert {what for what, worked in probed(machine).items() if worked} >= OWN | GUARDED
    check_confined(machine, facts_of(machine, machine.pid()))
    machine.ask("systemd-analyze", "security", "--threshold=15", "gannet")  # exposure, in tenths


def test_images_are_decoded_by_processes_that_are_locked_up_further(machine):
    machine.add_to_unit("")
    machine.configure(decode__workers=1, decode__encode__format="webp")
    machine.ask("systemctl", "restart", "gannet")
    before = machine.done()
    machine.path("/home/alice/decoded.txt").write_text("http://127.0.0.1/3.png\n")
    machine.ask("gannet", "submit", "/home/alice/decoded.txt", user="alice")
    wait_for(lambda: len(machine.done()) > len(before), "the list to be done", 30)
    [record] = machine.root.records(machine.done()[-1])
    assert (record["outcome"], record["path"].rsplit(".", 1)[1]) == ("ok", "webp")
    daemon = facts_of(machine, machine.pid())
    named = machine.ask("sh", "-c", "grep -l gannet-decode /proc/[0-9]*/comm")
    worker = facts_of(machine, int(re.search(r"\d+", named)[0]))
    check_confined(machine, worker)
    assert int(worker["Seccomp_filters"]) > int(daemon["Seccomp_filters"])


def test_a_list_outlives_a_kill_a_reboot_and_an_upgrade(machine):
    machine.add_to_unit("")
    machine.configure()
    machine.ask("systemctl", "restart", "gannet")
    lines = [f"#! fetch.per_host.requests_per_second={PER_SECOND}"]
    lines += [f"http://127.0.0.1/{number % 10}.png?{number}" for number in range(LINES)]
    before = len(machine.done())
    machine.path("/home/alice/long.txt").write_text("\n".join(lines) + "\n")
    machine.ask("gannet", "submit", "/home/alice/long.txt", user="alice")
    wait_for(lambda: machine.root.jobs("active"), "the list to be claimed")

    machine.wait_for_progress()
    killed = machine.pid()
    machine.ask("systemctl", "kill", "--kill-whom=main", f"--signal={signal.SIGKILL.value}", "gannet")
    wait_for(lambda: machine.state() == "active" and machine.pid() != killed, "the service to be back", 30)
    machine.wait_for_progress()

    machine.reboot()
    assert machine.state() == "active"
    machine.wait_for_progress()

    configured = machine.path(CONFIG).read_text()
    upgraded = machine.pid()
    machine.install("/root/gannet2.deb")
    assert machine.ask("dpkg-query", "--showformat=${Version}", "--show", "gannet").endswith("-2")
    assert machine.path(CONFIG).read_text() == configured
    assert machine.state() == "active"
    assert machine.pid() != upgraded
    machine.wait_for_progress()

    wait_for(lambda: len(machine.done()) > before, "the list to be done", 60)
    job = machine.done()[-1]
    records = machine.root.records(job)
    assert [record["line"] for record in records] == list(range(2, LINES + 2))
    assert {record["outcome"] for record in records} == {"ok"}
    assert machine.run("gannet", "verify", "all", user="alice").returncode == 0
    asked = {what: times for what, times in machine.asked().items() if what.partition("?")[2].isdigit()}
    assert len(asked) == LINES
    assert sum(asked.values()) < LINES + 4 * PER_SECOND  # what had no record when it was killed


def test_removing_it_leaves_the_data_and_installing_it_again_goes_on(machine):
    kept, done = machine.root.images(), machine.done()
    machine.ask("apt-get", "-qy", "remove", "gannet")
    assert machine.state() == "inactive"
    assert not machine.path("/usr/bin/gannetd").exists()
    assert machine.root.images() == kept
    assert machine.path(CONFIG).exists()
    assert machine.path(f"{LOGS}/gannet.log").exists()
    machine.install("/root/gannet2.deb")
    assert machine.state() == "active"
    assert machine.done() == done


def test_purging_it_leaves_nothing_and_asks_nothing(machine):
    machine.ask("apt-get", "-qy", "purge", "gannet")
    for path in (ROOT, LOGS, "/etc/gannet", "/etc/logrotate.d/gannet", "/usr/share/doc/gannet"):
        assert not machine.path(path).exists(), path
    assert machine.state() == "inactive"
    assert "gannet" not in machine.ask("systemctl", "list-unit-files", "--no-legend")

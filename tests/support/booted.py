"""A Debian 12 of its own, booted with systemd in a container, for what only a whole system can show. Needs root."""

from __future__ import annotations

import functools
import os
import shutil
import signal
import subprocess
from contextlib import ExitStack
from pathlib import Path

from support.waiting import wait_for

CACHE = Path(os.environ.get("GANNET_DEBIAN", "/var/cache/gannet-tests"))
MIRROR = "http://deb.debian.org/debian"
INCLUDED = "systemd,systemd-sysv,dbus"
REBOOTS = 133  # how systemd-nspawn ends when what runs inside asked for it


def why_not() -> str:
    """Why no system can be booted here; empty when one can."""
    if os.geteuid() != 0:
        return "only root may boot a system"
    for program in ("debootstrap", "systemd-nspawn", "nsenter"):
        if not shutil.which(program):
            return f"there is no {program}"
    return "" if _base() else "no Debian could be had for it"


@functools.cache
def _base() -> Path | None:
    """The system as it is before anything is installed, made once for a machine."""
    base = CACHE / "bookworm"
    if base.exists():
        return base
    draft = CACHE / f"draft-{os.getpid()}"
    memory = CACHE / f"memory-{os.getpid()}"  # several times faster than a disk, on which dpkg syncs each file
    memory.mkdir(parents=True, exist_ok=True)
    try:
        _quietly("mount", "-t", "tmpfs", "gannet-test", memory)
        _quietly("debootstrap", "--variant=minbase", f"--include={INCLUDED}", "bookworm", memory, MIRROR, timeout=600)
        for sources in Path("/etc/apt").glob("sources.list.d/*.sources"):  # with the updates of security
            shutil.copy(sources, memory / "etc/apt/sources.list.d")
        _quietly("chroot", memory, "apt-get", "-q", "update", timeout=60)
        (memory / "etc/dpkg/dpkg.cfg.d/quick").write_text("force-unsafe-io\n")  # nobody needs it after a power cut
        _quietly("cp", "-a", memory, draft)
        draft.rename(base)
    except (subprocess.SubprocessError, OSError) as error:
        print(f"no Debian: {error}")
        shutil.rmtree(draft, ignore_errors=True)
        return None
    finally:
        subprocess.run(["umount", "--lazy", str(memory)], stderr=subprocess.DEVNULL)
        memory.rmdir()
    return base


def _quietly(*command: object, timeout: float = 120) -> str:
    """Its output; raises when it fails."""
    try:
        done = subprocess.run(
            [*map(str, command)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=timeout, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        raise subprocess.SubprocessError(f"{command}: {error.output[-3000:]}") from error
    return done.stdout


class Machine:
    """A system of its own that may be changed at will. To be used in a `with` statement; `boot()` starts it, without a
    network but its loopback. Files of it can be reached from outside through `path()`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._system = folder / "system"
        self._process: subprocess.Popen | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Machine:
        for name in ("system", "upper", "work"):
            (self._folder / name).mkdir(parents=True)
        layers = f"lowerdir={_base()},upperdir={self._folder}/upper,workdir={self._folder}/work"
        _quietly("mount", "-t", "overlay", "gannet-test", "-o", layers, self._system)
        self._stack.callback(_quietly, "umount", "--lazy", "--recursive", self._system)
        archives = CACHE / "archives"  # what was downloaded once
        archives.mkdir(exist_ok=True)
        _quietly("mount", "--bind", archives, self.path("/var/cache/apt/archives"))
        shutil.copy("/etc/resolv.conf", self.path("/etc/resolv.conf"))
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            os.kill(self._leader() or self._process.pid, signal.SIGKILL)  # its end is that of all that runs inside
            self._process.wait(30)
        self._stack.close()

    def path(self, inside: str) -> Path:
        return self._system / inside.lstrip("/")

    def download_for(self, *packages: str) -> None:
        """Before it boots, after which there is no network: what they (names, or files in it) need, and they."""
        command = ("apt-get", "-qy", "--download-only", "install", *packages)
        _quietly("chroot", self._system, *command, timeout=300)

    def run_unbooted(self, command: str, user: str = "root", folder: str = "/", timeout: float = 600) -> str:
        """What a line of shell says that must work: before it boots, with the network of this machine."""
        options = ["--quiet", "--register=no", "--keep-unit", "--as-pid2", "--pipe"]
        options += [f"--directory={self._system}", f"--user={user}", f"--chdir={folder}"]
        return _quietly("systemd-nspawn", *options, "/bin/sh", "-c", command, timeout=timeout)

    def boot(self) -> None:
        output = (self._folder / "console").open("ab")
        with output:
            command = ["systemd-nspawn", "--quiet", "--boot", f"--directory={self._system}", "--register=no"]
            self._process = subprocess.Popen(
                [*command, "--keep-unit", "--private-network", "--console=pipe"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        states = ("running", "degraded")
        wait_for(lambda: self.run("systemctl", "is-system-running").stdout.strip() in states, "it to have booted", 60)

    def reboot(self) -> None:
        self.run("systemctl", "--no-block", "reboot")
        assert self._process.wait(90) == REBOOTS
        self.boot()

    def run(self, *command: object, user: str = "root", timeout: float = 90) -> subprocess.CompletedProcess[str]:
        """A command inside it, to its end, whatever the exit code."""
        leader = self._leader()
        if leader is None:
            return subprocess.CompletedProcess(command, 1, "", "not booted")
        as_user = [] if user == "root" else ["runuser", "-u", user, "--"]
        return subprocess.run(
            ["nsenter", f"--target={leader}", "--all", "--wd=/", *as_user, *map(str, command)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"},
        )

    def ask(self, *command: object, user: str = "root", timeout: float = 90) -> str:
        """What a command that must work says."""
        done = self.run(*command, user=user, timeout=timeout)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def outside(self, process: int) -> int:
        """The number that a process inside has for those who look from outside."""
        ours = os.readlink(f"/proc/{self._leader()}/ns/pid")
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if os.readlink(folder / "ns/pid") == ours and _number_inside(folder) == process:
                    return int(folder.name)
            except OSError:
                continue  # it ended meanwhile
        raise AssertionError(f"no process {process} inside")

    def _leader(self) -> int | None:
        """The process that is the first one inside."""
        if self._process.poll() is not None:
            raise AssertionError(f"it ended: {(self._folder / 'console').read_text()[-2000:]}")
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return int(children[0]) if children else None


def _number_inside(folder: Path) -> int:
    [line] = [line for line in (folder / "status").read_text().splitlines() if line.startswith("NSpid:")]
    return int(line.split()[-1])

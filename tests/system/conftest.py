"""What every system test may ask for. The tests run the built programs (GANNET_BIN, or build/release/bin) against real
servers on the loopback and judge by what is seen from outside: files, logs, exit codes and the servers' own notes."""

from __future__ import annotations

import itertools
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Callable, Iterable, Iterator

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from support import images  # noqa: E402
from support.ca import CertificateAuthority  # noqa: E402
from support.lists import write_list  # noqa: E402
from support.nginx import Nginx  # noqa: E402
from support.programs import BIN, Daemon, Fetch  # noqa: E402
from support.raw_server import RawServer  # noqa: E402


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("root") and os.geteuid() != 0:
            item.add_marker(pytest.mark.skip(reason="mounts, locks files or makes a network, which only root may"))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "root: needs to be root")
    config.addinivalue_line("markers", "torture: has more to do in `make torture`")


def pytest_sessionstart() -> None:
    if not (BIN / "gannet").exists():
        pytest.exit(f"there is no gannet in {BIN}: run `make build`, or set GANNET_BIN", 2)


@pytest.fixture(scope="session")
def picture() -> bytes:
    """A JPEG photograph."""
    return images.photographs()[0].read_bytes()


@pytest.fixture(scope="session")
def icon() -> bytes:
    """A PNG picture."""
    return images.icons()[0].read_bytes()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    return CertificateAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer() as running:
        yield running


@pytest.fixture
def start_nginx(tmp_path: Path) -> Iterator[Callable[..., Nginx]]:
    """Starts an nginx over a folder; options as in Nginx."""
    numbers = itertools.count(1)
    with ExitStack() as stack:
        yield lambda files, **options: stack.enter_context(Nginx(tmp_path / f"nginx{next(numbers)}", files, **options))


@pytest.fixture
def fetch(tmp_path: Path) -> Fetch:
    return Fetch(tmp_path / "root")


@pytest.fixture
def make_list(tmp_path: Path) -> Callable[..., Path]:
    """A list of these URLs, as a file."""

    def make(urls: Iterable[str], name: str = "list.txt") -> Path:
        return write_list(tmp_path / name, urls)

    return make


@pytest.fixture
def fetch_one(fetch: Fetch, make_list: Callable[..., Path]) -> Callable[..., dict]:
    """Fetches a list of one URL and returns its record."""

    def fetch_url(url: str, **settings: object) -> dict:
        run = fetch.run(make_list([url]), **settings)
        assert run.code in (0, 3), run.err
        record = run.root.record()
        good = record["outcome"] in ("ok", "skipped")
        assert run.code == (0 if good else 3), run.err
        return record

    return fetch_url


@pytest.fixture
def make_daemon(tmp_path: Path) -> Iterator[Callable[..., Daemon]]:
    """A daemon that is not started yet; settings as keyword arguments, `__` for a dot."""
    made: list[Daemon] = []

    def make(**settings: object) -> Daemon:
        daemon = Daemon(
            tmp_path / f"daemon{len(made)}", {key.replace("__", "."): value for key, value in settings.items()}
        )
        made.append(daemon)
        return daemon

    yield make
    for daemon in made:
        daemon.put_away()


@pytest.fixture
def daemon(make_daemon: Callable[..., Daemon]) -> Daemon:
    """A running daemon."""
    return make_daemon().start()

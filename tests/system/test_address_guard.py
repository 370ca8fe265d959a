"""The address guard, seen from the wire: in a network where every address of the world is this machine and somebody
listens on all of them, no attempt to connect (SYN) leaves for an address that is refused, however it was come by."""

from __future__ import annotations

import ipaddress
import socket
import threading
from pathlib import Path
from typing import Iterator
from urllib.parse import unquote

import pytest

from support.namespace import Namespace, SynWatch
from support.programs import Run
from support.steps import answer, status
from support.toy_dns import ToyDns

pytestmark = pytest.mark.root

PUBLIC = ["11.22.33.44", "2600::1"]  # what a name may also have; the servers of the redirects
PORTS = (80, 443, 8080)

# The first, the last and some address of each range that is refused.
FORBIDDEN = [
    *("0.0.0.0", "0.0.0.1", "0.255.255.255", "10.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255"),
    *("127.0.0.1", "127.0.0.2", "127.255.255.255", "169.254.0.1", "169.254.169.254", "169.254.255.255", "172.16.0.1"),
    *("172.31.255.255", "192.0.0.1", "192.0.0.170", "192.0.2.1", "192.0.2.255", "192.88.99.1", "192.168.0.1"),
    *("192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255"),
    *("240.0.0.1", "255.255.255.254", "255.255.255.255"),
    *("::", "::1", "fc00::1", "fd00:ec2::254", "fdff:ffff::1", "fe80::1", "febf::1", "fec0::1", "feff::1", "ff02::1"),
    *("ff0e::1", "2001:db8::1", "2001:db8:ffff::1", "100::1", "100:0:0:1::1", "2001:2::1", "2001:10::1", "3fff::1"),
    *("3fff:fff::1", "5f00::1", "::ffff:0:10.0.0.1", "64:ff9b:1::808:808"),
    # IPv4 inside IPv6: mapped, compatible, NAT64, 6to4, Teredo (inverted), ISATAP.
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::10.0.0.1"),
    *("64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::10.0.0.1"),
    *("2002:7f00:1::1", "2002:a00:1::1", "2002:a9fe:a9fe::1", "2001:0:808:808::80ff:fffe", "2001:0:808:808::f5ff:fffe"),
    *("2600::5efe:10.0.0.1", "2600::200:5efe:127.0.0.1"),
]

# What a URL may say instead of 127.0.0.1, 10.0.0.1 or 169.254.169.254, and tricks that only look like a public host.
SPELLINGS = [
    *("0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "017700000001", "127.1", "127.0.1", "0x7f.1", "0177.1"),
    *("10.1", "0xa.1", "012.0.0.1", "167772161", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "0"),
    *("0x0", "127.0.0.1.", "%31%32%37.0.0.1", "1%32%37.1", "LOCALHOST", "localhost.", "localhost"),
    *("[0:0:0:0:0:0:0:1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::FFFF:A00:1]", "[64:ff9b::7f00:1]"),
    *("11.22.33.44@10.0.0.1", "11.22.33.44:80@10.0.0.1", "11.22.33.44%40@10.0.0.1", "10.0.0.1#@11.22.33.44"),
    *("10.0.0.1?@11.22.33.44", "10.0.0.1\\@11.22.33.44", "１２７.0.0.1", "127。0。0。1", "[fe80::1%25lo]"),
]

REFUSALS = ("blocked_address", "bad_url", "bad_redirect", "unsupported_scheme")


def host_of(address: str) -> str:
    return f"[{address}]" if ":" in address else address


class Everywhere:
    """Listens on every address there is, and notes where connections arrive. It sends a picture, and for /to/<URL> a
    redirect to it."""

    def __init__(self, picture: bytes) -> None:
        self.reached: set[str] = set()
        self._picture = picture
        self._listeners = [
            socket.create_server(("::", port), family=socket.AF_INET6, backlog=512, dualstack_ipv6=True)
            for port in PORTS
        ]

    def __enter__(self) -> Everywhere:
        for listener in self._listeners:
            threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for listener in self._listeners:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.reached.add(connection.getsockname()[0].removeprefix("::ffff:"))
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            while True:
                head = b""
                while b"\r\n\r\n" not in head:
                    more = connection.recv(65536)
                    if not more:
                        return
                    head += more
                target = head.split(b" ")[1].decode()
                if target.startswith("/to/"):
                    location = unquote(target.removeprefix("/to/"))
                    connection.sendall(status(302, f"Location: {location}"))
                else:
                    connection.sendall(answer(self._picture))


@pytest.fixture
def everywhere(picture: bytes) -> Iterator[Everywhere]:
    with Namespace(), Everywhere(picture) as listening:
        yield listening


def escaped(url: str) -> str:
    """As a path segment that even a careful client leaves alone."""
    return "".join(c if c.isalnum() else "".join(f"%{byte:02x}" for byte in c.encode()) for c in url)


def redirect_to(url: str, number: int = 0) -> str:
    return f"http://{host_of(PUBLIC[number % 2])}:{PORTS[number % 2 * 2]}/to/{escaped(url)}"


def names_of_all() -> dict[str, list[list[str]]]:
    """alone<n>.test has the n-th forbidden address only, mixed<n>.test public ones too."""
    names = {}
    for number, address in enumerate(FORBIDDEN):
        names[f"alone{number}.test"] = [[address]]
        names[f"mixed{number}.test"] = [[address, *PUBLIC], [*PUBLIC, address]][number % 2 : number % 2 + 1]
    return names


def refused_urls() -> list[str]:
    urls = []
    for number, address in enumerate(FORBIDDEN):
        port = PORTS[number % len(PORTS)]
        for url in (
            f"http://{host_of(address)}/a.jpg",
            f"https://{host_of(address)}/a.jpg",
            f"http://{host_of(address)}:{port}/b.jpg",
            f"http://alone{number}.test/a.jpg",
        ):
            urls += [url, redirect_to(url, number)]
    for number, spelling in enumerate(SPELLINGS):
        url = f"http://{spelling}/a.jpg"
        urls += [url, redirect_to(url, number), redirect_to(f"//{spelling}/a.jpg", number)]
    return urls


def fetch_in(run: Run, count: int) -> list[dict]:
    assert run.code in (0, 3), run.err
    records = run.root.records()
    assert len(records) == count, run.err
    return records


def assert_only_public(watch: SynWatch, everywhere: Everywhere) -> None:
    reached = {address for address, _ in watch.targets} | everywhere.reached
    assert reached <= set(PUBLIC), sorted(reached - set(PUBLIC))


def test_no_forbidden_address_is_ever_connected_to(fetch, make_list, everywhere):
    urls = refused_urls()
    assert len(urls) >= 300
    with ToyDns(names_of_all()) as dns, SynWatch() as watch:
        run = fetch.run(
            make_list(urls), timeout=120, fetch__allow_addresses=None, fetch__dns__servers=dns.server, fetch__threads=2
        )
    records = fetch_in(run, len(urls))
    wrong = [record for record in records if record["reason"] not in REFUSALS]
    assert not wrong, wrong
    by_address = [record["reason"] for record in records].count("blocked_address")
    assert by_address >= 8 * len(FORBIDDEN), by_address
    assert_only_public(watch, everywhere)
    assert set(PUBLIC) <= everywhere.reached  # the redirects were really asked for


def test_of_mixed_addresses_only_the_public_ones_are_connected_to(fetch, make_list, everywhere):
    urls = [f"http://mixed{number}.test/a.jpg" for number in range(len(FORBIDDEN))]
    urls += [redirect_to(url, number) for number, url in enumerate(urls)]
    with ToyDns(names_of_all()) as dns, SynWatch() as watch:
        run = fetch.run(make_list(urls), fetch__allow_addresses=None, fetch__dns__servers=dns.server)
    assert {record["outcome"] for record in fetch_in(run, len(urls))} == {"ok"}
    assert_only_public(watch, everywhere)


def test_a_name_that_turns_bad_between_two_questions_is_judged_anew(fetch, make_list, everywhere, tmp_path):
    """Each name is good when it is asked for the first time, and forbidden from then on, with no time to live."""
    names = {f"rebind{number}.test": [[PUBLIC[0]], [address]] for number, address in enumerate(FORBIDDEN)}
    urls = [f"http://{name}/to/{escaped(f'http://{name}/a.jpg')}" for name in names]
    with ToyDns(names) as dns, SynWatch() as watch:
        for round_number, expected in enumerate(("ok", "failed")):
            fetch.folder = tmp_path / f"round{round_number}"
            run = fetch.run(make_list(urls), fetch__allow_addresses=None, fetch__dns__servers=dns.server)
            assert {record["outcome"] for record in fetch_in(run, len(urls))} == {expected}
    assert_only_public(watch, everywhere)


def test_the_watch_sees_what_is_not_refused(fetch, make_list, everywhere):
    """The same cases with the guard opened: the tests above can fail."""
    # Multicast, broadcast and link-local addresses: the kernel does not even try.
    never = ("224.", "239.", "127.255.", "255.255.255.255", "fe", "ff")
    reachable = [address for address in FORBIDDEN if not address.startswith(never)]
    urls = [f"http://{host_of(address)}/a.jpg" for address in reachable]
    with SynWatch() as watch:
        run = fetch.run(make_list(urls), fetch__allow_addresses="0.0.0.0/0,::/0")
    assert {record["outcome"] for record in fetch_in(run, len(urls))} == {"ok"}
    seen = {ipaddress.ip_address(address) for address, _ in watch.targets}
    assert len(seen) >= 40, sorted(map(str, seen))
    for private in ("10.0.0.1", "127.0.0.1", "169.254.169.254", "64:ff9b::10.0.0.1", "2001:db8::1"):
        assert ipaddress.ip_address(private) in seen
    assert len(everywhere.reached) >= 40


def test_other_schemes_are_refused_before_anything_is_asked(fetch, make_list, everywhere):
    others = [
        "file:///etc/passwd",
        "ftp://11.22.33.44/a.jpg",
        "ftp://files.test/a.jpg",
        "gopher://11.22.33.44:70/1",
        "data:image/png;base64,iVBORw0KGgo=",
        "dict://11.22.33.44:2628/",
        "ldap://11.22.33.44/",
        "javascript:alert(1)",
        "unix:///run/docker.sock",
    ]
    with ToyDns({"files.test": [PUBLIC]}) as dns, SynWatch() as watch:
        urls = others + [redirect_to(url) for url in others]
        run = fetch.run(make_list(urls), fetch__allow_addresses=None, fetch__dns__servers=dns.server)
    records = fetch_in(run, len(urls))
    assert {record["reason"] for record in records} <= {"unsupported_scheme", "bad_redirect", "bad_url"}, records
    assert watch.targets == {(PUBLIC[0], 80)}
    assert dns.asked == []


def test_ports_of_other_protocols_are_refused_before_anything_is_asked(fetch, make_list, everywhere):
    ports = (1, 21, 22, 25, 79, 81, 110, 442, 444, 465, 1023)
    others = [f"http://mail.test:{port}/a.jpg" for port in ports]
    with ToyDns({"mail.test": [PUBLIC]}) as dns, SynWatch() as watch:
        urls = others + [redirect_to(url) for url in others]
        settings = {"fetch__allow_addresses": None, "fetch__dns__servers": dns.server}
        records = fetch_in(fetch.run(make_list(urls), **settings), len(urls))
        assert {record["reason"] for record in records} == {"blocked_address"}
        assert {record["detail"] for record in records} == {
            f"port {port} is not allowed (fetch.allow_ports)" for port in ports
        }
        assert watch.targets == {(PUBLIC[0], 80)}
        assert dns.asked == []
        fetch.folder = Path(f"{fetch.folder}-open")
        fetch.run(make_list(["http://mail.test:25/a.jpg"]), fetch__allow_ports="20-25", **settings)
    assert ("2600::1", 25) in watch.targets

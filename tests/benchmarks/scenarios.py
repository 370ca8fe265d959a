"""Every scenario of the benchmark. A function each; its name is what `--only` takes."""
from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Callable

from chaos_run import AmongBadHosts
from decoding import PROCESSES, QUALITY, SIDE, Resizer, pillow, vipsthumbnail
from measure import Cost
from names import HOSTS, SERVER
from scenario import Column, Scenario, World
from server import PLACES
from tools import OWN_SERVER, PLAIN, Tool, Wrk, aria2c, curl, floor, gannet, wget2

NEEDS_ISOLATION = "needs root: a network of its own with a DNS server on port 53"


def http(world: World) -> Scenario:
    urls = _one_host(world, "http")
    return Scenario("http, one host", urls, [
        _one(world, "gannet, like its peers (no hash, no sync)", **PLAIN),
        _one(world, "gannet, the same, 100 a folder", **PLAIN, **{"output.shard_size": 100}),
        _one(world, "gannet, sha256, no sync", **{"store.sync": "none"}),
        _one(world, "gannet, defaults (sha256, batch sync)"),
        wget2(8), curl(8), curl(16), curl(8, shard=100), aria2c(32), aria2c(32, syncs=True, slow=True),
        floor(world.floor, 32, 1), floor(world.floor, 32, 2), floor(world.floor, 32, 2, shard=10_000), Wrk(64)])


def https(world: World) -> Scenario:
    return Scenario("https, HTTP/1.1, one host", _one_host(world, "https"), [
        _one(world, "gannet, no hash, no sync", **PLAIN, **_tls(world, http2=False)),
        _one(world, "gannet, defaults (sha256, batch sync)", **_tls(world, http2=False)),
        wget2(8, "--http2=off", _ca_certificate(world)), curl(16, "--http1.1", "--cacert", world.site.ca),
        aria2c(32, _ca_certificate(world), slow=True), Wrk(64)], note="TLS 1.3, a P-256 certificate.")


def http2(world: World) -> Scenario:
    return Scenario("https, HTTP/2, one host", _one_host(world, "h2"), [
        _one(world, "gannet, no hash, no sync", **PLAIN, **_tls(world, http2=True)),
        _one(world, "gannet, defaults (sha256, batch sync)", **_tls(world, http2=True)),
        wget2(8, "--http2=on", _ca_certificate(world)), curl(16, "--http2", "--cacert", world.site.ca)],
        note="The server answers nothing but HTTP/2.")


def latency(world: World) -> Scenario:
    thousand = {"fetch.connections": 1000, "fetch.per_host.connections": 1000}
    return Scenario(f"{_milliseconds('/slow')} ms to the first byte, one host", _one_host(world, "http", "/slow"), [
        _gannet(world, "gannet, 1,000 connections, no hash, no sync", 1000, **thousand, **PLAIN),
        _gannet(world, "gannet, 1,000 connections, defaults", 1000, **thousand),
        wget2(1000), curl(300), aria2c(256, slow=True), floor(world.floor, 1000, 2)], [_possible("/slow")])


def hosts(world: World) -> Scenario:
    return _many_hosts(world, f"{len(HOSTS):,} hosts through a DNS server", "http", "", [
        _many(world, "gannet, no hash, no sync", **PLAIN), _many(world, "gannet, defaults"),
        wget2(8), curl(50), curl(300), aria2c(64, slow=True)])


def hosts_tls(world: World) -> Scenario:
    title = f"{len(HOSTS):,} hosts over TLS, HTTP/1.1"
    return _many_hosts(world, title, "https", "", [
        _many(world, "gannet, no hash, no sync", **PLAIN, **_tls(world, http2=False)),
        _many(world, "gannet, defaults", **_tls(world, http2=False)),
        wget2(8, "--http2=off", "--tls-resume", _ca_certificate(world)),
        wget2(64, "--http2=off", "--tls-resume", _ca_certificate(world)),
        curl(300, "--http1.1", "--cacert", world.site.ca),
        aria2c(64, _ca_certificate(world), slow=True)])


def hosts_http2(world: World) -> Scenario:
    return _many_hosts(world, f"{len(HOSTS):,} hosts over TLS, HTTP/2", "h2", "", [
        _many(world, "gannet, no hash, no sync", **PLAIN, **_tls(world, http2=True)),
        wget2(64, "--http2=on", "--tls-resume", _ca_certificate(world)),
        curl(300, "--http2", "--cacert", world.site.ca)])


def hosts_latency(world: World) -> Scenario:
    title = f"{len(HOSTS):,} hosts and {_milliseconds('/slow')} ms to the first byte"
    return _many_hosts(world, title, "http", "/slow", [
        _many(world, "gannet, 1,000 connections, no hash, no sync", 1000, **PLAIN, **{"fetch.connections": 1000}),
        wget2(1000), curl(300), aria2c(256, slow=True)], [_possible("/slow")])


def lanes(world: World) -> Scenario:
    return Scenario("Lanes: http, one host", _one_host(world, "http"), _lanes(world))


def lanes_https(world: World) -> Scenario:
    return Scenario("Lanes: https, HTTP/1.1, one host", _one_host(world, "https"),
                    _lanes(world, **_tls(world, http2=False)))


def lanes_hosts(world: World) -> Scenario:
    names = {"fetch.dns.servers": SERVER, "fetch.per_host.connections": PER_HOST}
    return _many_hosts(world, f"Lanes: {len(HOSTS):,} hosts through a DNS server", "http", "", _lanes(world, **names))


def crowd(world: World) -> Scenario:
    """Ten addresses, because 4,096 is the most that gannet opens to one."""
    places = [f"127.2.0.{number}" if world.isolated else "127.0.0.1" for number in range(1, 11)]
    urls = [world.site.origin("http", places[number % 10]) + f"/crowd/img/{name}"
            for number, name in enumerate(world.collection.names(world.count))]
    connections = {"fetch.connections": 10_000, "fetch.per_host.connections": 1000}
    return Scenario(f"10,000 connections at once, {_milliseconds('/crowd')} ms to the first byte", urls, [
        _gannet(world, "gannet, no hash, no sync", 10_000, **connections, **PLAIN),
        _gannet(world, "gannet, defaults", 10_000, **connections)],
        [_possible("/crowd"), _figure("most at once", "connections"), _figure("longest stall of a lane, ms", "stall")],
        read=_lane_figures, count_connections=True, lacks="" if world.isolated else NEEDS_ISOLATION)


def chaos(world: World) -> Scenario:
    """The good ones are held up by the network, not by a lack of cores: bad peers that send without end take those."""
    good, bad = 256, 1000
    settings = {"fetch.connections": good + bad, "fetch.per_host.connections": good, "fetch.max_body": "1MiB",
                "fetch.timeouts.first_byte": "5s", "fetch.timeouts.idle": "5s", "fetch.timeouts.total": "10s",
                "fetch.tries": 1, **PLAIN}
    return Scenario(f"{bad:,} bad hosts beside a good one, {good} connections free for it",
                    _one_host(world, "http", "/slow"), [
                        AmongBadHosts(_gannet(world, "the good one alone", good, **settings), 0),
                        AmongBadHosts(_gannet(world, f"beside {bad:,} bad ones", good, **settings), bad)],
                    [_possible("/slow")], note="The time is that of the good ones.")


def decode_verify(world: World) -> Scenario:
    return Scenario(f"Decoding: all of each picture, {PROCESSES} workers", _one_host(world, "http"), [
        _one(world, "gannet, decode.verify", **PLAIN, **{"decode.workers": PROCESSES}),
        _one(world, "gannet, without decoding", **PLAIN),
        pillow(world.collection, world.count, "verify")], note="gannet fetches and stores, Pillow reads the files.")


def decode_resize(world: World) -> Scenario:
    resize = {"decode.workers": PROCESSES, "decode.resize.mode": "keep_ratio_largest", "decode.resize.size": SIDE,
              "decode.encode.quality": QUALITY}
    return Scenario(f"Decoding: pictures of {SIDE} pixels, {PROCESSES} workers", _one_host(world, "http"), [
        Resizer(tool, world.count) for tool in (
            _one(world, "gannet, decode.resize", **PLAIN, **resize),
            vipsthumbnail(world.collection, world.count), pillow(world.collection, world.count, "resize"))],
        note=f"JPEG, quality {QUALITY}. gannet fetches, the others read the files.")


ALL: dict[str, Callable[[World], Scenario]] = {
    scenario.__name__: scenario for scenario in (
        http, https, http2, latency, hosts, hosts_tls, hosts_http2, hosts_latency, lanes, lanes_https, lanes_hosts,
        crowd, chaos, decode_verify, decode_resize)}

AT_ONCE = 32  # requests of gannet to one fast host
PER_HOST = 2  # connections of gannet to each of many hosts


def _one_host(world: World, protocol: str, place: str = "") -> list[str]:
    return [f"{world.site.origin(protocol)}{place}/img/{name}" for name in world.collection.names(world.count)]


def _many_hosts(world: World, title: str, protocol: str, place: str, tools: list[Tool],
                columns: list[Column] = []) -> Scenario:
    """As many of each host, in no order, as in lists gathered from the web; the same in each run."""
    origins = [world.site.origin(protocol, HOSTS[number % len(HOSTS)]) for number in range(world.count)]
    random.Random(0).shuffle(origins)
    urls = [f"{origin}{place}/img/{name}" for origin, name in zip(origins, world.collection.names(world.count))]
    return Scenario(title, urls, tools, columns, lacks="" if world.isolated else NEEDS_ISOLATION)


def _gannet(world: World, name: str, connections: int = 0, **settings: object) -> Tool:
    return gannet(world.bin_folder, name, {**OWN_SERVER, **settings}, connections)


def _one(world: World, name: str, **settings: object) -> Tool:
    return _gannet(world, name, **{"fetch.connections": AT_ONCE, **settings})


def _many(world: World, name: str, connections: int = 0, **settings: object) -> Tool:
    names = {"fetch.dns.servers": SERVER, "fetch.per_host.connections": PER_HOST}
    return _gannet(world, name, connections, **{**names, **settings})


def _lanes(world: World, **settings: object) -> list[Tool]:
    return [_gannet(world, f"fetch.threads {count}", **settings, **PLAIN, **{"fetch.threads": count})
            for count in (1, 2, 4)]


def _tls(world: World, http2: bool) -> dict[str, object]:
    return {"fetch.tls.ca_file": world.site.ca, "fetch.http2": str(http2).lower()}


def _ca_certificate(world: World) -> str:
    return f"--ca-certificate={world.site.ca}"


def _milliseconds(place: str) -> str:
    return f"{PLACES[place] * 1000:,.0f}"


def _possible(place: str) -> Column:
    """The rate, as a share of what so many connections can bring when each answer takes so long to begin."""
    def cell(tool: Tool, median: Cost, count: int) -> str:
        possible = min(tool.connections, count) / PLACES[place]
        return f"{count / median.wall / possible:.0%} of {possible:,.0f}/s" if tool.connections else ""

    return Column("of the possible", cell)


def _figure(title: str, name: str) -> Column:
    """The most of all rounds."""
    def cell(tool: Tool, median: Cost, count: int) -> str:
        return f"{median.figures[name]:,.0f}" if name in median.figures else "not told"

    return Column(title, cell)


def _lane_figures(folder: Path) -> dict[str, float]:
    """From the last status of a gannet that tells it."""
    status = json.loads((folder / "logs/status.json").read_text())
    return {"stall": status["longest_lane_stall_ms"]} if "longest_lane_stall_ms" in status else {}

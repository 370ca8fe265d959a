"""Metrics over HTTP, as Prometheus asks for them, and the dashboard and the alerts that are made of them."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from support.programs import Daemon
from support.steps import answer, send
from support.waiting import free_port, listens, wait_for

MONITORING = Path(__file__).parents[2] / "docs/monitoring"
METRIC = re.compile(r"\bgannet_[a-z0-9_]+")


def promtool(*arguments: object, text: str = "") -> str:
    program = shutil.which("promtool")
    assert program, "there is no promtool: scripts/install-dependencies test"
    done = subprocess.run([program, *map(str, arguments)], input=text, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def listening(make_daemon) -> tuple[Daemon, int]:
    """A daemon, and the port where it answers."""
    port = free_port()
    daemon = make_daemon(metrics__listen=port).start()
    wait_for(lambda: ask(port).startswith("#"), "the metrics")
    return daemon, port


def ask(port: int, path: str = "/metrics", expected: int = 200) -> str:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", path)
        response = connection.getresponse()
    except ConnectionRefusedError:
        return ""
    assert response.status == expected
    return response.read().decode()


def test_prometheus_accepts_what_is_answered(listening, server, icon):
    daemon, port = listening
    server.on("*", send(answer(icon)))
    daemon.drop("list.txt", server.url("/1\n"))
    daemon.wait_for_jobs(1)
    text = wait_for(
        lambda: (now := ask(port)) and 'gannet_records_total{outcome="ok",reason=""} 1\n' in now and now, "the record"
    )
    assert not promtool("check", "metrics", text=text).strip()
    promtool("check", "metrics", text=(daemon.root.logs / "metrics.prom").read_text())


def test_nothing_else_is_answered(listening):
    _, port = listening
    for path in ("/", "/metrics/", "/status.json", "/../../etc/passwd"):
        ask(port, path, expected=404)


def test_nobody_listens_unless_it_is_asked_for(daemon):
    sockets = subprocess.run(["ss", "-tlnpH"], capture_output=True, text=True, check=True).stdout
    assert f"pid={daemon.pid}," not in sockets


def test_it_listens_on_the_loopback_alone(listening):
    _, port = listening
    sockets = subprocess.run(["ss", "-tlnH", f"sport = :{port}"], capture_output=True, text=True, check=True).stdout
    assert [line.split()[3] for line in sockets.splitlines()] == [f"127.0.0.1:{port}"]


def test_hostile_clients_keep_nobody_from_his_work(listening, server, icon):
    """Connections that say nothing, never end a request, or send what is none: the daemon fetches, and answers others."""
    daemon, port = listening
    server.on("*", send(answer(icon)))
    hold = []
    for number in range(200):
        client = socket.create_connection(("127.0.0.1", port))
        if number % 3 == 1:
            client.sendall(b"GET /metrics HTTP/1.1\r\nA: ")
        if number % 3 == 2:
            client.sendall(b"\x16\x03\x01" + bytes(2000))
        hold.append(client)
    daemon.drop("list.txt", "".join(server.url(f"/{number}\n") for number in range(20)))
    daemon.wait_for_jobs(1)
    assert ask(port).startswith("#")
    assert daemon.stop() == 0, "nor does it stop the daemon from stopping"


def test_a_reload_moves_it(listening):
    daemon, port = listening
    other = free_port()
    daemon.configure({"metrics.listen": other})
    daemon.signal(1)
    wait_for(lambda: ask(other).startswith("#"), "the other port")
    assert not listens(port)
    daemon.configure({"metrics.listen": ""})
    daemon.signal(1)
    wait_for(lambda: not listens(other), "that nobody listens")


def test_an_address_that_is_taken_stops_nothing(make_daemon, server, icon):
    server.on("*", send(answer(icon)))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        daemon = make_daemon(metrics__listen=port).start()
        daemon.drop("list.txt", server.url("/1\n"))
        daemon.wait_for_jobs(1)
        assert f"metrics.listen: cannot listen at 127.0.0.1:{port}" in daemon.root.log()
    wait_for(lambda: ask(port).startswith("#"), "the metrics, once it is free")


def test_alerts_and_dashboard_are_of_metrics_that_exist(listening):
    _, port = listening
    known = set(METRIC.findall(ask(port)))
    rules = MONITORING / "prometheus-alerts.yaml"
    assert "SUCCESS" in promtool("check", "rules", rules)
    dashboard = json.loads((MONITORING / "grafana-dashboard.json").read_text())
    shown = {metric for panel in dashboard["panels"] for one in panel["targets"] for metric in METRIC.findall(one["expr"])}
    alerted = set(METRIC.findall(rules.read_text()))
    assert shown and alerted
    assert shown <= known, shown - known
    assert alerted <= known, alerted - known
    missing = known - set(METRIC.findall((MONITORING.parent / "formats.md").read_text()))
    assert not missing, f"not in formats.md: {missing}"


def test_the_dashboard_asks_what_prometheus_understands():
    """Each of its queries, with the variables filled in, as the expression of a rule."""
    dashboard = json.loads((MONITORING / "grafana-dashboard.json").read_text())
    queries = [one["expr"] for panel in dashboard["panels"] for one in panel["targets"]]
    queries += [one["expr"] for one in dashboard["annotations"]["list"]]
    rules = [
        {"record": "a:b:c", "labels": {"n": str(number)},
         "expr": query.replace("$__rate_interval", "1m").replace("$job", ".*").replace("$instance", ".*")}
        for number, query in enumerate(queries)
    ]
    promtool("check", "rules", "--lint=none", "/dev/stdin", text=json.dumps({"groups": [{"name": "a", "rules": rules}]}))

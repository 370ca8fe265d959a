"""Mistakes in the configuration: all of them at once, each with its place, and nothing is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.programs import run
from support.steps import answer, send


@pytest.fixture
def check(tmp_path: Path):
    def check_text(text: str):
        file = tmp_path / "gannet.yaml"
        file.write_text(text)
        return run("gannetd", "--config", file, "--check")

    return check_text


def test_a_good_configuration_passes(check, tmp_path):
    done = check(
        f"root: {tmp_path}/root\nlogs: {tmp_path}/logs\nfetch:\n  threads: 2\n  timeouts: {{connect: 500ms}}\n"
        "  allow_addresses: [127.0.0.0/8, '::1']\n"
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "root").exists(), "--check looks, and touches nothing"


def test_an_empty_configuration_passes(check):
    assert check("").returncode == 0


MISTAKES = {
    "an unknown key": ("fetch:\n  thread: 3\n", 2, ["fetch.thread", "fetch.threads"]),
    "an unknown section": ("fetsh:\n  threads: 3\n", 1, ["fetsh", "fetch"]),
    "a value that is no number": ("fetch:\n  threads: many\n", 2, ["fetch.threads", "many", "256"]),
    "a value out of range": ("output:\n  shard_size: 0\n", 2, ["output.shard_size", "1000000"]),
    "a duration without a unit": ("fetch:\n  timeouts:\n    connect: 10\n", 3, ["fetch.timeouts.connect"]),
    "a choice that is none": ("store:\n  sync: sometimes\n", 2, ["store.sync", "batch", "none", "strict"]),
    "an address that is none": (
        "fetch:\n  deny_addresses: [10.0.0.0/40]\n",
        2,
        ["fetch.deny_addresses", "10.0.0.0/40"],
    ),
    "a relative root": ("root: here\n", 1, ["root", "absolute"]),
    "a list where a value belongs": ("fetch:\n  threads: [1, 2]\n", 2, ["fetch.threads"]),
    "what is not there yet": ("output:\n  format: webdataset\n", 2, ["output.format", "files"]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_line_and_what_is_accepted(check, mistake):
    text, line, words = MISTAKES[mistake]
    done = check(text)
    assert done.returncode == 2
    [message] = [one for one in done.stderr.splitlines() if f"gannet.yaml:{line}" in one]
    assert [word for word in words if word not in message] == []


def test_every_mistake_has_its_message(check):
    done = check(
        "fetch:\n  thread: 3\n  tries: none\n  timeouts: {connect: soon}\nstore:\n  sync: sometimes\nunknown: 1\n"
    )
    assert done.returncode == 2
    assert sum("gannet.yaml:" in line for line in done.stderr.splitlines()) == 5


@pytest.mark.parametrize("text", ["fetch: [", "\tfetch: 1\n", "- a\n- b\n", "fetch: {threads: 1, threads: 2}\n"])
def test_what_is_no_configuration_at_all_is_refused(check, text):
    done = check(text)
    assert done.returncode == 2
    assert "gannet.yaml" in done.stderr


def test_a_configuration_that_is_not_there_is_refused(tmp_path):
    done = run("gannetd", "--config", tmp_path / "nowhere.yaml", "--check")
    assert done.returncode == 2
    assert "nowhere.yaml" in done.stderr


def test_the_daemon_does_not_start_on_a_mistake(tmp_path):
    (tmp_path / "gannet.yaml").write_text(f"root: {tmp_path}/root\nfetch: {{thread: 3}}\n")
    done = run("gannetd", "--config", tmp_path / "gannet.yaml")
    assert done.returncode == 2
    assert not (tmp_path / "root").exists()


def test_an_override_is_checked_like_the_file(fetch, make_list):
    run_ = fetch.run(make_list(["http://127.0.0.1/"]), fetch__thread=3)
    assert run_.code == 2
    assert "fetch.threads" in run_.err
    assert not fetch.folder.exists()


def test_the_file_counts_and_an_override_counts_more(fetch, make_list, server, icon, tmp_path):
    server.on("*", send(answer(icon)))
    file = tmp_path / "gannet.yaml"
    file.write_text("fetch: {user_agent: from-the-file, allow_addresses: 127.0.0.1}\n")
    base = ["fetch", "--config", file, "--output"]
    run("gannet", *base, tmp_path / "one", make_list([server.url("/1")], "one.txt"))
    run(
        "gannet",
        *base,
        tmp_path / "two",
        make_list([server.url("/2")], "two.txt"),
        "--set",
        "fetch.user_agent=from-the-line",
    )
    assert [request.headers["user-agent"] for request in server.requests] == ["from-the-file", "from-the-line"]


def test_the_shipped_configuration_is_valid():
    assert run("gannetd", "--config", Path(__file__).parents[2] / "config/gannet.yaml", "--check").returncode == 0


def test_check_opens_what_is_named(check, tmp_path):
    for content, why in ((None, "cannot be read"), ("no certificate\n", "holds no certificates")):
        file = tmp_path / "ca.pem"
        if content:
            file.write_text(content)
        done = check(f"fetch:\n  tls:\n    ca_file: {file}\n")
        assert done.returncode == 2
        assert f"gannet.yaml:3: fetch.tls.ca_file: '{file}'" in done.stderr and why in done.stderr
    secret = tmp_path / "secret"
    secret.write_text("me:secret\n")
    secret.chmod(0o644)
    done = check(f"fetch: {{proxy: 'http://127.0.0.1:3128', proxy_credentials: {secret}}}\n")
    assert done.returncode == 2
    assert f"fetch.proxy_credentials: '{secret}'" in done.stderr and "everybody may read" in done.stderr
    assert "me:" not in done.stderr


def test_certificates_and_credentials_that_are_right_pass(check, authority, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("me:secret\n")
    secret.chmod(0o600)
    done = check(
        f"fetch: {{tls: {{ca_file: {authority.file}}}, proxy: 'http://127.0.0.1:3128', proxy_credentials: {secret}}}\n"
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_key_without_effect_is_a_warning(check):
    done = check("fetch:\n  no_proxy: [10.0.0.0/8]\n")
    assert done.returncode == 0
    assert "gannet.yaml:2: warning: fetch.no_proxy: has no effect without fetch.proxy" in done.stderr


def test_a_warning_is_logged_at_the_start(make_daemon):
    daemon = make_daemon(fetch__no_proxy="10.0.0.0/8").start()
    assert "fetch.no_proxy: has no effect without fetch.proxy" in daemon.root.log()


@pytest.mark.parametrize("pattern", ["*", "*.org", "*.co.uk", "*.img.example.org"])
def test_only_single_hosts_are_insecure(check, pattern):
    done = check(f"fetch:\n  hosts:\n    '{pattern}': {{insecure: true}}\n")
    assert done.returncode == 2
    assert f"gannet.yaml:3: fetch.hosts[{pattern}].insecure" in done.stderr and "single hosts" in done.stderr


def test_a_pattern_that_matches_no_host_is_refused(check):
    done = check("fetch:\n  hosts:\n    '*.1': {cookie: a=1}\n")
    assert done.returncode == 2
    assert "gannet.yaml:3: fetch.hosts: '*.1' is not accepted: nothing is below an address" in done.stderr

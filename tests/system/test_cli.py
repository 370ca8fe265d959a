"""The commands beside `fetch`, and how bad usage is answered."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from pathlib import Path

import pytest

from support.books import check_books
from support.programs import BIN, run
from support.steps import answer, send, status, wait
from support.waiting import wait_for


@pytest.mark.parametrize("program", ["gannet", "gannetd"])
def test_help_and_version(program):
    assert run(program, "--help").returncode == 0
    version = run(program, "--version")
    assert version.returncode == 0
    assert re.search(r"\d+\.\d+", version.stdout)


def options_of(*command: str) -> set[str]:
    return set(re.findall(r"^  (?:-\w,)?(--[a-z-]+)", run(*command, "--help").stdout, re.MULTILINE))


def commands() -> list[str]:
    return re.findall(r"^  ([a-z]+) ", run("gannet", "--help").stdout.partition("Subcommands:")[2], re.MULTILINE)


def test_the_manual_knows_every_command_and_option():
    manual = Path(__file__).parents[2] / "docs/man"
    page = (manual / "gannet.1.in").read_text().replace("\\", "")
    for command in commands():
        assert f'.SY "gannet {command}"' in page
        section = page.partition(f".SS gannet {command}\n")[2].partition(".S")[0] + page.partition(".SH OPTIONS")[2]
        missing = {option for option in options_of("gannet", command) if option not in section}
        assert not missing, f"docs/man/gannet.1.in: {command}"
    daemon_page = (manual / "gannetd.8.in").read_text().replace("\\", "")
    assert not {option for option in options_of("gannetd") if option not in daemon_page}


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["gannet", "st"], {"status"}),
        (["gannet", "status", "--f"], {"--follow"}),
        (["gannet", "check", "--ro"], {"--robots", "--robots-hosts"}),
        (["gannet", "submit", "--priority", ""], {"urgent", "normal", "bulk"}),
        (["gannet", "verify", "al"], {"all"}),
        (["gannetd", "--ch"], {"--check"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bash_completes(typed, offered):
    script = Path(__file__).parents[2] / "packaging/completion/gannet"
    words = " ".join(f"'{word}'" for word in [BIN / typed[0], *typed[1:]])
    ask = f"source {script}; COMP_WORDS=({words}); COMP_CWORD={len(typed) - 1}; _gannet; printf '%s\n' \"${{COMPREPLY[@]}}\""
    done = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, timeout=60)
    assert set(done.stdout.split()) == offered, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [[], ["fly"], ["fetch"], ["fetch", "--unknown", "x"], ["submit"], ["check"], ["fetch", "list.txt", "--set", "nonsense"]],
    ids=lambda arguments: " ".join(arguments) or "nothing",
)
def test_bad_usage_ends_with_2(arguments, tmp_path):
    done = run("gannet", *arguments)
    assert done.returncode == 2
    assert done.stderr.strip()


def test_bad_usage_of_the_daemon_ends_with_2():
    assert run("gannetd", "--unknown").returncode == 2


def test_check_tells_of_a_list_and_asks_nobody(make_daemon, make_list, server):
    daemon = make_daemon(fetch__per_host__requests_per_second="2")
    urls = [server.url(f"/{number}") for number in range(241)]
    listed = make_list([*urls, urls[0].replace("http:", "HTTP:") + "#again", "ftp://example.org/"], "holiday.txt")
    done = run("gannet", "check", listed, "--json", "--config", daemon.config)
    assert done.returncode == 3, done.stderr
    found = json.loads(done.stdout)
    assert (found["lines"], found["invalid"]) == (243, 1)
    assert found["invalid_lines"][0]["line"] == 243
    assert found["duplicates"] == {"count": 1, "exact": True}
    assert found["largest_hosts"][0]["lines"] == 242
    assert found["time"]["at_least_seconds"] == pytest.approx(120.5)
    assert not server.requests

    urgent = ["--set", "fetch.per_host.requests_per_second=0.1"]
    done = run("gannet", "check", make_list(urls[:7], "few.txt"), *urgent, "--config", daemon.config)
    assert done.returncode == 0, done.stderr
    assert "at least 1 min" in done.stdout
    assert "0.1 requests/s" in done.stdout
    assert not server.requests


def test_check_counts_what_a_list_asks_for_itself(tmp_path):
    listed = tmp_path / "slow.txt"
    listed.write_text("#! fetch.per_host.requests_per_second=2\n" + "".join(f"http://a.test/{n}\n" for n in range(100)))
    done = run("gannet", "check", listed, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["time"]["at_least_seconds"] >= 49


def test_check_of_what_cannot_be_read_ends_with_1(tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    for name in ("photo.jpg", "nowhere.txt"):
        done = run("gannet", "check", tmp_path / name)
        assert done.returncode == 1
        assert name in done.stderr


def test_submit_hands_a_list_to_the_daemon(daemon, make_list, server, icon):
    server.on("*", send(answer(icon)))
    listed = make_list([server.url(f"/{number}") for number in range(5)], "holiday.txt")
    done = run("gannet", "submit", listed, "--config", daemon.config)
    assert done.returncode == 0, done.stderr
    [job] = daemon.wait_for_jobs(1)
    assert len(check_books(daemon.root)) == 5
    assert listed.exists(), "submit copies: the list stays its owner's"


@pytest.mark.parametrize("priority, folder", [("urgent", "inbox/urgent"), ("normal", "inbox"), ("bulk", "inbox/bulk")])
def test_submit_knows_the_priorities(make_daemon, make_list, priority, folder):
    daemon = make_daemon()
    for name in ("inbox/urgent", "inbox/bulk"):
        (daemon.root.path / name).mkdir(parents=True)
    listed = make_list(["http://example.org/a.jpg"], "list.txt")
    assert run("gannet", "submit", listed, "--priority", priority, "--config", daemon.config).returncode == 0
    [dropped] = [path for path in (daemon.root.path / folder).iterdir() if path.is_file()]
    assert dropped.read_bytes() == listed.read_bytes()


def test_submit_refuses_what_is_no_list(make_daemon, tmp_path):
    daemon = make_daemon()
    (daemon.root.path / "inbox").mkdir()
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    for name in ("photo.jpg", "nowhere.txt"):
        done = run("gannet", "submit", tmp_path / name, "--config", daemon.config)
        assert done.returncode in (1, 2)
        assert name in done.stderr
    assert not [path for path in (daemon.root.path / "inbox").rglob("*") if path.is_file()]


def test_status_in_words(daemon, server, icon):
    server.on("*", send(answer(icon)))
    daemon.drop("list.txt", server.url("/1\n"))
    daemon.wait_for_jobs(1)
    wait_for(lambda: daemon.root.status(), "status.json")
    done = run("gannet", "status", "--config", daemon.config)
    assert done.returncode == 0, done.stderr
    assert "running" in done.stdout


def test_status_for_programs(daemon):
    wait_for(lambda: daemon.root.status(), "status.json")
    done = run("gannet", "status", "--json", "--config", daemon.config)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["daemon"], told["pid"]) == ("alive", daemon.pid)
    daemon.kill()
    assert json.loads(run("gannet", "status", "--json", "--config", daemon.config).stdout)["daemon"] == "gone"


def test_status_of_a_job_that_is_worked_on_and_once_it_has_ended(make_daemon, server, icon):
    server.on("/1", send(answer(icon)))
    server.on("/2", send(status(404)))
    go_on = threading.Event()
    server.on("/3", wait(go_on), send(status(404)))
    daemon = make_daemon().start()
    daemon.drop("photos.txt", "".join(server.url(f"/{number}\n") for number in (1, 2, 3)))
    wait_for(
        lambda: (now := daemon.root.status()) and now["jobs"] and now["jobs"][0]["totals"]["lines"] == 2, "two records"
    )
    told = run("gannet", "status", "photos", "--config", daemon.config)
    assert told.returncode == 0, told.stderr
    assert "http_status 50.0 %: " in told.stdout
    assert all(len(line) <= 80 for line in told.stdout.splitlines())
    of_job = json.loads(run("gannet", "status", "--json", "photos", "--config", daemon.config).stdout)
    assert of_job["totals"]["outcomes"]["failed"] == 1
    go_on.set()
    daemon.wait_for_jobs(1)
    done = run("gannet", "status", "--follow", "photos", "--config", daemon.config)
    assert done.returncode == 0, done.stderr
    assert "  done\n" in done.stdout
    assert json.loads(run("gannet", "status", "--json", "photos", "--config", daemon.config).stdout)["lines"] == 3
    assert run("gannet", "status", "nothing", "--config", daemon.config).returncode == 1


def test_status_when_no_daemon_ever_ran(make_daemon):
    done = run("gannet", "status", "--config", make_daemon().config)
    assert done.returncode == 1
    assert done.stderr.strip()


def test_status_does_not_take_a_dead_daemon_for_a_running_one(daemon):
    wait_for(lambda: daemon.root.status(), "status.json")
    daemon.kill()
    done = run("gannet", "status", "--config", daemon.config)
    assert "running" not in done.stdout.replace("not running", "")


def test_fetch_sums_up_at_the_end(fetch, make_list, server, icon):
    server.on("/1", send(answer(icon)))
    server.on("/2", send(status(404)))
    run_ = fetch.run(make_list([server.url("/1"), server.url("/2")]))
    assert run_.code == 3
    assert "http_status" in run_.out + run_.err

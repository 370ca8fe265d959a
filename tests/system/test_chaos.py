"""A thousand hosts that misbehave in every way, beside good ones. How fast the good ones are meanwhile is measured, not
tested: `make bench ARGS="--only chaos"`."""

from __future__ import annotations

import json

import pytest

from support import images
from support.books import check_books
from support.chaos import Chaos
from support.chaos_h2 import ChaosH2
from support.waiting import free_port

BAD_HOSTS = 1000
EACH = 2  # URLs of each bad host
BAD_HOSTS_H2 = 200  # each costs its server, which is written in Python, a handshake
GOOD = 2000
SETTINGS = {
    "fetch__threads": 2,
    "fetch__profile": "own-server",  # nobody is parked: each URL must end as what the host does to it
    "fetch__connections": BAD_HOSTS * EACH + 32,  # 32 are free for the good ones
    "fetch__per_host__connections": 32,
    "fetch__max_body": "1MiB",
    "fetch__timeouts__first_byte": "5s",
    "fetch__timeouts__idle": "5s",
    "fetch__timeouts__total": "15s",
    "fetch__min_speed": 0,
}


@pytest.fixture
def files(tmp_path):
    """Pictures for a healthy server."""
    folder = tmp_path / "files"
    folder.mkdir()
    pictures = images.photographs()
    for number in range(GOOD):
        (folder / f"{number}.jpg").symlink_to(pictures[number % len(pictures)])
    return folder


def harm_only_themselves(run, bad, good):
    """Bad ones end as they must, good ones are all there, and before anybody who takes his time."""
    assert run.code == 3, run.err
    records = {record["url"]: record for record in check_books(run.root)}
    assert {url for url in good if records[url]["outcome"] != "ok"} == set()
    wrong = {(reason, records[url].get("reason")) for url, reason in bad} - {(reason, reason) for _, reason in bad}
    assert wrong == set()

    journal = (run.root.folder(run.root.job()) / "results.jsonl").read_text().splitlines()
    place = {json.loads(line)["url"]: number for number, line in enumerate(journal)}
    dripping = [place[url] for url, reason in bad if reason == "total_timeout"]
    assert max(place[url] for url in good) < min(dripping), "good ones waited for bad ones"


def test_a_thousand_bad_hosts_harm_only_themselves(fetch, make_list, start_nginx, files):
    nginx = start_nginx(files)
    good = [nginx.url(f"/{number}.jpg") for number in range(GOOD)]
    with Chaos(BAD_HOSTS, free_port()) as chaos:
        bad = [(chaos.url(host, f"/{n}.jpg"), chaos.reason(host)) for n in range(EACH) for host in range(BAD_HOSTS)]
        urls = [url for url, _ in bad] + good  # the bad ones come first and have their connections already
        run = fetch.run(make_list(urls), timeout=120, **SETTINGS)
    harm_only_themselves(run, bad, good)


def test_bad_hosts_of_http2_harm_only_themselves(fetch, make_list, start_nginx, files, authority):
    nginx = start_nginx(files, tls=authority.leaf("127.0.0.1"), http2=True)
    good = [nginx.url(f"/{number}.jpg") for number in range(GOOD)]
    with ChaosH2(BAD_HOSTS_H2, free_port(), authority) as chaos:
        bad = [(chaos.url(host, "/a.jpg"), chaos.reason(host)) for host in range(BAD_HOSTS_H2)]
        urls = [url for url, _ in bad] + good
        run = fetch.run(make_list(urls), timeout=120, fetch__tls__ca_file=authority.file, **SETTINGS)
    harm_only_themselves(run, bad, good)

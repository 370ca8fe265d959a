"""A thousand hosts that misbehave in every way, beside good ones. How fast the good ones are meanwhile is measured, not
tested: `make bench ARGS="--only chaos"`."""

from __future__ import annotations

import json

import pytest

from support import images
from support.books import check_books
from support.chaos import Chaos
from support.waiting import free_port

BAD_HOSTS = 1000
EACH = 2  # URLs of each bad host
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
def good_urls(start_nginx, tmp_path):
    """Pictures on a healthy server."""
    files = tmp_path / "files"
    files.mkdir()
    pictures = images.photographs()
    for number in range(GOOD):
        (files / f"{number}.jpg").symlink_to(pictures[number % len(pictures)])
    nginx = start_nginx(files)
    return [nginx.url(f"/{number}.jpg") for number in range(GOOD)]


def test_a_thousand_bad_hosts_harm_only_themselves(fetch, make_list, good_urls):
    with Chaos(BAD_HOSTS, free_port()) as chaos:
        bad = [(chaos.url(host, f"/{n}.jpg"), chaos.reason(host)) for n in range(EACH) for host in range(BAD_HOSTS)]
        urls = [url for url, _ in bad] + good_urls  # the bad ones come first and have their connections already
        run = fetch.run(make_list(urls), timeout=120, **SETTINGS)
    assert run.code == 3, run.err
    records = {record["url"]: record for record in check_books(run.root)}
    assert {url for url in good_urls if records[url]["outcome"] != "ok"} == set()
    wrong = {(reason, records[url].get("reason")) for url, reason in bad} - {(reason, reason) for _, reason in bad}
    assert wrong == set()

    journal = (run.root.folder(run.root.job()) / "results.jsonl").read_text().splitlines()
    place = {json.loads(line)["url"]: number for number, line in enumerate(journal)}
    dripping = [place[url] for url, reason in bad if reason == "total_timeout"]
    assert max(place[url] for url in good_urls) < min(dripping), "good ones waited for bad ones"

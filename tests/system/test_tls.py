"""TLS as real servers see it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest


def test_sessions_are_resumed(fetch, make_list, start_nginx, authority, picture, tmp_path: Path):
    files = tmp_path / "files"
    files.mkdir()
    (files / "a.jpg").write_bytes(picture)
    nginx = start_nginx(files, tls=authority.leaf("127.0.0.1"), keepalive_requests=1)
    urls = [nginx.url(f"/a.jpg?{n}") for n in range(5)]
    run = fetch.run(make_list(urls), fetch__tls__ca_file=authority.file, fetch__per_host__connections=1)
    assert run.code == 0, run.err
    assert [request["resumed"] for request in nginx.requests()] == [".", "r", "r", "r", "r"]


@pytest.mark.parametrize("must_staple", [False, True])
def test_servers_that_staple_ocsp_responses_work(fetch_one, start_nginx, authority, picture, tmp_path: Path, must_staple):
    files = tmp_path / "files"
    files.mkdir()
    (files / "a.jpg").write_bytes(picture)
    leaf = authority.leaf("127.0.0.1", must_staple=must_staple)
    stapled = f"ssl_stapling on; ssl_stapling_file {authority.status_of(leaf)};"
    nginx = start_nginx(files, tls=leaf, http=stapled)
    asked = ["openssl", "s_client", "-connect", f"127.0.0.1:{nginx.port}", "-status"]
    done = subprocess.run(asked, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
    assert "OCSP Response Status: successful" in done.stdout
    assert fetch_one(nginx.url("/a.jpg"), fetch__tls__ca_file=authority.file)["outcome"] == "ok"

"""TLS as real servers see it."""

from __future__ import annotations

from pathlib import Path


def test_sessions_are_resumed(fetch, make_list, start_nginx, authority, picture, tmp_path: Path):
    files = tmp_path / "files"
    files.mkdir()
    (files / "a.jpg").write_bytes(picture)
    nginx = start_nginx(files, tls=authority.leaf("127.0.0.1"), keepalive_requests=1)
    urls = [nginx.url(f"/a.jpg?{n}") for n in range(5)]
    run = fetch.run(make_list(urls), fetch__tls__ca_file=authority.file, fetch__per_host__connections=1)
    assert run.code == 0, run.err
    assert [request["resumed"] for request in nginx.requests()] == [".", "r", "r", "r", "r"]

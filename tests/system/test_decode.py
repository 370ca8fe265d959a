"""`decode.workers`: images are opened in processes of their own, and what comes of it is what is stored and recorded."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from support import images
from support.books import check_books
from support.programs import sanitized
from support.steps import answer, send
from support.waiting import wait_for


@pytest.fixture
def gallery(tmp_path: Path) -> Path:
    folder = tmp_path / "gallery"
    folder.mkdir()
    for number, path in enumerate([*images.icons()[:20], *images.photographs()[:20]]):
        shutil.copy(path, folder / f"{number:03}")
    return folder


@pytest.fixture
def fetch_gallery(gallery, fetch, make_list, start_nginx):
    def run(**settings):
        nginx = start_nginx(gallery)
        urls = [nginx.url(f"/{path.name}") for path in sorted(gallery.iterdir())]
        done = fetch.run(make_list(urls), **{"decode__workers": 2, **settings})
        return done, {Path(record["url"]).name: record for record in check_books(done.root)}

    return run


def workers_of(pid: int) -> list[int]:
    """The processes that its fork server has forked."""
    servers = children_of(pid)
    return [worker for server in servers for worker in children_of(server)]


def children_of(pid: int) -> list[int]:
    return [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]


def memory_of(pid: int, what: str) -> int:
    """Bytes, as the kernel counts them."""
    return 1024 * int(re.search(rf"^{what}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.M)[1])


def resident(pid: int) -> int:
    """Without what it has in common with others: the pages of programs and of the fork server."""
    return memory_of(pid, "RssAnon") + memory_of(pid, "RssShmem")


def test_good_images_are_stored_as_they_came_with_what_a_worker_saw(fetch_gallery, gallery):
    run, records = fetch_gallery()
    assert run.code == 0, run.err
    for name, record in records.items():
        with Image.open(gallery / name) as image:
            assert (record["width"], record["height"]) == image.size
            assert record["frames"] == 1
            assert record["colour"] == ("grey" if image.mode in ("L", "LA", "1", "I") else "rgb"), (image.mode, record)
        assert run.root.read(record) == (gallery / name).read_bytes()


def test_an_image_that_is_cut_short_or_damaged_is_found_out(fetch_gallery, gallery, picture, icon):
    (gallery / "cut.jpg").write_bytes(picture[: len(picture) // 2])
    (gallery / "cut.png").write_bytes(icon[: len(icon) // 2])
    damaged = bytearray(icon)
    damaged[len(icon) // 2] ^= 0xFF
    (gallery / "damaged.png").write_bytes(damaged)
    run, records = fetch_gallery()
    assert run.code == 3
    for name in ("cut.jpg", "cut.png", "damaged.png"):
        record = records.pop(name)
        assert (record["outcome"], record["reason"]) == ("failed", "decode_failed"), record
        assert record["detail"]
    assert all(record["outcome"] == "ok" for record in records.values())


@pytest.mark.parametrize("kind, extension", [("jpeg", "jpg"), ("png", "png"), ("webp", "webp"), ("avif", "avif")])
@pytest.mark.parametrize("mode", ["no", "keep_ratio_largest"])
def test_images_are_resized_and_encoded_anew(fetch_gallery, gallery, kind, extension, mode):
    run, records = fetch_gallery(
        decode__resize__mode=mode, decode__resize__size=64, decode__encode__format=kind, decode__encode__quality=60
    )
    assert run.code == 0, run.err
    for name, record in records.items():
        assert record["path"].endswith("." + extension) and record["format"] == kind
        with Image.open(gallery / name) as came:
            assert max(record["width"], record["height"]) == (64 if mode != "no" else max(came.size))
            if kind != "avif":  # which Pillow does not know here
                with Image.open(run.root.path / record["path"]) as made:
                    assert (made.format.lower(), made.size) == (kind, (record["width"], record["height"]))
            assert came.size == (record["original_width"], record["original_height"])
        assert len(record["original_sha256"]) == 64 and record["original_sha256"] != record["sha256"]


def test_thumbnails_are_made_beside_the_images(fetch_gallery, gallery):
    run, records = fetch_gallery(decode__thumbnails="32,64")
    assert run.code == 0, run.err
    for name, record in records.items():
        assert run.root.read(record) == (gallery / name).read_bytes()
        for side in (32, 64):
            path = Path(record["path"].replace("images/", "thumbnails/").replace("/00000/", f"/{side}/00000/"))
            with Image.open(run.root.path / path.with_suffix(".jpg")) as small, Image.open(gallery / name) as came:
                assert small.format == "JPEG"
                assert max(small.size) == min(side, max(came.size))


def test_a_reload_changes_what_is_made_without_losing_a_line(make_daemon, start_nginx, gallery):
    daemon = make_daemon(decode__workers=1).start()
    nginx = start_nginx(gallery)
    urls = "".join(nginx.url(f"/{path.name}") + "\n" for path in sorted(gallery.iterdir()))
    daemon.drop("before.txt", urls)
    (before,) = daemon.wait_for_jobs(1)
    daemon.configure({"decode.workers": 2, "decode.resize.mode": "center_crop", "decode.resize.size": 16})
    daemon.signal(signal.SIGHUP)
    wait_for(lambda: len(workers_of(daemon.pid)) == 2, "a second worker")
    daemon.drop("after.txt", urls)
    after = daemon.wait_for_jobs(2)[1]
    assert all("original_width" not in record for record in check_books(daemon.root, before))
    assert all(record["width"] == record["height"] == 16 for record in check_books(daemon.root, after))


@pytest.mark.parametrize(("before", "after"), [(2, 0), (0, 2)])
def test_a_reload_from_or_to_no_workers_changes_nothing_and_says_so_once(make_daemon, before, after):
    daemon = make_daemon(decode__workers=before).start()
    wait_for(lambda: len(workers_of(daemon.pid)) == before, "the workers")
    daemon.configure({"decode.workers": after})
    daemon.signal(signal.SIGHUP)
    wait_for(lambda: "needs a restart" in daemon.root.log(), "the reload")
    [line] = [line for line in daemon.root.log().splitlines() if "decode.workers" in line]
    assert line.endswith("reloaded, but decode.workers needs a restart: it stays as it was")
    assert len(workers_of(daemon.pid)) == before


def test_a_list_says_how_its_images_are_made(fetch, tmp_path, start_nginx, gallery):
    nginx = start_nginx(gallery)
    path = tmp_path / "list.txt"
    path.write_text(f"#! decode.resize.mode=center_crop\n#! decode.resize.size=32\n{nginx.url('/025')}\n")
    run = fetch.run(path, decode__workers=1)
    assert run.code == 0, run.err
    record = run.root.record()
    assert (record["width"], record["height"], record["format"]) == (32, 32, "jpeg")


def test_boxes_of_a_row_are_blurred_and_bad_ones_fail_it(fetch, tmp_path, start_nginx, gallery):
    nginx = start_nginx(gallery)
    path = tmp_path / "list.jsonl"
    rows = [
        {"url": nginx.url("/025"), "faces": [[0.0, 0.0, 1.0, 1.0]]},
        {"url": nginx.url("/026"), "faces": []},
        {"url": nginx.url("/027"), "faces": [[0.5, 0.5, 0.1, 2.0]]},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    run = fetch.run(path, decode__workers=1, decode__blur_column="faces")
    blurred, left, bad = sorted(run.root.records(), key=lambda record: record["line"])
    assert "original_sha256" in blurred and run.root.read(blurred) != (gallery / "025").read_bytes()
    assert run.root.read(left) == (gallery / "026").read_bytes()
    assert bad["reason"] == "decode_failed" and "faces" in bad["detail"]


@pytest.mark.parametrize("of_list", [False, True])
def test_rows_of_one_url_share_a_picture_only_where_their_boxes_are_the_same(
    fetch, tmp_path, start_nginx, gallery, of_list
):
    nginx = start_nginx(gallery)
    url = nginx.url("/025")
    boxes = ["[[0,0,0.3,0.3]]", "[[0.6,0.6,1,1]]", "", "[[0.1", "[[0,0,0.3,0.3]]", ""]
    path = tmp_path / "list.jsonl"
    options = "#! decode.blur_column=faces\n#! dedupe=true\n" if of_list else ""
    path.write_text(options + "".join(json.dumps({"url": url, "faces": text}) + "\n" for text in boxes))
    asked = {} if of_list else {"decode__blur_column": "faces", "dedupe": "true"}
    run = fetch.run(path, decode__workers=1, store__refetch="never", store__hard_links="true", **asked)
    left, right, plain, broken, left_too, plain_too = sorted(run.root.records(), key=lambda record: record["line"])
    assert run.root.read(plain) == (gallery / "025").read_bytes()
    assert len({run.root.read(record) for record in (left, right, plain)}) == 3
    assert broken["reason"] == "decode_failed" and "path" not in broken
    assert left_too["path"] == left["path"] and plain_too["path"] == plain["path"]
    assert len(nginx.requests()) == 4


def test_pictures_of_many_shapes_are_filtered(fetch_gallery, gallery):
    Image.new("RGB", (300, 20)).save(gallery / "narrow.png")
    run, records = fetch_gallery(decode__max_aspect_ratio=10)
    assert records["narrow.png"]["reason"] == "too_small"
    assert "narrow" in records["narrow.png"]["detail"]


def test_svg_is_not_rendered_unless_it_is_asked_for(fetch_one, start_nginx):
    drawing = images.drawings()[0]
    nginx = start_nginx(drawing.parent)
    record = fetch_one(nginx.url(f"/{drawing.name}"), decode__workers=1)
    assert record["outcome"] == "ok" and "frames" not in record


def test_workers_have_no_files_and_cannot_gain_any(make_daemon):
    """As the kernel tells it of each."""
    daemon = make_daemon(decode__workers=2).start()
    workers = wait_for(lambda: len(found := workers_of(daemon.pid)) == 2 and found, "two workers")
    for worker in workers:
        wait_for(lambda: "Seccomp:\t2" in Path(f"/proc/{worker}/status").read_text(), "a worker in its sandbox")
        status = dict(line.split(":\t", 1) for line in Path(f"/proc/{worker}/status").read_text().splitlines())
        assert status["NoNewPrivs"] == "1"
        assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0
        files = {Path(f"/proc/{worker}/fd/{file.name}").readlink().name for file in Path(f"/proc/{worker}/fd").iterdir()}
        assert all(name == "null" or name.startswith("socket:") for name in files), files
        limits = Path(f"/proc/{worker}/limits").read_text()
        assert re.search(r"Max core file size +0 ", limits) and re.search(r"Max open files +16 ", limits), limits


def test_workers_end_with_the_daemon_however_that_ends(make_daemon):
    daemon = make_daemon(decode__workers=2).start()
    workers = wait_for(lambda: len(found := workers_of(daemon.pid)) == 2 and found, "two workers")
    server = children_of(daemon.pid)
    daemon.kill()
    wait_for(lambda: not any(Path(f"/proc/{process}").exists() for process in workers + server), "all to be gone")
    assert daemon.start().stop() == 0


def test_a_fork_server_that_is_killed_is_started_again(make_daemon, start_nginx, gallery, tmp_path):
    daemon = make_daemon(decode__workers=1).start()
    (server,) = children_of(daemon.pid)
    wait_for(lambda: workers_of(daemon.pid), "a worker")
    os.kill(server, signal.SIGKILL)
    nginx = start_nginx(gallery)
    daemon.drop("list.txt", "".join(nginx.url(f"/{path.name}") + "\n" for path in sorted(gallery.iterdir())))
    wait_for(lambda: daemon.root.jobs(), "the job to end")
    assert all(record["outcome"] == "ok" and record["frames"] == 1 for record in check_books(daemon.root))
    assert "fork server" in daemon.root.log()


@pytest.mark.skipif(sanitized(), reason="sanitizers keep memory of their own")
def test_what_large_images_took_is_given_back(make_daemon, server, icon):
    """Each of these takes its worker more memory than all of the processes together have before and afterwards."""
    whole = io.BytesIO()
    Image.radial_gradient("L").resize((6000, 4000)).convert("RGB").save(whole, "JPEG", progressive=True)
    daemon = make_daemon(decode__workers=2, decode__resize__mode="border").start()

    def run(body: bytes, count: int) -> tuple[int, int, int]:
        """Of daemon, fork server and workers together: resident bytes afterwards; the most of a worker; processes."""
        before = len(daemon.root.jobs())
        paths = [f"/{before}/{number}" for number in range(count)]
        for path in paths:
            server.on(path, send(answer(body)))
        daemon.drop(f"{before}.txt", "".join(server.url(path) + "\n" for path in paths))
        daemon.wait_for_jobs(before + 1, deadline=60)
        workers = workers_of(daemon.pid)
        everybody = [daemon.pid, *children_of(daemon.pid), *workers]
        return sum(map(resident, everybody)), max(memory_of(one, "VmHWM") for one in workers), len(everybody)

    small, _, processes = run(icon, 100)
    large, most, processes_now = run(whole.getvalue(), 20)
    assert most > 2 * small, "the image is not large enough to show anything"
    assert large < small + (40 << 20)
    assert processes_now == processes == 4
    for job in daemon.root.jobs():
        assert all(record["outcome"] == "ok" for record in check_books(daemon.root, job))


def test_a_fork_server_that_hangs_is_ended(make_daemon, server, icon):
    """With it the worker of whose end it does not tell; its image is tried once more. And it holds up no stop."""
    server.on("/hangs.png", send(answer(icon)))
    daemon = make_daemon(decode__workers=1, decode__timeout="1s").start()
    wait_for(lambda: workers_of(daemon.pid), "a worker")
    for process in [*children_of(daemon.pid), *workers_of(daemon.pid)]:
        os.kill(process, signal.SIGSTOP)
    daemon.drop("list.txt", server.url("/hangs.png") + "\n")
    (job,) = daemon.wait_for_jobs(1, deadline=60)
    assert [record["outcome"] for record in check_books(daemon.root, job)] == ["ok"]
    assert "does not answer" in daemon.root.log()
    for process in children_of(daemon.pid):
        os.kill(process, signal.SIGSTOP)
    assert daemon.stop() == 0


def test_a_program_that_cannot_be_started_ends_the_start(make_list, fetch):
    run = fetch.run(make_list(["http://127.0.0.1:9/a.jpg"]), decode__workers=1, decode__program="/nowhere/gannet-worker")
    assert run.code == 1
    assert "/nowhere/gannet-worker: No such file or directory" in run.err


def test_the_books_balance_when_daemon_and_workers_are_killed_while_they_decode(make_daemon, server, picture):
    """Nobody knows what a worker was doing, and that is all right."""
    for number in range(400):
        server.on(f"/{number}.jpg", send(answer(picture)))
    daemon = make_daemon(
        decode__workers=2, decode__resize__mode="border", decode__resize__size=64, fetch__profile="own-server"
    ).start()
    daemon.drop("list.txt", "".join(server.url(f"/{number}.jpg") + "\n" for number in range(400)))
    for _ in range(6):
        before = len(server.requests)
        wait_for(lambda: len(server.requests) > before + 10 or daemon.root.jobs(), "some progress")
        for worker in workers_of(daemon.pid):
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        before = len(server.requests)
        wait_for(lambda: len(server.requests) > before + 20 or daemon.root.jobs(), "some progress")
        daemon.kill()
        daemon.start()
    (job,) = daemon.wait_for_jobs(1, deadline=60)
    records = check_books(daemon.root, job)
    assert all((record["outcome"], record["width"]) == ("ok", 64) for record in records)

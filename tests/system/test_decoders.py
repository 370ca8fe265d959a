"""Verdicts and sizes beside an independent decoder, Pillow, on real files that nobody here made: those in Debian
packages, whole and cut off. Where the two differ, it is listed here with the reason."""

from __future__ import annotations

import subprocess
import warnings
from pathlib import Path

import pytest
from PIL import Image, ImageSequence

from support.picture import look_at
from support.torture import luck, sized

PACKAGES = """libsdl2-image-tests gdk-pixbuf-tests wx3.2-examples labelme-examples fotoxx-common cimg-doc
    adwaita-icon-theme tango-icon-theme""".split()
KNOWN_TO_PILLOW = {".jpg", ".jpeg", ".png", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".ico"}

DIFFERENT = {
    "mandatory-bitmasks.bmp": "a header of 56 bytes, which Pillow does not know",
}
DIFFERENT_WHEN_CUT = {
    (".gif", -2): "Pillow does not miss the end of the last block when all pixels are there",
    ("sample.tif", -12): "Pillow does not look at notes that it does not need",
    (".tiff", -1): "libtiff leaves out a resolution that is not whole; the pixels are",
    (".tiff", -2): "the same",
    (".tiff", -12): "the same",
}


@pytest.fixture(scope="module")
def files() -> list[Path]:
    listed = subprocess.run(["dpkg", "-L", *PACKAGES], capture_output=True, text=True).stdout.splitlines()
    paths = {Path(line) for line in listed if Path(line).suffix.lower() in KNOWN_TO_PILLOW}
    return sorted(path for path in paths if path.is_file() and not path.is_symlink())


def pillow(path: Path) -> tuple[str, tuple[int, int] | None, int]:
    """Verdict, size and frames."""
    frames = 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                size = image.size
                if size[0] * size[1] > 50_000_000:
                    return "bad", None, 0
                for frame in ImageSequence.Iterator(image):
                    frame.load()
                    frames += 1
        return "good", size, frames
    except Exception:  # noqa: BLE001 - it has no base class for what its codecs throw
        return "bad", None, 0


def ours(seen: dict) -> tuple[str, tuple[int, int] | None, int]:
    return ("good", (seen["width"], seen["height"]), seen["frames"]) if seen["verdict"] == "good" else ("bad", None, 0)


def test_real_files_have_the_verdict_the_size_and_the_frames_that_pillow_finds(files):
    many = [path for path in files if path.parts[2] == "share" and "wx3.2-examples" not in path.parts]
    some = sized(sorted({*files} - {*many}) + luck().sample(many, 200), files)
    assert len(some) > 400
    seen = look_at(some, max_pixels=50_000_000)
    differences = {path: (ours(seen[path]), pillow(path)) for path in some if ours(seen[path]) != pillow(path)}
    assert {path.name for path in differences} == {path.name for path in some if path.name in DIFFERENT}, differences


def smallest_of_each_kind(files: list[Path], count: int) -> list[Path]:
    """Not too small: a cut should hit the pixels."""
    chosen: list[Path] = []
    for suffix in sorted(KNOWN_TO_PILLOW):
        fit = [path for path in files if path.suffix.lower() == suffix and path.stat().st_size > 2000]
        fit = [path for path in sorted(fit, key=lambda path: path.stat().st_size) if pillow(path)[0] == "good"]
        chosen += fit[:count]
    return chosen


@pytest.fixture(scope="module")
def made(tmp_path_factory, files) -> list[Path]:
    """Kinds that the packages lack."""
    folder = tmp_path_factory.mktemp("made")
    photograph = next(path for path in files if path.name == "apc2016_obj3.jpg")
    image = Image.open(photograph).convert("RGB").resize((200, 151))
    frames = [image.rotate(10 * turn) for turn in range(6)]
    image.save(folder / "progressive.jpg", progressive=True)
    image.save(folder / "lzw.tif", compression="tiff_lzw")
    image.save(folder / "lossless.webp", lossless=True)
    image.quantize(64).save(folder / "large.gif")
    for name in ("animated.gif", "animated.webp", "pages.tif"):
        frames[0].save(folder / name, save_all=True, append_images=frames[1:])
    return sorted(folder.iterdir())


def reason_to_differ(path: Path, cut: int) -> bool:
    return (path.suffix, cut) in DIFFERENT_WHEN_CUT or (path.name, cut) in DIFFERENT_WHEN_CUT


@pytest.mark.parametrize("orders", [{}, {"resize": "border", "thumbnails": "64", "hash": 1}], ids=["verify", "work"])
def test_files_that_are_cut_off_anywhere_are_broken_when_pillow_says_so(files, made, tmp_path, orders):
    cuts: dict[Path, tuple[Path, int]] = {}
    for path in smallest_of_each_kind(files, sized(2, 20)) + made:
        whole = path.read_bytes()
        for cut in [*range(1, 16), -1, -2, -12]:
            part = tmp_path / f"{path.name}@{cut}"
            part.write_bytes(whole[: len(whole) * cut // 16 if cut > 0 else cut])
            cuts[part] = (path, cut)
    seen = look_at(cuts, **orders)
    for part, (path, cut) in cuts.items():
        if seen[part]["verdict"] != "not_an_image" and not reason_to_differ(path, cut):
            assert ours(seen[part])[0] == pillow(part)[0], (part, seen[part])


def test_modern_formats_that_are_cut_off_are_never_good(tmp_path):
    samples = Path("/usr/libexec/installed-tests/SDL2_image")
    cuts = []
    for name in ("sample.avif", "sample.jxl"):
        whole = (samples / name).read_bytes()
        for cut in range(1, 16):
            cuts.append(tmp_path / f"{cut}.{name}")
            cuts[-1].write_bytes(whole[: len(whole) * cut // 16])
    assert {seen["verdict"] for seen in look_at(cuts).values()} <= {"broken", "not_an_image", "unsupported"}


@pytest.mark.torture
def test_files_with_wrong_bits_harm_no_worker(files, made, tmp_path):
    """10,000 of them in `make torture`: whatever becomes of them, it is an answer."""
    chance = luck()
    samples = Path("/usr/libexec/installed-tests/SDL2_image")
    chosen = smallest_of_each_kind(files, 3) + made + [samples / "sample.avif", samples / "sample.jxl"]
    for batch in range(sized(1, 40)):
        variants = []
        for number in range(250):
            bytes_ = bytearray(chance.choice(chosen).read_bytes())
            for _ in range(chance.choice((1, 2, 8, 32))):
                bytes_[chance.randrange(len(bytes_))] ^= 1 << chance.randrange(8)
            variants.append(tmp_path / str(number))
            variants[-1].write_bytes(bytes_)
        seen = look_at(variants, max_pixels=20_000_000, resize="border", thumbnails="64", hash=1, exif=1)
        assert set(seen) == set(variants)
        crashed = {path: answer for path, answer in seen.items() if answer["verdict"] == "crashed"}
        assert not crashed, (batch, crashed)

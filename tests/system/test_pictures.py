"""What is made of an image, beside what Pillow and numpy make of it."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy
import pytest
from PIL import Image, ImageChops, ImageCms, ImageDraw, ImageFilter, ImageOps

from support import images
from support.picture import look_at, work

PHOTOGRAPH = Path("/usr/share/doc/labelme-examples/examples/tutorial/apc2016_obj3.jpg")  # 1210 x 907
LANCZOS = Image.Resampling.LANCZOS


def psnr(a: Image.Image, b: Image.Image) -> float:
    assert a.size == b.size
    difference = numpy.asarray(a.convert("RGB"), float) - numpy.asarray(b.convert("RGB"), float)
    return 10 * float(numpy.log10(255**2 / max(1e-9, float(numpy.mean(difference**2)))))


@pytest.fixture
def store(tmp_path):
    """Puts a picture into a file."""

    def save(image: Image.Image, name: str, **options) -> Path:
        image.save(tmp_path / name, **options)
        return tmp_path / name

    return save


@pytest.fixture
def photograph() -> Image.Image:
    return Image.open(PHOTOGRAPH).convert("RGB")


# Verifying


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_whose_data_has_a_hole_is_broken(store, tmp_path, photograph, progressive):
    """Others make up what is not there."""
    whole = store(photograph, "p.jpg", progressive=progressive).read_bytes()
    third = len(whole) // 3
    damaged = {"ends.jpg": whole[: len(whole) // 2] + b"\xff\xd9"}
    if not progressive:  # in which zeros are data like any other
        damaged["hole.jpg"] = whole[:third] + bytes(third) + whole[2 * third :]
    for name, bytes_ in damaged.items():
        (tmp_path / name).write_bytes(bytes_)
    seen = look_at([tmp_path / name for name in damaged])
    assert {path.name: answer["verdict"] for path, answer in seen.items()} == dict.fromkeys(damaged, "broken")
    assert look_at([tmp_path / "p.jpg"])[tmp_path / "p.jpg"]["verdict"] == "good"


def test_an_animated_png_that_is_cut_off_within_a_later_frame_is_broken(store, tmp_path, photograph):
    frames = [photograph.resize((200, 150)).rotate(angle) for angle in (0, 90, 180)]
    whole = store(frames[0], "a.png", save_all=True, append_images=frames[1:]).read_bytes()
    cuts = [tmp_path / f"{cut}.png" for cut in range(1, 16)]
    for cut, path in enumerate(cuts, 1):
        path.write_bytes(whole[: len(whole) * cut // 16])
    assert {answer["verdict"] for answer in look_at(cuts).values()} == {"broken"}
    assert look_at([tmp_path / "a.png"])[tmp_path / "a.png"]["verdict"] == "good"


# Resizing


@pytest.mark.parametrize("name", ["p.jpg", "p.png", "p.webp", "p.tif"])
@pytest.mark.parametrize("size", [700, 256, 64])
def test_resized_pictures_look_as_those_of_pillow(store, tmp_path, photograph, name, size):
    path = store(photograph, name)
    made = work(path, tmp_path, resize="keep_ratio_largest", size=size, encoding="png").opened()
    assert psnr(made, Image.open(path).convert("RGB").resize(made.size, LANCZOS)) > 35
    assert made.size == (size, round(size * 907 / 1210))


def test_real_photographs_resized_look_as_those_of_pillow(tmp_path):
    for path in images.photographs()[::40]:
        made = work(path, tmp_path, resize="keep_ratio", size=128, encoding="png").opened()
        assert psnr(made, Image.open(path).convert("RGB").resize(made.size, LANCZOS)) > 30, path


def test_enlarged_pictures_look_as_those_of_pillow(store, tmp_path, photograph):
    small = photograph.resize((100, 75))
    made = work(store(small, "s.png"), tmp_path, resize="keep_ratio", size=256, encoding="png").opened()
    assert psnr(made, small.resize(made.size, Image.Resampling.BICUBIC)) > 30


def test_the_modes_are_those_of_img2dataset(store, tmp_path, photograph):
    path = store(photograph, "p.png")
    whole = photograph.resize((256, 192), LANCZOS)

    border = work(path, tmp_path, resize="border", encoding="png").opened()
    assert border.size == (256, 256)
    white = Image.new("RGB", (256, 32), "white")
    for top in (0, 224):
        assert ImageChops.difference(border.crop((0, top, 256, top + 32)), white).getbbox() is None
    assert psnr(border.crop((0, 32, 256, 224)), whole) > 30

    crop = work(path, tmp_path, resize="center_crop", encoding="png").opened()
    middle = photograph.resize((342, 256), LANCZOS).crop((43, 0, 43 + 256, 256))
    assert crop.size == (256, 256) and psnr(crop, middle) > 30

    assert work(path, tmp_path, resize="keep_ratio").opened().size == (342, 256)
    assert work(path, tmp_path, resize="keep_ratio_largest").opened().size == (256, 192)


def test_pictures_that_need_no_change_are_kept_as_they_came(store, tmp_path, photograph):
    small = store(photograph.resize((100, 80)), "s.jpg")
    assert work(small, tmp_path).image == b""
    for mode in ("border", "keep_ratio", "keep_ratio_largest", "center_crop"):
        assert work(small, tmp_path, resize=mode, only_if_bigger=1).image == b""
        assert work(small, tmp_path, resize=mode).image != b""
    again = work(small, tmp_path, resize="border", only_if_bigger=1, encoding="png").opened()
    assert (again.size, again.format) == ((100, 80), "PNG")


@pytest.mark.parametrize("encoding, format", [("jpeg", "JPEG"), ("png", "PNG"), ("webp", "WEBP"), ("as_needed", "JPEG")])
def test_the_encoding_is_the_one_asked_for(store, tmp_path, photograph, encoding, format):
    made = work(store(photograph, "p.png"), tmp_path, resize="border", encoding=encoding)
    assert made.opened().format == format
    assert made.seen["image"] == {"bytes": len(made.image), "width": 256, "height": 256}


def test_avif_is_written_and_read_again(store, tmp_path, photograph):
    made = work(store(photograph, "p.png"), tmp_path, resize="keep_ratio_largest", encoding="avif", quality=80)
    (tmp_path / "again.avif").write_bytes(made.image)
    again = work(tmp_path / "again.avif", tmp_path, encoding="png")
    assert (again.seen["format"], again.seen["width"], again.seen["height"]) == ("avif", 256, 192)
    assert psnr(again.opened(), photograph.resize((256, 192), LANCZOS)) > 28


def test_quality_costs_bytes(store, tmp_path, photograph):
    path = store(photograph, "p.png")
    sizes = [len(work(path, tmp_path, resize="border", quality=quality).image) for quality in (30, 75, 95)]
    assert sizes == sorted(sizes) and sizes[0] * 2 < sizes[2]


# Orientation, colours, transparency


@pytest.mark.parametrize("name", ["o.jpg", "o.webp", "o.png"])
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("orders", [{"resize": "keep_ratio_largest", "size": 80}, {}], ids=["small", "whole"])
def test_pictures_are_turned_as_exif_says(store, tmp_path, photograph, name, orientation, orders):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = store(photograph.resize((160, 100)), name, exif=exif)
    made = work(path, tmp_path, encoding="png", keep_metadata=1, **orders)
    assert (made.seen["width"], made.seen["height"], made.seen["orientation"]) == (160, 100, orientation)
    upright = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    image = made.opened()
    assert psnr(image, upright.resize(image.size, LANCZOS)) > 30
    assert image.getexif().get(0x0112, 1) == 1  # or it would be turned twice
    assert image.size[0] * upright.size[1] == image.size[1] * upright.size[0]


def test_other_colours_become_srgb(store, tmp_path, photograph):
    small = photograph.resize((300, 225), LANCZOS)
    grey = work(store(small.convert("L"), "g.jpg"), tmp_path, resize="keep_ratio", size=100)
    assert grey.seen["colour"] == "grey" and grey.opened().mode == "L"
    cmyk = work(store(small.convert("CMYK"), "c.jpg", quality=95), tmp_path, resize="keep_ratio", size=100)
    assert cmyk.seen["colour"] == "cmyk" and cmyk.opened().mode == "RGB"
    deep = numpy.asarray(small.convert("L"), dtype=numpy.uint16) * 257
    made = work(store(Image.fromarray(deep), "d.png"), tmp_path, encoding="png")
    assert psnr(made.opened(), small.convert("L")) > 45


def test_colours_mean_what_the_profile_says(store, tmp_path, photograph):
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"tmp.").replace(b"bXYZ", b"rXYZ").replace(b"tmp.", b"bXYZ")
    small = photograph.resize((300, 225), LANCZOS)
    red, green, blue = small.split()
    path = store(Image.merge("RGB", (blue, green, red)), "swapped.png", icc_profile=swapped)
    assert psnr(work(path, tmp_path, encoding="png").opened(), small) > 35


def test_a_profile_that_is_none_is_left_out(store, tmp_path, photograph):
    small = photograph.resize((300, 225), LANCZOS)
    made = work(store(small, "bad.jpg", quality=95, icc_profile=b"not a profile" * 20), tmp_path, encoding="png")
    assert psnr(made.opened(), small) > 30


def test_transparency_is_kept_or_becomes_white(store, tmp_path):
    image = Image.new("RGBA", (64, 64), (255, 0, 0, 0))  # red, but not to be seen
    ImageDraw.Draw(image).rectangle((0, 0, 31, 63), (0, 0, 255, 255))
    path = store(image, "t.png")
    jpeg = work(path, tmp_path, resize="border", size=32, quality=100).opened().convert("RGB")
    assert min(jpeg.getpixel((28, 16))) > 250 and jpeg.getpixel((4, 16))[2] > 240
    assert min(jpeg.getpixel((x, 16))[1] for x in range(18, 32)) > 240  # nor does it bleed
    for encoding in ("png", "webp"):
        kept = work(path, tmp_path, resize="border", size=32, encoding=encoding).opened().convert("RGBA")
        assert kept.getpixel((28, 16))[3] == 0 and kept.getpixel((4, 16))[3] == 255


def test_of_an_animation_the_first_frame_is_taken_and_all_are_counted(store, tmp_path, photograph):
    small = photograph.resize((120, 90)).quantize(128)
    for name in ("a.gif", "a.webp"):
        frames = [small.convert("RGB").rotate(turn * 20) for turn in range(5)]
        path = store(frames[0], name, save_all=True, append_images=frames[1:])
        made = work(path, tmp_path, resize="keep_ratio_largest", size=60, encoding="png")
        assert (made.seen["frames"], made.seen["height"]) == (5, 90)
        assert psnr(made.opened(), Image.open(path).convert("RGB").resize((60, 45), LANCZOS)) > 28


def test_drawings_are_rendered_only_when_asked_for(tmp_path):
    path = tmp_path / "d.svg"
    path.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="20" height="20"/></svg>')
    unseen = work(path, tmp_path, resize="border")
    assert (unseen.seen["verdict"], unseen.seen["width"], unseen.image) == ("good", 40, b"")
    image = work(path, tmp_path, resize="keep_ratio_largest", size=400, svg=1).opened().convert("L")
    assert image.size == (400, 200) and image.getpixel((190, 100)) < 5 and image.getpixel((210, 100)) > 250


def test_large_drawings_are_sharp_when_they_are_small(tmp_path):
    path = tmp_path / "d.svg"
    path.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="2000"><rect width="2000" height="2000"/></svg>')
    image = work(path, tmp_path, resize="keep_ratio_largest", size=100, svg=1).opened().convert("L")
    assert image.size == (100, 50) and image.getpixel((45, 25)) < 20 and image.getpixel((54, 25)) > 235


# Thumbnails, fingerprints, notes, blurring


def test_thumbnails_are_small_jpegs_and_never_enlarged(store, tmp_path, photograph):
    made = work(store(photograph, "p.png"), tmp_path, thumbnails="320,64,4000")
    thumbnails = [Image.open(io.BytesIO(bytes_)) for bytes_ in made.thumbnails]
    assert [thumbnail.size for thumbnail in thumbnails] == [(320, 240), (64, 48), (1210, 907)]
    assert {thumbnail.format for thumbnail in thumbnails} == {"JPEG"}
    assert made.image == b""
    assert psnr(thumbnails[0], photograph.resize((320, 240), LANCZOS)) > 28


def fingerprint(image: Image.Image) -> int:
    """pHash, written anew from its description."""
    grey = numpy.asarray(image.convert("L").resize((32, 32), LANCZOS), float)
    waves = numpy.array([[numpy.cos(numpy.pi * u * (2 * x + 1) / 64) for x in range(32)] for u in range(8)])
    low = (waves @ grey @ waves.T).flatten()
    return int("".join("1" if value > numpy.median(low) else "0" for value in low), 2)


def distance(a: int, b: int) -> int:
    return bin(a ^ b).count("1")


def test_fingerprints_are_phash_and_outlive_re_encoding(store, tmp_path):
    prints = []
    for path in images.photographs()[::60]:
        image = Image.open(path).convert("RGB")
        print_ = work(path, tmp_path, hash=1).seen["hash"]
        assert distance(print_, fingerprint(image)) <= 4, path
        smaller = image.resize((max(1, image.width * 2 // 3), max(1, image.height * 2 // 3)))
        again = store(smaller, "again.jpg", quality=60)
        assert distance(print_, work(again, tmp_path, hash=1).seen["hash"]) <= 8, path
        prints.append(print_)
    others = [distance(a, b) for number, a in enumerate(prints) for b in prints[:number]]
    assert sum(others) / len(others) > 22


def with_exif(image: Image.Image, path: Path, entries: dict[int, object]) -> Path:
    exif = Image.Exif()
    for tag, value in entries.items():
        exif[tag] = value
    image.save(path, exif=exif)
    return path


@pytest.mark.parametrize("name", ["e.jpg", "e.webp", "e.png"])
def test_exif_is_told_by_name(tmp_path, photograph, name):
    path = with_exif(photograph.resize((64, 48)), tmp_path / name, {0x010F: "Canon", 0x0110: "EOS 5D", 0x0112: 3})
    told = work(path, tmp_path, exif=1).exif
    assert (told["Make"], told["Model"]) == ("Canon", "EOS 5D")


def test_hostile_exif_is_valid_json_of_limited_size(tmp_path, photograph):
    entries = {0x010F: b"\xff\xfe\"\\\x01</script>\x80", 0x010E: b"x" * 60_000}
    path = with_exif(photograph.resize((64, 48)), tmp_path / "h.jpg", entries)
    made = work(path, tmp_path, exif=1)
    assert made.seen["verdict"] == "good"
    assert len(made.seen["exif"]) <= 16 << 10 and "</script>" in made.exif["Make"]
    many = {tag: b"\xff" * 900 for tag in (0x010D, 0x010E, 0x010F, 0x0110, 0x0131, 0x013B, 0x013C, 0x8298)}
    path = with_exif(photograph.resize((64, 48)), tmp_path / "m.jpg", many)
    assert len(work(path, tmp_path, exif=1).seen["exif"]) <= 16 << 10


@pytest.mark.parametrize("encoding", ["jpeg", "png", "webp"])
def test_notes_are_left_out_unless_they_are_to_be_kept(tmp_path, photograph, encoding):
    path = with_exif(photograph.resize((640, 480)), tmp_path / "n.jpg", {0x010F: "Canon", 0x0112: 6})
    stripped = work(path, tmp_path, resize="border", encoding=encoding).opened()
    empty = {274: 1, 282: 72, 283: 72, 296: 2, 531: 1, 34665: 102} if encoding == "webp" else {}  # as libvips writes it
    assert dict(stripped.getexif()) == empty and "icc_profile" not in stripped.info
    assert set(stripped.getexif().get_ifd(34665)) <= {36864, 37121, *range(40960, 40964)}  # its form and size
    kept = work(path, tmp_path, resize="border", encoding=encoding, keep_metadata=1).opened().getexif()
    assert kept[0x010F].startswith("Canon") and kept.get(0x0112, 1) == 1


def test_boxes_are_blurred_and_the_rest_is_not(store, tmp_path, photograph):
    path = store(photograph, "b.png")
    made = work(path, tmp_path, resize="keep_ratio_largest", size=400, encoding="png", boxes="0.25,0.25,0.5,0.5").opened()
    plain = photograph.resize((400, 300), LANCZOS)
    inside, outside = (110, 80, 190, 145), (240, 180, 400, 300)
    assert psnr(made.crop(outside), plain.crop(outside)) > 35
    soft = plain.filter(ImageFilter.GaussianBlur(0.1 * 100))
    assert psnr(made.crop(inside), soft.crop(inside)) > psnr(made.crop(inside), plain.crop(inside)) + 3
    assert psnr(made.crop((130, 100, 170, 125)), soft.crop((130, 100, 170, 125))) > 28


def test_thumbnails_show_no_more_than_the_picture(store, tmp_path, photograph):
    path = store(photograph, "b.jpg")
    made = work(path, tmp_path, thumbnails="200", boxes="0,0,1,1", keep_metadata=1)
    blurred = Image.open(io.BytesIO(made.thumbnails[0]))
    assert psnr(blurred, photograph.resize(blurred.size).filter(ImageFilter.GaussianBlur(20))) > 24
    assert made.image != b""


def test_boxes_that_are_none_are_left_out(store, tmp_path, photograph):
    path = store(photograph.resize((100, 80)), "n.png")
    for boxes in ("nan,0,1,1", "0.5,0.5,0.5,0.5", "0.9,0.9,0.1,0.1", "-5,-5,-1,-1", "2,2,9,9"):
        made = work(path, tmp_path, boxes=boxes, encoding="png")
        assert made.seen["verdict"] == "good" and made.opened().size == (100, 80), boxes


# Bombs


def png(width: int, height: int, idat: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", idat) + chunk(b"IEND", b"")


def gif(frames: int) -> bytes:
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1000, 1000, 0) + b"\x02\x02\x4c\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", 1000, 1000, 0x80, 0, 0) + bytes(6) + frame * frames + b"\x3b"


def tiff(pages: int, side: int, first: int = 8) -> bytes:
    """Directories one behind the other, each of a picture."""
    data = bytearray(b"II*\0" + struct.pack("<I", first))
    for page in range(pages):
        fields = [(256, side), (257, side), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, side), (279, side)]
        data += struct.pack("<H", len(fields))
        for tag, value in fields:
            data += struct.pack("<HHII", tag, 4, 1, value)
        data += struct.pack("<I", len(data) + 4 if page + 1 < pages else 0)
    return bytes(data)


BOMBS = {
    "60,000 x 60,000 in 50 KB": png(60_000, 60_000, zlib.compress(bytes(50_000_000), 9)),
    "a GIF of 10,000 frames": gif(10_000),
    "a GIF of a million frames": gif(1_000_000),
    "a TIFF of 50,000 directories": tiff(50_000, 1),
    "a TIFF of large pages": tiff(100, 5000),
    "a BMP that says 30,000 x 30,000": b"BM" + struct.pack("<IIIIiiHHIIiiII", 99, 0, 54, 40, 30_000, 30_000, 1, 24, 0, 0, 0, 0, 0, 0),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_from_their_header(tmp_path, name):
    path = tmp_path / "bomb"
    path.write_bytes(BOMBS[name])
    seen = look_at([path], resize="border", hash=1)[path]
    assert (seen["verdict"], seen["width"]) == ("too_many_pixels", 0), seen
    assert "pixels" in seen["message"] or "frames" in seen["message"]


def test_what_would_become_too_large_is_refused(store):
    path = store(Image.new("L", (20_000, 1)), "line.png")
    assert look_at([path], resize="keep_ratio", size=10_000)[path]["verdict"] == "too_many_pixels"


def test_an_endless_chain_of_directories_ends(tmp_path):
    path = tmp_path / "loop.tif"
    whole = bytearray(tiff(1, 4))
    whole[-4:] = struct.pack("<I", 8)
    path.write_bytes(whole)
    assert look_at([path])[path]["verdict"] in ("broken", "too_many_pixels")


def test_output_has_a_limit(tmp_path):
    seen = look_at([PHOTOGRAPH], encoding="png", max_output=1000)[PHOTOGRAPH]
    assert seen["verdict"] == "too_much_output" and "image" not in seen

#!/usr/bin/python3
"""pillow.py verify|resize FOLDER SIDE QUALITY FILE...: what a person would write with Pillow, in one process."""
from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

what, folder, side, quality, *files = sys.argv[1:]
for name in files:
    with Image.open(name) as image:
        if what == "verify":
            image.load()
            continue
        scale = int(side) / max(image.size)
        size = tuple(max(1, round(length * scale)) for length in image.size)
        image.draft("RGB", (2 * size[0], 2 * size[1]))  # shrinks while it loads
        small = image.convert("RGB").resize(size, Image.Resampling.LANCZOS)
        small.save(Path(folder) / f"{Path(name).stem}.jpg", quality=int(quality))

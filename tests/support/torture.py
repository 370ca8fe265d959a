"""What the long tests share. `make test` runs them small, `make torture` at full size (GANNET_TORTURE is set then)."""

from __future__ import annotations

import os
import random
from typing import TypeVar

LONG = bool(os.environ.get("GANNET_TORTURE"))

T = TypeVar("T")


def sized(small: T, large: T) -> T:
    return large if LONG else small


def luck() -> random.Random:
    """Random numbers that come again with the GANNET_SEED that a failing test has printed."""
    seed = int(os.environ.get("GANNET_SEED", random.SystemRandom().getrandbits(32)))
    print(f"GANNET_SEED={seed}")
    return random.Random(seed)

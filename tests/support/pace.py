"""How fast a server was asked, by its own clock: it sees each request a moment after it was sent, some later than
others, on a busy machine by a tenth of a second."""

from bisect import bisect_left

LATE = 0.15


def busiest(times: list[float]) -> int:
    """How many came within a little less than a second."""
    times = sorted(times)
    return max(bisect_left(times, start + 0.9) - index for index, start in enumerate(times))


def gaps(times: list[float]) -> list[float]:
    """Between each and the one before."""
    return [later - earlier for earlier, later in zip(times, times[1:])]


def check_delay(times: list[float], delay: float) -> None:
    """No two were close together, and all of them took as long as their delays do."""
    assert min(gaps(times)) >= max(delay - LATE, delay / 2)
    assert times[-1] - times[0] >= (len(times) - 1) * delay - LATE

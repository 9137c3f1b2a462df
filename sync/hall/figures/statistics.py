"""Rates and scores from counts of levels. Pure. A rate over nothing is None, never 0 or 1."""

from collections.abc import Mapping
from math import sqrt

Z_95 = 1.959963984540054
"""The normal quantile of a two-sided 95 % interval."""

BAD_LEVELS = (1, 2)
GOOD_LEVELS = (3, 4, 5)

WEIGHTS = {1: 0, 2: 25, 3: 50, 4: 75, 5: 100}
"""The UK score's weight of each level."""

SMALL_N = 30
"""Below so many ratings a rate says little and is shown greyed out."""


def rate(part: int, whole: int) -> float | None:
    """part / whole, None where whole is 0."""
    return part / whole if whole else None


def count(levels: Mapping[int, int]) -> int:
    """N: all ratings."""
    return sum(levels.values())


def satisfaction(levels: Mapping[int, int]) -> float | None:
    """(v5+v4+v3) / N."""
    return rate(sum(levels.get(level, 0) for level in GOOD_LEVELS), count(levels))


def bad_rate(levels: Mapping[int, int]) -> float | None:
    """(v2+v1) / N."""
    return rate(sum(levels.get(level, 0) for level in BAD_LEVELS), count(levels))


def rating_rate(rated: int, not_rated: int, interrupted: int, not_asked: int) -> float | None:
    """rated / (rated + not_rated + interrupted + not_asked), walk-ups left out of all four."""
    return rate(rated, rated + not_rated + interrupted + not_asked)


def uk_score(levels: Mapping[int, int]) -> float | None:
    """Weighted mean of the levels, 0 to 100."""
    weighed = sum(weight * levels.get(level, 0) for level, weight in WEIGHTS.items())
    return rate(weighed, count(levels))


def wilson(part: int, whole: int, z: float = Z_95) -> tuple[float, float] | None:
    """The Wilson score interval of part / whole, None where whole is 0."""
    if whole == 0:
        return None
    share = part / whole
    spread = z * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    scale = 1 + z * z / whole
    middle = share + z * z / (2 * whole)
    # Rounding must not put the share outside its own interval.
    return min(share, max(0.0, (middle - spread) / scale)), max(share, (middle + spread) / scale)

"""Moments: RFC 3339 text and milliseconds since 1970 UTC, and the local day of one. Pure; asks no
clock.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
DAY_MS = 86_400_000
QUARTER_MS = 900_000
"""No time zone's offset has changed at a finer step than a quarter of an hour."""

EARLIEST_MS = -62_135_596_800_000
LATEST_MS = 253_402_214_400_000
"""The years a date can be written in; anything beyond is shown as the nearest."""


def parse(text: str) -> int | None:
    """Milliseconds since 1970 of an RFC 3339 time, or None where it is not one."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return (moment - EPOCH) // MILLISECOND


def write(at_ms: int) -> str:
    """RFC 3339 UTC with milliseconds and Z."""
    moment = EPOCH + timedelta(milliseconds=_bound(at_ms))
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def local_day(at_ms: int, zone: ZoneInfo) -> str:
    """The calendar day at a place, as YYYY-MM-DD."""
    return day_of_quarter(at_ms // QUARTER_MS, zone)


@lru_cache(maxsize=4096)
def day_of_quarter(quarter: int, zone: ZoneInfo) -> str:
    """The same of a moment's QUARTER_MS since 1970."""
    moment = EPOCH + timedelta(milliseconds=_bound(quarter * QUARTER_MS))
    return moment.astimezone(zone).date().isoformat()


def _bound(at_ms: int) -> int:
    return min(max(at_ms, EARLIEST_MS + DAY_MS), LATEST_MS - DAY_MS)

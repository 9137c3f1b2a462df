"""Whether it is night by the hours of the settings. Pure."""

from datetime import time


def is_night(hours: str, now: time) -> bool:
    """`hours` is HH:MM-HH:MM, over midnight where the end is earlier; empty is never."""
    if not hours:
        return False
    begin, end = (time.fromisoformat(part) for part in hours.split("-"))
    if begin <= end:
        return begin <= now < end
    return now >= begin or now < end

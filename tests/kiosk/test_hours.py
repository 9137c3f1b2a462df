"""Night by the hours of the settings, over midnight too."""

from datetime import time

import pytest

from kiosk.hours import is_night


@pytest.mark.parametrize(
    ("hours", "at", "night"),
    [
        ("", "03:00", False),
        ("20:00-06:30", "19:59", False),
        ("20:00-06:30", "20:00", True),
        ("20:00-06:30", "00:00", True),
        ("20:00-06:30", "06:29", True),
        ("20:00-06:30", "06:30", False),
        ("12:00-13:00", "11:59", False),
        ("12:00-13:00", "12:30", True),
        ("12:00-13:00", "13:00", False),
        ("08:00-08:00", "08:00", False),
    ],
)
def test_night(hours: str, at: str, night: bool) -> None:
    assert is_night(hours, time.fromisoformat(at)) == night

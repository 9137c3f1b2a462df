"""Events are values: equal by content, and nobody changes them."""

import pytest

from devices.press import Fault, Press


def test_events_cannot_be_changed() -> None:
    press = Press("1", "very_satisfied", 5)
    assert press == Press("1", "very_satisfied", 5)
    with pytest.raises(AttributeError):
        press.key = "2"  # type: ignore[misc]


def test_a_fault_counts_as_one_unless_said() -> None:
    assert Fault("bad_frame", "raised", "FF", 1).n == 1

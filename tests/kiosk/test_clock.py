"""The clocks: what an entry is stamped with, and time that a replay pushes forward."""

import re

from kiosk.clock import Clock, SkippedClock


def test_a_stamp_is_as_the_wire_wants_it() -> None:
    stamp = Clock().stamp()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", stamp.at)
    assert re.fullmatch(r"[0-9a-f]{32}", stamp.boot)
    assert stamp.clock in ("synced", "unsynced")
    assert stamp.mono_ms > 0


def test_a_stopped_clock_moves_by_skips_alone_and_goes_on_from_there() -> None:
    clock = SkippedClock()
    clock.stop()
    before = clock.mono_ms()
    assert clock.mono_ms() == before
    clock.skip(5_000)
    clock.skip(-5_000)
    assert clock.mono_ms() == before + 5_000
    clock.go_on()
    clock.go_on()
    assert 0 <= clock.mono_ms() - (before + 5_000) < 60_000

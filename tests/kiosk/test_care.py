"""Whoever holds a key is read to, has longer for everything, and leaves nothing to the next."""

import pytest
from msgspec.structs import replace

from kiosk.terms import Due, Guided, Invited, Pressed, Resumed
from tests.kiosk.window import ASK, BAD, GOOD, RULES, Window, drive, transaction

TIMES = RULES.patience


def left_ms(window: Window) -> int:
    assert window.visit.until_ms is not None
    return window.visit.until_ms - window.now


def test_every_page_waits_longer_for_whoever_listens() -> None:
    window = drive(ASK, Guided())
    assert left_ms(window) == RULES.expires_ms * TIMES
    window.handle(BAD)
    assert left_ms(window) == RULES.chosen_ms * TIMES
    window.now = window.visit.until_ms or 0
    window.handle(Due())
    assert left_ms(window) == RULES.reason_ms * TIMES
    window.now += RULES.deaf_ms
    window.handle(GOOD)
    assert left_ms(window) == RULES.reason_ms * TIMES
    window.handle(BAD)
    assert window.visit.state == "thanking"
    assert left_ms(window) == RULES.thanks_ms * TIMES


@pytest.mark.parametrize(
    "events", [(ASK,), (ASK, GOOD), (ASK, GOOD, Due()), (), (ASK, GOOD, Due(), Due())]
)
def test_a_hold_starts_the_guide_in_every_page_of_a_visit(events: tuple[object, ...]) -> None:
    window = drive(*events, Guided())  # type: ignore[arg-type]
    assert window.visit.guided
    before = window.visit.until_ms
    window.now += 100
    window.handle(Guided())
    assert window.visit.until_ms == before, "a second hold reads again, and waits no longer"


def test_nothing_is_written_for_a_hold() -> None:
    window = drive(ASK)
    lines = len(window.lines)
    window.handle(Guided())
    assert len(window.lines) == lines


def test_the_next_person_is_not_guided() -> None:
    window = drive(ASK, Guided(), GOOD)
    window.handle(Invited("i2", transaction(2)))
    assert window.visit.state == "asking"
    assert not window.visit.guided
    assert left_ms(window) == RULES.expires_ms


def test_the_guide_ends_with_the_visit() -> None:
    window = drive(ASK, Guided(), GOOD, Due(), Due(), Due())
    assert window.visit.state == "free"
    assert not window.visit.guided
    assert window.visit.until_ms is None


def test_who_held_a_key_before_being_asked_is_guided_when_asked() -> None:
    assert drive(Guided(), ASK).visit.guided


def test_who_held_a_key_and_left_is_forgotten() -> None:
    window = drive(Guided(), Due())
    assert not window.visit.guided
    assert window.visit.until_ms is None
    assert not drive(Guided(), Due(), ASK).visit.guided


def test_a_walk_up_is_guided_from_the_hold_on() -> None:
    window = Window(replace(RULES, mode="walk_up"))
    window.handle(Resumed())
    window.handle(Guided())
    window.handle(Pressed("1", 5, fresh_id="w1"))
    assert window.visit.state == "chosen"
    assert window.visit.guided

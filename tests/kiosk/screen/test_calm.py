"""How often a key may light up and a page change its language."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.screen.calm import LIT_MOST, LIT_MS, TURN_MS, Calm
from kiosk.screen.view import KeyView, View
from tests.kiosk.screen.flash import FLASHES


def asking(lit: str) -> View:
    return View("asking", keys=tuple(KeyView(key, "satisfied", key == lit) for key in "123"))


@given(st.lists(st.tuples(st.sampled_from(["", "1", "2", "3"]), st.integers(0, 400)), max_size=60))
def test_keys_light_up_only_so_often_in_a_second(steps: list[tuple[str, int]]) -> None:
    calm, now, before, lit_ms = Calm(), 0, "", []
    for lit, wait in steps:
        now += wait
        shown = [one.key for one in calm.soothe(asking(lit), now).keys if one.lit]
        assert shown in ([], [lit])
        if shown and shown[0] != before:
            lit_ms.append(now)
        before = shown[0] if shown else ""
    assert LIT_MOST < FLASHES
    for first, later in zip(lit_ms, lit_ms[LIT_MOST:], strict=False):
        assert later - first >= LIT_MS


def test_one_push_lights_its_key_and_a_finger_turns_the_page() -> None:
    calm = Calm()
    assert calm.soothe(asking("1"), 0) == asking("1")
    assert calm.may_turn(0)
    assert not calm.may_turn(TURN_MS - 1)
    assert calm.may_turn(TURN_MS)


def test_a_cursor_that_ran_over_the_reasons_leaves_the_next_key_dark() -> None:
    calm = Calm()
    for cursor in (1, 1, 2):
        assert calm.soothe(View("reason", cursor=cursor), 0).cursor == cursor
    assert calm.soothe(asking("1"), LIT_MS - 1) == asking("")
    assert calm.soothe(asking("1"), LIT_MS) == asking("1")

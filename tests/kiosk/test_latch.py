"""A code opens the technician's page; wrong ones are counted, and other keys mean nothing."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.latch import LENGTH, PLACES, TRIES_MAX, TRIES_WINDOW_S, Latch, is_code

CODE = "13223113"
KEYS = ("a", "b", "c")
FIVE = ("a", "b", "x", "y", "c")


def type_in(latch: Latch, code: str, now: float = 0.0) -> list[bool | None]:
    return [latch.press(KEYS[PLACES.index(place)], now) for place in code]


def test_the_code_opens_and_each_place_is_a_key() -> None:
    for keys in (KEYS, FIVE):
        latch = Latch(CODE, keys)
        assert type_in(latch, CODE) == [None] * (LENGTH - 1) + [True]


@given(st.text(PLACES, min_size=LENGTH, max_size=LENGTH))
def test_no_other_code_opens(code: str) -> None:
    assert type_in(Latch(CODE, KEYS), code)[-1] is (code == CODE)


def test_a_panel_of_two_keys_can_open_it() -> None:
    latch = Latch("12211212", ("up", "down"))
    assert [latch.press(("up", "down")[int(place) - 1], 0.0) for place in "12211212"][-1] is True


def test_other_keys_mean_nothing_and_a_beginning_forgets() -> None:
    latch = Latch(CODE, FIVE)
    assert latch.press("x", 0.0) is None
    assert latch.typed == 0
    latch.press("a", 0.0)
    assert latch.typed == 1
    latch.begin()
    assert [latch.enter(place, 0.0) for place in CODE][-1] is True


def test_too_many_wrong_codes_lock_it_for_a_while() -> None:
    latch = Latch(CODE, KEYS)
    for _ in range(TRIES_MAX):
        assert not latch.is_locked(0.0)
        type_in(latch, "1" * LENGTH)
    assert latch.is_locked(0.0)
    assert not latch.is_locked(TRIES_WINDOW_S + 1)


def test_a_right_code_forgives_the_wrong_ones() -> None:
    latch = Latch(CODE, KEYS)
    for _ in range(TRIES_MAX - 1):
        type_in(latch, "1" * LENGTH)
    type_in(latch, CODE)
    type_in(latch, "1" * LENGTH)
    assert not latch.is_locked(0.0)


def test_what_can_be_a_code() -> None:
    assert is_code(CODE)
    assert not is_code("1" * (LENGTH - 1))
    assert not is_code("14" * (LENGTH // 2))

"""A hall that is busy and says for how long: its word is taken."""

from hypothesis import given
from hypothesis import strategies as st

from sync.backoff import BASE_MS, busy_ms
from sync.outbox import Outbox, Wait
from tests.sync.test_outbox import due, ends


def test_a_busy_hall_is_asked_again_when_it_says_however_often() -> None:
    """It is no failure: the wait never doubles, and what was sent stays as large."""
    mind = Outbox()
    lines = due(mind, 0, 2_000).most
    for _ in range(40):
        mind.on_refusal(0, "slow-down", 0.99, 1_000)
        assert mind.due(0, ends(2_000)) == Wait(1_990)
    assert due(mind, 1_990, 2_000).most == lines
    mind.on_refusal(0, "slow-down", 0.99)  # one that does not say is one that failed
    first = mind.due(0, ends(2_000))
    mind.on_refusal(0, "slow-down", 0.99)
    second = mind.due(0, ends(2_000))
    assert isinstance(first, Wait)
    assert isinstance(second, Wait)
    assert second.until_ms > first.until_ms


@given(st.integers(1, 10**7), st.floats(0, 1, exclude_max=True))
def test_it_is_waited_as_long_as_it_says_and_up_to_as_long_again(asked: int, by: float) -> None:
    assert asked <= busy_ms(asked, by) <= asked + max(asked, BASE_MS)

"""The figures of the domain, with its test vectors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.hall.figures import statistics

levels = st.dictionaries(st.integers(1, 5), st.integers(0, 10_000))


@pytest.mark.parametrize(
    ("counts", "score"), [((23, 46, 153, 419, 528), 79.58), ((67, 73, 205, 1276, 4434), 91.03)]
)
def test_uk_score_of_the_published_vectors(counts: tuple[int, ...], score: float) -> None:
    found = statistics.uk_score(dict(enumerate(counts, start=1)))
    assert found is not None
    assert round(found, 2) == score


def test_pilot_hall() -> None:
    pilot = {5: 79, 4: 2}
    assert statistics.satisfaction(pilot) == 1.0
    assert statistics.bad_rate(pilot) == 0.0
    assert statistics.rating_rate(81, 0, 0, 0) == 1.0


def test_nothing_has_no_rate() -> None:
    assert statistics.satisfaction({}) is None
    assert statistics.bad_rate({}) is None
    assert statistics.uk_score({}) is None
    assert statistics.rating_rate(0, 0, 0, 0) is None
    assert statistics.wilson(0, 0) is None


def test_every_way_of_not_rating_lowers_the_rating_rate() -> None:
    assert statistics.rating_rate(6, 1, 2, 3) == 0.5


@given(levels)
def test_satisfied_and_bad_are_all_there_is(counts: dict[int, int]) -> None:
    good, bad = statistics.satisfaction(counts), statistics.bad_rate(counts)
    if statistics.count(counts) == 0:
        assert good is bad is None
    else:
        assert good is not None
        assert bad is not None
        assert good + bad == pytest.approx(1)
        score = statistics.uk_score(counts)
        assert score is not None
        assert 0 <= score <= 100


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_interval_of_published_examples(
    part: int, whole: int, low: float, high: float
) -> None:
    found = statistics.wilson(part, whole)
    assert found is not None
    assert found == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_wilson_interval_holds_the_share(part: int, more: int) -> None:
    whole = part + more
    found = statistics.wilson(part, whole)
    assert found is not None
    assert 0 <= found[0] <= part / whole <= found[1] <= 1

"""A bucket that refills, and wrong tries that grow old."""

from sync.rates import Bucket, Tries


def test_a_burst_then_as_fast_as_it_refills() -> None:
    bucket = Bucket(2.0, 3)
    assert [bucket.take(0.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert bucket.take(0.5) == 0.0
    assert bucket.take(0.4) > 0  # a clock that goes back gives nothing
    assert [bucket.take(1_000.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]


def test_too_many_wrong_tries_wait_until_they_are_old() -> None:
    tries = Tries(2, 60.0, 10)
    tries.note_wrong("a", 0.0)
    assert tries.wait_s("a", 1.0) == 0.0
    tries.note_wrong("a", 1.0)
    assert tries.wait_s("a", 1.0) == 59.0
    assert tries.wait_s("b", 1.0) == 0.0
    assert tries.wait_s("a", 60.5) == 0.0
    tries.note_wrong("a", 2.0)
    tries.forget("a")
    tries.forget("never tried")
    assert tries.wait_s("a", 2.0) == 0.0


def test_names_are_bounded() -> None:
    tries = Tries(1, 60.0, 3)
    for number in range(5):
        tries.note_wrong(str(number), 0.0)
    assert [tries.wait_s(str(number), 0.0) > 0 for number in range(5)] == [False] * 2 + [True] * 3

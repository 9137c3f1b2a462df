"""From one seed: visits, power cuts, lost messages, restored halls; then all is in its place."""

import pytest

from tests.simulation import bugs
from tests.simulation.run import simulate
from tests.simulation.tampering import WAYS
from tests.simulation.world import Broken

SEEDS_TO_CATCH = 60
"""Seeds within which a planted bug must be caught."""

FALSIFIED_ACTIONS = 150
"""Enough for chains that are worth falsifying."""


@pytest.mark.parametrize("seed", range(6))
def test_every_invariant_holds(seed: int) -> None:
    simulate(seed)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(6, 406, 20))
def test_every_invariant_holds_in_many_worlds(start: int) -> None:
    for seed in range(start, start + 20):
        simulate(seed)


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(s, marks=pytest.mark.slow) for s in range(2, 6))]
)
@pytest.mark.parametrize("way", sorted(WAYS))
def test_a_falsified_database_is_named_for_what_it_is(way: str, seed: int) -> None:
    simulate(seed, FALSIFIED_ACTIONS, way)


def is_caught(name: str) -> int | None:
    """The first seed that tells."""
    for seed in range(SEEDS_TO_CATCH):
        with bugs.planted(name):
            try:
                simulate(seed)
            except Exception:  # noqa: BLE001 - a bug may show itself as anything
                return seed
    return None


def test_there_are_enough_bugs() -> None:
    assert len(bugs.BUGS) >= 15


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(bugs.BUGS))
def test_a_planted_bug_is_caught(name: str) -> None:
    assert is_caught(name) is not None, f"{name} went unnoticed for {SEEDS_TO_CATCH} seeds"


def test_a_planted_bug_is_caught_in_the_daily_run() -> None:
    assert is_caught("thanks_without_a_commit") is not None


def test_a_seed_replays_exactly() -> None:
    assert simulate(3, 200).log == simulate(3, 200).log


def test_a_failure_says_how_to_replay_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WAYS, "do_nothing", lambda _: {("altered", "", "", 1)})
    with pytest.raises(Broken) as caught:
        simulate(5, 60, "do_nothing")
    said = caught.value.__notes__[0]
    assert said.endswith("python -m tests.simulation --seed 5 --actions 60 --falsify do_nothing")

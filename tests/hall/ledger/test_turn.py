"""The turn: one thread stands aside for another, never for long."""

import threading

import pytest

from sync.hall.ledger import turn
from sync.hall.ledger.turn import Turn

LIVENESS_S = 60


@pytest.fixture(autouse=True)
def long_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "MOST_S", LIVENESS_S)


def test_nobody_waits_for_a_turn_that_is_free() -> None:
    free = Turn()
    with free:
        pass
    free.stand_aside()
    with free:
        pass  # whoever stood aside holds nothing


def test_whoever_stands_aside_goes_on_when_the_turn_ends() -> None:
    held, told = Turn(), []
    begun = threading.Event()

    def work() -> None:
        with held:
            begun.set()
            waiting.wait(LIVENESS_S)
            told.append("worked")

    waiting = threading.Event()
    worker = threading.Thread(target=work)
    worker.start()
    assert begun.wait(LIVENESS_S)
    threading.Timer(0.01, waiting.set).start()
    held.stand_aside()
    assert told == ["worked"]
    worker.join(LIVENESS_S)


def test_a_long_turn_is_waited_for_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Turn()
    with held:
        monkeypatch.setattr(turn, "MOST_S", 0.01)
        held.stand_aside()  # held by ourselves: it would wait for ever
        monkeypatch.setattr(turn, "MOST_S", LIVENESS_S)
        held._since -= LIVENESS_S
        held.stand_aside()


def test_a_turn_ends_with_what_is_raised_in_it() -> None:
    held = Turn()
    with pytest.raises(ZeroDivisionError), held:
        raise ZeroDivisionError
    held.stand_aside()

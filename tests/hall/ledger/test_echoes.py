"""The echo's rules: what stage a rating is at, and until when a PIN may be set."""

from typing import Any

import pytest

from sync.hall.ledger.echoes import SET_MS, Echo

NOW = 10**12


def echo(**known: Any) -> Echo:
    return Echo(**(dict.fromkeys(Echo.__struct_fields__) | {"by_phone": 0} | known))


@pytest.mark.parametrize(
    ("known", "stage"),
    [
        ({}, "coming"),
        ({"mode": "invited"}, "coming"),
        ({"mode": "invited", "outcome": "rated", "active": 1}, "counted"),
        ({"mode": "invited", "outcome": "rated", "active": 0}, "repeated"),
        ({"mode": "drill", "outcome": "rated", "active": 0}, "drill"),
        ({"mode": "invited", "outcome": "not_rated"}, "none"),
        ({"mode": "invited", "outcome": "not_rated", "by_phone": 1}, "phone"),
        ({"mode": "invited", "outcome": "rated", "active": 1, "by_phone": 1}, "counted"),
    ],
)
def test_the_stage_follows_the_entries(known: dict[str, Any], stage: str) -> None:
    assert echo(**known).stage == stage


def test_a_pin_is_set_soon_after_the_rating_and_the_first_look() -> None:
    assert echo().may_set(NOW)
    assert echo(placed=NOW - SET_MS + 1).may_set(NOW)
    assert not echo(placed=NOW - SET_MS).may_set(NOW)
    # Opened in time: there is a while yet, and then no more.
    in_time = {"placed": NOW - SET_MS, "opened": NOW - SET_MS + 1}
    assert echo(**in_time).may_set(NOW)
    assert not echo(**in_time).may_set(NOW + 1)
    assert not echo(placed=NOW - 2 * SET_MS, opened=NOW - 1).may_set(NOW)
    # The kiosk is out of reach: only the first look is known.
    assert echo(opened=NOW - SET_MS + 1).may_set(NOW)
    assert not echo(opened=NOW - SET_MS).may_set(NOW)
    assert not echo(pin="salt hash").may_set(NOW)


def test_the_steps_tell_what_is_known_and_no_level() -> None:
    assert echo().steps == []
    rated = echo(mode="invited", outcome="rated", active=1, placed=5, held=9)
    assert rated.steps == [(5, "recorded"), (9, "held")]
    assert "level" not in Echo.__struct_fields__

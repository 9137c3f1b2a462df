"""Numbers are what a technician looks up: one for each fault, each with its name and its remedy."""

from kiosk.health.terms import NUMBERS, fault, note, ok, unknown
from kiosk.health.words import NAMES, REMEDIES
from kiosk.picture import FAULT_NUMBERS


def test_each_fault_has_one_number_a_name_and_a_remedy() -> None:
    assert len(set(NUMBERS.values())) == len(NUMBERS)
    assert set(NUMBERS) == set(NAMES) == set(REMEDIES)
    assert all(NUMBERS[what] == number for what, number in FAULT_NUMBERS.items())
    assert all(english and chinese for english, chinese in [*NAMES.values(), *REMEDIES.values()])


def test_a_check_says_its_state_and_its_number() -> None:
    says = {"ok": ok, "note": note, "fault": fault, "unknown": unknown}
    for state, say in says.items():
        seen = say("clock", "english", "chinese")
        assert (seen.state, seen.number) == (state, 42)

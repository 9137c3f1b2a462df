"""Slips: what a barcode says."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.desk.slip import Patterns
from kiosk.desk.window import Refused
from sync.records import Transaction


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("A012", Transaction(ticket_no="A012")),
        ("37", Transaction(ticket_no="37")),
        (" 11530100MB0042|2\r\n", Transaction(project_no="11530100MB0042", service_no="2")),
        ("11530100MB0042", Transaction(project_no="11530100MB0042", service_no="1")),
        ("P-1 / 3", Transaction(project_no="P-1", service_no="3")),
    ],
)
def test_slips_of_the_field(text: str, wanted: Transaction) -> None:
    assert Patterns().read(text) == wanted


@pytest.mark.parametrize("text", ["", " ", "a b c", "|", "x\x00y", "P1|" + "9" * 65, "9" * 65])
def test_what_is_no_slip(text: str) -> None:
    with pytest.raises(Refused):
        Patterns().read(text)


@given(st.text(max_size=200))
def test_any_text_is_a_transaction_or_refused(text: str) -> None:
    with contextlib.suppress(Refused):
        read = Patterns().read(text)
        assert read.ticket_no or (read.project_no and read.service_no)


OURS = Patterns(
    (
        r"(?P<ticket_no>GS-\d{3})",
        r"https?://[^?]+\?no=(?P<project_no>[0-9A-Z]+)&n=(?P<service_no>\d+)",
        r"(?P<item_code>\d{12})(?P<project_no>ML\d+)",
    )
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("GS-012", Transaction(ticket_no="GS-012")),
        ("https://hall.example/p?no=11AB&n=3", Transaction(project_no="11AB", service_no="3")),
        (
            "001122334455ML7",
            Transaction(project_no="ML7", service_no="1", item_code="001122334455"),
        ),
    ],
)
def test_a_halls_own_slips(text: str, wanted: Transaction) -> None:
    assert OURS.read(text) == wanted


@pytest.mark.parametrize("text", ["A012", "P1|2", "GS-0123", "ML" + "7" * 70, "7" * 12 + "ML" * 9])
def test_what_a_halls_own_patterns_do_not_fit(text: str) -> None:
    with pytest.raises(Refused):
        OURS.read(text)


def test_a_pattern_may_fit_more_than_a_number_can_hold() -> None:
    with pytest.raises(Refused, match="slip"):
        Patterns(("(?P<project_no>.*)",)).read("9" * 65)


def test_the_console_is_told_which_slips_are_tickets_without_names_of_groups() -> None:
    told = OURS.for_console()
    assert [ticket for _, ticket in told] == [True, False, False]
    assert not any("?P<" in pattern for pattern, _ in told)

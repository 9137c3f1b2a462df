"""Slips: what a barcode says."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.desk.slip import read_slip
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
    assert read_slip(text) == wanted


@pytest.mark.parametrize("text", ["", " ", "a b c", "|", "x\x00y", "P1|" + "9" * 65, "9" * 65])
def test_what_is_no_slip(text: str) -> None:
    with pytest.raises(Refused):
        read_slip(text)


@given(st.text(max_size=200))
def test_any_text_is_a_transaction_or_refused(text: str) -> None:
    with contextlib.suppress(Refused):
        read = read_slip(text)
        assert read.ticket_no or (read.project_no and read.service_no)

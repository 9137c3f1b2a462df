"""Times as the wire writes them, and local days."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.hall.ledger import moment

SHANGHAI = ZoneInfo("Asia/Shanghai")


@given(st.integers(-62_000_000_000_000, 253_000_000_000_000))
def test_what_is_written_is_read_back(at: int) -> None:
    assert moment.parse(moment.write(at)) == at


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-03-02", "2026-03-02T01:00:00", "1e9", "\x00"]
)
def test_what_is_no_moment_is_none(text: str) -> None:
    assert moment.parse(text) is None


def test_offsets_and_fractions_are_understood() -> None:
    noon = moment.parse("2026-03-02T12:00:00Z")
    assert noon == moment.parse("2026-03-02T20:00:00.000+08:00")
    assert moment.parse("2026-03-02T12:00:00.999999Z") == (noon or 0) + 999


@pytest.mark.parametrize("at", [-(10**30), 10**30])
def test_no_number_is_too_far(at: int) -> None:
    assert moment.write(at).endswith("Z")
    assert len(moment.local_day(at, SHANGHAI)) == 10


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from(["Asia/Shanghai", "Asia/Kathmandu", "Europe/Berlin", "UTC"]),
)
def test_a_local_day_is_the_calendars(when: datetime, name: str) -> None:
    at = moment.parse(when.replace(tzinfo=UTC).isoformat()) or 0
    zone = ZoneInfo(name)
    assert (
        moment.local_day(at, zone) == when.replace(tzinfo=UTC).astimezone(zone).date().isoformat()
    )

"""No clock value (1970, 2106, ±50 years, jumping back during a visit) changes acceptance, order or
count.
"""

from hypothesis import given
from hypothesis import strategies as st

from sync.records import Stamp
from tests.sync.kit import Desk, levels_of, lines_of, rating

TIMES = st.sampled_from(
    [
        "1970-01-01T00:00:00.000Z",
        "2106-02-07T06:28:16.000Z",
        "1976-03-02T00:00:00.000Z",
        "",
        "never",
    ]
)
STAMPS = st.builds(
    Stamp,
    at=TIMES,
    boot=st.sampled_from(["a" * 32, "b" * 32]),
    mono_ms=st.integers(0, 2**53 - 1),
    clock=st.sampled_from(["synced", "unsynced"]),
)


@given(st.lists(STAMPS, min_size=1, max_size=20))
def test_in_the_journal(stamps: list[Stamp]) -> None:
    desk = Desk()
    journal = desk.open()
    for number, stamp in enumerate(stamps):
        (entry,) = journal.append(stamp, rating(number))
        assert (entry.seq, entry.at) == (number + 1, stamp.at)
        assert journal.prune(stamp) == []
    lines = lines_of(journal)
    journal.close()
    again = desk.open()
    assert lines_of(again) == lines
    assert len(levels_of(again)) == len(stamps)

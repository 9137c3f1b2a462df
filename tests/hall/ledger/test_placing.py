"""When an entry happened, as far as the hall can know."""

from sync.hall.ledger import moment
from sync.hall.ledger.placing import AHEAD_MS, EARLIEST_MS, Arrival, Placed, believe, place
from sync.records import Outcome

NOW = moment.parse("2026-03-02T12:00:00.000Z") or 0
ARRIVAL = Arrival(NOW, NOW - 1_000)


def said(at: int | str, synced: bool = True, mono_ms: int = 5_000) -> Outcome:
    return Outcome(
        device="d",
        epoch="e",
        seq=1,
        prev="",
        at=at if isinstance(at, str) else moment.write(at),
        boot="b",
        mono_ms=mono_ms,
        clock="synced" if synced else "unsynced",
        invitation="visit",
        outcome="rated",
    )


def test_a_synced_clock_is_believed_where_it_can_be_true() -> None:
    for at in (NOW, NOW - 10**9, EARLIEST_MS, NOW + AHEAD_MS):
        assert believe(said(at), ARRIVAL) == at


def test_a_clock_that_cannot_be_true_is_not_believed() -> None:
    for at in (EARLIEST_MS - 1, NOW + AHEAD_MS + 1, "no time", "2026-03-02T12:00:00"):
        assert believe(said(at), ARRIVAL) is None
    assert believe(said(NOW, synced=False), ARRIVAL) is None


def test_an_offset_dates_what_the_clock_cannot() -> None:
    placed = place(said(0, synced=False), ARRIVAL, 0, NOW - 60_000)
    assert placed == Placed(NOW - 55_000, False, "b", 5_000)


def test_without_an_offset_the_clock_at_sending_tells_how_long_ago() -> None:
    arrival = Arrival(NOW, 70_000)
    placed = place(said(10_000, synced=False), arrival, 0, None)
    assert placed == Placed(NOW - 60_000, True, "b", 5_000)


def test_what_cannot_be_placed_is_bounded_by_its_neighbours() -> None:
    low = NOW - 1_000_000
    assert place(said(0, synced=False), ARRIVAL, low, None).at == low
    assert place(said(4 * 10**12, synced=False), ARRIVAL, low, None).at == NOW
    assert place(said("?", synced=False), ARRIVAL, low, None).at == NOW
    assert place(said(0, synced=False), Arrival(NOW, None), low, None).at == NOW


def test_the_last_believed_time_stands_even_after_the_arrival() -> None:
    assert place(said(0, synced=False), ARRIVAL, NOW + 50, None).at == NOW + 50


def test_an_arrival_reads_the_checkpoints_time() -> None:
    assert Arrival.of("1970-01-01T00:00:01.000Z", 7) == Arrival(7, 1_000)
    assert Arrival.of("nonsense", 7) == Arrival(7, None)

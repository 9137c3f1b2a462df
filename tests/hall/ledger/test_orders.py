"""Any order of arrival, any clock, a restored hall: the same counts, and again from the lines."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from sync.hall.ledger.tally import Tally
from sync.records import NO_HASH
from tests.hall.kit import START, Chain, TestHall, cut, make_key, sha

KEY = make_key(1)
OTHER = make_key(2)


KEY = make_key(1)
OTHER = make_key(2)


@pytest.fixture
def chain(hall: TestHall) -> Chain:
    hall.know(KEY, OTHER)
    return Chain(KEY).open()


@st.composite
def days(draw: st.DrawFn) -> list[Chain]:
    """Two kiosks, epochs that continue each other, few services, clocks that may be wrong."""
    chains: list[Chain] = []
    for seed in (1, 2):
        key = make_key(seed)
        prev, carried = NO_HASH, []
        for _ in range(draw(st.integers(1, 3))):
            shift = draw(
                st.sampled_from([0, -60_000, 40_000, -1_700_000_000_000, 2_000_000_000_000])
            )
            clock = draw(st.sampled_from(["synced", "unsynced"]))
            chain = Chain(key, prev=prev, start=START + shift, clock=clock)
            if draw(st.booleans()):
                chain.open(window=str(draw(st.integers(1, 2))))
            for name in carried:
                chain.end(name)
            carried = []
            for _ in range(draw(st.integers(0, 5))):
                carried += _visit(draw, chain)
            chain.open()
            chains.append(chain)
            prev = sha(chain.lines[-1])
    return chains


def _visit(draw: st.DrawFn, chain: Chain) -> list[str]:
    chain.clock = draw(st.sampled_from(["synced", "unsynced", chain.clock]))
    project = draw(st.sampled_from(["P1", "P2", None]))
    mode = draw(st.sampled_from(["invited", "invited", "walk_up", "drill"]))
    name = chain.invite(project, mode)
    for revision in range(draw(st.integers(0, 2))):
        chain.rate(name, draw(st.integers(1, 5)), revision)
    if draw(st.booleans()):
        chain.reason(name, draw(st.sampled_from(["207", "510"])))
    if project is None and draw(st.booleans()):
        chain.join(name, "P1")
    if draw(st.integers(0, 4)) == 0:
        return [name]
    chain.end(name, draw(st.sampled_from(["rated", "rated", "rated", "not_rated"])))
    return []


@settings(max_examples=60)
@given(days=days(), seed=st.integers(0, 2**32))
def test_any_order_of_arrival_counts_the_same(
    tmp_path_factory: pytest.TempPathFactory, days: list[Chain], seed: int
) -> None:
    rng = random.Random(seed)
    found = []
    for shuffled in (False, True):
        hall = TestHall(tmp_path_factory.mktemp("hall"))
        hall.know(KEY, OTHER)
        queues = [cut(chain, rng) for chain in days]
        while any(queues):
            queue = (
                rng.choice([q for q in queues if q]) if shuffled else next(q for q in queues if q)
            )
            hall.accept(queue.pop(0))
            if rng.randrange(8) == 0:
                hall.restart()
        found.append(hall.derived())
        hall.recount()
        hall.close()
    one, two = found
    assert one["rollups"] == two["rollups"]
    assert one["visits"] == two["visits"]


def test_a_heartbeat_dates_what_an_unsynced_clock_could_not(hall: TestHall) -> None:
    hall.know(KEY)
    chain = Chain(KEY, start=0, clock="unsynced").open()
    chain.visit("P1")
    hall.now = START + 20 * 3_600_000
    hall.accept(chain.body())
    assert hall.rows("SELECT uncertain, placed <= ? FROM visits", hall.now) == [(1, 1)]
    offset = START - 48 * 3_600_000

    def see(connection: object, tally: Tally) -> None:
        tally.see(1, chain.boot, offset)

    hall.intake.take([], hall.now, [see])
    assert hall.rows("SELECT uncertain, placed FROM visits") == [(0, offset + 3000)]
    assert hall.counts(first="2026-02-28", last="2026-02-28")["paired:rated"] == 1
    hall.recount()
    hall.intake.take([], hall.now, [lambda _c, tally: tally.see(1, chain.boot, 0)])
    assert hall.rows("SELECT placed FROM visits") == [(offset + 3000,)]


def test_a_clock_that_syncs_later_in_the_same_start_dates_what_was_before(
    hall: TestHall,
) -> None:
    hall.know(KEY)
    chain = Chain(KEY, start=0, clock="unsynced").open()
    chain.visit("P1")
    hall.accept(chain.body())
    chain.start, chain.clock = START, "synced"
    chain.visit("P2")
    hall.accept(chain.body())
    placed = hall.rows("SELECT placed, uncertain FROM visits ORDER BY placed")
    assert placed == [(START + 3000, 0), (START + 6000, 0)]
    hall.recount()


def test_a_restored_hall_counts_the_same(hall: TestHall, chain: Chain, tmp_path: Path) -> None:
    rival = Chain(OTHER, start=START + 500).open(window="4")
    for number in range(4):
        chain.visit(f"P{number}", 5)
        rival.visit(f"P{number}", 2)
    for body in (chain.body(1, 5), rival.body(1, 9), chain.body(6), rival.body(10)):
        hall.accept(body)
    fresh = TestHall(tmp_path / "fresh")
    fresh.know(KEY, OTHER)
    fresh.now = hall.now + 86_400_000
    for body in (rival.body(), chain.body()):
        fresh.accept(body)
    assert fresh.counts() == hall.counts()
    fresh.close()


def test_counting_again_reads_the_devices_once_however_many_there_are(
    hall: TestHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall.know(*(make_key(seed) for seed in range(1, 8)))
    loads: list[Connection] = []
    monkeypatch.setattr(hall.intake.roster, "load", loads.append)
    hall.intake.recount()
    assert len(loads) == 1

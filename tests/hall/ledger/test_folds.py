"""Whatever a chain holds: runs are its entries in their order, and a fold is their sum."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.hall.ledger import moment, runs, visits
from sync.hall.ledger.placing import EARLIEST_MS, Placed
from sync.hall.ledger.runs import Run, Stood, gather
from sync.hall.ledger.tally import read
from sync.hall.ledger.visits import Visit, name_visit
from sync.records import Boot, Invitation, Joined, Service, Transaction, Window
from tests.hall.kit import START, Chain
from tests.hall.ledger.test_runs import DAY_MS, begin, count, one_by_one

NAMES = ["a" * 32, "b" * 32]
WORDS = st.sampled_from([None, "", "P1", "P2"])
TRANSACTIONS = st.none() | st.builds(Transaction, WORDS, WORDS, WORDS)


def add_any(draw: st.DrawFn, chain: Chain, name: str) -> None:
    """Something of a few names that come again and again."""
    which = draw(st.sampled_from("iiirrrookkjwm"))
    if which == "i":
        mode = draw(st.sampled_from(["invited", "walk_up", "drill", visits.LOST]))
        chain.add(Invitation, invitation=name, mode=mode, transaction=draw(TRANSACTIONS))
    elif which == "r":
        chain.rate(name, draw(st.integers(1, 5)), draw(st.integers(0, 2)))
    elif which == "o":
        chain.end(name, draw(st.sampled_from(["rated", "not_rated", ""])))
    elif which == "k":
        chain.reason(name, *draw(st.lists(st.sampled_from(["510", "207", "理"]), max_size=3)))
    elif which == "j":
        of, known = draw(st.sampled_from([None, name])), draw(TRANSACTIONS)
        chain.add(Joined, invitation=of, service="s", transaction=known or Transaction())
    elif which == "w":
        chain.open(draw(st.sampled_from("34")))
    else:
        add_odd(draw, chain, name)


def add_odd(draw: st.DrawFn, chain: Chain, name: str) -> None:
    """A service, what is not counted, or another clock."""
    which = draw(st.sampled_from("snbxc"))
    if which == "s":
        state, of = draw(st.sampled_from(["begun", visits.NOT_ASKED])), draw(TRANSACTIONS)
        chain.add(Service, service=name, state=state, transaction=of or Transaction())
    elif which == "n":
        chain.raw(b"no line")
    elif which == "b":
        chain.add(Boot, software="1", clean=True)
    elif which == "x":
        chain.boot = draw(st.sampled_from(["c" * 32, "d" * 32]))
    else:
        chain.clock = draw(st.sampled_from(["synced", "unsynced"]))
        chain.start = draw(st.sampled_from([START, START - 9_000, 0, START + 30 * DAY_MS]))


@st.composite
def anything(draw: st.DrawFn) -> Chain:
    chain, name = begin(), NAMES[0]
    for _ in range(draw(st.integers(1, 20))):
        name = draw(st.sampled_from([name, name, name, *NAMES]))
        add_any(draw, chain, name)
    return chain


@given(chain=anything())
def test_runs_are_the_entries_in_their_order_and_a_fold_is_their_sum(chain: Chain) -> None:
    entries: list[Any] = [read(line) for line in chain.lines]
    found: list[object] = []
    for one in gather(entries, 7, "H"):
        if isinstance(one, Stood):
            found.append((one.hall, one.window))
            continue
        run = [entry for entry in entries[one.first : one.end] if name_visit(entry) is not None]
        assert {name_visit(entry) for entry in run} == {one.name}
        found += run
        check_fold(one, run)
    assert found == [
        (entry.hall, entry.window) if isinstance(entry, Window) else entry
        for entry in entries
        if isinstance(entry, Window) or name_visit(entry) is not None
    ]


def check_fold(one: Run, run: list[Any]) -> None:
    times = [e for e in run if type(e) in visits.TIMED]
    owns = [moment.parse(e.at) or 0 for e in times]
    believed = all(e.clock == "synced" for e in times) and min(owns, default=0) >= EARLIEST_MS
    is_plain = run[0] in times[:1] and not hasattr(run[0], "level") and believed
    if not (is_plain and len({e.boot for e in times}) == 1):
        assert one == Run(one.name, one.first, one.end)
        return
    summed = Visit(0, one.name, 0, 0)
    for entry in run:
        own = owns[times.index(entry)] if entry in times else 0
        visits.add(summed, entry, 0, 0, Placed(own))
    summed.device, summed.service_key = 7, visits.key_service(summed, one.hall)
    assert one.visit == summed
    assert one.key == visits.key_visit(7, one.name)
    assert (one.boot, one.offset) == (run[0].boot, owns[0] - run[0].mono_ms)
    assert (one.low, one.latest) == (owns[-1], max(owns))


@settings(max_examples=25)
@given(chain=anything(), data=st.data(), again=st.booleans())
def test_any_chain_in_any_batches_counts_as_its_entries_one_by_one(
    chain: Chain, data: st.DataObject, again: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    size = len(chain.lines)
    cuts = [*sorted(data.draw(st.sets(st.integers(1, size), max_size=4)) - {size}), size]
    folded = count(tmp_path_factory.mktemp("folded"), chain, cuts, again)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "_fold", one_by_one)
        alone = count(tmp_path_factory.mktemp("alone"), chain, [*range(1, size + 1)])
    assert folded == alone

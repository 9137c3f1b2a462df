"""What the hall counts: the same from any order of arrival, and again from the lines alone."""

import pytest

from sync.hall.ledger import workset
from sync.records import NO_HASH
from tests.hall.kit import START, Chain, TestHall, make_key, sha

KEY = make_key(1)
OTHER = make_key(2)


@pytest.fixture
def chain(hall: TestHall) -> Chain:
    hall.know(KEY, OTHER)
    return Chain(KEY).open()


def test_a_rating_counts_once_its_outcome_is_rated(hall: TestHall, chain: Chain) -> None:
    name = chain.invite("P1")
    chain.rate(name, 4)
    hall.accept(chain.body())
    assert hall.counts() == {"invitations": 1}
    chain.end(name)
    hall.accept(chain.body())
    assert hall.counts() == {"invitations": 1, "level:4:three": 1, "paired:rated": 1}
    hall.recount()


def test_the_highest_revision_counts(hall: TestHall, chain: Chain) -> None:
    name = chain.invite("P1")
    for revision, level in ((0, 5), (2, 2), (1, 4)):
        chain.rate(name, level, revision)
    chain.end(name)
    hall.accept(chain.body())
    assert hall.counts()["level:2:three"] == 1
    hall.recount()


@pytest.mark.parametrize("outcome", ["not_rated", "cancelled", "superseded", "interrupted"])
def test_another_outcome_counts_no_rating(hall: TestHall, chain: Chain, outcome: str) -> None:
    name = chain.invite("P1")
    chain.rate(name, 4)
    chain.end(name, outcome)
    hall.accept(chain.body())
    assert hall.counts() == {"invitations": 1, outcome: 1, f"paired:{outcome}": 1}


def test_the_first_outcome_stands(hall: TestHall, chain: Chain) -> None:
    name = chain.visit("P1")
    chain.end(name, "cancelled")
    hall.accept(chain.body())
    assert hall.counts()["paired:rated"] == 1


def test_a_drill_counts_nowhere(hall: TestHall, chain: Chain) -> None:
    chain.reason(chain.visit("P1", mode="drill"), "510")
    hall.accept(chain.body())
    assert hall.counts() == {}


def test_a_drill_does_not_take_the_place_of_a_rating(hall: TestHall, chain: Chain) -> None:
    chain.visit("P1", 2, mode="drill")
    chain.visit("P1", 5)
    hall.accept(chain.body())
    assert hall.counts() == {"invitations": 1, "level:5:three": 1, "paired:rated": 1}


def test_a_rating_without_a_service_counts_as_walk_up(hall: TestHall, chain: Chain) -> None:
    chain.visit(None, 4, mode="walk_up")
    chain.visit(None, 2)
    hall.accept(chain.body())
    assert hall.counts() == {
        "invitations": 2,
        "level:4:three": 1,
        "level:2:three": 1,
        "walk_ups": 2,
    }


def test_an_invitation_joined_later_belongs_to_the_service(hall: TestHall, chain: Chain) -> None:
    name = chain.visit(None, 4)
    hall.accept(chain.body())
    assert "walk_ups" in hall.counts()
    chain.join(name, "P1")
    hall.accept(chain.body())
    assert hall.counts() == {"invitations": 1, "level:4:three": 1, "paired:rated": 1}
    chain.join(name, "P2")
    hall.accept(chain.body())
    assert hall.rows("SELECT project_no FROM visits") == [("P1",)]
    hall.recount()


def test_the_newest_reason_of_the_counted_rating_counts(hall: TestHall, chain: Chain) -> None:
    name = chain.visit("P1")
    chain.reason(name, "207", "208")
    chain.reason(name, "209", "209")
    hall.accept(chain.body())
    assert {k: n for k, n in hall.counts().items() if k.startswith("reason")} == {"reason:209": 1}
    lost = chain.visit("P1")
    chain.reason(lost, "214")
    hall.accept(chain.body())
    assert "reason:214" not in hall.counts()
    hall.recount()


def test_a_service_never_asked_about_counts_once(hall: TestHall, chain: Chain) -> None:
    chain.leave_out("P1")
    chain.leave_out("P2")
    hall.accept(chain.body())
    hall.accept(chain.body())
    assert hall.counts() == {"not_asked": 2}


def test_of_one_service_one_rating_is_active(hall: TestHall, chain: Chain) -> None:
    chain.visit("P1", 5)
    chain.visit("P1", 2)
    hall.accept(chain.body())
    assert hall.counts() == {
        "invitations": 2,
        "level:5:three": 1,
        "paired:rated": 1,
        "repeated": 1,
    }


def test_the_same_numbers_in_another_hall_are_another_service(hall: TestHall, chain: Chain) -> None:
    chain.visit("P1")
    chain.open(hall="Other")
    chain.visit("P1")
    hall.accept(chain.body())
    assert hall.counts()["paired:rated"] == 2


def test_an_earlier_winner_that_arrives_later_supersedes(hall: TestHall, chain: Chain) -> None:
    early = Chain(OTHER, start=START - 60_000).open(window="4")
    early.visit("P1", 2)
    chain.visit("P1", 5)
    hall.accept(chain.body())
    assert hall.counts()["level:5:three"] == 1
    hall.accept(early.body())
    assert hall.counts() == {
        "invitations": 2,
        "level:2:three": 1,
        "paired:rated": 1,
        "repeated": 1,
    }
    assert hall.counts(hall="H", window="4")["level:2:three"] == 1
    assert "level:5:three" not in hall.counts(hall="H", window="3")
    hall.recount()


def test_what_follows_a_window_entry_belongs_to_it(hall: TestHall, chain: Chain) -> None:
    chain.visit("P1")
    chain.open(window="7")
    chain.visit("P2")
    hall.accept(chain.body())
    for window in ("3", "7"):
        assert hall.counts(window=window)["paired:rated"] == 1
    assert hall.counts(hall="H")["paired:rated"] == 2
    assert hall.counts()["paired:rated"] == 2


def test_entries_before_any_window_count_for_the_city_alone(hall: TestHall) -> None:
    hall.know(KEY)
    chain = Chain(KEY)
    chain.visit("P1")
    hall.accept(chain.body())
    assert hall.counts()["paired:rated"] == 1
    assert hall.counts(hall="H") == {}


def test_a_rating_whose_invitation_was_lost_still_counts(hall: TestHall, chain: Chain) -> None:
    chain.rate("a" * 32, 4)
    chain.end("a" * 32)
    hall.accept(chain.body())
    assert hall.counts() == {"level:4:three": 1, "walk_ups": 1}


def next_epoch(chain: Chain, at: int | None = None) -> Chain:
    """An epoch that continues another, at its end or at a seq."""
    line = chain.lines[-1 if at is None else at - 1]
    return Chain(chain.key, prev=sha(line), start=chain.start + 3_600_000)


def test_a_new_epoch_goes_on_at_the_window_of_the_old_one(hall: TestHall, chain: Chain) -> None:
    name = chain.invite("P1")
    chain.rate(name, 4)
    later = next_epoch(chain)
    later.end(name)
    later.visit("P2")
    hall.accept(chain.body())
    hall.accept(later.body())
    assert hall.counts(hall="H", window="3")["paired:rated"] == 2
    hall.recount()


def test_an_epoch_that_continues_nothing_held_is_kept_and_not_counted(
    hall: TestHall, chain: Chain
) -> None:
    hall.accept(chain.body())
    lost = Chain(KEY, prev="ab" * 32).open()
    lost.visit("P9")
    answer = hall.accept(lost.body())
    assert (answer.accepted, answer.receipt.seq) == (4, 4)
    assert hall.counts() == {}
    assert hall.rows("SELECT link FROM streams ORDER BY id") == [("linked",), ("unlinked",)]


def test_a_second_beginning_of_a_device_is_not_linked(hall: TestHall, chain: Chain) -> None:
    hall.accept(chain.body())
    again = Chain(KEY, prev=NO_HASH).open()
    again.visit("P9")
    hall.accept(again.body())
    assert hall.counts() == {}


def test_an_epoch_is_linked_when_what_it_continues_arrives(hall: TestHall, chain: Chain) -> None:
    name = chain.invite("P1")
    chain.rate(name, 4)
    later = next_epoch(chain)
    later.end(name)
    later.visit("P2")
    third = next_epoch(later)
    third.reason(name, "407")
    hall.accept(third.body())  # the device's first, but it continues something
    assert hall.counts() == {}
    hall.accept(later.body())
    hall.accept(chain.body())
    assert hall.counts(window="3")["paired:rated"] == 2
    assert hall.counts()["reason:407"] == 1
    hall.recount()


def test_a_later_epoch_closes_the_one_it_continues(hall: TestHall, chain: Chain) -> None:
    chain.visit("P1")
    hall.accept(chain.body())
    hall.accept(next_epoch(chain).open(window="8").body())
    chain.visit("P2")
    refused = hall.refuse(chain.body())
    assert (refused.word, refused.status) == ("fork", 409)
    assert hall.rows("SELECT count(*) FROM forks") == [(3,)]
    assert hall.accept(chain.body(1, 4)).known == 4


def test_an_old_card_that_goes_on_from_the_middle_is_linked_there(
    hall: TestHall, chain: Chain
) -> None:
    chain.visit("P1")
    chain.open(window="9")
    chain.visit("P2")
    hall.accept(chain.body())
    old = next_epoch(chain, at=4)
    old.visit("P3")
    hall.accept(old.body())
    assert hall.counts(window="3")["paired:rated"] == 2  # P3 too: at seq 4 it stood at window 3
    assert hall.rows("SELECT closed FROM streams ORDER BY id") == [(4,), (None,)]
    hall.recount()


def test_numbers_are_counted_on_the_local_day(hall: TestHall) -> None:
    hall.know(KEY)
    chain = Chain(KEY, start=START + 15 * 3_600_000 - 10_000).open()  # 23:59:50 in Shanghai
    chain.visit("P1")
    for number in range(8):
        chain.visit(f"P2{number}")
    hall.now = START + 30 * 3_600_000
    hall.accept(chain.body())
    one = hall.counts(first="2026-03-02", last="2026-03-02")["paired:rated"]
    two = hall.counts(first="2026-03-03", last="2026-03-03")["paired:rated"]
    assert (one + two, hall.counts()["paired:rated"]) == (9, 9)
    assert one > 0 < two
    hall.recount()


def test_visits_of_batches_that_come_together_are_looked_for_once(
    hall: TestHall, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Chain(OTHER).open()
    begun = [(of, [of.invite(f"P{of.key.device}{n}") for n in range(3)]) for of in (chain, other)]
    hall.take(chain.body(), other.body())
    asked: list[str] = []
    fetch = workset.fetch
    monkeypatch.setattr(
        workset, "fetch", lambda c, q, values=(): asked.append(q) or fetch(c, q, values)
    )
    for of, names in begun:
        for name in names:
            of.rate(name)
            of.end(name)
    hall.take(chain.body(5), other.body(5))
    assert len([query for query in asked if "WHERE key IN" in query]) == 1
    assert hall.counts()["paired:rated"] == 6
    hall.recount()

"""Ratings by phone: after the window's in rank, whatever comes first; recounted, the same."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.hall.ledger.invitations import Wish, is_rated
from sync.hall.ledger.phones import add_phone, find_stage
from sync.hall.ledger.visits import number_service
from sync.records import Transaction
from tests.hall.kit import Chain, TestHall, cut, make_key

KEY, OTHER = make_key(1), make_key(2)


@pytest.fixture
def chain(hall: TestHall) -> Chain:
    hall.know(KEY, OTHER)
    return Chain(KEY).open()


def phone(hall: TestHall, invitation: str, level: int, seed: int = 1, at: int = 0) -> None:
    """What the page does: keep it, and settle its visit."""
    with hall.store.read() as connection:
        device = connection.exec_driver_sql(
            "SELECT id FROM devices WHERE device = ?", (make_key(seed).device,)
        ).scalar_one()

    def job(connection: object, tally: object) -> None:
        add_phone(connection, device, invitation, level, at or hall.now)  # type: ignore[arg-type]
        tally.recall(device, invitation)  # type: ignore[attr-defined]

    assert hall.intake.take([], hall.now, [job])[1] == [None]


def levels(hall: TestHall) -> dict[str, int]:
    return {k: n for k, n in hall.counts().items() if k.startswith("level:") or k == "repeated"}


@pytest.mark.parametrize(
    ("rated", "asked"),
    [
        (("dmdctc", "P1", "1"), ("jzlfsi", "P1", "1")),
        (("H", "P1", "ilqtnj"), ("H", "P1", "epwxod")),
    ],
)
def test_a_rating_of_a_service_with_the_same_number_takes_no_others_place(
    hall: TestHall, rated: tuple[str, str, str], asked: tuple[str, str, str]
) -> None:
    assert number_service(*rated, "invited") == number_service(*asked, "invited")
    hall.know(KEY, OTHER)
    chain, other = Chain(KEY).open(hall=rated[0]), Chain(OTHER).open(hall=asked[0])
    name = chain.invite(rated[1], service=rated[2])
    chain.rate(name)
    chain.end(name)
    open_one = other.invite(asked[1], service=asked[2])
    other.end(open_one, "not_rated")
    hall.accept(chain.body())
    hall.accept(other.body())
    with hall.store.read() as connection:
        stages = [
            find_stage(connection, of, invitation, 30, hall.now)
            for of, invitation in ((1, name), (2, open_one))
        ]
        wishes = [Wish(of[0], "3", Transaction(of[1], of[2])) for of in (rated, asked)]
        assert [is_rated(connection, wish) for wish in wishes] == [True, False]
    assert stages == ["rated", "open"]
    phone(hall, open_one, 2, seed=2)
    assert levels(hall) == {"level:5:three": 1, "level:2:five": 1}
    hall.recount()


@pytest.mark.parametrize("order", ["phone first", "entries first"])
def test_the_windows_rating_is_before_the_phones(hall: TestHall, chain: Chain, order: str) -> None:
    name = chain.visit("P1", 5)
    if order == "entries first":
        hall.accept(chain.body())
    phone(hall, name, 1, at=1)
    if order == "phone first":
        hall.accept(chain.body())
    assert levels(hall) == {"level:5:three": 1, "repeated": 1}
    hall.recount()


def test_the_same_without_a_service(hall: TestHall, chain: Chain) -> None:
    rated, open_one = chain.visit(mode="walk_up"), chain.invite(mode="walk_up")
    chain.end(open_one, "interrupted")
    phone(hall, rated, 1)
    phone(hall, open_one, 2)
    hall.accept(chain.body())
    assert levels(hall) == {"level:5:three": 1, "level:2:five": 1, "repeated": 1}
    assert hall.counts()["walk_ups"] == 2
    hall.recount()
    before = hall.derived()
    hall.intake.recount()  # over what is counted already
    assert hall.derived() == before


def test_a_later_window_rating_of_the_service_supersedes(hall: TestHall, chain: Chain) -> None:
    first = chain.invite("P1")
    chain.end(first, "not_rated")
    hall.accept(chain.body())
    phone(hall, first, 2, at=1)  # long before the window's
    assert levels(hall) == {"level:2:five": 1}
    assert hall.counts()["paired:rated"] == 1
    chain.visit("P1", 4)
    hall.accept(chain.body())
    assert levels(hall) == {"level:4:three": 1, "repeated": 1}
    hall.recount()


def test_of_two_phones_the_first_counts(hall: TestHall, chain: Chain) -> None:
    names = [chain.invite("P1") for _ in range(2)]
    for name in names:
        chain.end(name, "not_rated")
    hall.accept(chain.body())
    phone(hall, names[1], 2, at=hall.now - 500)
    phone(hall, names[0], 3, at=hall.now)
    assert levels(hall) == {"level:2:five": 1, "repeated": 1}
    phone(hall, names[1], 5)  # a second word of the same invitation
    assert levels(hall) == {"level:2:five": 1, "repeated": 1}
    hall.recount()


def test_it_follows_what_is_joined_later(hall: TestHall, chain: Chain) -> None:
    name = chain.invite()
    chain.end(name, "not_rated")
    hall.accept(chain.body())
    phone(hall, name, 3)
    assert hall.counts()["walk_ups"] == 1
    chain.join(name, "P1")
    hall.accept(chain.body())
    assert hall.counts()["paired:rated"] == 1
    assert "walk_ups" not in hall.counts()
    hall.recount()


def test_of_a_drill_or_an_invitation_unknown_nothing_counts(hall: TestHall, chain: Chain) -> None:
    drill = chain.invite("P1", mode="drill")
    chain.end(drill, "not_rated")
    chain.end("f" * 32, "cancelled")
    for name in (drill, "f" * 32, "e" * 32):
        phone(hall, name, 5)
    hall.accept(chain.body())
    assert levels(hall) == {}
    hall.recount()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_whatever_order_it_comes_in_the_count_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    rng = random.Random(seed)
    found = []
    chain = Chain(KEY).open()
    names = []
    for _ in range(8):
        project = rng.choice(["P1", "P2", None])
        if rng.random() < 0.5:
            names.append(chain.visit(project, rng.randint(1, 5)))
        else:
            names.append(chain.invite(project))
            chain.end(names[-1], rng.choice(["not_rated", "interrupted"]))
    phones = [(name, rng.randint(1, 5), rng.randrange(10**6)) for name in rng.sample(names, 4)]
    for _ in range(2):
        hall = TestHall(tmp_path_factory.mktemp("hall"))
        hall.know(KEY)
        batches = cut(chain, rng)
        waiting = [*phones]
        rng.shuffle(waiting)
        for body in batches:
            while waiting and rng.random() < 0.4:
                name, level, at = waiting.pop()
                phone(hall, name, level, at=hall.now + at)
            hall.accept(body)
        for name, level, at in waiting:
            phone(hall, name, level, at=hall.now + at)
        hall.recount()
        found.append(hall.counts())
        hall.close()
    assert found[0] == found[1]

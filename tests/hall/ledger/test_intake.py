"""The intake against wire.md, Batches: each answer, and what is stored after it."""

import pytest

from sync.hall.ledger.forks import FORKS_MAX
from sync.keys import check, decode_public
from sync.records import NO_HASH
from sync.wire import RECEIPT, BatchAnswer, mark_text
from tests.hall.kit import Chain, TestHall, make_key, sha, sign

KEY = make_key(1)


@pytest.fixture
def chain(hall: TestHall) -> Chain:
    hall.know(KEY)
    made = Chain(KEY).open()
    for number in range(5):
        made.visit(f"P{number}")
    return made


def held(hall: TestHall) -> list[bytes]:
    return [row[0] for row in hall.rows("SELECT line FROM entries ORDER BY stream, seq")]


def test_a_batch_is_stored_verbatim_and_receipted(hall: TestHall, chain: Chain) -> None:
    answer = hall.accept(chain.body())
    assert (answer.accepted, answer.known, answer.unreadable) == (16, 0, 0)
    assert (answer.receipt.seq, answer.receipt.hash) == (16, sha(chain.lines[-1]))
    assert (answer.receipt.device, answer.receipt.epoch) == (KEY.device, chain.epoch)
    assert answer.now == answer.receipt.at
    check(decode_public(hall.key.public), answer.signature, mark_text(RECEIPT, answer.receipt))
    assert held(hall) == chain.lines


def test_the_same_again_is_success_and_known(hall: TestHall, chain: Chain) -> None:
    hall.accept(chain.body())
    before = hall.derived()
    answer = hall.accept(chain.body())
    assert (answer.accepted, answer.known) == (0, 16)
    assert held(hall) == chain.lines
    assert hall.derived() == before


def test_overlap_adds_only_what_is_new(hall: TestHall, chain: Chain) -> None:
    hall.accept(chain.body(1, 10))
    answer = hall.accept(chain.body(4, 16))
    assert (answer.accepted, answer.known) == (6, 7)
    assert held(hall) == chain.lines


def test_an_old_batch_after_a_newer_one_is_answered_with_the_present_head(
    hall: TestHall, chain: Chain
) -> None:
    hall.accept(chain.body())
    answer = hall.accept(chain.body(2, 5))
    assert (answer.accepted, answer.known, answer.receipt.seq) == (0, 4, 16)


def test_racing_copies_in_one_commit_are_all_success(hall: TestHall, chain: Chain) -> None:
    answers = hall.take(*[chain.body()] * 8)
    assert [a.accepted for a in answers if isinstance(a, BatchAnswer)] == [16] + [0] * 7
    assert held(hall) == chain.lines


def test_two_batches_of_one_commit_both_get_the_head_after_it(hall: TestHall, chain: Chain) -> None:
    one, two = hall.take(chain.body(1, 8), chain.body(9, 16))
    assert isinstance(one, BatchAnswer)
    assert isinstance(two, BatchAnswer)
    assert (one.receipt.seq, two.receipt.seq) == (16, 16)
    assert (one.accepted, two.accepted) == (8, 8)


def test_a_gap_says_the_head(hall: TestHall, chain: Chain) -> None:
    refused = hall.refuse(chain.body(3, 5))
    assert (refused.status, refused.word) == (409, "gap")
    assert refused.head is not None
    assert (refused.head.epoch, refused.head.seq, refused.head.hash) == (chain.epoch, 0, NO_HASH)
    hall.accept(chain.body(1, 4))
    refused = hall.refuse(chain.body(6, 9))
    assert refused.word == "gap"
    assert refused.head is not None
    assert (refused.head.seq, refused.head.hash) == (4, sha(chain.lines[3]))
    assert held(hall) == chain.lines[:4]


def test_the_entry_after_the_head_is_no_gap(hall: TestHall, chain: Chain) -> None:
    hall.accept(chain.body(1, 4))
    assert hall.accept(chain.body(5, 5)).accepted == 1


def test_a_question_about_what_is_held_is_answered_by_the_receipt(
    hall: TestHall, chain: Chain
) -> None:
    hall.accept(chain.body())
    for seq in (1, 7, 16):
        answer = hall.accept(sign(KEY, chain.mark(seq), []))
        assert (answer.accepted, answer.known, answer.receipt.seq) == (0, 0, 16)


def test_a_question_ahead_of_the_head_is_a_gap(hall: TestHall, chain: Chain) -> None:
    assert hall.refuse(sign(KEY, chain.mark(1), [])).word == "gap"
    hall.accept(chain.body(1, 4))
    refused = hall.refuse(sign(KEY, chain.mark(5), []))
    assert refused.word == "gap"
    assert refused.head is not None
    assert refused.head.seq == 4


def test_a_question_about_something_else_is_a_fork_and_kept(hall: TestHall, chain: Chain) -> None:
    hall.accept(chain.body())
    other = Chain(KEY, chain.epoch).open(window="9")
    refused = hall.refuse(sign(KEY, other.mark(1), []))
    assert (refused.status, refused.word) == (409, "fork")
    assert hall.rows("SELECT seq, hash, line FROM forks") == [(1, sha(other.lines[0]), b"")]


def fork(chain: Chain, after: int) -> Chain:
    """A chain that is the same up to `after` and another from there."""
    other = Chain(KEY, chain.epoch)
    other.lines = chain.lines[:after]
    other.visit("FORK")
    return other


@pytest.mark.parametrize("first", [1, 8, 9])
def test_a_fork_is_refused_and_kept_beside(hall: TestHall, chain: Chain, first: int) -> None:
    hall.accept(chain.body())
    other = fork(chain, 8)
    before = hall.derived()
    refused = hall.refuse(other.body(first))
    assert (refused.status, refused.word) == (409, "fork")
    assert refused.head is not None
    assert refused.head.seq == 16
    assert [row[0] for row in hall.rows("SELECT line FROM forks ORDER BY seq")] == other.lines[8:]
    assert held(hall) == chain.lines
    assert hall.derived() == before


@pytest.mark.parametrize("seq", [1, 2, 16])
def test_one_line_alone_that_is_another_is_a_fork(hall: TestHall, chain: Chain, seq: int) -> None:
    hall.accept(chain.body())
    other = Chain(KEY, chain.epoch)
    other.lines = chain.lines[: seq - 1]
    other.open("9")
    assert hall.refuse(other.body(seq)).word == "fork"
    assert [row[0] for row in hall.rows("SELECT line FROM forks")] == [other.lines[-1]]


def test_a_first_new_entry_that_does_not_follow_the_head_is_a_fork(
    hall: TestHall, chain: Chain
) -> None:
    hall.accept(chain.body(1, 8))
    other = fork(chain, 7)
    refused = hall.refuse(other.body(9))
    assert refused.word == "fork"
    assert [row[0] for row in hall.rows("SELECT line FROM forks")] == [
        other.lines[8],
        other.lines[9],
    ]


def test_a_flagged_device_goes_on(hall: TestHall, chain: Chain) -> None:
    hall.accept(chain.body(1, 10))
    hall.refuse(fork(chain, 8).body())
    assert hall.accept(chain.body(11)).accepted == 6


def test_the_same_fork_again_is_kept_once(hall: TestHall, chain: Chain) -> None:
    hall.accept(chain.body())
    for _ in range(3):
        hall.refuse(fork_of_same(chain).body())
    assert hall.rows("SELECT count(*) FROM forks") == [(1,)]
    assert hall.rows("SELECT forks_dropped FROM devices") == [(0,)]


def fork_of_same(chain: Chain) -> Chain:
    other = Chain(KEY, chain.epoch)
    other.lines = chain.lines[:15]
    other.boot = "f" * 32
    other.end("0" * 32)
    return other


def test_a_hundred_fork_lines_are_kept_and_more_are_counted(hall: TestHall, chain: Chain) -> None:
    hall.accept(chain.body())
    other = fork(chain, 1)
    for number in range(60):
        other.visit(f"F{number}")
    for _ in range(2):
        hall.refuse(other.body())
    assert hall.rows("SELECT count(*) FROM forks WHERE line <> x''") == [(FORKS_MAX,)]
    assert hall.rows("SELECT forks_dropped FROM devices") == [(len(other.lines) - 1 - FORKS_MAX,)]

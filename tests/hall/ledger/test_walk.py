"""What the audit believes of stored signatures, and rows that stand where none can be."""

import pytest

from sync.hall.ledger.audit import SIGNED_EVERY, audit
from tests.hall.kit import Chain, TestHall, make_key, sha
from tests.hall.tampering import change, find, tell

KEY = make_key(1)
TORN = 5


@pytest.fixture(autouse=True)
def _known(hall: TestHall) -> None:
    hall.know(KEY)


@pytest.fixture
def chain() -> Chain:
    """Twelve lines, the fifth of which is not JSON."""
    made = Chain(KEY).open()
    made.visit("P1")
    made.raw(b"torn")
    made.visit("P2")
    made.visit("P3")
    made.open()
    return made


def forge(hall: TestHall, chain: Chain, seq: int) -> None:
    """A checkpoint that agrees with its line and that nobody signed."""
    signature = make_key(7).sign("anything")
    values = (1, seq, sha(chain.lines[seq - 1]), "2026-03-02T02:00:00.000Z", signature, hall.now)
    change(hall, "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?, ?)", *values)


def test_lines_before_one_that_is_no_json_are_unproven(hall: TestHall, chain: Chain) -> None:
    hall.accept(chain.body())
    result = audit(hall.folder)
    assert result.findings == []
    assert [(one.kind, one.seq) for one in result.notes] == [("unreadable", TORN), ("unproven", 1)]


def test_a_checkpoint_before_it_proves_them(hall: TestHall, chain: Chain) -> None:
    hall.accept(chain.body(1, TORN - 1))
    hall.accept(chain.body(TORN))
    result = audit(hall.folder)
    assert result.findings == []
    assert [(one.kind, one.seq) for one in result.notes] == [("unreadable", TORN)]


def test_a_forged_checkpoint_before_it_proves_nothing_and_is_named(
    hall: TestHall, chain: Chain
) -> None:
    hall.accept(chain.body())
    forge(hall, chain, TORN - 1)  # near a good one, which does not reach over the torn line
    result = audit(hall.folder)
    assert tell(result.findings) == {("altered", KEY.device, TORN - 1)}
    assert ("unproven", 1) in [(one.kind, one.seq) for one in result.notes]


def test_a_forged_checkpoint_far_from_a_checked_one_is_named(hall: TestHall) -> None:
    chain = Chain(KEY).open()
    for number in range(SIGNED_EVERY):
        chain.visit(f"P{number}")
    hall.accept(chain.body())
    forge(hall, chain, len(chain.lines) - SIGNED_EVERY)
    assert tell(find(hall)) == {("altered", KEY.device, len(chain.lines) - SIGNED_EVERY)}


def test_the_newest_checkpoint_is_checked_and_the_next_one_stands_in(hall: TestHall) -> None:
    chain = Chain(KEY).open()
    chain.visit("P1")
    hall.accept(chain.body(1, 3))
    hall.accept(chain.body(4))
    forge(hall, chain, 4)
    assert tell(find(hall)) == {("altered", KEY.device, 4), ("added", KEY.device, 4)}


def test_an_altered_line_s_checkpoint_is_still_named_where_links_were_mended(
    hall: TestHall, chain: Chain
) -> None:
    for seq in range(1, len(chain.lines) + 1):
        hall.accept(chain.body(seq, seq))
    changed = chain.lines[1].replace(b"synced", b"Synced")
    follow = chain.lines[2].replace(sha(chain.lines[1]).encode(), sha(changed).encode())
    for seq, line in ((2, changed), (3, follow)):
        change(hall, "UPDATE entries SET line = ? WHERE stream = 1 AND seq = ?", line, seq)
    assert tell(find(hall)) == {("altered", KEY.device, 2), ("altered", KEY.device, 3)}


@pytest.mark.parametrize("seq", [0, -1, 2**60, "next"])
def test_a_row_where_no_entry_can_stand_is_named(
    hall: TestHall, chain: Chain, seq: int | str
) -> None:
    hall.accept(chain.body())
    change(hall, "INSERT INTO entries VALUES (1, ?, ?)", seq, chain.lines[0])
    assert tell(find(hall)) == {("added", KEY.device, 0)}


def test_a_far_row_is_told_in_little_memory(hall: TestHall, chain: Chain) -> None:
    hall.accept(chain.body())
    far = 2**52
    change(hall, "INSERT INTO entries VALUES (1, ?, ?)", far, chain.lines[0])
    assert ("dropped", KEY.device, len(chain.lines) + 1) in tell(find(hall))


@pytest.mark.parametrize("column", ["hash", "signature", "seq", "at"])
def test_a_checkpoint_that_was_overwritten_is_a_finding_and_no_crash(
    hall: TestHall, chain: Chain, column: str
) -> None:
    hall.accept(chain.body())
    change(hall, f"UPDATE checkpoints SET {column} = x'00'")
    assert find(hall)

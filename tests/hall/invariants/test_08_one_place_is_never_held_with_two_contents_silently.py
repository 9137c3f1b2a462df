"""One (device, epoch, seq) is never held with two contents silently: cloned cards, old cards put
back.
"""

from pathlib import Path

import pytest

from sync.hall.ledger.audit import audit
from sync.hall.ledger.store import KEY_FILE
from sync.keys import write_whole
from tests.hall.kit import Chain, TestHall, make_key, sha

KEY = make_key(1)


@pytest.fixture
def kept(tmp_path: Path) -> TestHall:
    hall = TestHall(tmp_path / "hall")
    write_whole(hall.folder / KEY_FILE, (999).to_bytes(32, "big"))
    hall.know(KEY)
    return hall


def copy(chain: Chain, lines: int) -> Chain:
    """The card as it was after so many lines, in another machine."""
    other = Chain(KEY, chain.epoch)
    other.lines = chain.lines[:lines]
    return other


def test_a_cloned_card(kept: TestHall) -> None:
    chain = Chain(KEY).open()
    chain.visit("P1")
    kept.accept(chain.body())
    clone = copy(chain, 4)
    chain.visit("P2")
    clone.visit("P3")
    kept.accept(chain.body())
    assert kept.refuse(clone.body()).word == "fork"
    held = [row[0] for row in kept.rows("SELECT line FROM entries ORDER BY seq")]
    beside = [row[0] for row in kept.rows("SELECT line FROM forks ORDER BY seq")]
    assert (held, beside) == (chain.lines, clone.lines[4:])
    assert [one.kind for one in audit(kept.folder).findings] == ["fork"]
    assert kept.counts()["level:5:three"] == 2


def test_an_old_card_put_back_that_begins_a_new_epoch(kept: TestHall) -> None:
    chain = Chain(KEY).open()
    chain.visit("P1")
    old = sha(chain.lines[-1])
    chain.visit("P2")
    kept.accept(chain.body())
    again = Chain(KEY, prev=old).open()
    again.visit("P3")
    kept.accept(again.body())
    assert kept.counts()["level:5:three"] == 3  # all three citizens pressed
    (found,) = audit(kept.folder).findings
    assert (found.kind, found.seq) == ("fork", 4)


def test_two_epochs_that_continue_one(kept: TestHall) -> None:
    chain = Chain(KEY).open()
    kept.accept(chain.body())
    for project in ("P1", "P2"):
        again = Chain(KEY, prev=sha(chain.lines[-1])).open()
        again.visit(project)
        kept.accept(again.body())
    (found,) = audit(kept.folder).findings
    assert (found.kind, "2 epochs continue it" in found.detail) == ("fork", True)


def test_an_epoch_out_of_nowhere(kept: TestHall) -> None:
    kept.accept(Chain(KEY).open().body())
    lost = Chain(KEY, prev="cd" * 32).open()
    lost.visit("P1")
    kept.accept(lost.body())
    assert kept.counts() == {}
    assert [one.kind for one in audit(kept.folder).findings] == ["unlinked"]

"""The courier's thread: nudged it sends, a hall it cannot believe or reach changes nothing here."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync import keys
from sync.courier import CourierState, CourierThread
from sync.identity import Identity
from sync.journal import Journal, open_journal
from tests.sync.kit import AT, HALL_KEY, STAMP, make_key, sign_receipt, visit
from tests.sync.scripted import Scripted, scripted
from tests.sync.test_hall_client import problem

WAIT_S = 30


class Watched:
    """A courier, and what it said of itself."""

    def __init__(self, data: Path, address: str) -> None:
        key = keys.load_or_make(data / "key")
        identity = Identity(
            device=key.device,
            address=address,
            hall="H",
            window="3",
            hall_key=HALL_KEY.public,
            echo_secret="",
        )
        self.journal: Journal = open_journal(data / "journal", key.device, STAMP)
        self.states: list[CourierState] = []
        self.said = threading.Event()
        self.courier = CourierThread(self.journal, identity, data, lambda: AT, self._note)

    def _note(self, state: CourierState) -> None:
        self.states.append(state)
        self.said.set()

    def answer(self, hall: Scripted, signer: keys.Key = HALL_KEY, device: str = "") -> None:
        """Have the hall hold all there is."""
        receipt = sign_receipt(self.journal.head, device or self.journal.device, signer)
        mark = {name: getattr(receipt.receipt, name) for name in receipt.receipt.__struct_fields__}
        counts = {"accepted": 1, "known": 0, "unreadable": 0, "next_after_ms": 0}
        body = {"receipt": mark, "signature": receipt.signature, "now": AT, **counts}
        hall.answers[:] = [(200, body, {})]

    def run(self) -> CourierState:
        for drafts in visit(1):
            self.journal.append(STAMP, drafts)
        self.courier.start()
        self.courier.nudge()
        assert self.said.wait(WAIT_S)
        self.courier.stop()
        assert not self.courier.is_alive()
        return self.courier.state


@pytest.fixture
def hall() -> Iterator[Scripted]:
    with scripted((200, b"", {})) as script:
        yield script


def test_what_was_appended_gets_a_receipt(tmp_path: Path, hall: Scripted) -> None:
    watched = Watched(tmp_path, hall.address)
    for drafts in visit(0):
        watched.journal.append(STAMP, drafts)
    watched.answer(hall)
    watched.courier.start()
    assert watched.said.wait(WAIT_S)
    watched.courier.stop()
    assert watched.courier.state == CourierState(online=True)
    assert watched.journal.backlog == 0
    sent = hall.heard[0].body.split(b"\n")[1:-1]
    assert sent == watched.journal.read(watched.journal.head.epoch, 1)
    watched.journal.close()


@pytest.mark.parametrize("whose", ["signer", "device"])
def test_a_receipt_that_is_not_this_halls_for_this_device_is_not_kept(
    tmp_path: Path, hall: Scripted, whose: str, caplog: pytest.LogCaptureFixture
) -> None:
    watched = Watched(tmp_path, hall.address)
    for drafts in visit(0):
        watched.journal.append(STAMP, drafts)
    if whose == "signer":
        watched.answer(hall, make_key(77))
    else:
        watched.answer(hall, device="f" * 32)
    watched.courier.start()
    assert watched.said.wait(WAIT_S)
    watched.courier.stop()
    assert watched.courier.state.refused == "receipt-signature"
    assert watched.journal.receipts.newest is None
    assert watched.journal.backlog == 3
    assert "not signed by this hall" in caplog.text
    watched.journal.close()


@pytest.mark.parametrize("word", ["device-revoked", "slow-down", "fork"])
def test_a_refusal_is_told(tmp_path: Path, hall: Scripted, word: str) -> None:
    hall.answers[:] = [problem(word, 409, head={"epoch": "e", "seq": 1, "hash": "h"})]
    watched = Watched(tmp_path, hall.address)
    state = watched.run()
    assert (state.online, state.refused) == (False, word)
    assert (state.forked is not None) == (word == "fork")
    watched.journal.close()


def test_it_stops_before_it_ever_ran(tmp_path: Path) -> None:
    watched = Watched(tmp_path, "http://127.0.0.1:1")
    watched.courier.stop()
    watched.journal.close()

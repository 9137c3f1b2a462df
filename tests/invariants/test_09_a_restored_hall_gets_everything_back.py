"""A hall restored from an older backup gets everything back by itself: 0 lost, 0 doubled, same
winners.
"""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.hall.ledger.audit import audit
from sync.hall.ledger.backup import back_up, restore
from sync.hall.refusal import Refused
from sync.keys import Key
from sync.wire import SignedMark
from tests.hall.kit import START, Chain, TestHall, make_key, sha
from tests.hall.tampering import sign_bulletin

KEYS = [make_key(seed) for seed in (1, 2, 3)]


class Kiosk:
    """The least a kiosk must do: send what follows the hall's head, with the newest receipt it
    holds.
    """

    def __init__(self, key: Key, start: int) -> None:
        self.epochs = [Chain(key, start=start).open()]
        self.heads = {self.epochs[0].epoch: 0}
        self.receipt: SignedMark | None = None

    @property
    def chain(self) -> Chain:
        return self.epochs[-1]

    def turn(self) -> None:
        """Begin a new epoch."""
        chain = Chain(
            self.chain.key, prev=sha(self.chain.lines[-1]), start=self.chain.start + 10**6
        )
        self.epochs.append(chain.open())
        self.heads[chain.epoch] = 0

    def sync(self, hall: TestHall) -> None:
        """Until the hall holds everything; a gap rewinds, and the epochs before it are asked about
        again.
        """
        for _ in range(10):
            done = [self._send(hall, chain) for chain in self.epochs]
            if all(done):
                return
        raise AssertionError("no end")

    def _send(self, hall: TestHall, chain: Chain) -> bool:
        first = min(self.heads[chain.epoch] + 1, len(chain.lines))
        (answer,) = hall.take(chain.body(first, None, self.receipt))
        if isinstance(answer, Refused):
            assert answer.word == "gap", answer
            assert answer.head is not None
            self.heads[chain.epoch] = answer.head.seq
            return False
        self.heads[chain.epoch] = answer.receipt.seq
        fields = {f: getattr(answer.receipt, f) for f in answer.receipt.__struct_fields__}
        self.receipt = SignedMark(**fields, signature=answer.signature)
        return answer.receipt.seq == len(chain.lines)


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32))
def test_restored(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    rng = random.Random(seed)
    place = tmp_path_factory.mktemp("halls")
    hall = TestHall(place / "hall")
    hall.know(*KEYS)
    kiosks = [Kiosk(key, START + rng.randrange(10**5)) for key in KEYS]
    work(rng, kiosks, hall)
    back_up(hall.folder, place / "backup")
    work(rng, kiosks, hall)
    before = hall.derived()
    hall.close()
    restore(hall.folder, place / "backup", 1)
    hall.open()
    rng.shuffle(kiosks)
    for kiosk in kiosks:
        kiosk.sync(hall)
    after = hall.derived()
    assert after["rollups"] == before["rollups"]
    assert [v["active"] for v in after["visits"]] == [v["active"] for v in before["visits"]]
    assert audit(hall.folder).findings == []
    hall.close()


def work(rng: random.Random, kiosks: list[Kiosk], hall: TestHall) -> None:
    for _ in range(rng.randrange(1, 15)):
        kiosk = rng.choice(kiosks)
        kiosk.chain.visit(f"P{rng.randrange(6)}", rng.randint(1, 5))
        if rng.randrange(6) == 0:
            kiosk.turn()
        if rng.randrange(3) == 0:
            kiosk.sync(hall)
    for kiosk in kiosks:
        kiosk.sync(hall)


@pytest.mark.parametrize("is_readable", [True, False])
def test_bulletins_signed_since_the_backup_stay_if_they_can_be_read(
    hall: TestHall, chains: list[Chain], tmp_path: Path, is_readable: bool
) -> None:
    """Kiosks witnessed them: without them an honest hall could not be told from its owner."""
    back_up(hall.folder, tmp_path / "backup")
    for chain in chains:
        chain.visit("LATER")
        hall.accept(chain.body())
    sign_bulletin(hall, chains)
    sign_bulletin(hall, chains)
    hall.close()
    if not is_readable:
        for file in hall.folder.glob("hall.db*"):
            file.write_bytes(b"gone with the disk" * 1000)
    restore(hall.folder, tmp_path / "backup", 1)
    hall.open()
    for chain in chains:
        hall.accept(chain.body())
    kinds = {one.kind for one in audit(hall.folder).findings}
    assert kinds == (set() if is_readable else {"contradicted"})


def test_a_kiosk_enrolled_since_the_backup_is_no_stranger(hall: TestHall, tmp_path: Path) -> None:
    hall.know(KEYS[0])
    back_up(hall.folder, tmp_path / "backup")
    hall.know(KEYS[1], window="7")
    kiosks = [Kiosk(key, START) for key in KEYS[:2]]
    for kiosk in kiosks:
        kiosk.chain.visit("LATER")
        kiosk.sync(hall)
    before = hall.derived()
    secrets = hall.rows("SELECT device, echo_secret, window FROM devices ORDER BY device")
    hall.close()
    restore(hall.folder, tmp_path / "backup", 1)
    hall.open()
    assert hall.rows("SELECT device, echo_secret, window FROM devices ORDER BY device") == secrets
    for kiosk in kiosks:
        kiosk.sync(hall)
    assert hall.derived()["rollups"] == before["rollups"]
    assert audit(hall.folder).findings == []

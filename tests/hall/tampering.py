"""What somebody does who has the hall's database, with its key or without; and what is found."""

from typing import Any

from sync.hall.ledger import bulletin
from sync.hall.ledger.audit import audit
from sync.hall.ledger.walk import Finding
from sync.records import Witness
from sync.wire import CHECKPOINT, mark_text
from tests.hall.kit import ZONE, Chain, TestHall, make_key, sha

KEYS = [make_key(seed) for seed in (1, 2, 3)]


def fill(hall: TestHall) -> list[Chain]:
    """Three kiosks of 62 entries, the last of which witnesses a bulletin of the 61 before it."""
    hall.know(*KEYS)
    made = [Chain(key).open() for key in KEYS]
    for chain in made:
        for number in range(20):
            chain.visit(f"P{number}")
        hall.accept(chain.body(1, 30))
        hall.accept(chain.body(31))
    sign_bulletin(hall, made)
    return made


def sign_bulletin(hall: TestHall, chains: list[Chain]) -> None:
    """A bulletin, witnessed by every kiosk."""
    with hall.store.write() as connection:
        found, day = bulletin.make(connection, hall.key, ZONE, hall.now)
    for chain in chains:
        chain.add(Witness, bulletin=found, day=day)
        hall.accept(chain.body())


def sign_bulletins_anew(hall: TestHall) -> None:
    """With the key: one bulletin of what is left, in place of all there were."""
    with hall.store.write() as connection:
        connection.exec_driver_sql("DELETE FROM bulletins")
        bulletin.make(connection, hall.key, ZONE, hall.now)


def find(hall: TestHall) -> list[Finding]:
    return audit(hall.folder).findings


def tell(found: list[Finding]) -> set[tuple[str, str, int]]:
    return {(one.kind, one.device, one.seq) for one in found}


def change(hall: TestHall, query: str, *values: Any) -> None:
    with hall.store.write() as connection:
        connection.exec_driver_sql(query, values)


def set_line(hall: TestHall, stream: int, seq: int, line: bytes | str) -> None:
    change(hall, "UPDATE entries SET line = ? WHERE stream = ? AND seq = ?", line, stream, seq)


def delete_tail(hall: TestHall, chain: Chain, stream: int, count: int) -> None:
    """The newest entries go, with the checkpoints and receipts that state them."""
    left = len(chain.lines) - count
    change(hall, "DELETE FROM entries WHERE stream = ? AND seq > ?", stream, left)
    change(hall, "DELETE FROM checkpoints WHERE stream = ? AND seq > ?", stream, left)
    change(hall, "DELETE FROM receipts")
    head = (left, sha(chain.lines[left - 1]), stream)
    change(hall, "UPDATE streams SET seq = ?, hash = ? WHERE id = ?", *head)


def delete_kiosk(hall: TestHall, stream: int) -> None:
    """A kiosk goes, with all that names it but bulletins."""
    for table in ("entries", "checkpoints"):
        change(hall, f"DELETE FROM {table} WHERE stream = ?", stream)
    change(hall, "DELETE FROM receipts")
    change(hall, "DELETE FROM devices WHERE id = (SELECT device FROM streams WHERE id = ?)", stream)
    change(hall, "DELETE FROM streams WHERE id = ?", stream)


def add_marks(hall: TestHall, chain: Chain, stream: int) -> None:
    """A checkpoint at every entry, as of a kiosk that sends each at once."""
    for seq in range(1, len(chain.lines) + 1):
        mark = chain.mark(seq)
        signature = chain.key.sign(mark_text(CHECKPOINT, mark))
        values = (stream, seq, mark.hash, mark.at, signature, hall.now)
        change(hall, "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?, ?)", *values)


def rewrite(chain: Chain, seq: int) -> list[bytes]:
    """The lines with one changed and everything after it chained again."""
    lines = list(chain.lines)
    lines[seq - 1] = lines[seq - 1].replace(b"synced", b"Synced")
    for at in range(seq, len(lines)):
        old, new = sha(chain.lines[at - 1]), sha(lines[at - 1])
        lines[at] = lines[at].replace(old.encode(), new.encode())
    return lines

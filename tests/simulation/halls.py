"""The real intake on a real database, with crashes before, in and after its commit, and backups."""

import contextlib
import sqlite3
from pathlib import Path
from zoneinfo import ZoneInfo

from sync.chain import hash_line
from sync.errors import HallRefused, HallUnreachable
from sync.hall.ledger import bulletin, contact
from sync.hall.ledger.counts import read_counts
from sync.hall.ledger.gate import check
from sync.hall.ledger.intake import Intake
from sync.hall.ledger.roster import add_device
from sync.hall.ledger.store import FILE, KEY_FILE, Store, as_bytes
from sync.hall.refusal import Refused
from sync.keys import Key, write_whole
from sync.wire import MEDIA_TYPE, BatchAnswer, Mark, Place
from tests.simulation.world import World, require

ZONE = ZoneInfo("Asia/Shanghai")
CAPTURED_MAX = 200
"""Messages kept, to be replayed."""


class HallCrash(Exception):
    """The hall's machine goes down in the middle of a transaction."""


class SimHall:
    """One hall. Messages are bytes; an answer is a value or an error of the client."""

    def __init__(self, world: World, folder: Path, key: Key) -> None:
        self._world = world
        self.folder = folder
        self.key = key
        self._backup: Path | None = None
        self._open()
        write_whole(folder / KEY_FILE, key._private.private_bytes_raw())

    def _open(self) -> None:
        self.store = Store(self.folder)
        self.intake = Intake(self.store, self.key, ZONE)
        with self.store.read() as connection:
            self.intake.roster.load(connection)

    def enrol(self, key: Key, window: str) -> None:
        """Make a device known."""
        from sync.keys import decode_public

        with self.store.write() as connection:
            public = decode_public(key.public)
            add_device(connection, public, "H", window, self._world.hall_ms())
        self.restart()

    def restart(self) -> None:
        """Stop and start: what is not durable is gone."""
        self.store.close()
        self._open()

    def post(self, body: bytes) -> BatchAnswer:
        """A batch arrives."""
        world = self._world
        if world.happens("busy"):
            raise HallRefused("slow-down", "busy", 503, 2.0)
        crash = world.rng.choice(["before", "in", "after"]) if world.happens("hall_crash") else ""
        try:
            checked = check(body, MEDIA_TYPE, None, self.intake.roster.find)
            (answer,), _ = self.intake.take(
                [checked], world.hall_ms(), [_crash] if crash == "in" else []
            )
        except Refused as refused:
            raise _refusal(refused) from None
        except HallCrash:
            world.note("hall: crash in the transaction")
            self.restart()
            raise HallUnreachable("crash") from None
        if crash:
            world.note("hall: crash after the commit")
            self.restart()
            if crash == "after":
                raise HallUnreachable("crash")
        if isinstance(answer, Refused):
            raise _refusal(answer)
        self._require_held(answer.receipt)
        return answer

    def _require_held(self, mark: Mark) -> None:
        """No receipt before the commit is durable: another connection sees what it states."""
        other = sqlite3.connect(self.folder / FILE)
        row = other.execute(
            "SELECT e.line FROM entries e JOIN streams s ON e.stream = s.id"
            " WHERE s.epoch = ? AND e.seq = ?",
            (mark.epoch, mark.seq),
        ).fetchone()
        other.close()
        held = row is not None and hash_line(as_bytes(row[0])) == mark.hash
        require(held, f"a receipt for {mark.epoch} {mark.seq}, which is not in the database")

    def entries(self, device: str, epoch: str, first: int, last: int) -> list[bytes]:
        """A device's own lines back; none for an epoch that is not its own."""
        known = self.intake.roster.find(device)
        assert known is not None
        with self.store.read() as connection:
            try:
                lines = contact.give_back(connection, known, epoch, first, last)
            except Refused as refused:
                raise _refusal(refused) from None
        return lines.split(b"\n")[:-1]

    @property
    def now(self) -> int:
        """The hall's clock, in ms since 1970."""
        return self._world.hall_ms()

    def sign_bulletin(self) -> None:
        """The bulletin, as it is signed once a day."""
        with self.store.write() as connection:
            bulletin.make(connection, self.key, ZONE, self.now)

    def newest_bulletin(self) -> dict[str, str] | None:
        """What a heartbeat's answer says of it."""
        with self.store.read() as connection:
            found = bulletin.find_newest(connection)
        return None if found is None else {"bulletin": found[0], "day": found[1]}

    def back_up(self) -> None:
        """A backup as it would be taken beside the running hall, with a bulletin fresh from the
        press: one that is witnessed and in no backup contradicts the hall that is restored.
        """
        self.sign_bulletin()
        self._backup = self.folder / "backup.db"
        self._backup.unlink(missing_ok=True)
        source = sqlite3.connect(self.folder / FILE)
        target = sqlite3.connect(self._backup)
        source.backup(target)
        target.close()
        source.close()

    def restore(self) -> None:
        """The hall's database is lost; yesterday's is put in its place."""
        if self._backup is None:
            return
        self._world.note("hall: restored from the backup")
        self.store.close()
        for ending in ("", "-wal", "-shm"):
            (self.folder / (FILE + ending)).unlink(missing_ok=True)
        (self.folder / FILE).write_bytes(self._backup.read_bytes())
        self._open()

    def lines_of(self, device: str, counted: bool = False) -> list[bytes]:
        """All that the hall holds of a device, forks apart; or only of epochs that are counted."""
        with self.store.read() as connection:
            rows = connection.exec_driver_sql(
                "SELECT e.line FROM entries e JOIN streams s ON e.stream = s.id"
                " JOIN devices d ON s.device = d.id"
                " WHERE d.device = ? AND (s.link <> 'unlinked' OR NOT ?) ORDER BY s.id, e.seq",
                (device, counted),
            ).all()
        return [as_bytes(row[0]) for row in rows]

    def counts(self) -> dict[str, int]:
        """What the hall reports."""
        with self.store.read() as connection:
            return read_counts(connection)

    def close(self) -> None:
        self.store.close()


class Line:
    """The line between one kiosk and the hall: it loses, doubles and answers too late."""

    def __init__(self, world: World, hall: SimHall, device: str) -> None:
        self._world = world
        self._hall = hall
        self._device = device

    def post_journal(self, body: bytes) -> BatchAnswer:
        world = self._world
        if len(world.captured) < CAPTURED_MAX:
            world.captured.append(body)
        if world.happens("lost_request"):
            raise HallUnreachable("lost")
        answer = self._hall.post(body)
        if world.happens("doubled"):
            with contextlib.suppress(HallUnreachable, HallRefused):
                self._hall.post(body)
        if world.happens("lost_answer"):
            raise HallUnreachable("answer lost")
        return answer

    def entries(self, epoch: str, first: int, last: int) -> list[bytes]:
        if self._world.happens("lost_request"):
            raise HallUnreachable("lost")
        return self._hall.entries(self._device, epoch, first, last)


def _crash(*_: object) -> None:
    raise HallCrash


def _refusal(refused: Refused) -> HallRefused:
    head: Place | None = refused.head
    body: dict[str, object] = {"head": head} if head is not None else {}
    if head is not None:
        body = {"head": {"epoch": head.epoch, "seq": head.seq, "hash": head.hash}}
    return HallRefused(refused.word, refused.detail, refused.status, refused.retry_after_s, body)

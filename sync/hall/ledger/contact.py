"""What a kiosk tells and is told outside its journal: counters and heartbeats.

Knows no routes, asks no clock.
"""

import re

from sqlalchemy import Connection

from sync import keys
from sync.errors import BadSignature
from sync.hall.ledger.gate import Find, Known, require
from sync.hall.ledger.store import read_lines
from sync.hall.refusal import Refused
from sync.records import LINE_MAX, SEQ_MAX
from sync.wire import Heartbeat, Place, request_text

COUNTER_DIGITS = 18
"""Digits of a counter; SQLite and every reader hold it exactly."""

TEXT_MAX = 100
"""Characters kept of what a kiosk tells of itself."""

OFFSET_MAX = 2**53
LINES_BYTES_MAX = 4 * 1024 * 1024
"""Bytes of lines given back in one answer; the kiosk asks on from there."""

_COUNTER = re.compile(r"[0-9]{1,18}\Z")


def check_request(
    find: Find, headers: dict[str, str], method: str, target: str, body_sha256: str
) -> tuple[Known, int]:
    """The device that signed a request, and its counter. Raises Refused: 403, 401."""
    name, counter = headers.get("huiyin-device", ""), headers.get("huiyin-counter", "")
    device = require(find, name)
    try:
        if not _COUNTER.match(counter):
            raise BadSignature(f"the counter must be a number of at most {COUNTER_DIGITS} digits")
        text = request_text(name, method, target, body_sha256, counter)
        keys.check(device.public_key, headers.get("huiyin-signature", ""), text)
    except BadSignature as error:
        raise Refused(401, "signature", f"the request's: {error}") from None
    return device, int(counter)


def raise_counter(connection: Connection, device: Known, counter: int) -> None:
    """Use a counter up, durably.

    Raises Refused where it was used before or the device is no longer good.
    """
    row = connection.exec_driver_sql(
        "SELECT counter, state FROM devices WHERE id = ?", (device.id,)
    ).first()
    if row is None:
        raise Refused(403, "device-unknown", "this hall knows no such device; enrol it")
    if row[1] != "active":
        raise Refused(403, "device-revoked", "this device was revoked; ask the hall's technician")
    if counter <= row[0]:
        raise Refused(409, "replayed", f"counter {counter} is not above {row[0]}")
    connection.exec_driver_sql("UPDATE devices SET counter = ? WHERE id = ?", (counter, device.id))


def note_contact(connection: Connection, device: Known, beat: Heartbeat, now: int) -> None:
    """Remember a heartbeat, and since when the hall lacks entries that the kiosk tells of."""
    epoch = beat.head.epoch[:TEXT_MAX] if beat.head is not None else None
    seq = max(0, min(beat.head.seq, SEQ_MAX)) if beat.head is not None else None
    backlog = max(0, min(beat.backlog, SEQ_MAX))
    head = find_head(connection, device, epoch) if epoch is not None else None
    behind = seq is not None and seq > (head.seq if head is not None else 0)
    connection.exec_driver_sql(
        "INSERT INTO contacts VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " seen = excluded.seen, software = excluded.software, epoch = excluded.epoch,"
        " seq = excluded.seq, backlog = excluded.backlog, behind_since = CASE"
        " WHEN excluded.behind_since IS NULL THEN NULL"
        " ELSE coalesce(behind_since, excluded.behind_since) END",
        (
            device.id,
            now,
            beat.software[:TEXT_MAX],
            epoch,
            seq,
            backlog,
            now if behind else None,
        ),
    )


def find_offset(beat: Heartbeat, now: int) -> int | None:
    """Hall time minus monotonic time of a start of the machine (ms), where the heartbeat says
    something sensible.
    """
    sensible = 0 <= beat.mono_ms < OFFSET_MAX and len(beat.boot) <= TEXT_MAX
    return now - beat.mono_ms if sensible else None


def find_head(connection: Connection, device: Known, epoch: str) -> Place | None:
    """What the hall holds of an epoch."""
    row = connection.exec_driver_sql(
        "SELECT epoch, seq, hash FROM streams WHERE device = ? AND epoch = ?", (device.id, epoch)
    ).first()
    return None if row is None else Place(*row)


def give_back(connection: Connection, device: Known, epoch: str, first: int, last: int) -> bytes:
    """A device's own lines, verbatim. Raises Refused for an epoch that is not its own."""
    row = connection.exec_driver_sql(
        "SELECT id FROM streams WHERE device = ? AND epoch = ?", (device.id, epoch)
    ).first()
    if row is None:
        raise Refused(404, "not-found", "the hall holds nothing of such an epoch of this device")
    most, size = LINES_BYTES_MAX // LINE_MAX, 0
    lines: list[bytes] = []
    while first <= last and size < LINES_BYTES_MAX:
        some = read_lines(connection, row[0], first, min(last, first + most - 1))
        lines, size = lines + some, size + sum(map(len, some))
        if not some:
            break
        first += most
    return b"".join(line + b"\n" for line in lines)

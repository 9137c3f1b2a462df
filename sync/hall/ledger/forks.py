"""Forks: lines that contradict what the hall holds, kept beside it and never counted.

Knows no signatures.
"""

import hashlib

from sqlalchemy import Connection

from sync.hall.ledger.gate import Checked
from sync.hall.ledger.store import fetch, run_many

FORKS_MAX = 100
"""Lines kept of one device; of more the hashes only, so that one sent again is counted once."""


def keep_fork(connection: Connection, one: Checked, start: int, now: int) -> None:
    """Keep a batch's lines from index `start` on; of one without lines, the hash it states."""
    first = one.mark.seq - len(one.lines) + 1
    found = [
        (first + at, hashlib.sha256(line).hexdigest(), line)
        for at, line in enumerate(one.lines)
        if at >= start
    ] or [(one.mark.seq, one.mark.hash, b"")]
    device, epoch = one.device.id, one.mark.epoch
    rows = fetch(connection, "SELECT epoch, seq, hash FROM forks WHERE device = ?", (device,))
    fresh = [fork for fork in found if (epoch, fork[0], fork[1]) not in rows]
    room = max(0, FORKS_MAX - len(rows))
    run_many(
        connection,
        "INSERT INTO forks VALUES (?, ?, ?, ?, ?, ?)",
        [
            (device, epoch, seq, digest, line if at < room else b"", now)
            for at, (seq, digest, line) in enumerate(fresh)
        ],
    )
    connection.exec_driver_sql(
        "UPDATE devices SET forks_dropped = forks_dropped + ? WHERE id = ?",
        (max(0, len(fresh) - room), device),
    )

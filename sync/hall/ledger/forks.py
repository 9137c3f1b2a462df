"""Forks: lines that contradict what the hall holds, kept beside it and never counted.

Knows no signatures.
"""

import hashlib

from sqlalchemy import Connection

from sync.hall.ledger.gate import Checked

FORKS_MAX = 100
"""Lines kept of one device; more are counted only."""


def keep_fork(connection: Connection, one: Checked, start: int, now: int) -> None:
    """Keep a batch's lines from index `start` on; of a batch without lines, the hash its checkpoint
    states.
    """
    first = one.mark.seq - len(one.lines) + 1
    found = [
        (first + at, hashlib.sha256(line).hexdigest(), line)
        for at, line in enumerate(one.lines)
        if at >= start
    ] or [(one.mark.seq, one.mark.hash, b"")]
    device = one.device.id
    (held,) = connection.exec_driver_sql(
        "SELECT count(*) FROM forks WHERE device = ?", (device,)
    ).one()
    dropped = 0
    for seq, digest, line in found:
        key = (device, one.mark.epoch, seq, digest)
        known = connection.exec_driver_sql(
            "SELECT 1 FROM forks WHERE device = ? AND epoch = ? AND seq = ? AND hash = ?", key
        ).first()
        if known is not None:
            continue
        if held < FORKS_MAX:
            connection.exec_driver_sql(
                "INSERT INTO forks VALUES (?, ?, ?, ?, ?, ?)", (*key, line, now)
            )
            held += 1
        else:
            dropped += 1
    if dropped:
        connection.exec_driver_sql(
            "UPDATE devices SET forks_dropped = forks_dropped + ? WHERE id = ?", (dropped, device)
        )

"""The audit: every chain walked again against checkpoints, receipts, bulletins and what kiosks
witnessed.

It trusts no column that can be made from something signed. Findings are what somebody did or lost;
notes are what a named person accepted, and lines that mean nothing.
"""

import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import Connection

from sync import keys
from sync.hall.ledger.evidence import Epoch, Evidence, holds
from sync.hall.ledger.store import KEY_FILE, Store, fetch
from sync.hall.ledger.streams import walk_runs
from sync.hall.ledger.walk import CHECKPOINT, Claim, Finding, Walk, Walked
from sync.records import SEQ_MAX
from sync.wire import CHECKPOINT as CHECKPOINT_LABEL
from sync.wire import Mark, mark_text

SIGNED_EVERY = 25
"""A checkpoint is checked unless one at most so many entries later was, which proves it too."""


PARALLEL_FROM = 100_000
"""Entries from which two processes walk."""

PROCESSES = 2
EPOCHS_AT_ONCE = 16
"""Epochs handed to a process at a time, fewer where there are few."""

FINDINGS_MAX = 50
"""Findings told of one epoch; more of it would say nothing new."""

MAY_BE_ACCEPTED = frozenset(("fork", "unlinked", "loss"))


@dataclass(slots=True)
class Audited:
    """The result."""

    entries: int = 0
    epochs: int = 0
    findings: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)


def audit(folder: Path, tell: Callable[[int, int], None] = lambda _done, _all: None) -> Audited:
    """Audit a hall; works beside a running server.

    `tell` hears how many epochs of how many are done.
    """
    store = Store(folder, create=False)
    try:
        return _audit(store, folder, tell)
    finally:
        store.close()


def _audit(store: Store, folder: Path, tell: Callable[[int, int], None]) -> Audited:
    result = Audited()
    hall_key = keys.decode_public(keys.load(folder / KEY_FILE).public)
    with store.read() as connection:
        held = Evidence(connection, hall_key, result.findings)
        epochs = held.list_epochs()
        accepted = _load_accepted(connection)
        total = connection.exec_driver_sql("SELECT coalesce(sum(seq), 0) FROM streams").scalar_one()
        result.findings += [Finding(*row) for row in connection.exec_driver_sql(_DOUBTS)]
    known = held.bulletins
    walks = _walk_all(store, folder, epochs, total)
    for epoch, (count, walked) in zip(epochs, walks, strict=True):
        result.entries += count
        result.epochs += 1
        result.findings += walked.findings[:FINDINGS_MAX]
        result.findings += walked.losses
        result.notes += walked.notes[:FINDINGS_MAX]
        for seq, digest, day in walked.witnessed:
            if digest not in known:
                detail = f"it witnesses bulletin {digest} of {day}, which the hall does not hold"
                result.findings.append(
                    Finding("contradicted", epoch.device, epoch.epoch, seq, detail)
                )
        tell(result.epochs, len(epochs))
    _set_accepted_apart(result, accepted)
    return result


def _walk_all(
    store: Store, folder: Path, epochs: list[Epoch], total: int
) -> Iterable[tuple[int, Walked]]:
    if total < PARALLEL_FROM:
        return (walk_epoch(store, epoch) for epoch in epochs)
    return _walk_parallel(folder, epochs)


def _walk_parallel(folder: Path, epochs: list[Epoch]) -> Iterable[tuple[int, Walked]]:
    context = get_context("spawn")
    at_once = min(EPOCHS_AT_ONCE, max(1, len(epochs) // (4 * PROCESSES)))
    with ProcessPoolExecutor(PROCESSES, context, _open_here, (folder,)) as pool:
        yield from pool.map(_walk_here, epochs, chunksize=at_once)


_here: list[Store] = []


def _open_here(folder: Path) -> None:
    _here.append(Store(folder, create=False))


def _walk_here(epoch: Epoch) -> tuple[int, Walked]:
    return walk_epoch(_here[0], epoch)


def walk_epoch(store: Store, epoch: Epoch) -> tuple[int, Walked]:
    """Walk one epoch in one look at the database; returns how many lines and what was found."""
    with store.read() as connection:
        marks = fetch(connection, _MARKS, (epoch.stream,))
        stated = {claim.seq for claim in epoch.claims} | {mark[0] for mark in marks}
        work = Walk(epoch.device, epoch.epoch, stated)
        for first, lines in walk_runs(connection, epoch.stream, 1, SEQ_MAX):
            work.take(first, lines)
        for (seq,) in fetch(connection, _STRANGE, (epoch.stream, SEQ_MAX)):
            detail = f"an entry stands at {seq!r}, where none can be"
            work.found.findings.append(Finding("added", epoch.device, epoch.epoch, 0, detail))
    signed = _check_marks(work, epoch, marks)
    return work.lines, work.finish([*epoch.claims, *signed])


_MARKS = "SELECT seq, hash, at, signature FROM checkpoints WHERE stream = ? ORDER BY seq DESC"
_STRANGE = "SELECT seq FROM entries WHERE stream = ? AND seq NOT BETWEEN 1 AND ?"


def _check_marks(
    work: Walk, epoch: Epoch, marks: Iterable[tuple[int, str, str, str]]
) -> list[Claim]:
    """The checkpoints that count, the newest first.

    One that agrees with its line proves every line before it that the lines between lead to. So an
    earlier one that agrees proves nothing more there; it is checked now and then all the same.
    """
    found: list[Claim] = []
    checked = floor = SEQ_MAX + 1
    for seq, digest, at, signature in marks:
        agrees = work.hashes.get(seq) == digest
        if agrees and seq >= floor and seq > checked - SIGNED_EVERY:
            found.append(Claim(seq, digest, CHECKPOINT))
            continue
        text = mark_text(CHECKPOINT_LABEL, Mark(epoch.device, epoch.epoch, seq, digest, at))
        if not holds(epoch.public_key, signature, text):
            detail = "its checkpoint is not signed by the device"
            work.found.findings.append(Finding("altered", epoch.device, epoch.epoch, seq, detail))
            continue
        found.append(Claim(seq, digest, CHECKPOINT))
        if agrees:
            checked, floor = seq, work.find_floor(seq)
    return found


_DOUBTS = """
SELECT 'fork', d.device, f.epoch, min(f.seq),
    count(*) || ' lines contradict what is held, last ' || max(f.hash)
    FROM forks f JOIN devices d ON d.id = f.device GROUP BY f.device, f.epoch
UNION ALL SELECT 'fork', device, '', 0, forks_dropped || ' more fork lines were not kept'
    FROM devices WHERE forks_dropped > 0
UNION ALL SELECT 'fork', d.device, s.epoch, s.closed,
    'it goes on to seq ' || s.seq || ' after a later epoch continued it'
    FROM streams s JOIN devices d ON d.id = s.device WHERE s.closed < s.seq
UNION ALL SELECT 'fork', d.device, p.epoch, p.closed, count(*) || ' epochs continue it'
    FROM streams s JOIN streams p ON p.id = s.parent JOIN devices d ON d.id = s.device
    GROUP BY s.parent HAVING count(*) > 1
UNION ALL SELECT 'unlinked', d.device, s.epoch, 1, 'it continues nothing that is held'
    FROM streams s JOIN devices d ON d.id = s.device WHERE s.link = 'unlinked'
UNION ALL SELECT 'added', '', 'stream ' || stream, 0, 'entries of no known epoch' FROM (
    WITH RECURSIVE found(stream) AS (
        SELECT min(stream) FROM entries
        UNION ALL SELECT (SELECT min(stream) FROM entries e WHERE e.stream > found.stream)
            FROM found WHERE found.stream IS NOT NULL)
    SELECT stream FROM found WHERE stream IS NOT NULL AND stream NOT IN (SELECT id FROM streams))
"""
"""Forks, unlinked epochs, entries of nobody."""


def name_finding(finding: Finding) -> str:
    """A short id, the same in every audit: to accept a finding by."""
    text = "|".join((finding.kind, finding.device, finding.epoch, str(finding.seq), finding.detail))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _load_accepted(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql("SELECT subject, who, at FROM acts WHERE what = 'accept'")
    return {row[0]: f"{row[1]}, {row[2]}" for row in rows}


def _set_accepted_apart(result: Audited, accepted: dict[str, str]) -> None:
    left: list[Finding] = []
    for one in result.findings:
        by = accepted.get(name_finding(one)) if one.kind in MAY_BE_ACCEPTED else None
        if by is None:
            left.append(one)
        else:
            detail = f"{one.detail} (accepted by {by})"
            result.notes.append(Finding(one.kind, one.device, one.epoch, one.seq, detail))
    result.findings = left

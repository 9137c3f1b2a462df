"""Receipts: "I hold your chain up to here", signed once that is durable; and ours, brought back by
a kiosk.

A receipt that comes back and states more than the hall holds is kept: the hall went back.
"""

import threading
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from sync import keys
from sync.errors import BadSignature
from sync.hall.ledger import moment
from sync.hall.ledger.store import put_rows
from sync.hall.ledger.streams import Stream
from sync.wire import RECEIPT, Checkpoint, Mark, Place, SignedMark, mark_text

OURS = "hall"
BROUGHT = "kiosk"
"""Where a kept receipt comes from."""


class Receipts:
    """Signs receipts and keeps the newest of each epoch with the next
    transaction.
    """

    def __init__(self, key: keys.Key) -> None:
        self._key = key
        self._public = keys.decode_public(key.public)
        self._issued: dict[tuple[str, str], tuple[Mark, str]] = {}
        self._turn = threading.Lock()
        self.went_back = 0

    def issue(self, device: str, head: Place, now: int) -> tuple[Mark, str]:
        """Sign what the hall holds now. Call it after the commit only."""
        known = self._issued.get((device, head.epoch))
        mark = Mark(device, head.epoch, head.seq, head.hash, moment.write(now))
        if known is not None and known[0] == mark:
            return known
        signed = (mark, self._key.sign(mark_text(RECEIPT, mark)))
        with self._turn:
            self._issued[(device, head.epoch)] = signed
        return signed

    def save(self, connection: Connection) -> None:
        """Keep what was issued since the last time."""
        with self._turn:
            issued, self._issued = self._issued, {}
        keep(connection, OURS, issued.values())

    def check(
        self, connection: Connection, checkpoint: Checkpoint, streams: Mapping[str, Stream]
    ) -> None:
        """Keep a receipt of ours for more than the hall holds, or for something else."""
        receipt = checkpoint.receipt
        if not isinstance(receipt, SignedMark) or receipt.device != checkpoint.checkpoint.device:
            return
        stream = streams.get(receipt.epoch)
        held = stream.seq if stream is not None else 0
        if receipt.seq < held or (stream is not None and receipt.hash == stream.hash):
            return
        try:
            keys.check(self._public, receipt.signature, mark_text(RECEIPT, receipt))
        except BadSignature:
            return
        self.went_back += 1
        keep(connection, BROUGHT, [(receipt, receipt.signature)])


def keep(connection: Connection, source: str, signed: Iterable[tuple[Mark, str]]) -> None:
    """Keep receipts: of our own an epoch's newest, of those brought back the furthest."""
    put_rows(
        connection,
        "INSERT INTO receipts",
        [
            (mark.device, mark.epoch, source, mark.seq, mark.hash, mark.at, signature)
            for mark, signature in signed
        ],
        "ON CONFLICT DO UPDATE SET seq = excluded.seq, hash = excluded.hash, at = excluded.at,"
        " signature = excluded.signature WHERE excluded.source = 'hall' OR excluded.seq >= seq",
    )

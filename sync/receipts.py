"""The receipts a kiosk holds: lines of receipts.ndjson, verbatim and cumulative. Knows no
transport.

The newest line is the truth, even when it goes back: a hall restored from a backup asks again for
what it lost.
"""

import threading
from collections.abc import Mapping
from pathlib import Path

import msgspec

from sync.disk import Disk, Tail
from sync.errors import BadSignature
from sync.wire import RECEIPT, Mark, Receipt, SignedMark, mark_text

NAME = "receipts.ndjson"
KEPT_MAX = 1024 * 1024
"""Bytes of the file before it is written anew with the newest receipt of each epoch."""

_encoder = msgspec.json.Encoder()
_receipts = msgspec.json.Decoder(Receipt)


def check_receipt(receipt: Receipt, hall_key: str) -> None:
    """Raises BadSignature if the hall did not sign this."""
    from sync import keys

    keys.check(keys.decode_public(hall_key), receipt.signature, mark_text(RECEIPT, receipt.receipt))


def read_receipts(data: bytes, hall_key: str | None) -> tuple[list[Receipt], list[int]]:
    """The receipts of a file in order, and the numbers of the lines that are none."""
    receipts: list[Receipt] = []
    bad: list[int] = []
    *lines, torn = data.split(b"\n")
    for number, line in enumerate(lines, start=1):
        try:
            line.decode()
            receipt = _receipts.decode(line)
            if hall_key is not None:
                check_receipt(receipt, hall_key)
            receipts.append(receipt)
        except (msgspec.MsgspecError, UnicodeDecodeError, BadSignature):
            bad.append(number)
    return receipts, bad + ([len(lines) + 1] if torn else [])


def sign_off(receipt: Receipt) -> SignedMark:
    """The receipt as a batch carries it."""
    mark = receipt.receipt
    return SignedMark(
        mark.device, mark.epoch, mark.seq, mark.hash, mark.at, signature=receipt.signature
    )


class Receipts:
    """The newest receipt, and the newest of each epoch. Safe to use from two threads."""

    def __init__(self, disk: Disk, folder: Path, device: str, hall_key: str | None = None) -> None:
        self._disk = disk
        self._path = folder / NAME
        self._device = device
        self._hall_key = hall_key
        self._lock = threading.Lock()
        self._tail: Tail | None = None
        self._size = 0
        self._newest: Receipt | None = None
        self._by_epoch: dict[str, Receipt] = {}
        self._doubted: set[str] = set()
        self._confirmed: set[str] = set()
        self.bad: list[bytes] = []
        self._load()

    def _load(self) -> None:
        data = self._disk.read(self._path)
        self._size = len(data)
        *lines, torn = data.split(b"\n")
        for line in lines:
            receipt = self._read(line)
            if receipt is None:
                self.bad.append(line)
            else:
                self._keep(receipt)
        if torn or self.bad or self._size > KEPT_MAX:
            self._rewrite()

    def _read(self, line: bytes) -> Receipt | None:
        try:
            line.decode()
            receipt = _receipts.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None
        mark = receipt.receipt
        return receipt if mark.device == self._device and mark.seq >= 0 else None

    def _keep(self, receipt: Receipt) -> None:
        self._newest = receipt
        self._by_epoch[receipt.receipt.epoch] = receipt
        self._doubted.discard(receipt.receipt.epoch)

    @property
    def newest(self) -> Receipt | None:
        """The last receipt that came."""
        return self._newest

    def mark(self, epoch: str) -> Mark | None:
        """What the newest receipt of an epoch states."""
        receipt = self._by_epoch.get(epoch)
        return receipt.receipt if receipt else None

    def proofs(self, epoch: str) -> Mapping[int, str]:
        """The hash that the newest receipt of an epoch gives for its seq."""
        mark = self.mark(epoch)
        return {mark.seq: mark.hash} if mark and mark.seq else {}

    def disprove(self, epoch: str) -> bool:
        """Check the signature of an epoch's newest receipt; drop it and say True if it does
        not hold.
        """
        receipt = self._by_epoch.get(epoch)
        if receipt is None or self._hall_key is None:
            return False
        try:
            check_receipt(receipt, self._hall_key)
        except BadSignature:
            self.bad.append(_encoder.encode(receipt))
            del self._by_epoch[epoch]
            if self._newest is receipt:
                self._newest = None
            self._rewrite()
            return True
        return False

    def doubt(self, epochs: set[str]) -> None:
        """The hall says that it lacks these; until it gives receipts again, nothing is proven."""
        with self._lock:
            for epoch in epochs:
                self._by_epoch.pop(epoch, None)
            self._doubted |= epochs
            self._confirmed -= epochs

    def confirm(self, epoch: str) -> None:
        """The hall said again, since this start, what the newest receipt of an epoch says."""
        self._confirmed.add(epoch)

    def is_confirmed(self, epoch: str) -> bool:
        """Whether the hall stood by an epoch's receipt since this start: only then it may go."""
        return epoch in self._confirmed

    def is_doubted(self, epoch: str) -> bool:
        """Whether the hall said that it lacks an epoch and gave no receipt for it since."""
        return epoch in self._doubted

    def add(self, receipt: Receipt) -> None:
        """Keep a receipt whose signature was checked, durable before this returns. Raises
        OSError.
        """
        with self._lock:
            line = _encoder.encode(receipt) + b"\n"
            if self._size + len(line) > KEPT_MAX:
                self._rewrite()
            if self._tail is None:
                self._tail = self._disk.open_tail(self._path)
            try:
                self._tail.append(line)
            except OSError:
                self._drop_tail()
                self._disk.truncate(self._path, self._size)
                raise
            self._size += len(line)
            self._keep(receipt)
            self._confirmed.add(receipt.receipt.epoch)

    def forget(self, epochs: set[str]) -> None:
        """Drop receipts of epochs that are no longer here. Raises OSError."""
        with self._lock:
            for epoch in epochs:
                self._by_epoch.pop(epoch, None)
            if self._newest is not None and self._newest.receipt.epoch in epochs:
                self._newest = next(reversed(self._by_epoch.values()), None)
            if epochs:
                self._rewrite()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._drop_tail()

    def _drop_tail(self) -> None:
        if self._tail is not None:
            self._tail.close()
            self._tail = None

    def _rewrite(self) -> None:
        """Write the newest of each epoch, the newest of all last."""
        self._drop_tail()
        kept = [receipt for receipt in self._by_epoch.values() if receipt is not self._newest]
        if self._newest is not None:
            kept.append(self._newest)
        data = b"".join([_encoder.encode(receipt) + b"\n" for receipt in kept])
        self._disk.replace(self._path, data)
        self._size = len(data)

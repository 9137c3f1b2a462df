"""The gate in a process of its own: bodies come in over a socket, what the writer needs goes out.

It asks for no device, keeps nothing and ends with the socket, so with whoever holds its other end.
Knows no database.
"""

import gc
import signal
import socket
import struct
import sys

import msgspec

from sync.hall.ledger import gate
from sync.hall.ledger.gate import Checked, Known
from sync.hall.refusal import Refused
from sync.wire import MEDIA_TYPE

LENGTH = struct.Struct(">I")
"""Before each message, its bytes."""

CYCLES_EVERY = 50_000
"""New containers between two searches for cycles; a batch makes thousands, and none in a cycle."""


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """A body as it came, and the device it names."""

    device: Known
    encoding: str
    body: bytes


class Verdict(msgspec.Struct, frozen=True, array_like=True):
    """What the gate says: the batch, or status, word and detail of a refusal, or neither where the
    hall must look itself.
    """

    checked: Checked | None = None
    refused: tuple[int, str, str] | None = None


_encoder = msgspec.msgpack.Encoder()
_questions = msgspec.msgpack.Decoder(Asked)
_verdicts = msgspec.msgpack.Decoder(Verdict)


def ask(device: Known, encoding: str, body: bytes) -> bytes:
    """The message that asks about a body."""
    return frame(_encoder.encode(Asked(device, encoding, body)))


def frame(message: bytes) -> bytes:
    """A message as it travels."""
    return LENGTH.pack(len(message)) + message


def read(message: bytes) -> Verdict:
    """The verdict in an answer; none where it is empty."""
    return _verdicts.decode(message) if message else Verdict()


def judge(asked: Asked) -> Verdict:
    """Check one body. Raises nothing: of what is strange the hall finds out itself."""

    def find(device: str) -> Known:
        if device != asked.device.device:
            raise LookupError(device)
        return asked.device

    try:
        return Verdict(gate.check(asked.body, MEDIA_TYPE, asked.encoding, find))
    except Refused as refused:
        return Verdict(None, (refused.status, refused.word, refused.detail))
    except Exception:  # noqa: BLE001  (the hall checks the body again, and tells of the bug)
        return Verdict()


def serve(line: socket.socket) -> None:
    """Say that we are there, then judge until the other end is gone."""
    with line, line.makefile("rb") as reader:
        line.sendall(frame(b""))
        while len(head := reader.read(LENGTH.size)) == LENGTH.size:
            asked = _questions.decode(reader.read(LENGTH.unpack(head)[0]))
            line.sendall(frame(_encoder.encode(judge(asked))))


def main() -> int:
    """Serve on the socket that stands as our input."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the hall is told as well, and ends us
        signal.signal(number, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(CYCLES_EVERY)
    try:
        serve(socket.socket(fileno=sys.stdin.fileno()))
    except (OSError, msgspec.DecodeError):
        return 1  # the hall ended in the middle
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The `modbus` format: an eight-input RTU module, function 02. The one door of pymodbus.

Pure: answers and times go in, signals and requests come out. pymodbus makes and reads the
messages; the reader owns the port.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU, ExceptionResponse
from pymodbus.pdu.bit_message import ReadDiscreteInputsRequest, ReadDiscreteInputsResponse

from devices.formats.format import Beat, Decoder, Edge, Flaw, Format, Signal
from devices.formats.frame import find_start
from devices.formats.line import show_bytes
from devices.table import Table

INPUTS = 8
ASKING_MS = 30  # between polls while a citizen is asked
RESTING_MS = 200  # and else
ANSWER_MS = 150  # an answer that has not come by then is not waited for
ANSWER_LENGTH = 6
REFUSAL_LENGTH = 5


@dataclass(frozen=True)
class Module:
    """The module's address on its line, and the request that it answers."""

    address: int
    request: bytes


class ModbusDecoder(Decoder):
    """Polls and compares: the first answer sets the state, later ones give edges."""

    limit = 8  # bytes: our own request, where it comes back as an echo

    def __init__(self, module: Module, opened_ms: int | None) -> None:
        super().__init__()
        self._module = module
        self._framer = FramerRTU(DecodePDU(is_server=False))
        self._head = bytes([module.address, 2, 1])
        self._refusal = bytes([module.address, 0x82])
        self._noise = False
        self._inputs: list[bool] | None = None
        self._pace_ms = RESTING_MS
        self._asked_ms = 0
        self._next_ms = opened_ms or 0
        self._waiting = False

    @property
    def deadline(self) -> int | None:
        return self._next_ms

    def pace(self, asking: bool) -> None:
        self._pace_ms = ASKING_MS if asking else RESTING_MS
        if not self._waiting:
            self._next_ms = min(self._next_ms, self._asked_ms + self._pace_ms)

    def poll(self, now_ms: int) -> bytes:
        """The request when it is time; an answer still on its way is given ANSWER_MS."""
        if now_ms < self._next_ms:
            return b""
        self._held = b""  # what is left of an older answer does not belong to the next one
        self._asked_ms, self._waiting = now_ms, True
        self._next_ms = now_ms + max(self._pace_ms, ANSWER_MS)
        return self._module.request

    def feed(self, data: bytes, now_ms: int) -> list[Signal]:
        held, found = self._held + data, list[Signal]()
        at = 0
        while at < len(held):
            if held.startswith(self._module.request, at):
                at += len(self._module.request)  # an adapter that echoes what we say
                continue
            start = find_start(held, self._head[:1], at)
            if start > at:
                self._spoil(held[at : at + 1], found)
                at = start
                continue
            rest = held[at : at + self.limit]
            size = self._measure(rest)
            if size == 0:
                self._spoil(rest[:1], found)
                at += 1
            elif len(rest) < size:
                break
            elif self._read(rest[:size], found):
                at += size
                self._noise = False
                if self._waiting:
                    self._waiting = False
                    self._next_ms = self._asked_ms + self._pace_ms
            else:
                self._spoil(rest[:size], found, every=True)
                at += 1
        self._held = held[at:]
        return found

    def _measure(self, rest: bytes) -> int:
        """How long the message is that begins here; 0 if none can."""
        if self._head.startswith(rest[:3]):
            return ANSWER_LENGTH
        if self._refusal.startswith(rest[:2]):
            return REFUSAL_LENGTH
        if self._module.request.startswith(rest):
            return len(self._module.request)
        return 0

    def _read(self, frame: bytes, found: list[Signal]) -> bool:
        _, message = self._framer.handleFrame(frame, self._module.address, 0)
        if isinstance(message, ExceptionResponse):
            found.append(Flaw("bad_frame", f"modbus exception {message.exception_code}"))
            return True
        if not isinstance(message, ReadDiscreteInputsResponse):
            return False
        found.append(Beat())
        inputs = [bool(bit) for bit in message.bits[:INPUTS]]
        for number, (before, now) in enumerate(zip(self._inputs or inputs, inputs, strict=True)):
            if before != now:
                found.append(Edge(str(number), now))
        self._inputs = inputs
        return True

    def _spoil(self, waste: bytes, found: list[Signal], every: bool = False) -> None:
        if every or not self._noise:
            found.append(Flaw("bad_frame", show_bytes(waste)))
        self._noise = True


def build_answer(address: int, inputs: list[bool]) -> bytes:
    """The module's answer with these eight inputs: for the virtual panel."""
    framer = FramerRTU(DecodePDU(is_server=True))
    return framer.buildFrame(ReadDiscreteInputsResponse(bits=inputs, dev_id=address))


def _read_settings(table: Table, send: Table) -> Module:
    address = table.take_int("address", 1, 247, 1)
    table.end("address")
    send.end("nothing: a modbus module is told nothing")
    framer = FramerRTU(DecodePDU(is_server=False))
    request = ReadDiscreteInputsRequest(dev_id=address, address=0, count=INPUTS)
    return Module(address, framer.buildFrame(request))


FORMAT = Format(
    name="modbus",
    one_shot=False,
    wire_key=lambda text: text if re.fullmatch("[0-7]", text) else None,
    key_words="an input, 0 to 7",
    settings=_read_settings,
    beats=lambda module: True,
    needs_quiet=lambda module: False,
    count_false=lambda module, keys: 1e9 * keys / 256**6,
    decoder=ModbusDecoder,
    speak=lambda module, signal: b"",
)

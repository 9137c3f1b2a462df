"""The `line` format: `$body*CRC\\r\\n`, ours, for home-made boards and the virtual panel.

Pure: takes bytes, returns signals. Knows no profile, no port, no clock.
"""

from __future__ import annotations

import re

from devices.formats.crc import crc16_modbus
from devices.formats.format import Beat, Decoder, Edge, Flaw, Format, Missed, Restart, Signal
from devices.table import Table

LINE_MAX = 64  # bytes of one line with its $ and \n
COUNTERS = 65_536
SHOWN_MAX = 24  # bytes of a damaged line that a fault shows

_KEY = re.compile(rb"K,(\d{1,5}),([!-#%-)+\--~]{1,32}),([DU])")
_BEAT = re.compile(rb"H,(\d{1,10}),([ -#%-)+\--~]*),([ -#%-)+\--~]*)")
_TOLD = re.compile(rb"[SL],[ -~]*")
_LAMPS = {"invite": "invite", "thanks": "thanks", "pause": "pause", "fault": "fault"}


def frame_line(body: str) -> bytes:
    """The whole line for a body of ASCII text."""
    raw = body.encode("ascii")
    return b"$%b*%04X\r\n" % (raw, crc16_modbus(raw))


class LineDecoder(Decoder):
    """Finds valid lines in any bytes; holds less than one line."""

    limit = LINE_MAX

    def __init__(self) -> None:
        super().__init__()
        self._noise = False
        self._counter: int | None = None
        self._uptime = 0

    def feed(self, data: bytes, now_ms: int) -> list[Signal]:
        held = self._held + data if self._held else data
        found: list[Signal] = []
        at = 0
        while at < len(held):
            if held[at] != 0x24:
                start = held.find(b"$", at)
                self._skip(held[at : start if start >= 0 else None], found)
                at = start if start >= 0 else len(held)
                continue
            end = held.find(b"\n", at, at + LINE_MAX)
            anew = held.find(b"$", at + 1, end if end >= 0 else at + LINE_MAX)
            if anew >= 0:
                self._spoil(held[at:anew], found)
                at = anew
            elif end >= 0:
                self._read(held[at : end + 1], found)
                at = end + 1
            elif len(held) - at >= LINE_MAX:
                self._spoil(held[at : at + LINE_MAX], found)
                at += LINE_MAX
            else:
                break
        self._held = held[at:]
        return found

    def _skip(self, waste: bytes, found: list[Signal]) -> None:
        """Bytes outside any line: one fault for a run of them, none for bare line ends."""
        if not self._noise and (waste := waste.lstrip(b"\r\n")):
            self._spoil(waste[:1], found)

    def _spoil(self, waste: bytes, found: list[Signal]) -> None:
        self._noise = True
        found.append(Flaw("bad_frame", show_bytes(waste)))

    def _read(self, line: bytes, found: list[Signal]) -> None:
        body = line[1:-7]
        if line[-7:] != b"*%04X\r\n" % crc16_modbus(body):
            self._spoil(line, found)
            return
        self._noise = False
        if key := _KEY.fullmatch(body):
            self._hear_key(int(key[1]), key[2].decode("ascii"), key[3] == b"D", found)
        elif beat := _BEAT.fullmatch(body):
            uptime = int(beat[1])
            if uptime < self._uptime:
                self._counter = None
                found.append(Restart())
            self._uptime = uptime
            found.append(Beat(beat[2].decode("ascii"), beat[3].decode("ascii"), uptime))
        elif not _TOLD.fullmatch(body):  # our own words may come back as an echo
            found.append(Flaw("bad_frame", show_bytes(line)))

    def _hear_key(self, counter: int, key: str, down: bool, found: list[Signal]) -> None:
        if counter >= COUNTERS:
            found.append(Flaw("bad_frame", f"counter {counter}"))
            return
        if self._counter is not None:
            if counter == self._counter:
                return
            missed = (counter - self._counter - 1) % COUNTERS
            if missed:
                found.append(Missed(missed))
        self._counter = counter
        found.append(Edge(key, down))


def show_bytes(waste: bytes) -> str:
    """The first bytes of something damaged, in hex, for a fault's detail."""
    more = "…" if len(waste) > SHOWN_MAX else ""
    return waste[:SHOWN_MAX].hex(" ").upper() + more


def _check_key(text: str) -> str | None:
    return text if re.fullmatch(r"[!-#%-)+\--~]{1,32}", text) else None


def _read_settings(table: Table, send: Table) -> None:
    table.end("nothing: format line has no settings of its own")
    send.end("nothing: format line has its own words")


def _speak(settings: None, signal: str) -> bytes:
    """The lamps' word; `cancel` puts them out as `pause` does."""
    return frame_line("S," + _LAMPS.get(signal, "pause"))


FORMAT = Format(
    name="line",
    one_shot=False,
    wire_key=_check_key,
    key_words="1 to 32 printable characters without space, comma, * and $",
    settings=_read_settings,
    beats=lambda settings: True,
    needs_quiet=lambda settings: False,
    # the shortest line with a key: $K,1,k,D*HHHH\r\n has 13 bytes that must be right
    count_false=lambda settings, keys: 1e9 * keys * 20 / 256**13,
    decoder=lambda settings, opened_ms: LineDecoder(),
    speak=_speak,
)

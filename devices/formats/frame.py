"""The `frame` format: fixed binary frames of commercial raters, described by the profile.

Pure: takes bytes and times, returns signals. A frame with a check is found in any noise; one
without counts only with silence before and after it.
"""

from __future__ import annotations

import re

from devices.formats.format import Beat, Code, Decoder, Flaw, Format, Signal
from devices.formats.layout import FRAME_MAX, Layout, read_layout
from devices.formats.line import show_bytes

GAP_MS = 1_000  # a frame's bytes come within this; an older beginning is not waited for
DEAF_MS = 2_000  # noise without a silence for so long is told: no code can count meanwhile


class Poller:
    """When a polled panel is to be asked again."""

    def __init__(self, layout: Layout) -> None:
        self._words = layout.said.get("poll", b"")
        self._every_ms = layout.poll_ms
        self.next_ms: int | None = 0 if self._words else None

    def poll(self, now_ms: int) -> bytes:
        if self.next_ms is None or now_ms < self.next_ms:
            return b""
        self.next_ms = now_ms + self._every_ms
        return self._words


class FrameDecoder(Decoder):
    """Frames with a check, wherever they begin; holds less than one frame."""

    limit = FRAME_MAX

    def __init__(self, layout: Layout) -> None:
        super().__init__()
        self._layout = layout
        self._poller = Poller(layout)
        self._last_ms = 0
        self._noise = False

    @property
    def deadline(self) -> int | None:
        return self._poller.next_ms

    def poll(self, now_ms: int) -> bytes:
        return self._poller.poll(now_ms)

    def feed(self, data: bytes, now_ms: int) -> list[Signal]:
        layout, found = self._layout, list[Signal]()
        if self._held and now_ms - self._last_ms >= GAP_MS:
            self._spoil(self._held, found)
            self._held = b""
        self._last_ms = now_ms
        held = self._held + data
        at = 0
        while at < len(held):
            start = find_start(held, layout.header, at)
            if start > at and not self._noise:
                self._spoil(held[at : at + 1], found)
            at = start
            if len(held) - at < layout.length:
                break
            frame = held[at : at + layout.length]
            if layout.is_valid(frame):
                self._noise = False
                found.append(read_code(layout, frame))
                at += layout.length
            else:
                self._spoil(frame, found)
                at += 1
        self._held = held[at:]
        return found

    def _spoil(self, waste: bytes, found: list[Signal]) -> None:
        self._noise = True
        found.append(Flaw("bad_frame", show_bytes(waste)))


class QuietDecoder(Decoder):
    """Frames known by the silence around them: a burst of exactly one frame, nothing near it.

    Only `tick` proves a silence; bytes that are fed late may have come at any time before. Noise
    that never pauses is a fault, told again every DEAF_MS: the panel cannot be heard through it.
    """

    limit = FRAME_MAX + 1

    def __init__(self, layout: Layout, opened_ms: int | None) -> None:
        assert layout.quiet_ms is not None
        super().__init__()
        self._layout = layout
        self._quiet_ms = layout.quiet_ms
        self._poller = Poller(layout)
        self._last_ms = opened_ms or 0
        self._calm = opened_ms is None  # an opened port has to prove its silence first
        self._noisy_ms: int | None = None  # since when there was no silence

    @property
    def deadline(self) -> int | None:
        poll_ms = self._poller.next_ms
        if self._calm and not self._held:
            return poll_ms
        quiet_at = self._last_ms + self._quiet_ms
        return quiet_at if poll_ms is None else min(quiet_at, poll_ms)

    def poll(self, now_ms: int) -> bytes:
        return self._poller.poll(now_ms)

    def feed(self, data: bytes, now_ms: int) -> list[Signal]:
        if not data:
            return []
        self._held = (self._held + data)[: self._layout.length + 1]
        self._last_ms = now_ms
        if self._noisy_ms is None:
            self._noisy_ms = now_ms
        if now_ms - self._noisy_ms < DEAF_MS:
            return []
        self._noisy_ms = now_ms
        return [Flaw("no_silence", show_bytes(data))]

    def tick(self, now_ms: int) -> list[Signal]:
        if now_ms - self._last_ms < self._quiet_ms:
            return []
        burst, calm = self._held, self._calm
        self._held, self._calm, self._noisy_ms = b"", True, None
        if not burst:
            return []
        if calm and len(burst) == self._layout.length and self._layout.is_valid(burst):
            return [read_code(self._layout, burst)]
        return [Flaw("bad_frame", show_bytes(burst))]


def read_code(layout: Layout, frame: bytes) -> Signal:
    """What a valid frame says."""
    code = f"{frame[layout.code_at]:02X}"
    return Beat() if code in layout.idle else Code(code)


def find_start(held: bytes, header: bytes, at: int) -> int:
    """Where the next frame begins or may begin; the end of `held` if nowhere."""
    start = held.find(header, at)
    if start >= 0:
        return start
    for size in range(len(header) - 1, 0, -1):
        if held.endswith(header[:size], at):
            return len(held) - size
    return len(held)


def _check_key(text: str) -> str | None:
    return text.upper() if re.fullmatch(r"[0-9A-Fa-f]{2}", text) else None


def _make_decoder(layout: Layout, opened_ms: int | None) -> Decoder:
    """A capture has no times, but a check tells its frames from noise even so."""
    if layout.quiet_ms is None or (opened_ms is None and layout.check != "none"):
        return FrameDecoder(layout)
    return QuietDecoder(layout, opened_ms)


def _speak(layout: Layout, signal: str) -> bytes:
    """The profile's bytes; a panel that has no word for a fault is put out as for a pause."""
    nearest = {"fault": ("pause", "cancel"), "pause": ("pause", "cancel")}
    words = nearest.get(signal, (signal,))
    return next((layout.said[word] for word in words if word in layout.said), b"")


FORMAT = Format(
    name="frame",
    one_shot=True,
    wire_key=_check_key,
    key_words="two hex digits",
    settings=read_layout,
    beats=lambda layout: "poll" in layout.said and bool(layout.idle),
    needs_quiet=lambda layout: layout.check == "none",
    count_false=lambda layout, keys: layout.count_false(keys),
    decoder=_make_decoder,
    speak=_speak,
)

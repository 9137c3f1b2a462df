"""Captured bytes to presses without a clock: `huiyin-panel decode`.

Every key starts up; each down after an up and each valid one-shot frame is a press. No debouncing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from devices.formats.format import Code, Decoder, Edge, Flaw, Missed, Signal
from devices.profile import Profile

END_MS = 60_000  # the silence behind the end of a capture: whoever took it heard nothing more

Found = dict[str, str | int]


class Reading:
    """Turns signals into the objects that `decode` prints, one a press or fault."""

    def __init__(self, profile: Profile) -> None:
        self._levels = profile.levels
        self._down: set[str] = set()

    def take(self, signals: Iterable[Signal]) -> Iterator[Found]:
        for signal in signals:
            match signal:
                case Edge(key, False):
                    self._down.discard(key)
                case Edge(key, True) if key in self._levels and key in self._down:
                    pass
                case Edge(key, True) | Code(key):
                    self._down.add(key)
                    yield self._judge(key)
                case Flaw(what, detail):
                    yield {"event": "fault", "what": what, "detail": detail}
                case Missed(n):
                    # the releases may be among what was missed
                    self.forget()
                    yield {"event": "fault", "what": "missed_presses", "n": n}
                case _:
                    # a Restart too: a key that was down then and is told down again is one finger
                    pass

    def forget(self) -> None:
        """Every key is up, and what was down is no longer known."""
        self._down.clear()

    def _judge(self, key: str) -> Found:
        if key in self._levels:
            return {"event": "press", "key": key, "level": self._levels[key]}
        return {"event": "fault", "what": "unknown_code", "detail": key}


def decode_bytes(profile: Profile, chunks: Iterable[bytes]) -> Iterator[Found]:
    """A capture without times, in any pieces."""
    if profile.rules.needs_quiet(profile.settings):
        yield {"event": "fault", "what": "no_silence"}
        return
    decoder = profile.decoder()
    reading = Reading(profile)
    for chunk in chunks:
        yield from reading.take(decoder.feed(chunk, 0))
    yield from _end(decoder)


def decode_timed(profile: Profile, moments: Iterable[tuple[int, bytes]]) -> Iterator[Found]:
    """A capture with times (ms since the port was opened, bytes), judged as a kiosk would.

    Silence counts where the format asks for it, and none is known from before the opening; only a
    capture whose first bytes stand at 0, which `watch` never writes, counts from those bytes, and
    was begun in silence. A moment without bytes: the port was lost or opened anew.
    """
    decoder = profile.decoder(0)
    reading = Reading(profile)
    last_ms = -END_MS
    for at_ms, data in moments:
        if at_ms == 0 and last_ms < 0:
            decoder = profile.decoder(last_ms)
        yield from reading.take(decoder.tick(at_ms))
        if data:
            yield from reading.take(decoder.feed(data, at_ms))
        else:
            decoder = profile.decoder(at_ms)
            reading.forget()
        last_ms = at_ms
    yield from reading.take(decoder.tick(last_ms + END_MS))
    yield from _end(decoder)


def _end(decoder: Decoder) -> Iterator[Found]:
    if decoder.held:
        yield {"event": "fault", "what": "bad_frame", "detail": f"cut off, {decoder.held} bytes"}

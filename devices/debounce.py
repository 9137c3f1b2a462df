"""Fingers to presses: settle, release, hold, stuck, together, repeat, for each key.

Pure: edges or codes and the time go in, events come out. Knows no bytes, and no level but by name.
"""

from __future__ import annotations

import msgspec

from devices.press import Down, Event, Fault, Held, Press, Stray, Up


class Timing(msgspec.Struct, frozen=True):
    """The times of the debouncer and of silence; all in milliseconds."""

    settle_ms: int = 30
    together_ms: int = 80
    repeat_ms: int = 300
    hold_ms: int = 2_000
    stuck_ms: int = 5_000
    silence_ms: int | None = None


class _Finger(msgspec.Struct):
    """What is known of one key. `shown`: its down was told; `whole`: it may still be a press."""

    down: bool = False
    since_ms: int = 0
    edge_ms: int | None = None
    shown: bool = False
    whole: bool = False
    held: bool = False
    deaf: bool = False


class EdgeDebouncer:
    """Edge panels: a press counts on release, before `hold_ms`, with no other key down."""

    def __init__(self, levels: dict[str, str], timing: Timing) -> None:
        self._levels = levels
        self._timing = timing
        self._fingers = {key: _Finger() for key in levels}

    @property
    def deadline(self) -> int | None:
        """When `tick` has something to say: a key becomes held or stuck."""
        times = [
            finger.since_ms + (self._timing.stuck_ms if finger.held else self._timing.hold_ms)
            for finger in self._fingers.values()
            if finger.down and not finger.deaf
        ]
        return min(times, default=None)

    def edge(self, key: str, down: bool, now_ms: int) -> list[Event]:
        """One edge of a key of the map, as the wire told it."""
        events = self.tick(now_ms)
        finger = self._fingers[key]
        if down and not finger.down:
            self._press(key, finger, now_ms, events)
        elif finger.down and not down:
            self._release(key, finger, now_ms, events)
        finger.edge_ms = now_ms
        return events

    def tick(self, now_ms: int) -> list[Event]:
        """Held and stuck keys, as time goes by."""
        events: list[Event] = []
        for key, finger in self._fingers.items():
            if not finger.down or finger.deaf:
                continue
            if not finger.held and now_ms - finger.since_ms >= self._timing.hold_ms:
                finger.held = True
                if finger.whole:
                    finger.whole = False
                    events.append(Held(key, now_ms))
            if now_ms - finger.since_ms >= self._timing.stuck_ms:
                finger.deaf = True
                events.append(Fault("key_stuck", "raised", key, now_ms))
        return events

    def forget(self, now_ms: int, reopened: bool = False) -> list[Event]:
        """What is down is no longer known: every key is up, and none of them was a press.

        Only a port opened anew ends a key's settling: one finger stays one press over a gap.
        """
        events: list[Event] = []
        for key, finger in self._fingers.items():
            finger.whole = False
            if finger.down:
                self._release(key, finger, now_ms, events)
            if reopened:
                finger.edge_ms = None
        return events

    def _press(self, key: str, finger: _Finger, now_ms: int, events: list[Event]) -> None:
        calm = finger.edge_ms is None or now_ms - finger.edge_ms >= self._timing.settle_ms
        finger.down, finger.since_ms, finger.held = True, now_ms, False
        if calm:  # else a bounce of the last push: it is down, but it is no new press
            finger.shown = finger.whole = True
            events.append(Down(key, now_ms))
        others = [(k, f) for k, f in self._fingers.items() if f.down and not f.deaf and k != key]
        for other_key, other in [*others, (key, finger)] if others else []:
            if other.whole:
                other.whole = False
                events.append(Stray(other_key, "ambiguous", now_ms))

    def _release(self, key: str, finger: _Finger, now_ms: int, events: list[Event]) -> None:
        if finger.shown:
            events.append(Up(key, now_ms))
        if finger.whole:
            events.append(Press(key, self._levels[key], now_ms))
        if finger.deaf:
            events.append(Fault("key_stuck", "cleared", key, now_ms))
        finger.down = finger.shown = finger.whole = finger.deaf = False


class CodeDebouncer:
    """One-shot panels: a code counts when it arrives, unless it repeats or crowds another."""

    def __init__(self, levels: dict[str, str], timing: Timing) -> None:
        self._levels = levels
        self._timing = timing
        self._heard: dict[str, int] = {}

    def code(self, key: str, now_ms: int) -> list[Event]:
        """One code of a key of the map. Each hearing of a key counts for what follows it."""
        before = self._heard.get(key)
        others = [at for other, at in self._heard.items() if other != key]
        self._heard[key] = now_ms
        if before is not None and now_ms - before < self._timing.repeat_ms:
            return [Stray(key, "repeat", now_ms)]
        if others and now_ms - max(others) < self._timing.together_ms:
            return [Stray(key, "ambiguous", now_ms)]
        return [Press(key, self._levels[key], now_ms)]

    def forget(self) -> None:
        """The port was reopened: nothing heard before stands against what comes now."""
        self._heard.clear()

"""One panel: its format's decoder, its debouncer, its faults and its silence, put together.

Pure: bytes and the time go in, events come out. Knows no port; the reader owns that.
"""

from __future__ import annotations

from collections.abc import Callable

from devices.debounce import CodeDebouncer, EdgeDebouncer
from devices.formats.format import Beat, Code, Edge, Flaw, Missed, Restart, Signal
from devices.press import Back, Event, Heard, Lost
from devices.profile import Profile
from devices.tally import Tally

Seen = Callable[[Signal, int], None]


class Panel:
    """`feed` and `tick` give events, `deadline` says when `tick` is wanted, `poll` what to send;
    `seen` is shown what each frame said, before any of it is debounced."""

    def __init__(self, profile: Profile, seen: Seen = lambda *_: None) -> None:
        self.profile, self._seen = profile, seen
        self._rules = profile.rules
        self._levels = profile.levels
        self._decoder = profile.decoder()
        self._edges = EdgeDebouncer(self._levels, profile.timing)
        self._codes = CodeDebouncer(self._levels, profile.timing)
        self._tally = Tally()
        self._heard_ms = 0
        self._silent = False
        self._asking = False
        self.started_ms = 0  # when the board started, as its last heartbeat has it

    @property
    def deadline(self) -> int | None:
        """When `tick` has something to do, in ms; None: only when bytes come."""
        times = [self._decoder.deadline, self._edges.deadline, self._tally.deadline]
        if self.profile.timing.silence_ms is not None:
            times.append(self._heard_ms + self.profile.timing.silence_ms)
        return min((at for at in times if at is not None), default=None)

    @property
    def silent(self) -> bool:
        """Whether the panel is lost by its silence, and not heard since."""
        return self._silent

    def open(self, now_ms: int) -> None:
        """The port was opened: nothing of before is remembered, so no press can be invented."""
        self._decoder = self.profile.decoder(now_ms)
        self._decoder.pace(self._asking)
        self._codes.forget()
        self._heard_ms = now_ms

    def shut(self, now_ms: int) -> list[Event]:
        """The port is gone: every key is up, and nothing that was down becomes a press."""
        return self._edges.forget(now_ms, reopened=True)

    def feed(self, data: bytes, now_ms: int) -> list[Event]:
        """Takes all bytes that came; any split of them gives the same presses."""
        return self._take(self._decoder.feed(data, now_ms), now_ms)

    def tick(self, now_ms: int) -> list[Event]:
        """Says that nothing more has come up to `now_ms`."""
        events = self._take(self._decoder.tick(now_ms), now_ms)
        events += self._edges.tick(now_ms)
        events += self._tally.tick(now_ms)
        if self.is_overdue(now_ms) and not self._silent:
            self._silent = True
            events += [*self.shut(now_ms), Lost("silent", now_ms)]
        return events

    def is_overdue(self, now_ms: int) -> bool:
        """Nothing was heard for `silence_s`, since the last open too: open it anew."""
        limit = self.profile.timing.silence_ms
        return limit is not None and now_ms - self._heard_ms >= limit

    def poll(self, now_ms: int) -> bytes:
        """What the format has to say to the panel now; mostly nothing."""
        return self._decoder.poll(now_ms)

    def speak(self, signal: str) -> bytes:
        """The bytes of a signal to the panel; never depends on a level. Empty: it has no lamps."""
        self._asking = signal == "invite"
        self._decoder.pace(self._asking)
        return self._rules.speak(self.profile.settings, signal)

    def _take(self, signals: list[Signal], now_ms: int) -> list[Event]:
        events: list[Event] = []
        for signal in signals:
            self._seen(signal, now_ms)
            if not isinstance(signal, Flaw):
                self._hear(now_ms, events)
            match signal:
                case Edge(key, down) if key in self._levels:
                    events += self._edges.edge(key, down, now_ms)
                case Code(key) if key in self._levels:
                    events += self._codes.code(key, now_ms)
                case Edge(key, True) | Code(key):
                    events += self._tally.note("unknown_code", key, now_ms)
                case Beat(board, version, uptime_s) if uptime_s is not None:
                    self.started_ms = now_ms - uptime_s * 1_000
                    events.append(Heard(board, version, now_ms))
                case Flaw(what, detail):
                    events += self._tally.note(what, detail, now_ms)
                case Missed(n):
                    events += self._tally.note("missed_presses", f"n={n}", now_ms, n)
                    events += self._edges.forget(now_ms)
                case Restart():
                    events += self._edges.forget(now_ms)
                case _:
                    pass  # an answered poll, or the release of a key that is not in the map
        return events

    def _hear(self, now_ms: int, events: list[Event]) -> None:
        self._heard_ms = now_ms
        if self._silent:
            self._silent = False
            events.append(Back(now_ms))

"""`huiyin-panel simulate`: a virtual panel as a process, driven by a script or by a terminal."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Callable
from pathlib import Path

from devices.profile import Profile
from devices.script import ScriptError, Step, parse_act, parse_script
from devices.simulator import VirtualPanel
from devices.words import say

BEAT_MS = 2_000  # a heartbeat at least every 5 s is what the format asks for
LINGER_MS = 1_000  # after a script's last step, so that the kiosk reads the end of it
BURST = {"noise": 1_024, "flood": 32}  # at once: a terminal holds about 4 KB, and drops the rest
BURST_MS = 5  # between two bursts: at most 200 KB/s, far beyond any serial line
SCRIPT_MAX = 1_000_000  # bytes of a script
LINE_MAX = 1_024  # bytes of one line from the terminal
STEP_MS = 50  # the longest sleep


class Session:
    """One panel being played: waits, serves the kiosk meanwhile, keeps the heart beating."""

    def __init__(self, panel: VirtualPanel, tell: Callable[[str], None]) -> None:
        self._panel = panel
        self._tell = tell
        self._beat_at = 0.0

    def wait(self, wait_ms: float) -> None:
        """Lets the panel live for so long."""
        until = time.monotonic() + wait_ms / 1_000
        while (left := until - time.monotonic()) > 0:
            self.idle(left)
        self.live()

    def idle(self, most_s: float, *others: int) -> bool:
        """Lives, then sleeps until the kiosk speaks; True as soon as one of `others` can be read.

        Not longer than STEP_MS, for the heart must beat.
        """
        self.live()
        ours = self._panel.fileno()
        watched = [*others] if ours is None else [*others, ours]
        ready, _, _ = select.select(watched, [], [], min(most_s, STEP_MS / 1_000))
        return any(other in ready for other in others)

    def live(self) -> None:
        if time.monotonic() >= self._beat_at:
            self._panel.heartbeat()
            self._beat_at = time.monotonic() + BEAT_MS / 1_000
        for signal in self._panel.take_told():
            self._tell(signal)

    def do(self, step: Step) -> None:
        self.wait(step.after_ms)
        if step.act == "press":
            self._panel.down(step.key)
            self.wait(step.amount)
            self._panel.up(step.key)
        elif step.act == "unplug":
            self._panel.unplug()
            self.wait(step.amount)
            self._panel.replug()
        elif step.act == "flip":
            self._panel.flip()
        else:
            self._pour(step.act, step.amount)

    def _pour(self, act: str, amount: int) -> None:
        """Noise or a flood, as fast as a terminal can take it without losing any."""
        pour = self._panel.noise if act == "noise" else self._panel.flood
        for done in range(0, amount, BURST[act]):
            pour(min(BURST[act], amount - done))
            self.wait(BURST_MS)


def simulate_panel(
    profile: Profile, link: Path | None, script: Path | None, tell: Callable[[str, str], None]
) -> int:
    """Plays until the script or the terminal ends. `tell(what, value)`: path and signals."""
    steps = []
    if script is not None:
        steps = parse_script(_read_script(script), profile, str(script))
    with VirtualPanel(profile, link) as panel:
        tell("panel", panel.path)
        session = Session(panel, lambda signal: tell("told", signal))
        if script is None:
            _follow_terminal(session, profile)
        else:
            for step in steps:
                session.do(step)
            session.wait(LINGER_MS)
    return 0


def _read_script(script: Path) -> str:
    with script.open("rb") as file:
        raw = file.read(SCRIPT_MAX + 1)
    if len(raw) > SCRIPT_MAX:
        raise ScriptError(say("script_long", file=script, most=SCRIPT_MAX))
    return raw.decode("utf-8", "replace")  # the line that it is in will be named


def _follow_terminal(session: Session, profile: Profile) -> None:
    """Until the input ends. One that was never open, as a service's, is no end."""
    _show_keys(profile)
    rest, heard = b"", False
    watched = [] if sys.stdin is None else [sys.stdin.fileno()]
    while True:
        if not session.idle(STEP_MS / 1_000, *watched):
            continue
        data = _read_input()
        if not data and not heard and not os.isatty(watched[0]):
            watched = []
            continue
        heard = True
        *lines, rest = (rest[-LINE_MAX:] + (data or b"\n")).split(b"\n")
        for line in lines:
            _obey(session, profile, line.decode("utf-8", "replace"))
        if not data:
            return


def _read_input() -> bytes:
    try:
        return os.read(sys.stdin.fileno(), LINE_MAX)
    except OSError:
        return b""  # the terminal has gone, as after a broken ssh


def _obey(session: Session, profile: Profile, line: str) -> None:
    step = parse_act(line.split(), profile)
    if step is not None:
        session.do(step)
    elif line.strip():
        _show_keys(profile)


def _show_keys(profile: Profile) -> None:
    print(say("sim_keys", keys=" ".join(key for key, _ in profile.keys)), file=sys.stderr)

"""`huiyin-panel learn`: each key pressed three times, and the panel describes itself.

Collects the pushes; `infer` makes the profile of them. Sends nothing but a module's polls.
"""

from __future__ import annotations

import os
import select
from pathlib import Path

from devices.drive import Tell, name_file, read_clock
from devices.formats import load_format
from devices.formats.format import Beat, Decoder, Edge
from devices.formats.line import LineDecoder
from devices.infer import LearnError, Plan, Pushes, describe_panel
from devices.keyboard import Keyboard
from devices.pin import find_port
from devices.port import Link, SerialPort, list_ports
from devices.profile import Profile, Wire, parse_profile
from devices.reader import INPUTS
from devices.table import ProfileError, Table

TIMES = 3  # pushes of each key
BURST_MS = 250  # silence that ends what one push sends
BURST_MAX = 256  # bytes of one push; more is no button
STEP_MS = 20
WAIT_MS = 60_000  # for each push, unless said


def open_unknown(plan: Plan, port: str) -> tuple[Link, Decoder | None, str]:
    """The port, a decoder where the format is known, and the adapter's vendor:product."""
    if plan.format == "keys":
        device = find_port(port, keyboard=True)
        if os.path.realpath(device).startswith(INPUTS):
            return Keyboard(device, ()), load_format("keys").decoder(None, 0), ""
    device = find_port(port)
    usb = next((info.usb for info in list_ports() if info.device == device), "")
    decoder = None
    if plan.format in ("line", "keys", "modbus"):
        rules = load_format(plan.format)
        own = {"address": plan.address} if plan.format == "modbus" else {}
        settings = rules.settings(Table(own, "learn", plan.format), Table({}, "learn", "send"))
        decoder = rules.decoder(settings, read_clock())
    return SerialPort(device, Wire(plan.baud, parity=plan.parity)), decoder, usb


class Ear:
    """Cuts what comes into pushes: by edges where the format has them, else by silence."""

    def __init__(self, plan: Plan, decoder: Decoder | None) -> None:
        self._edges = decoder or LineDecoder()
        self.by_edges = plan.format != "frame" and decoder is not None
        self._guess = plan.format == "auto"
        self._burst = b""
        self._last_ms = 0

    def hear(self, data: bytes, now_ms: int) -> list[bytes]:
        """Pushes that are complete; call it with no bytes as well, so that silence is heard."""
        done = []
        if data:
            self._last_ms = now_ms
            for signal in self._edges.feed(data, now_ms):
                if self._guess and isinstance(signal, (Edge, Beat)):
                    self.by_edges, self._burst = True, b""
                if self.by_edges and isinstance(signal, Edge) and not signal.down:
                    done.append(signal.key.encode("ascii"))
            if not self.by_edges:
                self._burst = (self._burst + data)[: BURST_MAX + 1]
        elif self._burst and now_ms - self._last_ms >= BURST_MS:
            if len(self._burst) > BURST_MAX:
                raise LearnError(
                    f"more than {BURST_MAX} bytes without a pause: wrong baud or port?"
                )
            done, self._burst = [self._burst], b""
        return done

    def poll(self, now_ms: int) -> bytes:
        return self._edges.poll(now_ms)


def collect_pushes(
    link: Link, ear: Ear, levels: tuple[str, ...], tell: Tell, wait_ms: int
) -> Pushes:
    """Every level's key pushed TIMES times; `tell` says what is wanted next."""
    pushes: Pushes = {}
    for level in levels:
        sent: list[bytes] = []
        tell("ask", {"level": level, "left": TIMES})
        end = read_clock() + wait_ms
        while len(sent) < TIMES:
            if read_clock() >= end:
                raise LearnError(f"nothing heard of the key for {level} within {wait_ms // 1000} s")
            if request := ear.poll(read_clock()):
                link.write(request)
            ready, _, _ = select.select([link], [], [], STEP_MS / 1_000)
            data = link.read() if ready else b""
            if heard := ear.hear(data, read_clock()):
                sent += heard
                tell("heard", {"level": level, "left": max(0, TIMES - len(sent))})
                end = read_clock() + wait_ms
        pushes[level] = sent[:TIMES]
    return pushes


def make_profile(plan: Plan, pushes: Pushes, out: Path) -> Profile:
    """The profile, checked as any other and written. LearnError, or OSError if it cannot be."""
    text = describe_panel(plan, pushes).encode("utf-8")
    try:
        profile = parse_profile(text, out)
    except ProfileError as error:
        raise LearnError(f"what was heard makes no sound profile: {error}") from error
    with name_file(out), out.open("xb") as file:
        file.write(text)
    return profile

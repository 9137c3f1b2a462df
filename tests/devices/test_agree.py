"""`decode` and a kiosk hear the same pushes, however the bytes come, with noise between."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decode import decode_bytes, decode_timed
from devices.formats.line import frame_line
from devices.mimic import make_mimic
from devices.panel import Panel
from devices.press import Press
from devices.profile import Profile, find_profile

MODELS = ("huiyin-3", "huiyin-5", "pattern-4123", "pattern-123", "pattern-3210", "pattern-five",
          "pattern-byte", "modbus-8")  # fmt: skip
Moment = tuple[int, bytes]


def record(profile: Profile, chance: random.Random, pushes: int) -> Iterator[Moment]:
    """Pushes of one finger, far enough from each other for any debouncer; noise in some rests."""
    mimic = make_mimic(profile)
    asks = profile.decoder().poll(0) if profile.format == "modbus" else b""
    now = 1_000
    yield now, mimic.hear(asks)
    for _ in range(pushes):
        now += 1_200
        if chance.random() < 0.3:
            yield now, chance.randbytes(chance.randrange(1, 30))
        now += 1_200  # an older beginning is not waited for
        key = chance.choice(profile.keys)[0]
        yield now, mimic.down(key) or mimic.hear(asks)
        now += chance.randrange(60, 900)
        if profile.format == "line" and chance.random() < 0.3:
            mimic = make_mimic(profile)  # the board starts again, under the finger
            yield now, frame_line("H,9,B,1") + mimic.beat(0)
            now += chance.randrange(60, 900)
            yield now, mimic.down(key)
            now += chance.randrange(60, 900)
        yield now, mimic.up(key) or mimic.hear(asks)


def split(moments: list[Moment], chance: random.Random) -> list[Moment]:
    """The same bytes in pieces, a few milliseconds apart."""
    pieces = []
    for at, data in moments:
        while data:
            size = chance.randrange(1, len(data) + 1)
            pieces.append((at, data[:size]))
            at, data = at + 1, data[size:]
    return sorted(pieces, key=lambda piece: piece[0])


def live(profile: Profile, moments: list[Moment]) -> list[str]:
    """What a kiosk counts, that looks at the clock at every deadline."""
    panel, events = Panel(profile), []
    panel.open(0)
    for at, data in [*moments, (moments[-1][0] + 10_000, b"")]:
        due = panel.deadline if profile.format != "modbus" else None  # nobody answers its polls
        while due is not None and due < at:
            events += panel.tick(due)
            panel.poll(due)
            due = panel.deadline if panel.deadline != due else None
        events += panel.tick(at) + panel.feed(data, at)
    return [event.key for event in events if isinstance(event, Press)]


@pytest.mark.parametrize("model", MODELS)
@given(seed=st.integers(0, 2**32))
def test_decode_finds_what_a_kiosk_counts(model: str, seed: int) -> None:
    profile, chance = find_profile(model), random.Random(seed)
    whole = list(record(profile, chance, 6))
    moments = split(whole, chance)
    heard = live(profile, moments)
    timed = [one["key"] for one in decode_timed(profile, moments) if one["event"] == "press"]
    assert timed == heard
    if model != "pattern-byte":
        plain = decode_bytes(profile, [data for _, data in moments])
        assert [one["key"] for one in plain if one["event"] == "press"] == heard

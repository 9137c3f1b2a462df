"""Random and mutated bytes by the million: no press that no valid frame made, memory flat."""

from __future__ import annotations

import random
import resource
from collections.abc import Iterator

import pytest

from devices.formats.format import Code
from devices.profile import Profile, find_profile
from tests.devices.wires import ORACLES, WireRow

CHUNK = 65_536
BYTES = {"slow": 10_000_000, "long": 1_000_000_000}
MODELS = ("huiyin-3", "pattern-4123", "pattern-3210", "modbus-8", "keyboard-3")
GROWN_MAX_KB = 40_000  # what the process may grow by, whatever runs beside it

each_length = pytest.mark.parametrize(
    "length",
    [pytest.param(BYTES[mark], marks=getattr(pytest.mark, mark), id=mark) for mark in BYTES],
)


def make_chunks(row: WireRow, length: int, seed: int) -> Iterator[bytes]:
    """Pure noise, valid traffic with bits flipped, cut and joined, and noise among valid frames."""
    chance = random.Random(seed)
    keys = [key for key, _ in row.profile.keys]
    traffic = b"".join(row.capture([chance.choice(keys) for _ in range(400)]))
    made = 0
    while made < length:
        kind = made // CHUNK % 4
        if kind == 0:
            chunk = chance.randbytes(CHUNK)
        else:
            start = chance.randrange(len(traffic))
            chunk = (traffic[start:] + traffic * (CHUNK // len(traffic) + 1))[:CHUNK]
            chunk = mutate(chunk, chance, (0, 8, 60, 700)[kind])
        made += len(chunk)
        yield chunk


def mutate(data: bytes, chance: random.Random, every: int) -> bytes:
    """Something wrong about every so many bytes: a flip, a loss, an insertion, a repetition."""
    pieces, at = [], 0
    while at < len(data):
        size = 1 + int(chance.expovariate(1 / every))
        pieces.append(data[at : at + size])
        at += size
        wrong = chance.randrange(4)
        if wrong == 0 and at < len(data):
            pieces.append(bytes([data[at] ^ 1 << chance.randrange(8)]))
            at += 1
        elif wrong == 1:
            at += chance.randrange(12)
        elif wrong == 2:
            pieces.append(chance.randbytes(chance.randrange(6)))
        else:
            pieces.append(data[max(0, at - 9) : at])
    return b"".join(pieces)


@pytest.mark.parametrize("model", MODELS)
@each_length
def test_no_press_that_no_valid_frame_made(model: str, length: int) -> None:
    profile = find_profile(model)
    row = WireRow(model, ORACLES[profile.format])
    endless = profile.decoder()
    grown, presses = 0, 0
    for number, chunk in enumerate(make_chunks(row, length, seed=len(model))):
        found = len(row.presses(chunk))
        assert found <= row.oracle(profile, chunk), f"chunk {number}"
        presses += found
        endless.feed(chunk, number)
        assert endless.held < endless.limit
        if number == 20:
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert presses > 100, "valid frames among the waste are still heard"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - grown < GROWN_MAX_KB


@each_length
def test_bare_bytes_count_only_in_silence(length: int) -> None:
    profile = find_profile("pattern-byte")
    chance = random.Random(7)
    decoder = profile.decoder(0)
    fed = presses = alone = now = 0
    while fed < length:
        burst = chance.randbytes(chance.choice((1, 1, 2, 5, 40) if fed % 499 else (9_000,)))
        before = chance.choice((1, 30, 59, 60, 90))
        after = chance.choice((1, 30, 59, 60, 90))
        for _ in range(2):  # the noise between two readings of the clock
            now += before
            heard = count_codes(profile, decoder.tick(now))
            decoder.feed(burst, now)
            now += after
            heard += count_codes(profile, decoder.tick(now))
            alone += len(burst) == 1 and burst.hex().upper() in profile.levels
            presses += heard
            fed += len(burst)
        assert decoder.held < decoder.limit
    assert 0 < presses <= alone


def count_codes(profile: Profile, signals: list[object]) -> int:
    return sum(isinstance(one, Code) and one.key in profile.levels for one in signals)


@pytest.mark.parametrize("model", MODELS)
def test_a_short_fuzz_every_day(model: str) -> None:
    profile = find_profile(model)
    row = WireRow(model, ORACLES[profile.format])
    for chunk in make_chunks(row, 4 * CHUNK, seed=1):
        assert len(row.presses(chunk)) <= row.oracle(profile, chunk)

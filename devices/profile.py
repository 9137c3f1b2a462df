"""A panel's profile: the TOML file that says what its codes mean, checked whole before use.

Knows the rules of a profile, not the bytes: a format checks its own keys and its own table.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from devices.debounce import Timing
from devices.formats import FORMATS, load_format
from devices.formats.format import SIGNALS, Code, Decoder, Format
from devices.table import ProfileError, Table

PANELS = Path(__file__).resolve().parent.parent / "assets" / "panels"
HOUR_MS = 3_600_000
PROFILE_MAX = 65_536  # bytes of a profile file

_FIVE = (
    "very_satisfied",
    "satisfied",
    "basically_satisfied",
    "dissatisfied",
    "very_dissatisfied",
)
SCALES = {
    "three": ("very_satisfied", "satisfied", "dissatisfied"),
    "four": _FIVE[:4],
    "five": _FIVE,
}
_BAUDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)


@dataclass(frozen=True, slots=True)
class Wire:
    """How the port is opened, and behind which USB adapters (`vendor:product`) it may be found."""

    baud: int = 9600
    bytesize: int = 8
    parity: str = "N"
    stopbits: float = 1
    usb: tuple[str, ...] = ()


@dataclass(frozen=True)
class Profile:
    """One make of panel. `keys` are (wire key, level word) pairs in the file's order, from the left
    of the panel to its right.

    `scale` is a name, stored with each rating: one of SCALES, or a hall's own.
    """

    model: str
    version: int
    format: str
    scale: str
    board: str
    wire: Wire
    keys: tuple[tuple[str, str], ...]
    timing: Timing
    settings: Any
    sha256: str
    path: Path = field(compare=False)

    @property
    def rules(self) -> Format:
        return load_format(self.format)

    @property
    def levels(self) -> dict[str, str]:
        return dict(self.keys)

    def decoder(self, opened_ms: int | None = None) -> Decoder:
        """A fresh decoder; without `opened_ms`, for a capture."""
        return self.rules.decoder(self.settings, opened_ms)


def load_profile(path: Path) -> Profile:
    """Reads and checks a profile. ProfileError: one line with file, key and what is allowed."""
    try:
        with path.open("rb") as file:
            raw = file.read(PROFILE_MAX + 1)
    except OSError as error:
        raise ProfileError(f"{path}: cannot be read: {error.strerror}") from error
    if len(raw) > PROFILE_MAX:
        raise ProfileError(f"{path}: too long; a profile has at most {PROFILE_MAX} bytes")
    return parse_profile(raw, path)


def find_profile(model: str) -> Profile:
    """The profile of a model under `assets/panels/`; ProfileError names the models there are."""
    path = PANELS / f"{model}.toml"
    if model not in list_models():
        known = ", ".join(list_models())
        raise ProfileError(f"model {model!r}: no such profile in {PANELS}; there are: {known}")
    return load_profile(path)


def list_models() -> list[str]:
    """The models described under `assets/panels/`, sorted."""
    return sorted(path.stem for path in PANELS.glob("*.toml"))


def parse_profile(raw: bytes, path: Path) -> Profile:
    """A profile out of the bytes of its file; `path` is only for what errors say."""
    try:
        values = tomllib.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ProfileError(f"{path}: not TOML: {error}") from error
    top = Table(values, str(path))
    model = top.take_text("model", r"[a-z0-9][a-z0-9-]{0,39}", "small letters, digits and -")
    version = top.take_int("version", 1, 9_999)
    name = top.take_word("format", FORMATS)
    scale, words = read_scale(top)
    board = top.take_text("board", r"[ -~]{0,24}", "at most 24 ASCII characters", "")
    rules = load_format(name)
    settings = rules.settings(top.take_table(name), top.take_table("send"))
    profile = Profile(
        model=model,
        version=version,
        format=name,
        scale=scale,
        board=board,
        wire=read_wire(top.take_table("port")),
        keys=_read_keys(top.take_table("levels"), rules, scale, words),
        timing=_read_timing(top.take_table("timing"), rules, settings),
        settings=settings,
        sha256=hashlib.sha256(raw).hexdigest(),
        path=path,
    )
    _judge_words(profile, top.file)
    top.end(f"model, version, format, scale, board, [port], [levels], [timing], [{name}], [send]")
    return profile


def read_wire(table: Table) -> Wire:
    baud = table.take_int("baud", 1200, 115_200, 9600)
    if baud not in _BAUDS:
        raise table.fail("baud", f"{baud} is not allowed; must be one of {_BAUDS}")
    wire = Wire(
        baud=baud,
        bytesize=table.take_int("bytesize", 7, 8, 8),
        parity=table.take_word("parity", ("N", "E", "O"), "N"),
        stopbits=table.take_int("stopbits", 1, 2, 1),
        usb=tuple(table.take_list("usb", r"[0-9a-f]{4}:[0-9a-f]{4}", 'ids like "1a86:7523"')),
    )
    table.end("baud, bytesize, parity, stopbits, usb")
    return wire


def read_scale(top: Table) -> tuple[str, tuple[str, ...]]:
    """The scale's name and its levels, best first: a known name, or `[scale]` with a hall's own.

    Levels are the national five, or fewer: a rating carries a national code (domain).
    """
    if not top.is_table("scale"):
        name = top.take_word("scale", SCALES)
        return name, SCALES[name]
    table = top.take_table("scale")
    name = table.take_text("name", r"[a-z][a-z0-9-]{0,19}", "small letters, digits and -")
    if name in SCALES:
        raise table.fail("name", f"{name} has levels already; a hall's own needs another name")
    given = table.take_list("levels", "|".join(_FIVE), f"some of {', '.join(_FIVE)}")
    if len(given) < 2 or len(set(given)) < len(given):
        raise table.fail("levels", f"{given} is not allowed; at least two levels, each once")
    table.end("name, levels")
    return name, tuple(word for word in _FIVE if word in given)


def _read_keys(
    table: Table, rules: Format, scale: str, words: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """The whole key map: every level of the scale exactly once, or the profile is refused."""
    by_level: dict[str, str] = {}
    for key in table.list_keys():
        level = table.take_word(key, words)
        wire_key = rules.wire_key(key)
        if wire_key is None:
            raise table.fail(key, f"not a key of format {rules.name}; must be {rules.key_words}")
        if wire_key in by_level.values():
            raise table.fail(key, "the same key twice; each key once")
        if level in by_level:
            raise table.fail(key, f"{level} a second time; each level of the scale exactly once")
        by_level[level] = wire_key
    missing = [word for word in words if word not in by_level]
    if missing:
        allowed = f"scale {scale} needs each of its levels once; missing: {', '.join(missing)}"
        raise ProfileError(f"{table.file}: levels: {allowed}")
    return tuple((wire_key, level) for level, wire_key in by_level.items())


def _read_timing(table: Table, rules: Format, settings: Any) -> Timing:
    """Every profile may carry every time; those of the other kind of panel have no effect."""
    timing = Timing(
        settle_ms=table.take_int("settle_ms", 0, 500, 30),
        together_ms=table.take_int("together_ms", 0, 2_000, 80),
        repeat_ms=table.take_int("repeat_ms", 0, 5_000, 300),
        hold_ms=_take_ms(table, "hold_s", 0.5, 10, 2),
        stuck_ms=_take_ms(table, "stuck_s", 1, 60, 5),
        silence_ms=_take_ms(table, "silence_s", 1, 600, 15),
    )
    table.end("settle_ms, together_ms, repeat_ms, hold_s, stuck_s, silence_s")
    if timing.stuck_ms < timing.hold_ms:
        raise table.fail("stuck_s", "must not be shorter than hold_s")
    return timing if rules.beats(settings) else replace(timing, silence_ms=None)


def _judge_words(profile: Profile, file: str) -> None:
    """What we say to a panel may come back as an echo, and must not be read as a press."""
    said = {word: profile.rules.speak(profile.settings, word) for word in SIGNALS}
    said["poll"] = profile.decoder().poll(0)
    for word, data in said.items():
        decoder = profile.decoder()
        heard = [*decoder.feed(data, 0), *decoder.tick(HOUR_MS)]
        if any(isinstance(signal, Code) and signal.key in profile.levels for signal in heard):
            raise ProfileError(
                f"{file}: send.{word}: would itself be read as a press; its bytes "
                "must not be a frame with a key's code"
            )


def _take_ms(table: Table, key: str, low: float, high: float, default: float) -> int:
    seconds: float = table.take_number(key, low, high, default)
    return round(seconds * 1_000)

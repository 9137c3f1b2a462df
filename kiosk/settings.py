"""The kiosk's settings: one TOML file, checked whole before anything starts."""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from sync.errors import HuiyinError

PLACES = "HUIYIN_CONFIG"
SYSTEM_FILE = Path("/etc/huiyin/kiosk.toml")

PORT_MAX = 65_535

HOURS = r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$"
NIGHT = rf"^$|{HOURS}"
SIZE = r"^([1-9]\d{2,3}x[1-9]\d{2,3})?$"
WRITTEN = {HOURS: "HH:MM-HH:MM", NIGHT: "HH:MM-HH:MM or nothing", SIZE: "WIDTHxHEIGHT or nothing"}

Seconds = Annotated[float, Meta(gt=0, le=3600)]
Volume = Annotated[int, Meta(ge=0, le=100)]
Language = Literal["zh", "en", "bo", "mn"]


class SettingsError(HuiyinError):
    """A setting that is not allowed: file, key, and what is."""


class WindowSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How this window asks. Times in seconds: `warn_s` before the end of a wait, `echo_s` is how
    long the thanks stand where there is a code to scan.

    `languages` may be chosen by the citizen besides the hall's own, `second` stands under it on
    the keys. `shown_items` are the codes of items whose names others may read, "*" all.
    """

    mode: Literal["invited", "walk_up"] = "invited"
    language: Language = "zh"
    second: Literal["", "zh", "en", "bo"] = ""
    languages: tuple[Language, ...] = ("zh", "en")
    ask_reasons: Literal["all", "none", "bad"] = "all"
    asking_s: Seconds = 30
    warn_s: Seconds = 10
    chosen_s: Seconds = 3
    reason_s: Seconds = 10
    thanks_s: Seconds = 3
    echo_s: Seconds = 15
    interval_s: Seconds = 3
    shown_items: tuple[str, ...] = ()


class PanelSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Which panel, and where. `test = "waived"` runs a window without the technician's test."""

    model: str = "huiyin-3"
    profile: str = ""
    port: str = ""
    test: Literal["required", "waived"] = "required"
    touch: bool = False


class ScreenSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How the screen looks. `size` is WIDTHxHEIGHT of a window, empty for fullscreen; `night` the
    hours of the darker colours, HH:MM-HH:MM by the machine's local time, empty for never.
    """

    theme: str = "calm"
    night: Annotated[str, Meta(pattern=NIGHT)] = ""
    size: Annotated[str, Meta(pattern=SIZE)] = ""


class SoundHours(Struct, frozen=True, forbid_unknown_fields=True):
    """`[[sound.hours]]`: how loud it is `at` these hours, HH:MM-HH:MM."""

    at: Annotated[str, Meta(pattern=HOURS)]
    volume: Volume


class SoundSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What is heard: prompts and the guide, the guide only (for whoever holds a key), nothing.

    `volume` is of 100, other hours by the machine's local time; 0 is silence. `headphones`: none,
    always (nothing else is plugged in), or detect by the sound card's jack. `patience` is how many
    times longer whoever is guided may take. `device` and `program` are the player's, empty for what
    is there; `recordings` a folder of the hall's own, LANGUAGE/PHRASE.wav, mono of 16 bits.
    """

    mode: Literal["all", "guide", "silent"] = "all"
    volume: Volume = 70
    hours: tuple[SoundHours, ...] = ()
    headphones: Literal["none", "always", "detect"] = "none"
    patience: Annotated[int, Meta(ge=1, le=10)] = 4
    device: str = ""
    program: Literal["", "aplay", "pacat"] = ""
    recordings: str = ""


class ClerkSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """`[clerks.NUMBER]`: what a free window shows of a clerk. `photo` is a PNG or JPEG file."""

    name: str = ""
    photo: str = ""


class DeskSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the clerk's desk listens, and which web origins may call it. `adapter` is HOST:PORT of
    the field's WebSocket, normally 127.0.0.1:1919; empty is off.
    """

    listen: str = "127.0.0.1:8710"
    origins: tuple[str, ...] = ()
    adapter: str = ""


class ScannerSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The serial port of a barcode scanner for slips; empty is none.

    `slips` is how they look, to the console too: regular expressions with groups named project_no,
    service_no, item_code, item_name, ticket_no; the first that fits is taken. Empty: as usual.
    """

    port: str = ""
    slips: tuple[str, ...] = ()


class HallSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How the hall is reached. `ca` is a file of the authority that signed its certificate."""

    ca: str = ""


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """All of kiosk.toml."""

    window: WindowSettings = WindowSettings()
    panel: PanelSettings = PanelSettings()
    screen: ScreenSettings = ScreenSettings()
    sound: SoundSettings = SoundSettings()
    desk: DeskSettings = DeskSettings()
    scanner: ScannerSettings = ScannerSettings()
    hall: HallSettings = HallSettings()
    clerks: dict[str, ClerkSettings] = {}


def find_file(named: str | None) -> Path | None:
    """`--config`, HUIYIN_CONFIG, or the system's file if it is there."""
    if named or os.environ.get(PLACES):
        return Path(named or os.environ[PLACES])
    return SYSTEM_FILE if SYSTEM_FILE.exists() else None


def load_settings(path: Path | None) -> Settings:
    """Read and check a settings file; without one, the defaults. Raises SettingsError."""
    if path is None:
        return Settings()
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from None
    _check_keys(path, "", data, Settings)
    try:
        settings = msgspec.convert(data, Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path}: {_say(error)}") from None
    _check_desk(path, settings.desk)
    _check_slips(path, settings.scanner.slips)
    recordings = settings.sound.recordings
    if recordings and not Path(recordings).is_dir():
        raise SettingsError(f"{path}: sound.recordings {recordings!r}: must be a folder")
    return settings


def parse_address(text: str, name: str) -> tuple[str, int]:
    """HOST:PORT as a pair. Raises SettingsError saying what is allowed."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > PORT_MAX:
        raise SettingsError(f"{name} {text!r}: must be HOST:PORT, port 0-{PORT_MAX}")
    return host.strip("[]"), int(port)


def _check_desk(path: Path, desk: DeskSettings) -> None:
    parse_address(desk.listen, f"{path}: desk.listen")
    if desk.adapter:
        parse_address(desk.adapter, f"{path}: desk.adapter")
    if not desk.origins:
        return
    from kiosk.desk.access import Access

    try:
        Access("", desk.origins)
    except ValueError as wrong:
        raise SettingsError(f"{path}: desk.origins: {wrong}") from None


def _check_slips(path: Path, slips: tuple[str, ...]) -> None:
    if not slips:
        return
    from kiosk.desk.slip import Patterns

    try:
        Patterns(slips)
    except ValueError as wrong:
        raise SettingsError(f"{path}: scanner.slips: {wrong}") from None


def _check_keys(path: Path, place: str, data: dict[str, Any], kind: type[Struct]) -> None:
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    for key, value in data.items():
        name = f"{place}{key}"
        if key not in fields:
            raise SettingsError(f"{path}: {name} is not a setting; allowed: {', '.join(fields)}")
        section = fields[key].type
        if isinstance(section, type) and issubclass(section, Struct):
            if not isinstance(value, dict):
                raise SettingsError(f"{path}: {name} must be a table [{name}]")
            _check_keys(path, f"{name}.", value, section)


def _say(error: msgspec.ValidationError) -> str:
    """Turn msgspec's message into `key: what is allowed`."""
    text, _, place = str(error).partition(" - at `$.")
    for pattern, words in WRITTEN.items():
        text = text.replace(f"`str` matching regex {pattern!r}", words)
    key = place.rstrip("`")
    allowed = _allowed(key)
    return f"{key}: {text}{allowed}" if key else text


def _allowed(key: str) -> str:
    kind: Any = Settings
    for part in key.split("."):
        part = part.partition("[")[0]
        if not (isinstance(kind, type) and issubclass(kind, Struct)):
            return ""
        kind = next((f.type for f in msgspec.structs.fields(kind) if f.name == part), None)
    choices: tuple[Any, ...] = getattr(kind, "__args__", ())
    if Ellipsis in choices:
        choices = getattr(choices[0], "__args__", ())
    if choices and all(isinstance(choice, str) for choice in choices):
        return f"; allowed: {', '.join(choices)}"
    return ""

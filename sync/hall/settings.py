"""The hall's settings: one TOML file, checked whole. Knows what is allowed, not what it is for."""

import os
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sync.errors import HuiyinError

DEFAULT_FILE = Path("/etc/huiyin/hall.toml")
VARIABLE = "HUIYIN_CONFIG"
TEXT_MAX = 100
"""Characters of a name."""

DAYS_MAX = 366


class BadSettings(HuiyinError):
    """One line for each thing that is wrong: file, key, what is allowed."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a hall may set. Every default works.

    `echo_url` is where citizens' phones reach this server; without one no kiosk offers its page.
    `rating_days` is how long a citizen who did not rate at the window may still do so by phone.
    """

    hall: str = "大厅"
    time_zone: str = "Asia/Shanghai"
    tls_certificate: str = ""
    tls_key: str = ""
    echo_url: str = ""
    rating_days: int = 15

    @property
    def zone(self) -> ZoneInfo:
        """The hall's time zone."""
        return ZoneInfo(self.time_zone)


def find_file(given: Path | None) -> Path | None:
    """The settings file: the one given, else the environment's, else the system's if it exists."""
    if given is not None:
        return given
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE])
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


def load(given: Path | None = None) -> Settings:
    """Load the settings. Raises BadSettings naming everything that is wrong."""
    file = find_file(given)
    if file is None:
        return Settings()
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettings(f"{file}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"{file}: not TOML: {error}") from None
    wrong = check(table)
    if wrong:
        raise BadSettings("\n".join(f"{file}: {line}" for line in wrong))
    return Settings(**table)


def check(table: dict[str, object]) -> list[str]:
    """Everything that is wrong with a table of settings, a line each."""
    known = [field.name for field in fields(Settings)]
    wrong = [f"{key}: unknown; known are {', '.join(known)}" for key in table if key not in known]
    for key in set(known) - {"rating_days"}:
        value = table.get(key, "-")
        if not isinstance(value, str) or not 0 < len(value) <= TEXT_MAX or not value.isprintable():
            wrong.append(
                f"{key}: {value!r}; it must be printable text of 1 to {TEXT_MAX} characters"
            )
    days = table.get("rating_days", 0)
    if type(days) is not int or not 0 <= days <= DAYS_MAX:
        wrong.append(f"rating_days: {days!r}; it must be a whole number from 0 to {DAYS_MAX}")
    zone = table.get("time_zone", "UTC")
    if isinstance(zone, str) and not _is_zone(zone):
        wrong.append(f"time_zone: {zone!r}; it must be a zone such as Asia/Shanghai")
    if "echo_url" in table and not _is_address(table["echo_url"]):
        wrong.append(f"echo_url: {table['echo_url']!r}; it must be such as https://hall.example")
    if ("tls_certificate" in table) != ("tls_key" in table):
        wrong.append("tls_certificate, tls_key: both must be given, or none")
    return wrong


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _is_address(value: object) -> bool:
    if not isinstance(value, str) or not value.isascii():
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    is_bare = not (parts.query or parts.fragment or parts.username)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and is_bare

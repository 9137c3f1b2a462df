"""Looks at the box without a question: ports, grants on sticks, what is set up. Opens no port."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from devices.pin import Place, list_inputs
from devices.port import PortInfo, list_ports
from devices.profile import Profile, find_profile, list_models, load_profile
from devices.table import ProfileError
from kiosk.enrol import read_grant
from kiosk.setup.terms import Grant, Port
from sync.errors import HuiyinError
from sync.hall_client import PIN

MEDIA = ("media/*", "media/*/*", "run/media/*/*", "mnt/*")
"""Where sticks are mounted, under the root."""

FILES_MAX = 200
"""Files of one stick that are looked at."""

TEXT_MAX = 250
"""Characters of a name in a grant that are shown."""

FIELDS = ("hall", "window", "address", "hall_key", "expires", "grant", "signature")


def find_ports() -> tuple[Port, ...]:
    """The serial ports and keyboards that are there, each with the models that fit it."""
    profiles = [find_profile(model) for model in list_models()]
    serial, keys = list_ports(), list_inputs()
    return (*_list(serial, profiles, is_keyboard=False), *_list(keys, profiles, is_keyboard=True))


def _list(infos: list[PortInfo], profiles: list[Profile], is_keyboard: bool) -> Iterator[Port]:
    place = Place(infos)
    for info in infos:
        words = " ".join(filter(None, (info.maker, info.product)))
        fits = tuple(
            profile.model
            for profile in profiles
            if info.usb in profile.wire.usb and (profile.format == "keys") == is_keyboard
        )
        yield Port(place.pin(info.device), words, fits)


def find_grants(root: Path) -> tuple[Grant, ...]:
    """The grants on mounted sticks, in the order of their files' names."""
    found = []
    for pattern in MEDIA:
        for stick in sorted(root.glob(pattern)):
            files = sorted(stick.glob("*.json"))[:FILES_MAX]
            found += [grant for grant in map(_try_grant, files) if grant is not None]
    return tuple({grant.place: grant for grant in found}.values())


def _try_grant(path: Path) -> Grant | None:
    try:
        return load_grant(path) if path.is_file() else None
    except (HuiyinError, OSError):
        return None  # sticks hold many files


def load_grant(path: Path) -> Grant:
    """A grant from its file. Raises HuiyinError or OSError."""
    return describe_grant(str(path), read_grant(path))


def describe_grant(place: str, grant: dict[str, Any]) -> Grant:
    """What a grant says; the hall judges its signature. Raises HuiyinError."""
    missing = [name for name in FIELDS if not isinstance(grant.get(name), str)]
    if missing:
        raise HuiyinError(f"{place}: not a grant: {', '.join(missing)} missing")
    fingerprint = grant.get("fingerprint")
    trust = PIN + fingerprint.lower() if isinstance(fingerprint, str) and fingerprint else ""
    hall, window, address = (_print(grant[name]) for name in ("hall", "window", "address"))
    return Grant(place, hall, window, address, trust)


def _print(text: str) -> str:
    """What of a text from a stick may stand on a terminal."""
    return "".join(char if char.isprintable() else "?" for char in text[:TEXT_MAX])


def read_profile(model: str) -> Profile:
    """A model's profile, or that of a file. Raises HuiyinError."""
    try:
        return load_profile(Path(model)) if "/" in model else find_profile(model)
    except ProfileError as error:
        raise HuiyinError(str(error)) from None

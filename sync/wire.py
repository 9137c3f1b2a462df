"""The messages of wire.md as typed records, and the text of each that is signed."""

import hashlib
from typing import Any

from msgspec import UNSET, Struct, UnsetType

CHECKPOINT = "huiyin/checkpoint/v1"
RECEIPT = "huiyin/receipt/v1"
ENROLMENT = "huiyin/enrolment/v1"
REQUEST = "huiyin/request/v1"
GRANT = "huiyin/grant/v1"
SETTINGS = "huiyin/settings/v1"

LINES_MAX = 1000
"""Lines of a batch, its checkpoint's included."""

BODY_MAX = 1024 * 1024
"""Bytes of a batch, unpacked."""

MEDIA_TYPE = "application/x-ndjson"
PROBLEM_TYPE = "application/problem+json"


class Mark(Struct, frozen=True):
    """A place in a chain at a time: what checkpoints and receipts state."""

    device: str
    epoch: str
    seq: int
    hash: str
    at: str


class Receipt(Struct, frozen=True):
    """The hall's signature "I hold your chain up to here"."""

    receipt: Mark
    signature: str


class SignedMark(Mark, frozen=True):
    """A receipt as a batch carries it: the mark's fields and the signature in one object."""

    signature: str


class Checkpoint(Struct, frozen=True, omit_defaults=True):
    """The first line of a batch: the device's signature over its head, its newest receipt."""

    checkpoint: Mark
    signature: str
    receipt: SignedMark | UnsetType | None = UNSET


class Place(Struct, frozen=True):
    """The head the hall holds of an epoch; `seq` 0 means nothing."""

    epoch: str
    seq: int
    hash: str


class BatchAnswer(Struct, frozen=True):
    """200 to a batch."""

    receipt: Mark
    signature: str
    now: str
    accepted: int
    known: int
    unreadable: int
    next_after_ms: int


class EnrolmentRequest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A device asks to be known: by a technician's code or a grant signed by the hall."""

    public_key: str
    at: str
    signature: str
    code: str | UnsetType | None = UNSET
    grant: dict[str, Any] | UnsetType | None = UNSET
    panel: Any = None
    software: Any = None


class EnrolmentAnswer(Struct, frozen=True):
    """201 to an enrolment; asked again with the same code and key, the answer is the same."""

    device: str
    hall: str
    window: str
    hall_key: str
    echo_secret: str
    settings: dict[str, Any]


class Heartbeat(Struct, frozen=True, kw_only=True):
    """What a kiosk tells of itself; the hall may hold the answer up to `wait_s`."""

    boot: str
    mono_ms: int
    at: str
    software: str
    head: Place | None = None
    backlog: int = 0
    panel: Any = None
    faults: Any = None
    disk_free_mb: float | None = None
    wait_s: float = 0


class HeartbeatAnswer(Struct, frozen=True):
    """200 to a heartbeat."""

    now: str
    head: Place | None
    settings_version: int
    bulletin: dict[str, Any] | None
    commands: list[dict[str, Any]]


class HallSettings(Struct, frozen=True, kw_only=True):
    """200 to a device that asks for its settings: signed by the hall for this request's counter.

    `echo_url` is where citizens reach the hall, empty where it offers no pages; `clerks` is a list
    of `sync/clerks.py`, empty where the hall has none.
    """

    device: str = ""
    counter: str = ""
    hall: str = ""
    window: str = ""
    time_zone: str = ""
    echo_url: str = ""
    clerks: str = ""
    signature: str = ""


class Problem(Struct, frozen=True, omit_defaults=True):
    """An error as RFC 9457 has it; `type` is `urn:huiyin:<word>`."""

    type: str
    title: str
    status: int
    detail: str
    head: Place | None = None


def mark_text(label: str, mark: Mark) -> str:
    """The signed text of a checkpoint or a receipt."""
    return _text(label, mark.device, mark.epoch, str(mark.seq), mark.hash, mark.at)


def enrolment_text(code_or_grant: str, public_key: str, at: str) -> str:
    """The signed text of an enrolment, by the device; the code stands as it stands in the JSON."""
    return _text(ENROLMENT, code_or_grant, public_key, at)


def request_text(device: str, method: str, target: str, body_sha256: str, counter: str) -> str:
    """The signed text of any other device request; `target` is the path with its query."""
    return _text(REQUEST, device, method, target, body_sha256, counter)


def grant_text(
    hall: str, window: str, address: str, hall_key: str, expires: str, grant: str
) -> str:
    """The signed text of a grant, by the hall."""
    return _text(GRANT, hall, window, address, hall_key, expires, grant)


def settings_text(told: HallSettings) -> str:
    """The signed text of a device's settings, by the hall; the clerks stand as their SHA-256."""
    clerks = hashlib.sha256(told.clerks.encode()).hexdigest()
    place = (told.hall, told.window, told.time_zone, told.echo_url)
    return _text(SETTINGS, told.device, told.counter, *place, clerks)


def _text(*parts: str) -> str:
    return "".join(f"{part}\n" for part in parts)

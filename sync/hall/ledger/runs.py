"""Runs: entries of one visit that follow one another, folded before the writer has them. Pure.

The fold is used where the visit begins here and its clock is believed, as nearly always; else the
entries count one by one, and are read again from their lines.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from sync.hall.ledger import visits
from sync.hall.ledger.placing import Placed, read_clock
from sync.hall.ledger.visits import (
    ASKED,
    OF_INVITATIONS,
    TIMED,
    Visit,
    key_service,
    key_visit,
    name_visit,
)
from sync.records import Window


class Stood(Struct, frozen=True, array_like=True, tag=0):
    """What follows belongs to this window."""

    hall: str
    window: str


class Run(Struct, frozen=True, array_like=True, tag=1):
    """Entries of the visit `name`: all that is counted of the lines from `first` to before `end`.

    Where they can be folded, `visit` is what they come to, save for stream and scope, its service
    as it is in `hall`, and `key` the visit's; `boot` and `offset` date its start of the machine,
    `low` and `latest` are the last and the greatest of its times (ms).
    """

    name: str
    first: int
    end: int
    visit: Visit | None = None
    boot: str = ""
    offset: int = 0
    low: int = 0
    latest: int = 0
    hall: str = ""
    key: int = 0


Told = Stood | Run


def gather(entries: Iterable[Any], device: int, hall: str) -> list[Told]:
    """What the entries of a device's lines tell, in their order; what is no entry only has its
    place. `hall` is where the device is likely to stand until a window is told.
    """
    told: list[Told] = []
    name: str | None = None
    run: list[Any] = []
    first = end = 0
    for end, entry in enumerate(entries):
        of = entry.invitation if type(entry) in OF_INVITATIONS else name_visit(entry)
        if of is not None and of == name:
            run.append(entry)
        elif of is not None or type(entry) is Window:
            if name is not None:
                told.append(_fold(name, first, end, run, device, hall))
            if of is None:
                hall = entry.hall
                told.append(Stood(hall, entry.window))
            name, first, run = of, end, [entry]
    if name is not None:
        told.append(_fold(name, first, end + 1, run, device, hall))
    return told


def _fold(name: str, first: int, end: int, run: Sequence[Any], device: int, hall: str) -> Run:
    asked = run[0]
    low = latest = read_clock(asked) if type(asked) in ASKED else None
    if low is None or latest is None:
        return Run(name, first, end)
    visit, offset = visits.begin(name, asked, low), low - asked.mono_ms
    placed = Placed(low)
    for entry in run[1:]:
        if type(entry) in TIMED:
            low = read_clock(entry)
            if low is None or entry.boot != asked.boot:
                return Run(name, first, end)
            latest = max(latest, low)
            placed = Placed(low)
        visits.add(visit, entry, 0, 0, placed)
    visit.device, visit.service_key = device, key_service(visit, hall)
    key = key_visit(device, name)
    return Run(name, first, end, visit, asked.boot, offset, low, latest, hall, key)

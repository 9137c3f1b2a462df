"""Runs: notes of one visit that follow one another, folded before the writer has them. Pure.

The fold is used where the visit begins here and its clock is believed, as nearly always; else the
notes count one by one.
"""

from collections.abc import Iterable, Sequence

from msgspec import Raw, Struct, msgpack

from sync.hall.ledger import visits
from sync.hall.ledger.notes import AnyNote, Asked, Noted, Stood, Timed
from sync.hall.ledger.placing import Placed, can_be_true
from sync.hall.ledger.visits import Visit


class Run(Struct, frozen=True, array_like=True, tag=6):
    """Notes of the visit `name`. Where they can be folded, `visit` is what they come to, save for
    device, stream and scope; `boot` and `offset` date its start of the machine, `low` and `latest`
    are the last and the greatest of its times (ms).
    """

    name: str
    packed: Raw
    visit: Visit | None = None
    boot: str = ""
    offset: int = 0
    low: int = 0
    latest: int = 0

    @property
    def notes(self) -> list[Noted]:
        """One by one."""
        return _decoder.decode(self.packed)


Told = Stood | Run

_encode = msgpack.Encoder().encode
_decoder = msgpack.Decoder(list[Noted])


def gather(notes: Iterable[AnyNote]) -> list[Told]:
    """The notes in their order, those of one visit that follow one another as runs."""
    told: list[Told] = []
    run: list[Noted] = []
    for note in notes:
        if run and (isinstance(note, Stood) or note.name != run[0].name):
            told.append(_fold(run))
            run = []
        if isinstance(note, Stood):
            told.append(note)
        else:
            run.append(note)
    if run:
        told.append(_fold(run))
    return told


def leave_out(told: Iterable[Told], last: int) -> list[Told]:
    """What was told after the entry of seq `last`."""
    notes: list[AnyNote] = []
    for one in told:
        notes += [one] if isinstance(one, Stood) else one.notes
    return gather(note for note in notes if note.seq > last)


def _fold(run: Sequence[Noted]) -> Run:
    name, packed = run[0].name, Raw(_encode(run))
    times = [note for note in run if isinstance(note, Timed)]
    first = times[0] if times else None
    if not isinstance(first, Asked):
        return Run(name, packed)
    visit = Visit(0, name, 0, 0)
    for note in run:
        placed = Placed(0)
        if isinstance(note, Timed):
            if not can_be_true(note) or note.own is None or note.boot != first.boot:
                return Run(name, packed)
            placed = Placed(note.own)
        visits.add(visit, note, 0, 0, placed)
    owns = [note.own or 0 for note in times]
    return Run(name, packed, visit, first.boot, owns[0] - first.mono_ms, owns[-1], max(owns))

"""What the journal tells of the box itself: faults that stand, keys last heard, what waits.

Pure: entries in, a summary out. Reads presses for whether a key works, never for what was answered.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from sync import records
from sync.records import AnyEntry
from sync.wire import Place


class Diary(Struct):
    """`raised` are faults that stand: what and its detail. `heard` is when each key last came, in
    the kiosk's own time; `presses` how often each has come since the panel's profile was taken.
    `waiting` is how many entries the hall has not signed for, `oldest_at` when they began.
    """

    raised: dict[str, str] = field(default_factory=dict)
    heard: dict[str, str] = field(default_factory=dict)
    presses: dict[str, int] = field(default_factory=dict)
    boot: records.Boot | None = None
    newest_at: str = ""
    waiting: int = 0
    oldest_at: str = ""


def read_diary(rows: Iterable[tuple[Place, AnyEntry | None]], held: Mapping[str, int]) -> Diary:
    """Sum up a journal, oldest entry first; None is a line that says nothing to this version.
    `held` is how far the hall's receipts reach in each epoch.
    """
    diary = Diary()
    for place, entry in rows:
        if place.seq > held.get(place.epoch, 0):
            diary.waiting += 1
            diary.oldest_at = diary.oldest_at or (entry.at if entry is not None else "")
        if entry is None:
            continue
        diary.newest_at = entry.at
        match entry:
            case records.Boot():
                if diary.boot is not None and diary.boot.profile != entry.profile:
                    diary.heard.clear()
                    diary.presses.clear()
                diary.boot = entry
                diary.raised.clear()
            case records.Fault(state="raised"):
                diary.raised[entry.what] = str(entry.detail or "")
            case records.Fault():
                diary.raised.pop(entry.what, None)
            case records.Rating(source="panel"):
                _hear(diary, entry.key, entry.at)
            case records.Stray():
                _hear(diary, entry.key, entry.at)
    return diary


def _hear(diary: Diary, key: str, at: str) -> None:
    diary.heard[key] = at
    diary.presses[key] = diary.presses.get(key, 0) + 1

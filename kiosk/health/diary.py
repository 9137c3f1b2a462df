"""What the journal tells of the box itself: faults that stand, keys last heard, the last start.

Pure: entries in, a summary out. Reads presses for whether a key works, never for what was answered.
"""

from collections.abc import Iterable

from msgspec import Struct, field

from sync import records
from sync.records import AnyEntry


class Diary(Struct):
    """`raised` are faults that stand: what and its detail. `heard` is when each key last came, in
    the kiosk's own time; `presses` how often each has come since the panel's profile was taken.
    """

    raised: dict[str, str] = field(default_factory=dict)
    heard: dict[str, str] = field(default_factory=dict)
    presses: dict[str, int] = field(default_factory=dict)
    boot: records.Boot | None = None
    newest_at: str = ""


def read_diary(entries: Iterable[AnyEntry | None]) -> Diary:
    """Sum up a journal, oldest entry first; None is a line that says nothing to this version."""
    diary = Diary()
    for entry in entries:
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

"""What the journal tells of the box, and nothing of anybody's answer."""

from kiosk.health.diary import Diary
from kiosk.health.diary import read_diary as read_rows
from sync.draft import make_entry
from sync.records import AnyEntry, Boot, Draft, Fault, Outcome, Rating, Stray
from sync.wire import Place
from tests.kiosk.health.kit import STAMP


def entry(kind: type, **fields: object) -> AnyEntry:
    return make_entry(Draft(kind, fields), STAMP, "d" * 32, "e" * 32, 1, "0" * 64)


def boot(profile: str = "a") -> AnyEntry:
    return entry(Boot, software="1", clean=True, profile=profile)


def fault(what: str, state: str, detail: str | None = "why") -> AnyEntry:
    return entry(Fault, what=what, state=state, detail=detail)


def rating(key: str, source: str = "panel") -> AnyEntry:
    fields = {"invitation": "i" * 32, "level": 5, "scale": "three", "panel": "p", "revision": 0}
    return entry(Rating, key=key, source=source, language="zh", after_ms=1, **fields)


def read_diary(entries: list[AnyEntry | None], **held: int) -> Diary:
    """A journal of one epoch, e."""
    rows = [(Place("e", seq, ""), entry) for seq, entry in enumerate(entries, start=1)]
    return read_rows(rows, held)


def test_a_fault_stands_until_it_is_cleared_or_the_kiosk_starts_anew() -> None:
    assert read_diary([fault("key_stuck", "raised")]).raised == {"key_stuck": "why"}
    assert read_diary([fault("key_stuck", "raised", None)]).raised == {"key_stuck": ""}
    assert read_diary([fault("a", "raised"), fault("a", "cleared")]).raised == {}
    assert read_diary([fault("a", "cleared")]).raised == {}
    assert read_diary([fault("a", "raised"), boot()]).raised == {}


def test_keys_are_heard_by_ratings_and_strays_of_the_panel_alone() -> None:
    stray = entry(Stray, key="2", panel="p", why="repeat")
    diary = read_diary([None, boot(), rating("1"), rating("1"), stray, rating("3", "touch")])
    assert diary.presses == {"1": 2, "2": 1}
    assert diary.heard == {"1": STAMP.at, "2": STAMP.at}
    assert diary.newest_at == STAMP.at


def test_another_panel_is_heard_anew() -> None:
    assert read_diary([boot("a"), rating("1"), boot("a")]).presses == {"1": 1}
    assert read_diary([boot("a"), rating("1"), boot("b")]).presses == {}


def test_what_is_not_of_the_box_is_passed_over() -> None:
    ended = entry(Outcome, invitation="i" * 32, outcome="rated")
    assert read_diary([ended]).raised == {}


def test_what_waits_is_what_no_receipt_reaches() -> None:
    entries = [boot(), None, rating("1"), None]
    assert (read_diary(entries).waiting, read_diary(entries).oldest_at) == (4, STAMP.at)
    assert (read_diary(entries, e=3).waiting, read_diary(entries, e=3).oldest_at) == (1, "")
    assert read_diary(entries, e=4).waiting == 0
    assert read_diary(entries, other=4).waiting == 4

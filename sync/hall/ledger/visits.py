"""A visit as the hall counts it: its entries folded in chain order, and what it adds to the counts.
Pure.

One row of the table `visits`. A service that was never asked about is kept as a visit of mode
`not_asked`. The rule is wire.md, "What the hall counts".
"""

import zlib
from functools import lru_cache

import msgspec
from msgspec import Struct

from sync.hall.ledger.placing import Placed
from sync.records import Invitation, Joined, Outcome, Rating, Reason, Service, Transaction

NOT_ASKED = "not_asked"
"""State of a service that was never asked about, and mode of its visit."""

SERVICE_PREFIX = "service:"
"""Keeps services never asked about apart from invitations, whose ids are hex."""

LOST = "lost"
"""Mode of a visit whose invitation entry is not held."""

PHONE = "phone"
"""Mode of a rating by phone, which stands beside the visit of its invitation (phones)."""

OUTCOMES = frozenset(("not_rated", "cancelled", "superseded", "interrupted"))
"""How an invitation ends, besides `rated`."""

NEAR_DIGITS = 3
"""Last digits of a project number that tell neighbours apart."""

SORTS_MAX = 1_000
"""What visits of so many sorts add to is remembered."""

TAGS_MAX = 256
"""So many choices of reasons are remembered as they are kept."""

ASKED = frozenset((Invitation, Service))
TIMED = ASKED | {Rating}
"""Kinds of entries that a visit takes its time from."""

OF_INVITATIONS = frozenset((Invitation, Rating, Outcome, Reason, Joined))
"""Kinds that name an invitation; types are compared, not their kin: that takes a fifth as long."""

Counted = Invitation | Rating | Outcome | Reason | Joined | Service
"""What visits are folded from; of the services those never asked about."""

_NO_TRANSACTION = Transaction()
_encode = msgspec.json.Encoder().encode
_decode_tags = msgspec.json.Decoder(list[str]).decode


class Visit(Struct, array_like=True):
    """All fields in the order of the table's columns, which has its key after them; `stream`, `seq`
    are of the last entry folded in.
    """

    device: int
    invitation: str
    stream: int
    scope: int
    mode: str = LOST
    clerk_no: str | None = None
    project_no: str | None = None
    service_no: str | None = None
    item_code: str | None = None
    service_key: int | None = None
    outcome: str | None = None
    level: int | None = None
    scale: str | None = None
    revision: int | None = None
    rating_stream: int | None = None
    rating_seq: int | None = None
    reasons: str | None = None
    placed: int = 0
    uncertain: int = 0
    boot: str | None = None
    mono_ms: int | None = None
    active: int = 0


def name_visit(entry: object) -> str | None:
    """The visit that an entry counts in, None where it counts in none."""
    kind: object = type(entry)
    if kind in OF_INVITATIONS:
        return entry.invitation  # type: ignore[attr-defined, no-any-return]
    if isinstance(entry, Service) and entry.state == NOT_ASKED:
        return SERVICE_PREFIX + entry.service
    return None


def begin(name: str, entry: Invitation | Service, placed: int) -> Visit:
    """A visit that begins with being asked, of a stream and scope to be told."""
    of = entry.transaction or _NO_TRANSACTION
    project, service, item = of.project_no, of.service_no, of.item_code
    mode, clerk = get_mode(entry), entry.clerk_no
    return Visit(0, name, 0, 0, mode, clerk, project, service, item, placed=placed)


def get_mode(entry: Invitation | Service) -> str:
    """How a visit is asked for."""
    return entry.mode if type(entry) is Invitation else NOT_ASKED


def add(visit: Visit, entry: Counted, stream: int, scope: int, placed: Placed) -> None:
    """Fold in an entry of this stream and scope; `placed` is taken of a timed one."""
    if type(entry) is Rating:
        add_rating(visit, entry, stream, placed)
    elif type(entry) is Outcome:
        visit.outcome = visit.outcome or entry.outcome  # the first stands
    elif type(entry) is Reason:
        visit.reasons = _write_tags(tuple(entry.reasons))  # the newest count
    elif type(entry) is Joined:
        join(visit, entry.transaction)
    else:
        assert isinstance(entry, (Invitation, Service))
        add_asked(visit, entry, scope, placed)


def add_asked(visit: Visit, entry: Invitation | Service, scope: int, placed: Placed) -> None:
    """The first invitation entry of an id stands."""
    if visit.mode != LOST:
        return
    visit.mode = get_mode(entry)
    visit.scope = scope
    visit.clerk_no = entry.clerk_no
    join(visit, entry.transaction or _NO_TRANSACTION)
    if visit.level is None:
        set_placed(visit, placed)


def add_rating(visit: Visit, entry: Rating, stream: int, placed: Placed) -> None:
    """The highest revision counts; of two equal ones the first stands."""
    if visit.revision is not None and entry.revision <= visit.revision:
        return
    visit.level = entry.level
    visit.scale = entry.scale
    visit.revision = entry.revision
    visit.rating_stream = stream
    visit.rating_seq = entry.seq
    set_placed(visit, placed)


def join(visit: Visit, known: Transaction) -> None:
    """Fill in what is not known yet of the transaction: numbers known before stand."""
    visit.project_no = visit.project_no or known.project_no
    visit.service_no = visit.service_no or known.service_no
    visit.item_code = visit.item_code or known.item_code


def set_placed(visit: Visit, placed: Placed) -> None:
    """The time of a visit is its counted rating's, before one its invitation's."""
    visit.placed = placed.at
    visit.uncertain = int(placed.uncertain)
    visit.boot = placed.boot
    visit.mono_ms = placed.mono_ms


COLUMNS = ", ".join(Visit.__struct_fields__)
"""Of the table, what a visit is made from."""


def key_visit(device: int, invitation: str) -> int:
    """A number for an invitation of a device, by which its visit is found; seldom two have one, so
    who looks compares the invitation too. In SQL: `visit_key`.
    """
    return device << 32 | zlib.crc32(invitation.encode())


def key_service(visit: Visit, hall: str | None) -> int | None:
    """See number_service; of a visit whose scope is of this hall."""
    return number_service(hall, visit.project_no, visit.service_no, visit.mode)


def number_service(
    hall: str | None, project_no: str | None, service_no: str | None, mode: str
) -> int | None:
    """A number for `(hall, project_no, service_no)`, or None where the visit was never joined to a
    service; seldom two have one. In SQL: `service_key`.

    Project numbers that follow one another get numbers that do: what is counted together then
    stands together in the index, and a new one at the end of what it follows.
    """
    if not project_no or not service_no or mode in (NOT_ASKED, "drill"):
        return None
    series, last = project_no[:-NEAR_DIGITS], project_no[-NEAR_DIGITS:]
    step = int(last) if last.isdecimal() else 0
    near = zlib.crc32(series.encode()) >> 8
    own = zlib.crc32(f"{hall}\n{project_no}\n{service_no}".encode()) >> 3
    return near << 39 | step << 29 | own


@lru_cache(TAGS_MAX)
def _write_tags(tags: tuple[str, ...]) -> str:
    return _encode(sorted(set(tags))).decode()


def is_rated(visit: Visit) -> bool:
    """Whether its rating may count: the outcome is `rated` and it was no drill."""
    return visit.outcome == "rated" and visit.level is not None and visit.mode != "drill"


Sort = tuple[str, bool, str | None, int | None, str | None, str | None, int]
"""What of a visit decides which counts it moves; most visits are of few sorts."""


def sort(visit: Visit) -> Sort:
    """Mode, whether it is joined to a service, outcome, level, scale, reasons, active."""
    keyed = visit.service_key is not None
    rest = (visit.outcome, visit.level, visit.scale, visit.reasons, visit.active)
    return (visit.mode, keyed, *rest)


@lru_cache(SORTS_MAX)
def measure(of: Sort) -> tuple[str, ...]:
    """The names of the counts a visit of this sort adds one to; `paired`: invited, joined to a
    service.
    """
    mode, keyed, outcome, level, scale, reasons, active = of
    paired = keyed and mode in ("invited", PHONE)
    if mode == "drill":
        return ()
    if mode == NOT_ASKED:
        return ("not_asked",)
    names: tuple[str, ...] = () if mode in (LOST, PHONE) else ("invitations",)
    if outcome in OUTCOMES:
        names += (outcome,)
        if paired:
            names += (f"paired:{outcome}",)
    if active:
        names += (f"level:{level}:{scale}", "paired:rated" if paired else "walk_ups")
        if reasons is not None:
            names += tuple(f"reason:{tag}" for tag in _decode_tags(reasons))
    elif outcome == "rated" and level is not None:
        names += ("repeated",)
    return names

"""Bugs that can be planted, each a way the promise was broken somewhere, switched on by name."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from kiosk import resume
from kiosk.terms import Failed, Stored
from sync import outbox, parting, repair, store
from sync.hall.ledger import intake, visits
from tests.simulation.halls import HallCrash
from tests.sync import simdisk

Patch = tuple[object, str, object]
BUGS: dict[str, Callable[[], list[Patch]]] = {}


def bug(make: Callable[[], list[Patch]]) -> Callable[[], list[Patch]]:
    """Put a bug on the list under its function's name."""
    BUGS[make.__name__] = make
    return make


@contextmanager
def planted(name: str | None) -> Iterator[None]:
    """With this bug, or without any."""
    patches = BUGS[name]() if name else []
    before = [(where, what, getattr(where, what)) for where, what, _ in patches]
    for where, what, value in patches:
        setattr(where, what, value)
    try:
        yield
    finally:
        for where, what, value in before:
            setattr(where, what, value)


# The kiosk's disk.


@bug
def append_does_not_wait_for_the_disk() -> list[Patch]:
    def append(self: Any, path: str, data: bytes) -> None:
        self.step()
        self.files[path].data += data

    return [(simdisk.SimDisk, "append", append)]


@bug
def an_io_error_is_swallowed() -> list[Patch]:
    def write(self: Any, file: Any, data: bytes) -> None:
        with contextlib.suppress(OSError):
            honest(self, file, data)

    honest = store.Store._write
    return [(store.Store, "_write", write)]


@bug
def the_same_handle_is_tried_again() -> list[Patch]:
    def keep(self: Any, file: Any, data: bytes) -> None:
        try:
            self._write(file, data)
        except OSError:
            self._write(file, data)

    return [(store.Store, "_store", keep)]


@bug
def what_a_failed_append_left_is_not_cut() -> list[Patch]:
    return [(store.Store, "_cut_back", lambda self, file: None)]


@bug
def a_torn_line_takes_its_neighbour_along() -> list[Patch]:
    def put_right(self: Any, name: str) -> None:
        if self._verdicts[name].torn and self._verdicts[name].lines:
            self._verdicts[name].lines.pop()
        honest(self, name)

    honest = repair.Recovery._put_right
    return [(repair.Recovery, "_put_right", put_right)]


@bug
def recovery_does_not_ask_the_index() -> list[Patch]:
    return [
        (simdisk.SimIndex, "rows", lambda self, epoch: {}),
        (simdisk.SimIndex, "epochs", lambda self: []),
    ]


@bug
def the_index_is_believed_before_the_file() -> list[Patch]:
    """Lines that the index does not have yet are cut off."""

    def weigh(data: bytes, rows: Any, *rest: Any) -> Any:
        kept = data.split(b"\n")[: len(rows)]
        return honest(b"".join([line + b"\n" for line in kept]) if rows else data, rows, *rest)

    honest = repair.weigh
    return [(repair, "weigh", weigh)]


@bug
def epochs_are_pruned_without_a_receipt() -> list[Patch]:
    from sync import journal

    return [(journal, "prunable", lambda files, receipts, now: [*files[:-1]])]


# The visit.


@bug
def thanks_without_a_commit() -> list[Patch]:
    from kiosk.conductor import Conductor

    def append(self: Any, drafts: Any) -> Any:
        answer = honest(self, drafts)
        return Stored() if isinstance(answer, Failed) else answer

    honest = Conductor._append
    return [(Conductor, "_append", append)]


@bug
def what_was_open_at_a_power_cut_stays_open() -> list[Patch]:
    def standing(self: Any) -> Any:
        found = honest(self)
        return type(found)(
            found.resumed, (), found.states, found.hall, found.window, found.transactions
        )

    honest = resume._Reading.standing
    return [(resume._Reading, "standing", standing)]


# The courier.


@bug
def a_gap_does_not_rewind() -> list[Patch]:
    def on_gap(self: Any, now_ms: int, sent: Any, head_seq: int, fraction: float) -> None:
        self._cursor = (sent.epoch, sent.end.seq + 1)
        self._questions = [name for name in self._questions or () if name != sent.epoch]

    return [(outbox.Outbox, "on_gap", on_gap)]


@bug
def older_epochs_are_never_asked_about() -> list[Patch]:
    return [(outbox.Outbox, "_question", lambda self, ends: None)]


@bug
def a_receipt_moves_the_cursor_to_the_end() -> list[Patch]:
    def on_receipt(
        self: Any, now_ms: int, sent: Any, last_seq: int, head: Any, next_after_ms: int
    ) -> None:
        honest(self, now_ms, sent, last_seq, head, next_after_ms)
        self._cursor = (self._cursor[0], sent.end.seq + 20)

    honest = outbox.Outbox.on_receipt
    return [(outbox.Outbox, "on_receipt", on_receipt)]


@bug
def a_fork_is_not_put_right() -> list[Patch]:
    return [(parting.Parting, "run", lambda self, *rest: False)]


@bug
def ratings_after_a_fork_are_dropped() -> list[Patch]:
    def carry(lines: Any, epoch: str, prev: str) -> Any:
        return honest([line for line in lines if b'"rating"' not in line], epoch, prev)

    honest = parting.carry
    return [(parting, "carry", carry)]


# The hall.


@bug
def the_receipt_comes_before_the_commit() -> list[Patch]:
    def take(self: Any, batches: Any, now: int, jobs: Any = ()) -> Any:
        try:
            return honest(self, batches, now, jobs)
        except HallCrash:
            mark = batches[0].mark
            from sync.wire import BatchAnswer, Place

            place = Place(mark.epoch, mark.seq, mark.hash)
            signed, signature = self.receipts.issue(mark.device, place, now)
            return [BatchAnswer(signed, signature, signed.at, 1, 0, 0, 0)], []

    honest = intake.Intake.take
    return [(intake.Intake, "take", take)]


@bug
def known_lines_are_counted_again() -> list[Patch]:
    def take(self: Any, connection: Any, tally: Any, one: Any, now: int) -> Any:
        counts = honest(self, connection, tally, one, now)
        if counts.known and counts.stream.counts:
            connection.exec_driver_sql(
                "UPDATE rollups SET n = n + 1 WHERE measure = 'level:2:three'"
            )
        return counts

    honest = intake.Intake._take_one
    return [(intake.Intake, "_take_one", take)]


@bug
def the_first_revision_counts() -> list[Patch]:
    def add(visit: Any, entry: Any, *rest: Any) -> None:
        if entry.revision == 0:
            honest(visit, entry, *rest)

    honest = visits.add_rating
    return [(visits, "add_rating", add)]


@bug
def ratings_without_an_outcome_count() -> list[Patch]:
    from tests.simulation.halls import SimHall

    def counts(self: Any) -> dict[str, int]:
        found = honest(self)
        found["level:5:three"] = found.get("level:5:three", 0) + found.get("interrupted", 0)
        return found

    honest = SimHall.counts
    return [(SimHall, "counts", counts)]


@bug
def the_hall_drops_the_last_line_of_a_batch() -> list[Patch]:
    def add_lines(connection: Any, stream: int, first_seq: int, lines: Any) -> None:
        honest(connection, stream, first_seq, lines[:-1] if len(lines) > 5 else lines)

    honest = intake.add_lines
    return [(intake, "add_lines", add_lines)]


@bug
def a_fork_takes_the_place_of_what_was_held() -> list[Patch]:
    return [
        (intake.Intake, "_check_known", lambda self, *rest: None),
        (intake.Intake, "_check_next", lambda self, *rest: None),
    ]

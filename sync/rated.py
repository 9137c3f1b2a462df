"""Whether a service was rated, read from the entries when the index has no answer. Pure."""

from collections.abc import Iterable

from sync.records import AnyEntry, Invitation, Joined, Outcome


def is_rated(entries: Iterable[AnyEntry | None], project_no: str, service_no: str) -> bool:
    """Whether an invitation to rate this service ended as rated; drills do not count."""
    asked: set[str] = set()
    rated: set[str] = set()  # a ticket's number may be joined after its end
    for entry in entries:
        match entry:
            case Invitation() | Joined() if entry.invitation is not None:
                served = entry.transaction
                drill = isinstance(entry, Invitation) and entry.mode == "drill"
                if served is None or drill:
                    continue
                if (served.project_no, served.service_no) == (project_no, service_no):
                    asked.add(entry.invitation)
            case Outcome() if entry.outcome == "rated":
                rated.add(entry.invitation)
    return not asked.isdisjoint(rated)

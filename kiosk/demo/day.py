"""A day to replay: transactions and presses from a CSV file, checked whole. Knows no kiosk."""

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiosk.screen.tags import load_tags
from sync.errors import HuiyinError
from sync.records import LEVELS

FIELDS = ("project_no", "service_no", "item_code", "item_name", "clerk_no", "key", "reasons")
ROWS_MAX = 100_000
NUMBER_MAX, NAME_MAX = 64, 200
"""Characters of a field, as the desk takes them."""


class DayError(HuiyinError):
    """A replay file that cannot be played: file, line, and what is allowed."""


@dataclass(frozen=True, slots=True)
class Row:
    """One transaction: who served it, and the level word pressed (empty: nobody pressed)."""

    line: int
    transaction: dict[str, str]
    clerk_no: str
    key: str
    reasons: tuple[str, ...]

    @property
    def body(self) -> dict[str, str]:
        """What a business system sends of it; what is empty is left out."""
        return {**self.transaction, **({"clerk_no": self.clerk_no} if self.clerk_no else {})}


def load_day(path: Path, levels: tuple[str, ...]) -> list[Row]:
    """Read a day for a panel with these level words. Raises DayError with one line."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DayError(f"{path}: {error}") from None
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    if tuple(reader.fieldnames or ()) != FIELDS:
        raise DayError(f"{path}: line 1: the header must be {','.join(FIELDS)}")
    rows = []
    try:
        for raw in reader:
            rows.append(_read_row(path, reader.line_num, raw, levels))
    except csv.Error as error:
        raise DayError(f"{path}: line {reader.line_num}: {error}") from None
    if len(rows) > ROWS_MAX:
        raise DayError(f"{path}: {len(rows)} rows; at most {ROWS_MAX} are allowed")
    return rows


def _read_row(path: Path, line: int, raw: dict[str, str], levels: tuple[str, ...]) -> Row:
    place = f"{path}: line {line}"
    if None in raw or None in raw.values():
        raise DayError(f"{place}: {len(FIELDS)} fields are needed, as in the header")
    for name in ("project_no", "service_no"):
        if not raw[name]:
            raise DayError(f"{place}: {name} is empty; it is required")
    key = raw["key"]
    if key and key not in levels:
        raise DayError(f"{place}: key {key!r} is none of {', '.join(levels)}, or empty")
    reasons = tuple(code for code in raw["reasons"].split(";") if code)
    allowed = [tag[0] for tag in load_tags()[LEVELS[key]]] if key else []
    for code in reasons:
        if code not in allowed:
            what = ", ".join(allowed) if allowed else "nothing where nobody pressed"
            raise DayError(f"{place}: reason {code!r} is not of {key or 'no key'}; allowed: {what}")
    for name in FIELDS[:5]:
        most = NAME_MAX if name == "item_name" else NUMBER_MAX
        if len(raw[name]) > most or not raw[name].isprintable():
            raise DayError(f"{place}: {name} must be printable, at most {most} characters")
    transaction = {name: raw[name] for name in FIELDS[:4] if raw[name]}
    return Row(line, transaction, raw["clerk_no"], key, reasons)


@dataclass(slots=True)
class Tally:
    """What was pressed in a replay, counted by the player itself and by nobody else."""

    invitations: int = 0
    refused: int = 0
    not_rated: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def count(self, row: Row) -> None:
        """A row was asked about, and answered as it says."""
        self.invitations += 1
        if not row.key:
            self.not_rated += 1
            return
        self.levels[str(LEVELS[row.key])] += 1
        self.reasons.update(row.reasons)


def compare(tally: Tally, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What the hall's report does not show of what was pressed; empty when it shows exactly that.

    `before` and `after` are the hall's reports around the replay.
    """
    wrong = []
    ratings = sum(tally.levels.values())
    wanted = {"invitations": tally.invitations, "ratings": ratings, "not_rated": tally.not_rated}
    for name, count in wanted.items():
        counted = after[name] - before[name]
        if counted != count:
            wrong.append(f"{name}: the hall counts {counted}, {count} were played")
    for name, counts in (("by_level", tally.levels), ("reasons", tally.reasons)):
        for code in sorted({*counts, *after[name], *before[name]}):
            counted = after[name].get(code, 0) - before[name].get(code, 0)
            if counted != counts[code]:
                wrong.append(f"{name} {code}: the hall counts {counted}, {counts[code]} pressed")
    return wrong

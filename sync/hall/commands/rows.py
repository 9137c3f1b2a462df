"""The clerks of a CSV file, in UTF-8 or GB 18030, each field checked. Knows no database."""

import csv
import io
import re
from pathlib import Path

from sync.clerks import CLERKS_MAX
from sync.errors import HuiyinError
from sync.hall.ledger.clerks import Row

COLUMNS = ("clerk_no", "name", "pin", "badge")
FILE_MAX = 1024 * 1024
"""Bytes of a file."""

_ALLOWED = {
    "clerk_no": (re.compile(r"[!-~]{1,64}"), "1 to 64 letters, digits or signs, without a space"),
    "name": (re.compile(r"[^\x00-\x1f\x7f]{0,64}"), "at most 64 characters"),
    "pin": (re.compile(r"|-|[0-9]{4,12}"), "4 to 12 digits, empty to keep it, - for none"),
    "badge": (re.compile(r"[^\x00-\x20\x7f]{0,64}"), "at most 64 characters, - for none"),
}
"""What a field may hold."""


def read_rows(path: Path | None) -> list[Row]:
    """The clerks of a CSV file. Raises HuiyinError: file, line, what is allowed."""
    if path is None:
        raise HuiyinError("--file FILE: name the CSV file with the clerks")
    reader = csv.DictReader(io.StringIO(_read_text(path), newline=""), strict=True)
    rows: dict[str, Row] = {}
    try:
        fields = reader.fieldnames or []
        if "clerk_no" not in fields or not set(fields) <= set(COLUMNS):
            raise HuiyinError(f"{path}: line 1: its columns may be {', '.join(COLUMNS)}")
        for fields_of in reader:
            row = Row(**_check(f"{path}: line {reader.line_num}", fields_of))
            if row.clerk_no in rows:
                raise HuiyinError(f"{path}: line {reader.line_num}: {row.clerk_no} stands twice")
            rows[row.clerk_no] = row
    except csv.Error as error:
        raise HuiyinError(f"{path}: line {reader.line_num}: {error}") from None
    if not 0 < len(rows) <= CLERKS_MAX:
        raise HuiyinError(f"{path}: {len(rows)} clerks; 1 to {CLERKS_MAX} are allowed")
    return list(rows.values())


def _check(place: str, row: dict[str, str]) -> dict[str, str]:
    if None in row or None in row.values():
        raise HuiyinError(f"{place}: it has another number of fields than line 1")
    plain = {name: value.strip() for name, value in row.items()}
    for name, value in plain.items():
        pattern, allowed = _ALLOWED[name]
        if not pattern.fullmatch(value):
            shown = "…" if name == "pin" else repr(value[:40])
            raise HuiyinError(f"{place}: {name} {shown}: it must be {allowed}")
    return plain


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(FILE_MAX + 1)
    except OSError as error:
        raise HuiyinError(f"{path}: {error.strerror}") from None
    if len(raw) > FILE_MAX:
        raise HuiyinError(f"{path}: more than {FILE_MAX} bytes")
    for encoding in ("utf-8-sig", "gb18030"):  # what spreadsheets write
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise HuiyinError(f"{path}: neither UTF-8 nor GB 18030 text")

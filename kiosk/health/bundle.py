"""`huiyin-kiosk bundle`: what support needs to see, in one archive: no key, no secret, no answer.

Of the journal go the places and kinds of its entries, their times, faults and starts whole; never a
level, a key that was pressed, a transaction or a clerk.
"""

import argparse
import io
import json
import os
import platform
import re
import tarfile
import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from kiosk.health.case import Case, read_case
from kiosk.health.doctor import describe, examine
from kiosk.setup.files import dump
from kiosk.tongue import choose
from sync import VERSION, records
from sync.verify import show

ENTRIES_MAX = 20_000
"""The newest entries that are told of."""

OPEN_KINDS = (records.Boot, records.Fault, records.Loss, records.Witness)
"""Entries that go whole: they are of the box, not of anybody."""

PLACE = ("epoch", "seq", "kind", "at", "boot", "mono_ms", "clock")
"""What goes of every other entry. Not `prev`: from a line's hash its few levels can be guessed."""

SECRET = re.compile(r"(?i)(secret|token|pin|password|code|key)\s*[=:]")
HIDDEN = "(not told)"


def run_bundle(args: argparse.Namespace) -> int:
    """Write the archive; refuses to write over a file."""
    if not args.data.is_dir():
        raise FileNotFoundError(2, "no such folder", str(args.data))
    case = read_case(args.data, args.config)
    path: Path = args.to or Path(f"huiyin-bundle-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar.gz")
    parts = list(gather(case))
    with path.open("xb") as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, text in parts:
            data = text.encode("utf-8", "replace")
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), 0o600
            archive.addfile(member, io.BytesIO(data))
    told = {"bundle": str(path), "files": [name for name, _ in parts]}
    line = choose(f"{path}: {len(parts)} files", f"{path}：{len(parts)} 个文件")
    print(json.dumps(told, ensure_ascii=False) if args.json else line)
    return 0


def gather(case: Case) -> Iterator[tuple[str, str]]:
    """Names and texts of what goes in."""
    yield "doctor.json", _dump(describe(examine(case)))
    yield "machine.json", _dump(_describe_machine(case))
    if case.config is not None and case.config.exists():
        yield "kiosk.toml", redact(case.config.read_text("utf-8", "replace"))
    if case.journal.is_dir():
        yield "journal.ndjson", "".join(_tell_entries(case.journal))
        yield "files.txt", "".join(_list_files(case.data))


def redact(settings: str) -> str:
    """Settings without what opens something; names of clerks are not support's either, nor what
    stands in comments. A file that is not TOML is cut at what looks like it.
    """
    try:
        tables = tomllib.loads(settings)
    except (tomllib.TOMLDecodeError, RecursionError):
        return _redact_lines(settings)
    tables.pop("clerks", None)
    return dump(_hide(tables))


def _hide(value: Any) -> Any:
    if isinstance(value, list):
        return [_hide(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: HIDDEN if SECRET.search(f"{name}=") else _hide(inner) for name, inner in value.items()
    }


def _redact_lines(settings: str) -> str:
    lines = []
    clerk = False
    for line in settings.splitlines():
        if line.lstrip().startswith("["):
            clerk = "clerks" in line
            lines.append("[clerks]" if clerk else line)
        elif not clerk and "clerks" not in line:
            key = SECRET.search(line.partition("#")[0])
            lines.append(f"{line[: key.end()]} {HIDDEN}" if key else line)
    return "\n".join(lines) + "\n"


def _describe_machine(case: Case) -> dict[str, object]:
    who = case.identity
    disk = os.statvfs(case.data)
    return {
        "software": VERSION,
        "python": platform.python_version(),
        "system": platform.platform(),
        "device": who.device if who else None,
        "hall": who.hall if who else None,
        "window": who.window if who else None,
        "address": who.address if who else None,
        "free_mb": disk.f_bavail * disk.f_frsize // 1_000_000,
        "profile": case.profile.sha256 if case.profile else None,
    }


def _tell_entries(folder: Path) -> Iterable[str]:
    told: list[str] = []
    for _, entry, line in show(folder):
        if entry is None:
            told.append(_dump({"unreadable": len(line)}))
            continue
        fields = msgspec.to_builtins(entry)
        own = set(fields) - {"prev"} if isinstance(entry, OPEN_KINDS) else PLACE
        told.append(_dump({name: value for name, value in fields.items() if name in own}))
    return told[-ENTRIES_MAX:]


def _list_files(data: Path) -> Iterator[str]:
    for path in sorted(data.rglob("*")):
        seen = path.lstat()
        yield f"{seen.st_mode:o} {seen.st_size:>10} {path.relative_to(data)}\n"


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"

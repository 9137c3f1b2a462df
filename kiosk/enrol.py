"""`huiyin-kiosk enrol`: by a one-time code, or by a grant file that the hall signed."""

import argparse
import json
from pathlib import Path
from typing import Any

from sync.errors import HuiyinError
from sync.identity import Identity, enrol_by_code, enrol_by_grant

GRANT_MAX = 16 * 1024
"""Bytes of a grant file."""


def enrol(args: argparse.Namespace) -> Identity:
    """Make this kiosk known. Raises HuiyinError with one line."""
    ca = args.ca or None
    if args.grant:
        return enrol_by_grant(args.data, read_grant(args.grant), ca)
    if not args.hall:
        raise HuiyinError("--code needs --hall URL, the address of the hall that gave it")
    return enrol_by_code(args.data, args.hall, args.code, ca)


def read_grant(path: Path) -> dict[str, Any]:
    """A grant from its file; the hall judges its signature."""
    with path.open("rb") as file:
        raw = file.read(GRANT_MAX)
    try:
        grant = json.loads(raw)
    except ValueError as error:
        raise HuiyinError(f"{path}: not a grant: {error}") from None
    if not isinstance(grant, dict) or not isinstance(grant.get("address"), str):
        raise HuiyinError(f"{path}: not a grant: it must be a JSON object with an address")
    return grant

"""`huiyin-kiosk enrol`: by a one-time code, or by a grant file that the hall signed."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from kiosk.tongue import choose
from sync.errors import HuiyinError
from sync.identity import Identity, enrol_by_code, enrol_by_grant

KEPT = (
    "no hall answers: the kiosk serves by its grant, and presents it at the first contact",
    "未连上大厅:终端凭证先行工作,首次接通时提交凭证",
)
GRANT_MAX = 16 * 1024
"""Bytes of a grant file."""


def enrol(args: argparse.Namespace) -> Identity:
    """Make this kiosk known. Raises HuiyinError with one line."""
    ca = args.ca or None
    if args.grant:
        identity = enrol_by_grant(args.data, read_grant(args.grant), ca)
        if identity.grant is not None:
            print(choose(*KEPT), file=sys.stderr)
        return identity
    if not args.hall:
        raise HuiyinError("--code needs --hall URL, the address of the hall that gave it")
    return enrol_by_code(args.data, args.hall, args.code, ca)


def read_grant(path: Path) -> dict[str, Any]:
    """A grant from its file; the hall judges its signature."""
    with path.open("rb") as file:
        raw = file.read(GRANT_MAX)
    try:
        grant = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise HuiyinError(f"{path}: not a grant: {error}") from None
    if not isinstance(grant, dict) or not isinstance(grant.get("address"), str):
        raise HuiyinError(f"{path}: not a grant: it must be a JSON object with an address")
    return grant

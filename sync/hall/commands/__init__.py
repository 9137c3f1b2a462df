"""The commands of huiyin-hall and their options.

Imports of weight happen inside, so that a small one starts fast.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sync.hall.commands import clerks, keeping, people, serving
from sync.hall.words import say

Run = Callable[[argparse.Namespace], int]


@dataclass(frozen=True, slots=True)
class Command:
    """What runs, and the options besides those every command has."""

    run: Run
    options: dict[str, dict[str, Any]] = field(default_factory=dict)


def _option(phrase: str, metavar: str, **more: Any) -> dict[str, Any]:
    return {"help": say(phrase), "metavar": metavar, **more}


_HALL = {"--hall": _option("hall-name", "NAME")}
_BY = {
    "--by": _option("by", "NAME", required=True),
    "--note": _option("note", "TEXT", default=""),
}
_STAFF = {
    "--by": _option("by", "NAME", default=""),
    "--note": _option("note", "TEXT", default=""),
}
_DEVICE = {"--device": _option("device", "ID", required=True)}

COMMANDS = {
    "serve": Command(
        serving.serve,
        {"--listen": _option("listen", "HOST:PORT", default=serving.LISTEN_DEFAULT)},
    ),
    "enrol-code": Command(
        serving.enrol_code, {"--window": _option("window", "N", required=True), **_HALL}
    ),
    "report": Command(
        serving.report,
        {
            "--from": _option("from", "DAY", dest="first"),
            "--to": _option("to", "DAY", dest="last"),
            "--window": _option("window", "N"),
            **_HALL,
        },
    ),
    "fleet": Command(keeping.fleet),
    "audit": Command(keeping.audit, {"--counts": {"help": say("counts"), "action": "store_true"}}),
    "accept": Command(
        keeping.accept, {"--finding": _option("finding", "ID", required=True), **_BY}
    ),
    "confirm": Command(
        keeping.confirm, {"--epoch": _option("epoch", "EPOCH", required=True), **_DEVICE, **_BY}
    ),
    "revoke": Command(keeping.revoke, {**_DEVICE, **_BY}),
    "bulletin": Command(keeping.bulletin),
    "backup": Command(
        keeping.backup, {"--to": _option("backup-to", "DIR", required=True, type=Path)}
    ),
    "restore": Command(
        keeping.restore,
        {"--from": _option("restore-from", "DIR", required=True, type=Path, dest="source")},
    ),
    "export": Command(
        keeping.export, {"--to": _option("export-to", "DIR", required=True, type=Path)}
    ),
    "grant": Command(
        keeping.grant,
        {
            "--window": _option("window", "N", required=True),
            **_HALL,
            "--address": _option("address", "URL", required=True),
            "--days": _option("days", "N", type=int, default=30),
        },
    ),
    "clerks": Command(
        clerks.clerks,
        {
            "action": {"choices": ["import", "list", "clear"], "help": say("clerks-action")},
            "--file": _option("clerks-file", "FILE", type=Path),
            **_HALL,
            **_STAFF,
        },
    ),
    "system": Command(
        people.system,
        {
            "action": {"choices": ["add", "list", "remove"], "help": say("system-action")},
            "--name": _option("system-name", "NAME", default=""),
            "--windows": _option("system-windows", "N,N", default="*"),
            **_HALL,
            **_STAFF,
        },
    ),
    "tls": Command(
        keeping.tls,
        {
            "action": {"choices": ["init"], "help": say("tls-init")},
            "--name": _option("tls-name", "NAME", action="append", required=True),
        },
    ),
}

"""The commands of those who keep a hall: audit, accept, revoke, backup and the like.

Imports of weight happen inside.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from sync.errors import HuiyinError
from sync.hall import settings
from sync.hall.commands.serving import check_name
from sync.hall.words import say

if TYPE_CHECKING:
    from sync.hall.ledger.store import Store

GRANT_DAYS_MAX = 366


@contextmanager
def open_store(options: argparse.Namespace, create: bool = False) -> Iterator["Store"]:
    """The hall's database, closed at the end; one that is not there is made if `create`."""
    from sync.hall.ledger.store import Store

    store = Store(options.data, create)
    try:
        yield store
    finally:
        store.close()


def now_ms() -> int:
    """Now, in ms since 1970."""
    return time.time_ns() // 1_000_000


def print_told(options: argparse.Namespace, told: Mapping[str, object], text: str) -> int:
    """Print the object with `--json`, else the text; 0."""
    print(json.dumps(told, ensure_ascii=False) if options.json else text)
    return 0


def audit(options: argparse.Namespace) -> int:
    """Exit 0 with notes at most, 1 with findings."""
    set_up = settings.load(options.config)
    from sync.hall.ledger.audit import audit as run
    from sync.hall.ledger.audit import name_finding
    from sync.hall.ledger.recount import compare_counts

    result = run(options.data, _tell_progress)
    if options.counts:
        result.findings += compare_counts(options.data, set_up.zone)
    findings = [{"id": name_finding(one), **asdict(one)} for one in result.findings]
    notes = [asdict(one) for one in result.notes]
    if options.json:
        told = {"entries": result.entries, "epochs": result.epochs}
        print(json.dumps(told | {"findings": findings, "notes": notes}, ensure_ascii=False))
        return 1 if findings else 0
    for name, some in (("finding", findings), ("note", notes)):
        for one in some:
            place = f"{one['device']} {one['epoch']} seq {one['seq']}"
            print(f"{name} {one.get('id', '')} {one['kind']}: {place}: {one['detail']}")
    phrase = "audit-found" if findings else "audit-whole"
    print(say(phrase, result.entries, result.epochs, len(findings) or len(notes)))
    return 1 if findings else 0


def _tell_progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done}/{total}", end="" if done < total else "\n", file=sys.stderr, flush=True)


def accept(options: argparse.Namespace) -> int:
    """Record that a named person accepts a finding."""
    who = check_name("--by", options.by)
    from sync.hall.ledger.acts import add_act
    from sync.hall.ledger.audit import MAY_BE_ACCEPTED, name_finding
    from sync.hall.ledger.audit import audit as run

    found = [one for one in run(options.data).findings if name_finding(one) == options.finding]
    if not found:
        raise HuiyinError(f"--finding {options.finding}: the audit finds no such thing now")
    if found[0].kind not in MAY_BE_ACCEPTED:
        allowed = ", ".join(sorted(MAY_BE_ACCEPTED))
        raise HuiyinError(
            f"a finding of kind {found[0].kind} cannot be accepted; only {allowed} can"
        )
    with open_store(options) as store, store.write() as connection:
        add_act(connection, now_ms(), who, "accept", options.finding, options.note)
    return print_told(options, {"accepted": options.finding}, say("accepted", found[0].detail))


def confirm(options: argparse.Namespace) -> int:
    """Let an unlinked epoch count."""
    who = check_name("--by", options.by)
    set_up = settings.load(options.config)
    from sync.hall.ledger.recount import confirm_epoch

    confirm_epoch(
        options.data, set_up.zone, options.device, options.epoch, who, options.note, now_ms()
    )
    return print_told(options, {"confirmed": options.epoch}, say("confirmed", options.epoch))


def revoke(options: argparse.Namespace) -> int:
    """Take nothing more from a device; works beside a running server."""
    who = check_name("--by", options.by)
    from sync.hall.ledger.acts import add_act
    from sync.hall.ledger.roster import REVOKED

    with open_store(options) as store, store.write() as connection:
        changed = connection.exec_driver_sql(
            "UPDATE devices SET state = ? WHERE device = ?", (REVOKED, options.device)
        )
        if changed.rowcount != 1:
            raise HuiyinError(f"--device {options.device}: this hall knows no such device")
        add_act(connection, now_ms(), who, "revoke", options.device, options.note)
    return print_told(options, {"revoked": options.device}, say("revoked", options.device))


def bulletin(options: argparse.Namespace) -> int:
    """Sign a bulletin now, besides the daily one."""
    set_up = settings.load(options.config)
    from sync import keys
    from sync.hall.ledger import bulletin as room
    from sync.hall.ledger.store import KEY_FILE

    with open_store(options) as store:
        key = keys.load(options.data / KEY_FILE)
        with store.write() as connection:
            found, day = room.make(connection, key, set_up.zone, now_ms())
    return print_told(options, {"bulletin": found, "day": day}, f"{day} {found}")


def backup(options: argparse.Namespace) -> int:
    """Copy database and key into a new folder; works beside a running server."""
    from sync.hall.ledger.backup import back_up

    count = back_up(options.data, options.to)
    told = {"backup": str(options.to), "entries": count}
    return print_told(options, told, say("backed-up", options.to, count))


def restore(options: argparse.Namespace) -> int:
    """Put a backup in place; what was there is kept beside it."""
    from sync.hall.ledger.backup import restore as put_back

    count = put_back(options.data, options.source, now_ms())
    told = {"restored": str(options.data), "entries": count}
    return print_told(options, told, say("restored", options.data, count))


def export(options: argparse.Namespace) -> int:
    """Write everything an auditor needs as plain files."""
    from sync.hall.ledger.export import export as write

    count = write(options.data, options.to)
    told = {"export": str(options.to), "entries": count}
    return print_told(options, told, say("exported", options.to, count))


def grant(options: argparse.Namespace) -> int:
    """Print a grant: JSON to be put on a stick, with which a kiosk serves at once."""
    set_up = settings.load(options.config)
    hall = check_name("--hall", options.hall or set_up.hall)
    window = check_name("--window", options.window)
    if not 0 < options.days <= GRANT_DAYS_MAX:
        raise HuiyinError(f"--days {options.days}: it must be 1 to {GRANT_DAYS_MAX}")
    from sync import keys
    from sync.hall.ledger import moment, roster
    from sync.hall.ledger.store import KEY_FILE

    key = keys.load(options.data / KEY_FILE)
    expires = moment.write(now_ms() + options.days * moment.DAY_MS)
    made = roster.make_grant(key, hall, window, options.address, expires)
    if set_up.tls_certificate and options.address.startswith("https://"):
        from sync.hall.authority import read_fingerprint

        made["fingerprint"] = read_fingerprint(Path(set_up.tls_certificate))
    print(json.dumps(made, ensure_ascii=False))
    return 0


def fleet(options: argparse.Namespace) -> int:
    """Every kiosk: when it was last heard, what is missing of it, alarms."""
    from sync.hall.ledger import fleet as room

    with open_store(options) as store, store.read() as connection:
        kiosks = room.list_kiosks(connection, now_ms())
    if options.json:
        print(json.dumps({"kiosks": [asdict(one) for one in kiosks]}, ensure_ascii=False))
        return 0
    for one in kiosks:
        seen = one.seen or "–"
        alarms = "; ".join(one.alarms) or "ok"
        print(f"{one.device} {one.hall} {one.window} {one.state} {seen} {one.missing} {alarms}")
    return 0


def tls(options: argparse.Namespace) -> int:
    """Make a private authority and a certificate for the server."""
    from sync.hall.authority import make_authority

    made = make_authority(options.data / "tls", options.name, time.time())
    told = {"certificate": str(made.certificate), "key": str(made.key), "ca": str(made.ca)}
    return print_told(options, told, say("tls-made", made.certificate, made.key, made.ca))

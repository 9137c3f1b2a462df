"""What each command of huiyin-hall does.

Imports of weight happen inside, so that a small command starts fast.
"""

import argparse
import json
import re
import time
from datetime import date

from sync.errors import HuiyinError
from sync.hall import settings
from sync.hall.words import language, say
from sync.notify import notify

LISTEN_DEFAULT = "127.0.0.1:8700"
NAME_MAX = 64
"""Characters of a hall's or window's name."""


def serve(options: argparse.Namespace) -> int:
    """Run the hall server until it is told to stop."""
    host, port = split_address(options.listen)
    set_up = settings.load(options.config)
    from sync.hall.pages import server

    def ready(address: str) -> None:
        text = json.dumps({"hall": address}) if options.json else say("ready", address)
        print(text, flush=True)
        notify("READY=1")

    server.serve(options.data, set_up, host, port, ready)
    return 0


def enrol_code(options: argparse.Namespace) -> int:
    """Make a one-time code; works beside a running server."""
    set_up = settings.load(options.config)
    hall = check_name("--hall", options.hall or set_up.hall)
    window = check_name("--window", options.window)
    from sync.hall.ledger import moment, roster
    from sync.hall.ledger.store import Store

    store = Store(options.data)
    with store.write() as connection:
        code, expires = roster.make_code(connection, hall, window, time.time_ns() // 1_000_000)
    store.close()
    at = moment.write(expires)
    if options.json:
        print(
            json.dumps(
                {"code": code, "expires_at": at, "hall": hall, "window": window}, ensure_ascii=False
            )
        )
    else:
        print(say("code", code, window, at))
    return 0


def report(options: argparse.Namespace) -> int:
    """Print the report over local days."""
    set_up = settings.load(options.config)
    first, last = check_day("--from", options.first), check_day("--to", options.last)
    if first and last and first > last:
        raise HuiyinError(f"--from {first} is after --to {last}")
    from sync.hall.figures.reports import make_report, write_text
    from sync.hall.ledger import counts, moment
    from sync.hall.ledger.store import Store

    store = Store(options.data, create=False)
    span = {"first": first or counts.FIRST_DAY, "last": last or counts.LAST_DAY}
    where = {"hall": options.hall, "window": options.window}
    with store.read() as connection:
        found = counts.read_counts(connection, **span, **where)
        windows = counts.count_windows(connection, **span, **where)
    store.close()
    made = make_report(found, windows, moment.write(time.time_ns() // 1_000_000))
    made |= {"from": first, "to": last, "hall": options.hall, "window": options.window}
    if options.json:
        print(json.dumps(made | {"time_zone": set_up.time_zone}, ensure_ascii=False))
    else:
        place = " ".join(filter(None, (options.hall, options.window))) or say("report-all")
        days = f"{first or '…'} – {last or '…'}" if first or last else say("report-all")
        print(write_text(made, language(), say("report-title", place, days)))
    return 0


def split_address(text: str) -> tuple[str, int]:
    """HOST:PORT, [::1]:PORT. Raises HuiyinError."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise HuiyinError(f"--listen {text}: it must be HOST:PORT, such as {LISTEN_DEFAULT}")
    return host.strip("[]"), int(port)


def check_day(flag: str, text: str | None) -> str | None:
    """A day as YYYY-MM-DD. Raises HuiyinError."""
    if text is None:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise HuiyinError(f"{flag} {text}: it must be a day such as 2026-03-02") from None


def check_name(flag: str, text: str) -> str:
    """A name of a hall or window. Raises HuiyinError."""
    if not 0 < len(text) <= NAME_MAX or not text.isprintable() or text != text.strip():
        raise HuiyinError(
            f"{flag} {text!r}: it must be printable text of 1 to {NAME_MAX} characters"
        )
    return text

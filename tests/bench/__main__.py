"""`./dev bench`: measures each row against its peer and its limit in one run, on this machine."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from tests.bench.audit import measure_audit
from tests.bench.drain import measure_drain
from tests.bench.entry import measure_entries
from tests.bench.idle import measure_idle
from tests.bench.intake import measure_intake_50, measure_intake_500
from tests.bench.invite import measure_invitations
from tests.bench.pixel import measure_pixels
from tests.bench.reports import measure_reports
from tests.bench.setup import measure_setup
from tests.bench.start import measure_starts
from tests.bench.table import Row, SkippedError, show, write

# Each measures some rows at once: names, and the function.
BENCHES: tuple[tuple[tuple[str, ...], Callable[[], list[Row]]], ...] = (
    (("press-pixel-p50", "press-pixel-p99"), measure_pixels),
    (("start-warm", "start-cold", "memory-idle"), measure_starts),
    (("cpu-idle", "wakeups-idle"), measure_idle),
    (("entry-thanks", "entry-full"), measure_entries),
    (("intake-50",), measure_intake_50),
    (("intake-500",), measure_intake_500),
    (("drain",), measure_drain),
    (("report-hall", "report-city"), measure_reports),
    (("audit",), measure_audit),
    (("invite-kiosk",), measure_invitations),
    (("setup",), measure_setup),
)

NOT_BUILT = (
    "herd-minutes",
    "herd-p99",
    "herd-memory",
    "invite-hall",
)
"""Rows that are owed and that nothing measures yet."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write machine and rows here")
    parser.add_argument("--only", nargs="+", metavar="ROW", help="these rows and what they share")
    parser.add_argument("--long", action="store_true", help="audit ten million entries")
    options = parser.parse_args()
    known = [name for names, _ in BENCHES for name in names]
    for name in options.only or ():
        if name not in known:
            parser.error(f"no row {name}; there are {', '.join(known)}")
    told = []
    for names, measure in BENCHES:
        if options.only and not set(names) & set(options.only):
            continue
        print(f"measuring {', '.join(names)} ...", file=sys.stderr, flush=True)
        try:
            long = options.long and measure is measure_audit
            rows = measure_audit(long=True) if long else measure()
        except SkippedError as error:
            rows = [Row(name, "", skipped=str(error)) for name in names]
        for row in rows:
            told.append(row.as_json())
            print(show(told[-1]), flush=True)
    if not options.only:
        told += [Row(name, "", skipped="nothing measures it yet").as_json() for name in NOT_BUILT]
    if options.json:
        write(options.json, told)
    return 0


if __name__ == "__main__":
    sys.exit(main())

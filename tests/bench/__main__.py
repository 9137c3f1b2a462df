"""`./dev bench`: measures each row against its peer and its limit in one run, on this machine."""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.bench.audit import measure_audit
from tests.bench.drain import measure_drain
from tests.bench.entry import measure_entries
from tests.bench.herd import FULL, measure_herd
from tests.bench.idle import measure_idle
from tests.bench.intake import measure_intake_50, measure_intake_500
from tests.bench.invite import measure_hall_invitations, measure_invitations
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
    (("herd-minutes", "herd-p99", "herd-memory"), measure_herd),
    (("invite-kiosk",), measure_invitations),
    (("invite-hall",), measure_hall_invitations),
    (("setup",), measure_setup),
)

LONG: dict[Callable[[], list[Row]], Callable[[], list[Row]]] = {
    measure_audit: partial(measure_audit, long=True),
    measure_herd: partial(measure_herd, FULL),
}
"""What measures the same rows at the size their goals are set for."""


def read_size(text: str) -> tuple[int, int]:
    kiosks, _, entries = text.partition("x")
    if not (kiosks.isdecimal() and entries.isdecimal() and int(kiosks) and int(entries)):
        raise argparse.ArgumentTypeError(f"{text!r} is not KIOSKSxENTRIES, such as 300x6000")
    return int(kiosks), int(entries)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write machine and rows here")
    parser.add_argument("--only", nargs="+", metavar="ROW", help="these rows and what they share")
    parser.add_argument(
        "--long", action="store_true", help="herd and audit in full: an hour, 60 GB"
    )
    parser.add_argument("--herd", type=read_size, metavar="KIOSKSxENTRIES", help="a herd of a size")
    options = parser.parse_args()
    known = [name for names, _ in BENCHES for name in names]
    for name in options.only or ():
        if name not in known:
            parser.error(f"no row {name}; there are {', '.join(known)}")
    bigger = dict(LONG) if options.long else {}
    if options.herd:
        bigger[measure_herd] = partial(measure_herd, options.herd)
    told = []
    for names, measure in BENCHES:
        if options.only and not set(names) & set(options.only):
            continue
        print(f"measuring {', '.join(names)} ...", file=sys.stderr, flush=True)
        try:
            rows = bigger.get(measure, measure)()
        except SkippedError as error:
            rows = [Row(name, "", skipped=str(error)) for name in names]
        for row in rows:
            told.append(row.as_json())
            print(show(told[-1]), flush=True)
    if options.json:
        write(options.json, told)
    return 0


if __name__ == "__main__":
    sys.exit(main())

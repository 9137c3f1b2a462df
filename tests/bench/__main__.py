"""`./dev bench`: measures each row against its peer and its limit in one run, on this machine."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from tests.bench.entry import measure_entries
from tests.bench.pixel import measure_pixels
from tests.bench.start import measure_starts
from tests.bench.table import Row, SkippedError, show, write

# Each measures some rows at once: names, and the function.
BENCHES: tuple[tuple[tuple[str, ...], Callable[[], list[Row]]], ...] = (
    (("press-pixel-p50", "press-pixel-p99"), measure_pixels),
    (("start-warm", "start-cold", "memory-idle"), measure_starts),
    (("entry-thanks", "entry-full"), measure_entries),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write machine and rows here")
    parser.add_argument("--only", nargs="+", metavar="ROW", help="these rows and what they share")
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
            rows = measure()
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

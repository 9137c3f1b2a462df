"""`huiyin-kiosk doctor`: every check in its order, told a line each; 1 if anything is a fault."""

import argparse
import json
from collections.abc import Callable

from kiosk.health import box, line, panel, store, words
from kiosk.health.case import Case, read_case
from kiosk.health.terms import Seen, fault, ok

Check = Callable[[Case], Seen | list[Seen]]


def check_jump(case: Case) -> Seen:
    """The running kiosk saw its clock jump."""
    if "clock_jump" in case.diary.raised:
        why = case.diary.raised["clock_jump"]
        return fault("clock_jump", why or "since the last start", why or "本次启动以来")
    return ok("clock_jump", "not since the last start", "本次启动以来没有")


CHECKS: tuple[Check, ...] = (
    panel.check_port,
    panel.check_told,
    panel.check_test,
    panel.check_keys,
    store.check_write,
    store.check_room,
    store.check_wear,
    store.check_journal,
    store.check_receipts,
    line.check_revoked,
    line.check_known,
    line.check_hall,
    line.check_tls,
    check_jump,
    line.check_clock,
    box.check_screen,
    box.check_sound,
    box.check_fonts,
    box.check_settings,
    box.check_version,
    box.check_units,
    box.check_levels,
)


def examine(case: Case) -> list[Seen]:
    """Run every check, in the order of their numbers."""
    seen: list[Seen] = []
    for check in CHECKS:
        answer = check(case)
        seen += answer if isinstance(answer, list) else [answer]
    return sorted(seen, key=lambda one: one.number)


def run_doctor(args: argparse.Namespace) -> int:
    """Tell how the box is; 0 if nobody has to do anything."""
    seen = examine(read_case(args.data, args.config))
    if args.json:
        print(json.dumps(describe(seen), ensure_ascii=False))
    else:
        for one in seen:
            print(f"{one.number} {words.state(one):<5} {words.name(one)}: {words.said(one)}")
            if help_text := words.remedy(one):
                print(f"   → {help_text}")
    return 1 if any(one.state == "fault" for one in seen) else 0


def describe(seen: list[Seen]) -> dict[str, object]:
    """The same as one object."""
    return {
        "ok": all(one.state != "fault" for one in seen),
        "checks": [
            {
                "number": one.number,
                "name": one.name,
                "state": one.state,
                "said": words.said(one),
                "remedy": words.remedy(one),
            }
            for one in seen
        ],
    }

"""What a set-up says of itself: what is missing before it begins; what was done, and the label."""

import argparse
import json
from typing import Any

from kiosk.setup.find import read_profile
from kiosk.setup.mark import draw
from kiosk.setup.sheet import Sheet
from kiosk.setup.terms import Wizard
from kiosk.setup.texts import write_label
from kiosk.setup.units import UNIT
from kiosk.setup.words import say
from kiosk.setup.works import House, Shell
from sync.errors import HuiyinError


def check_whole(args: argparse.Namespace, wizard: Wizard) -> None:
    """Without a word to anybody: is everything answered that has no other answer?"""
    now, missing = wizard.answers, []
    read_profile(now.model)
    if not wizard.found.device and not (now.grant or (now.address and now.code)):
        missing.append("[hall] grant, or address and code")
    if not now.port:
        missing.append("[panel] port")
    if missing:
        raise HuiyinError(f"{args.source or 'not set up'}: missing: {', '.join(missing)}")


def finish(
    args: argparse.Namespace, wizard: Wizard, house: House, shell: Shell, sheet: Sheet | None
) -> int:
    """Say what was done, and print the label."""
    identity = house.identity
    said: dict[str, Any] = dict(house.said)
    if identity is not None:
        said |= {"device": identity.device, "hall": identity.hall, "window": identity.window}
        hall, window, device = identity.hall, identity.window, identity.device
        said["label"] = write_label(wizard.tongue, hall, window, device, house.code, draw(device))
        if sheet:
            said["marked"] = sheet.mark_used(identity.device)
    if args.json:
        print(json.dumps(said, ensure_ascii=False))
    else:
        shell.finish("\n".join(_say_done(wizard.tongue, said)))
    return 0


def _say_done(tongue: str, said: dict[str, Any]) -> list[str]:
    lines = [say(tongue, "said.settings" if said["changed"] else "said.same", said["settings"])]
    if said["rule"]:
        lines.append(say(tongue, "said.rule", said["rule"]))
    else:
        lines.append(say(tongue, "said.no_rule", said["port"] or "–"))
    lines.append(say(tongue, "said.unit" if said["enabled"] else "said.no_unit", UNIT))
    if "device" in said and not said["enrolled"]:
        lines.append(say(tongue, "said.offline"))
    if not said["tested"]:
        lines.append(say(tongue, "said.untested"))
    return [*lines, "", said.get("label", "")]

"""`huiyin-kiosk setup`: the conversation between its rules, its works and who is asked."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from devices.tested import panel_tested
from devices.words import speaks_chinese
from kiosk.settings import Settings, load_settings
from kiosk.setup.files import Places, find_config, find_data
from kiosk.setup.find import find_grants, find_ports, load_grant, read_profile
from kiosk.setup.options import find_misuse
from kiosk.setup.sheet import Sheet
from kiosk.setup.terminal import Terminal
from kiosk.setup.terms import Answers, Done, Found, Question, Wizard
from kiosk.setup.texts import write_label
from kiosk.setup.wizard import answer, begin, next_up, recognise
from kiosk.setup.words import say
from kiosk.setup.works import House, Shell
from sync import keys
from sync.errors import HuiyinError
from sync.identity import KEY, Identity, load_identity


def run_setup(args: argparse.Namespace) -> int:
    """Set a kiosk up; 0 done, 1 not, with one line and nothing changed."""
    if misuse := find_misuse(args):
        print(f"huiyin-kiosk setup: {misuse}", file=sys.stderr)
        return 2
    data = find_data(args.data, args.root)
    places = Places(args.root, find_config(args.config, args.root), data)
    settings = load_settings(places.config if places.config.exists() else None)
    identity = load_identity(places.data)
    sheet = Sheet(args.source) if args.source else None
    before = read_answers(settings, identity)
    found = look_around(places, settings, identity, sheet)
    wished = sheet.answer(before) if sheet else before
    if args.grant:
        grant = load_grant(args.grant)
        found = replace(found, grants=(grant,))
        wished = replace(wished, grant=grant.place)
    if args.panel:
        wished = replace(wished, port=args.panel)
    places.check()
    tongue = "zh" if speaks_chinese() else "en"
    if args.screen:
        tongue = "en" if before.language == "en" else "zh"
    wizard = begin(found, before, tongue, wished, args.only or "", follows=args.screen)
    if sheet or args.check:
        _check_whole(args, wizard)
    if sheet:
        sheet.check_unused(_find_device(places.data))
    if args.check:
        return 0
    ca = args.ca or (sheet.ca if sheet else "")
    house = House(places, found, args.wait * 1_000, ca)
    if sheet:
        house.window, house.extra, house.grants = sheet.hall.window, sheet.given, sheet.inline
    house.identity = identity
    shell = sheet or _open_shell(args, before, places)
    try:
        wizard = converse(wizard, house, shell)
    finally:
        house.close()
        shell.release()
    return _finish(args, wizard, house, shell, sheet)


def converse(wizard: Wizard, house: House, shell: Shell) -> Wizard:
    """Ask and work until the end. Raises HuiyinError when it was stopped."""
    while True:
        shell.follow(wizard)
        coming = next_up(wizard)
        if isinstance(coming, Question):
            value = shell.ask(coming)
            wizard = recognise(wizard, shell.guess) if shell.guess else wizard
            wizard = answer(wizard, coming.name, value) if value is not None else wizard
        elif not isinstance(coming, Done):
            wizard = house.do(wizard, coming, shell)
        elif coming.stopped:
            raise HuiyinError("stopped; nothing was changed / 已停止，没有任何改动")
        else:
            return wizard


def read_answers(settings: Settings, identity: Identity | None) -> Answers:
    """What is set up now."""
    panel = settings.panel
    return Answers(
        language=settings.window.language,
        address=identity.address if identity else "",
        trust=(identity.ca or "") if identity else "",
        mode=settings.window.mode,
        port=panel.port,
        model=panel.profile or panel.model,
        sound=settings.sound.mode,
        size=settings.screen.size,
        scanner=settings.scanner.port,
    )


def look_around(
    places: Places, settings: Settings, identity: Identity | None, sheet: Sheet | None
) -> Found:
    """What the box is like. Raises HuiyinError for a panel profile that cannot be."""
    from devices.profile import list_models

    answers = read_answers(settings, identity)
    grants = (sheet.grant,) if sheet and sheet.grant else ()
    waived = (sheet.given.get(("panel", "test")) if sheet else None) or settings.panel.test
    return Found(
        ports=find_ports(),
        grants=grants if sheet else find_grants(places.root),
        models=tuple(list_models()),
        device=identity.device if identity else "",
        hall=identity.hall if identity else "",
        window=identity.window if identity else "",
        tested=panel_tested(places.data, read_profile(answers.model)),
        waived=waived == "waived",
    )


def _open_shell(args: argparse.Namespace, before: Answers, places: Places) -> Shell:
    if not args.screen:
        return Terminal()
    from kiosk.setup.keys import open_keys

    return open_keys(args.headless)


def _find_device(data: Path) -> str:
    path = data / KEY
    return keys.load(path).device if path.exists() else ""


def _check_whole(args: argparse.Namespace, wizard: Wizard) -> None:
    """Without a word to anybody: is everything answered that has no other answer?"""
    now, missing = wizard.answers, []
    read_profile(now.model)
    if not wizard.found.device and not (now.grant or (now.address and now.code)):
        missing.append("[hall] grant, or address and code")
    if not now.port:
        missing.append("[panel] port")
    if missing:
        raise HuiyinError(f"{args.source or 'not set up'}: missing: {', '.join(missing)}")


def _finish(
    args: argparse.Namespace, wizard: Wizard, house: House, shell: Shell, sheet: Sheet | None
) -> int:
    """Say what was done, and print the label."""
    identity = house.identity
    said: dict[str, Any] = dict(house.said)
    if identity is not None:
        said |= {"device": identity.device, "hall": identity.hall, "window": identity.window}
        said["label"] = write_label(wizard.tongue, identity.hall, identity.window, identity.device)
        if sheet:
            said["marked"] = sheet.mark_used(identity.device)
    if args.json:
        print(json.dumps(said, ensure_ascii=False))
    else:
        shell.finish("\n".join(_say_done(wizard.tongue, said)))
    return 0


def _say_done(tongue: str, said: dict[str, Any]) -> list[str]:
    from kiosk.setup.files import UNIT

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

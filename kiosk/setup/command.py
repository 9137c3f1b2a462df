"""`huiyin-kiosk setup`: the conversation between its rules, its works and who is asked."""

import argparse
import sys
from pathlib import Path

from msgspec.structs import replace

from devices.words import speaks_chinese
from kiosk.settings import load_settings
from kiosk.setup.around import look_around, read_answers
from kiosk.setup.files import Places, find_config, find_data
from kiosk.setup.find import load_grant
from kiosk.setup.options import find_misuse
from kiosk.setup.report import check_whole, finish
from kiosk.setup.sheet import Sheet
from kiosk.setup.terminal import Terminal
from kiosk.setup.terms import Answers, Done, Question, Wizard
from kiosk.setup.wizard import answer, begin, next_up, recognise
from kiosk.setup.works import House, Shell
from kiosk.tongue import explain
from sync import keys
from sync.errors import HuiyinError
from sync.identity import KEY, load_identity


def run_setup(args: argparse.Namespace) -> int:
    """Set a kiosk up; 0 done, 1 not, with one line and nothing changed."""
    if misuse := find_misuse(args):
        print(f"huiyin-kiosk setup: {explain(misuse)}", file=sys.stderr)
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
        check_whole(args, wizard)
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
    return finish(args, wizard, house, shell, sheet)


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


def _open_shell(args: argparse.Namespace, before: Answers, places: Places) -> Shell:
    if not args.screen:
        return Terminal()
    from kiosk.setup.keys import open_keys

    return open_keys(args.headless)


def _find_device(data: Path) -> str:
    path = data / KEY
    return keys.load(path).device if path.exists() else ""

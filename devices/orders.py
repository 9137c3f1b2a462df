"""The orders of `huiyin-panel`: their options, and what each one sets going.

Imports what an order needs only when it is given: `decode` wants no port, `list` no panel.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from devices.decode import decode_bytes, decode_timed
from devices.infer import Plan
from devices.profile import Profile, find_profile, load_profile, read_scale, read_wire
from devices.table import Table
from devices.words import say

CHUNK = 65_536  # bytes of a capture read at once
TIMED_LINE_MAX = 16_384  # characters of one line of a timed capture

Given = TypeVar("Given", bytes, str)


class RefusedError(Exception):
    """What was asked cannot be done; the text is the one line that says why."""


def make_parser() -> argparse.ArgumentParser:
    """Every order with its options; `run` is what carries it out."""
    parser = argparse.ArgumentParser(prog="huiyin-panel", description=say("help_panel"))
    orders = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Any, profile: bool = True, port: bool = False) -> Any:
        words = say(f"help_{name}")
        order = orders.add_parser(name, help=words, description=words)
        order.set_defaults(run=run, endless=name in ("watch", "simulate"))
        order.add_argument("--json", action="store_true", help=say("help_json"))
        if profile:
            which = order.add_mutually_exclusive_group(required=True)
            which.add_argument("--model", help=say("help_model"))
            which.add_argument("--profile", type=Path, help=say("help_profile"))
        if port:
            order.add_argument("--port", required=True, help=say("help_port"))
            order.add_argument("--wait", type=_read_seconds, metavar="S", help=say("help_wait"))
        return order

    add("list", _list, profile=False)
    _add_learn(add("learn", _learn, profile=False, port=True))
    add("test", _test, port=True).add_argument("--data", type=Path, help=say("help_data"))
    add("watch", _watch, port=True).add_argument("--save", type=Path, help=say("help_save"))
    add("decode", _decode).add_argument("--timed", action="store_true", help=say("help_timed"))
    simulate = add("simulate", _simulate)
    simulate.add_argument("--link", type=Path, help=say("help_link"))
    simulate.add_argument("--script", type=Path, help=say("help_script"))
    return parser


def _add_learn(order: argparse.ArgumentParser) -> None:
    order.add_argument("--out", type=Path, required=True, help=say("help_out"))
    order.add_argument("--scale", default="three", help=say("help_scale"))
    order.add_argument("--levels", help=say("help_levels"))
    kinds = ("auto", "frame", "line", "modbus", "keys")
    order.add_argument("--format", choices=kinds, default="auto")
    order.add_argument("--baud", type=int, default=9600)
    order.add_argument("--parity", default="N", help="N, E, O")
    order.add_argument("--address", type=int, default=1, help=say("help_address"))


def _read_seconds(text: str) -> int:
    """Whole milliseconds of a number of seconds."""
    if not re.fullmatch(r"\d{1,5}(\.\d{1,3})?", text) or float(text) <= 0:
        raise argparse.ArgumentTypeError(say("bad_seconds", text=repr(text)))
    return round(float(text) * 1_000)


def _profile(options: argparse.Namespace) -> Profile:
    return load_profile(options.profile) if options.profile else find_profile(options.model)


def _list(options: argparse.Namespace) -> int:
    from devices.listing import list_panels, print_panels

    found = list_panels()
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print_panels(found)
    return 0


def _simulate(options: argparse.Namespace) -> int:
    from devices.simulate import simulate_panel

    profile = _profile(options)

    def tell(what: str, value: str) -> None:
        if options.json:
            print(json.dumps({what: value}), flush=True)
        elif what == "panel":
            print(say("panel_at", model=profile.model, path=value), flush=True)
        else:
            print(say("sim_told", signal=value), flush=True)

    return simulate_panel(profile, options.link, options.script, tell)


def _decode(options: argparse.Namespace) -> int:
    profile = _profile(options)
    if profile.format == "keys":
        raise RefusedError(say("decode_keys"))
    if sys.stdin is None:
        raise RefusedError(say("bad_input", why=os.strerror(errno.EBADF)))
    if options.timed:
        found = decode_timed(profile, _read_moments())
    else:
        found = decode_bytes(profile, _read_chunks())
    for one in found:
        print(json.dumps(one))
    return 0


def _read_chunks() -> Iterator[bytes]:
    while chunk := _hear(lambda: os.read(sys.stdin.fileno(), CHUNK)):
        yield chunk


def _read_lines() -> Iterator[str]:
    while line := _hear(lambda: sys.stdin.readline(TIMED_LINE_MAX)):
        yield line


def _hear(read: Callable[[], Given]) -> Given:
    """One piece of the input, which has no name that an error could tell."""
    try:
        return read()
    except OSError as error:
        raise RefusedError(say("bad_input", why=error.strerror)) from error


def _read_moments() -> Iterator[tuple[int, bytes]]:
    """Lines `ms hex` as `watch --save` writes them; times never go back."""
    last_ms = 0
    for number, line in enumerate(_read_lines(), 1):
        match = re.fullmatch(r"\s*(\d{1,12})((?:\s+(?:[0-9A-Fa-f]{2})+)*)\s*", line)
        at_ms = int(match[1]) if match else -1
        if match is None or at_ms < last_ms:
            raise RefusedError(say("bad_timed", number=number, line=repr(line.strip()[:60])))
        last_ms = at_ms
        yield at_ms, bytes.fromhex(match[2])


def _watch(options: argparse.Namespace) -> int:
    from devices.watch import watch_panel

    return watch_panel(_profile(options), options.port, options.json, options.save, options.wait)


def _test(options: argparse.Namespace) -> int:
    from devices.drive import make_teller
    from devices.reader import Reader
    from devices.trial import WAIT_MS, Trial, write_record

    profile = _profile(options)
    tell = make_teller(options.json, "test")
    reader = Reader(profile, options.port)
    try:
        passed = Trial(profile, reader, tell, options.wait or WAIT_MS).run()
    finally:
        reader.close()
    if len(passed) < len(profile.keys):
        raise RefusedError(say("test_failed", passed=len(passed), keys=len(profile.keys)))
    if options.data is None:
        tell("unrecorded", {"model": profile.model})
    else:
        record = write_record(options.data, profile, passed)
        tell("recorded", {"model": profile.model, "record": str(record)})
    return 0


def _read_plan(options: argparse.Namespace) -> tuple[Plan, tuple[str, ...]]:
    """What is known of the panel, checked before anybody has to press a key; and its levels."""
    if options.out.exists() or not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}\.toml", options.out.name):
        raise RefusedError(say("learn_out", out=options.out))
    own = {"name": options.scale, "levels": (options.levels or "").split(",")}
    given = {"scale": own if options.levels else options.scale}
    scale, levels = read_scale(Table(given, "learn"))
    line = {"baud": options.baud, "parity": options.parity}
    wire = read_wire(Table(line, "learn", "port"))
    plan = Plan(
        model=options.out.stem,
        scale=scale,
        format=options.format,
        baud=wire.baud,
        parity=wire.parity,
        address=options.address,
        levels=levels if options.levels else (),
    )
    return plan, levels


def _learn(options: argparse.Namespace) -> int:
    from devices.drive import make_teller
    from devices.learn import WAIT_MS, Ear, collect_pushes, make_profile, open_unknown

    plan, levels = _read_plan(options)
    tell = make_teller(options.json, "learn")
    link, decoder, usb = open_unknown(plan, options.port)
    ear = Ear(plan, decoder)
    try:
        pushes = collect_pushes(link, ear, levels, tell, options.wait or WAIT_MS)
    finally:
        link.close()
    if plan.format == "auto":
        plan = replace(plan, format="line" if ear.by_edges else "frame")
    profile = make_profile(replace(plan, usb=usb), pushes, options.out)
    tell("learned", {"model": profile.model, "format": profile.format, "file": str(options.out)})
    return 0

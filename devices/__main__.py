"""`huiyin-panel`: look at panels, try them, read what they say. Exit 0, 1 (why, in a line), 2."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from devices.decode import decode_bytes
from devices.profile import Profile, find_profile, list_models, load_profile
from devices.script import ScriptError
from devices.table import ProfileError
from devices.words import say

CHUNK = 65_536  # bytes of a capture read at once


class RefusedError(Exception):
    """What was asked cannot be done; the text is the one line that says why."""


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit code."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    options = _make_parser().parse_args(arguments)
    try:
        code = options.run(options)
    except (RefusedError, ProfileError, ScriptError) as error:
        print(f"huiyin-panel: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"huiyin-panel: {error.filename or 'input'}: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return int(code)


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="huiyin-panel", description="Button panels.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, words: str, needs_profile: bool = True) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=words, description=words)
        command.add_argument("--json", action="store_true", help="machine-readable output only")
        if needs_profile:
            which = command.add_mutually_exclusive_group(required=True)
            which.add_argument("--model", help="a model under assets/panels/")
            which.add_argument("--profile", type=Path, help="a profile file")
        return command

    command = add("list", "the profiles there are", needs_profile=False)
    command.set_defaults(run=_list)
    command = add("simulate", "a virtual panel on a pseudo-terminal")
    command.add_argument("--link", type=Path, help="keep a symbolic link to it here")
    command.add_argument("--script", type=Path, help="lines: after_ms key [hold_ms], and faults")
    command.set_defaults(run=_simulate)
    command = add("decode", "bytes from standard input to presses, one JSON object a line")
    command.set_defaults(run=_decode)
    return parser


def _profile(options: argparse.Namespace) -> Profile:
    return load_profile(options.profile) if options.profile else find_profile(options.model)


def _list(options: argparse.Namespace) -> int:
    profiles = [find_profile(model) for model in list_models()]
    rows = [
        {"model": p.model, "format": p.format, "scale": p.scale, "sha256": p.sha256}
        for p in profiles
    ]
    if options.json:
        print(json.dumps({"profiles": rows}, ensure_ascii=False))
    else:
        for row in rows:
            print("{model:<20} {format:<8} {scale}".format(**row))
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

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return simulate_panel(profile, options.link, options.script, tell)


def _decode(options: argparse.Namespace) -> int:
    profile = _profile(options)
    if profile.format == "keys":
        raise RefusedError("decode: a keyboard gives no bytes to capture; use watch or test")
    for found in decode_bytes(profile, _read_chunks()):
        print(json.dumps(found))
    return 0


def _read_chunks() -> Iterator[bytes]:
    while chunk := os.read(sys.stdin.fileno(), CHUNK):
        yield chunk


if __name__ == "__main__":
    sys.exit(main())

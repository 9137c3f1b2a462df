"""The kiosk's commands. Imports wait until a command needs them."""

import argparse
import gc
import json
import sys
from pathlib import Path

from sync.errors import HuiyinError

SYSTEM_DATA = Path("/var/lib/huiyin-kiosk")


def run_command(argv: list[str]) -> int:
    """Run one command; returns the exit status: 0, 1 it failed, 2 usage."""
    args = _parse(argv)
    try:
        status: int = args.call(args)
    except (HuiyinError, OSError) as error:
        from kiosk.tongue import explain

        print(f"huiyin-kiosk {args.command}: {explain(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="huiyin-kiosk", description="The rating terminal at a service window. 窗口评价终端。"
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND", prog="huiyin-kiosk"
    )
    named = argv[0] if argv else ""
    for command, add in COMMANDS.items():
        if named == command or named not in COMMANDS:  # one is built faster than all
            add(commands)
    return parser.parse_args(argv)


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, default=SYSTEM_DATA, help="folder of the kiosk's files"
    )


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", help="settings file (else HUIYIN_CONFIG, then the system's)")


def _add_run(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("run", help="run the kiosk at its window / 运行终端")
    _add_data(parser)
    _add_config(parser)
    parser.add_argument("--panel", metavar="PORT", help="the panel's serial port or a link to it")
    parser.add_argument("--desk", metavar="HOST:PORT", help="where the clerk's desk listens")
    parser.add_argument("--headless", action="store_true", help="off-screen, no display needed")
    parser.set_defaults(call=_run)


def _add_demo(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("demo", help="hall, panel, kiosk and desk to try / 演示")
    parser.add_argument("--data", type=Path, help="keep everything in this folder")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="play a day from a CSV file")
    parser.add_argument("--panel", metavar="PATH", help="an outside panel (huiyin-3) to listen to")
    parser.add_argument("--headless", action="store_true", help="off-screen, no display needed")
    parser.add_argument("--fullscreen", action="store_true", help="the real thing")
    parser.add_argument("--json", action="store_true", help="only JSON on standard output")
    parser.set_defaults(call=_demo)


def _add_setup(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from kiosk.setup.options import add_options

    text = "set this box up, from nothing or a step of it / 安装与设置"
    parser = commands.add_parser("setup", help=text, description=text)
    _add_data(parser)
    add_options(parser)
    parser.set_defaults(call=_setup)


def _add_enrol(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("enrol", help="make this kiosk known to its hall / 登记到大厅")
    _add_data(parser)
    parser.add_argument("--hall", metavar="URL", help="the hall's address (a grant names its own)")
    proof = parser.add_mutually_exclusive_group(required=True)
    proof.add_argument("--code", help="the technician's one-time code")
    proof.add_argument("--grant", type=Path, metavar="FILE", help="a grant that the hall signed")
    parser.add_argument("--ca", default="", help="file of the authority that signed the hall's TLS")
    parser.add_argument("--json", action="store_true", help="only JSON on standard output")
    parser.set_defaults(call=_enrol)


def _add_doctor(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("doctor", help="numbered checks, with what to do / 逐项检查")
    _add_data(parser)
    _add_config(parser)
    parser.add_argument("--json", action="store_true", help="only JSON on standard output")
    parser.set_defaults(call=_doctor)


def _add_bundle(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("bundle", help="an archive for support, redacted / 支持用归档")
    _add_data(parser)
    _add_config(parser)
    parser.add_argument("--to", type=Path, metavar="FILE", help="a new file, .tar.gz")
    parser.add_argument("--json", action="store_true", help="only JSON on standard output")
    parser.set_defaults(call=_bundle)


def _add_journal(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    journal = commands.add_parser("journal", help="the kiosk's own record / 本机记录")
    actions = journal.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, help_text in (
        ("verify", "check every line; 0 whole, 1 and what and where if not"),
        ("show", "print the entries"),
        ("export", "copy the lines and receipts, verbatim, for an auditor"),
        ("heal", "recover from files, index and receipts, as a start does"),
    ):
        parser = actions.add_parser(name, help=help_text)
        _add_data(parser)
        parser.add_argument("--json", action="store_true", help="only JSON on standard output")
        if name == "export":
            parser.add_argument(
                "--to", type=Path, required=True, metavar="DIR", help="a new folder"
            )
        parser.set_defaults(call=_journal)


def _run(args: argparse.Namespace) -> int:
    gc.disable()  # until the window stands: all that a start makes is kept
    from kiosk.start import run_kiosk

    return run_kiosk(args)


def _demo(args: argparse.Namespace) -> int:
    from kiosk.demo.stage import run_demo

    return run_demo(args)


def _setup(args: argparse.Namespace) -> int:
    from kiosk.setup.command import run_setup

    return run_setup(args)


def _enrol(args: argparse.Namespace) -> int:
    from kiosk.enrol import enrol

    identity = enrol(args)
    if args.json:
        told = {"device": identity.device, "hall": identity.hall, "window": identity.window}
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(f"{identity.device}: {identity.hall}, window / 窗口 {identity.window}")
    return 0


def _doctor(args: argparse.Namespace) -> int:
    from kiosk.health.doctor import run_doctor

    return run_doctor(args)


def _bundle(args: argparse.Namespace) -> int:
    from kiosk.health.bundle import run_bundle

    return run_bundle(args)


def _journal(args: argparse.Namespace) -> int:
    from kiosk import record

    return record.ACTIONS[args.action](args)


COMMANDS = {
    "run": _add_run,
    "demo": _add_demo,
    "setup": _add_setup,
    "enrol": _add_enrol,
    "doctor": _add_doctor,
    "bundle": _add_bundle,
    "journal": _add_journal,
}

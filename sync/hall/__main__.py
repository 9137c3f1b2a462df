"""huiyin-hall: the hall's commands. Each loads only what it needs."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sync.errors import HuiyinError
from sync.hall import commands
from sync.hall.words import say

DATA_DEFAULT = Path("/var/lib/huiyin-hall")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code: 0, 1 (failed, one line says why) or 2 (usage)."""
    options = make_parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except HuiyinError as error:
        print(f"huiyin-hall: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        return 1
    return code


def make_parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    parser = argparse.ArgumentParser(prog="huiyin-hall", description=say("hall"))
    parts = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in commands.COMMANDS.items():
        part = parts.add_parser(name, help=say(name), description=say(name))
        part.add_argument(
            "--data", type=Path, default=DATA_DEFAULT, metavar="DIR", help=say("data")
        )
        part.add_argument("--config", type=Path, metavar="FILE", help=say("config"))
        part.add_argument("--json", action="store_true", help=say("json"))
        for flag, details in command.options.items():
            part.add_argument(flag, **details)
        part.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())

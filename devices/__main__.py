"""`huiyin-panel`: look at panels, try them, read what they say. Exit 0, 1 (why, in a line), 2."""

from __future__ import annotations

import signal
import sys

from devices.infer import LearnError
from devices.orders import RefusedError, make_parser
from devices.port import PortError
from devices.script import ScriptError
from devices.table import ProfileError
from devices.words import say


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit code."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = make_parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except PortError as error:
        return _fail(say("port_gone", port=options.port, why=error))
    except (RefusedError, ProfileError, ScriptError, LearnError) as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"{error.filename or 'input'}: {error.strerror or error}")
    except UnicodeDecodeError as error:
        return _fail(f"input: not UTF-8 text at byte {error.start}")
    except KeyboardInterrupt:
        return 0 if options.endless else _fail(say("interrupted"))


def _fail(why: str) -> int:
    print(f"huiyin-panel: {why}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

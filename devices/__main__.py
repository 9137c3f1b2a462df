"""`huiyin-panel`: look at panels, try them, read what they say. Exit 0, 1 (why, in a line), 2."""

from __future__ import annotations

import errno
import os
import signal
import sys

from devices.chinese import translate
from devices.infer import LearnError
from devices.orders import RefusedError, make_parser
from devices.port import PortError
from devices.script import ScriptError
from devices.table import ProfileError
from devices.words import name, say, speaks_chinese


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit code."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = make_parser().parse_args(arguments)
    if sys.stdout is None:
        return _fail(f"{say('output')}: {os.strerror(errno.EBADF)}")
    try:
        code = int(options.run(options))
        sys.stdout.flush()
        return code
    except PortError as error:
        return _fail(say("port_gone", port=options.port, why=name(str(error))))
    except (RefusedError, ProfileError, ScriptError, LearnError) as error:
        return _fail(translate(str(error)) if speaks_chinese() else str(error))
    except OSError as error:
        if error.filename is None:  # files and the input are named where they are used
            _drop_output()
        place = error.filename or say("output")
        return _fail(f"{place}: {error.strerror or error}")
    except UnicodeDecodeError as error:
        return _fail(say("bad_text", at=error.start))
    except KeyboardInterrupt:
        return 0 if options.endless else _fail(say("interrupted"))


def _drop_output() -> None:
    """The output takes nothing more: what is left of it must not be tried again at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(why: str) -> int:
    print(f"huiyin-panel: {why}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

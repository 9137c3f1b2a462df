"""Which hall a demo starts: the one beside us; where the hall is a package of its own, that one."""

import shutil
import sys
from importlib.util import find_spec

from kiosk.tongue import choose
from sync.errors import HuiyinError

PROGRAM = "huiyin-hall"


class HallError(HuiyinError):
    """The hall's process did not do what it was asked."""


def find_program() -> list[str]:
    """The words that start the hall's command. Raises HallError where no hall is installed."""
    if find_spec("sync.hall") is not None:
        return [sys.executable, "-m", "sync.hall"]
    if found := shutil.which(PROGRAM):
        return [found]
    raise HallError(
        choose(
            f"the demo needs a hall beside the kiosk: install the package {PROGRAM}",
            f"演示需要在本机运行大厅：请安装软件包 {PROGRAM}",
        )
    )

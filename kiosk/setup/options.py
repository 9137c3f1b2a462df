"""The options of `huiyin-kiosk setup`. Imports nothing that only a set-up needs."""

import argparse
from pathlib import Path

from kiosk.setup.steps import STEPS

WAIT_S_MAX = 3_600


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `setup`, besides --data."""
    add = parser.add_argument
    add("--from", dest="source", type=Path, metavar="FILE", help="answers from a file / 按文件设置")
    add("--only", choices=STEPS, metavar="STEP", help=f"change only: {', '.join(STEPS)} / 只改一项")
    add(
        "--screen", action="store_true", help="ask on this screen, by the panel's keys / 用按键设置"
    )
    add("--check", action="store_true", help="check and change nothing / 只检查")
    add("--grant", type=Path, metavar="FILE", help="a grant, if not on a stick / 登记凭证")
    add("--panel", metavar="PORT", help="the panel's port, if not found by itself / 按键盒端口")
    add("--ca", default="", metavar="FILE", help="the authority of the hall's TLS / 大厅的 CA")
    add("--config", metavar="FILE", help="the settings file to write / 设置文件")
    add(
        "--root",
        type=Path,
        default=Path("/"),
        metavar="DIR",
        help="an image to set up / 系统根目录",
    )
    add(
        "--wait",
        type=_read_wait,
        default=60,
        metavar="S",
        help="seconds to wait for a key / 等键秒数",
    )
    add("--json", action="store_true", help="with --from: only JSON on standard output")
    add("--headless", action="store_true", help="with --screen: off-screen, no display needed")


def _read_wait(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:6]) <= WAIT_S_MAX):
        raise argparse.ArgumentTypeError(f"{text!r}: must be whole seconds, 1-{WAIT_S_MAX}")
    return int(text)

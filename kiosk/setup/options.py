"""The options of `huiyin-kiosk setup`. Imports nothing that only a set-up needs."""

import argparse
from pathlib import Path

from kiosk.setup.steps import STEPS

WAIT_S_MAX = 3_600

ABOUT = """\
Set this box up, from nothing or a step of it. At a terminal, by the panel's keys, or from a file.
安装与设置：在终端上、用按键盒，或按文件。

With a grant on a USB stick (huiyin-hall grant) and a panel plugged in, one answer and a press of
each key do. Nothing is written before the end; run again, it changes only what is asked.
"""

EXAMPLES = """\
  huiyin-kiosk setup                          at this terminal / 在终端上
  huiyin-kiosk setup --screen                 on this screen, by the panel's keys / 用按键
  huiyin-kiosk setup --from setup.toml        from a file, for one box / 按文件（一机一份）
  huiyin-kiosk setup --only panel             another panel / 只换按键盒
  huiyin-kiosk setup --only hall              another window or hall / 只换窗口或大厅
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `setup`, besides --data."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description, parser.epilog = ABOUT, EXAMPLES
    way = parser.add_mutually_exclusive_group()
    answers = "answers from a file / 按文件设置"
    way.add_argument("--from", dest="source", type=Path, metavar="FILE", help=answers)
    way.add_argument("--screen", action="store_true", help="ask on this screen / 在本机屏幕上")
    add = parser.add_argument
    add("--only", choices=STEPS, metavar="STEP", help=f"one of {', '.join(STEPS)} / 只改一项")
    add("--check", action="store_true", help="check and change nothing / 只检查")
    add("--grant", type=Path, metavar="FILE", help="a grant, if not on a stick / 登记凭证")
    add("--panel", metavar="PORT", help="the panel's port, if not found by itself / 按键盒端口")
    add("--ca", default="", metavar="FILE", help="the authority of the hall's TLS / 大厅的 CA")
    add("--config", metavar="FILE", help="the settings file to write / 设置文件")
    root = Path("/")
    add("--root", type=Path, default=root, metavar="DIR", help="an image to set up / 系统根目录")
    wait = "seconds to wait for a key / 等键秒数"
    add("--wait", type=_read_wait, default=60, metavar="S", help=wait)
    add("--json", action="store_true", help="with --from: only JSON on standard output")
    add("--headless", action="store_true", help="with --screen: off-screen, no display needed")


def find_misuse(args: argparse.Namespace) -> str:
    """What of the options goes with another one that is not there; empty if all is well."""
    if args.json and not args.source:
        return "--json goes with --from"
    if args.headless and not args.screen:
        return "--headless goes with --screen"
    if args.only and args.source:
        return "--only does not go with --from: leave out of the file what shall stay"
    return ""


def _read_wait(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:6]) <= WAIT_S_MAX):
        raise argparse.ArgumentTypeError(f"{text!r}: must be whole seconds, 1-{WAIT_S_MAX}")
    return int(text)

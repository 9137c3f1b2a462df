"""The printed faults, in the doctor's own words: `python -m tests.walls.faults --write`."""

import sys
from pathlib import Path

from kiosk.health.terms import NUMBERS
from kiosk.health.words import NAMES, REMEDIES

DOCS = Path(__file__).resolve().parents[2] / "docs"
ENGLISH = """# Faults by number

The screen, `huiyin-kiosk doctor` and this sheet use the same numbers. After a remedy, look again.
For support, `huiyin-kiosk bundle` packs what they need, without names and without keys.

| number | looked at | what to do |
|---|---|---|
"""
CHINESE = """# 故障编号表

屏幕、`huiyin-kiosk doctor` 与本表使用相同的编号。处理后请再查一遍。
需要支持时，`huiyin-kiosk bundle` 会打包所需信息，不含姓名和密钥。

| 编号 | 检查项 | 处理办法 |
|---|---|---|
"""


def write(language: str) -> str:
    """The table in a language."""
    place = ("en", "zh").index(language)
    rows = [
        f"| {number:02} | {NAMES[name][place]} | {REMEDIES[name][place]} |\n"
        for name, number in sorted(NUMBERS.items(), key=lambda item: item[1])
    ]
    return (ENGLISH, CHINESE)[place] + "".join(rows)


def find_page(language: str) -> Path:
    """Where it stands."""
    return DOCS / language / "faults.md"


if __name__ == "__main__":
    for one in ("en", "zh"):
        if "--write" in sys.argv:
            find_page(one).write_text(write(one), "utf-8")
        else:
            print(write(one))

"""What `huiyin-panel` says to people, in Chinese or English by locale. Knows no panel."""

from __future__ import annotations

import os

WORDS: dict[str, tuple[str, str]] = {
    "panel_at": ("虚拟按键盒 {model}：{path}", "virtual panel {model} at {path}"),
    "sim_keys": (
        "按键：{keys}；命令：noise N、unplug 毫秒、flip、flood N；Ctrl-D 结束",
        "keys: {keys}; also: noise N, unplug MS, flip, flood N; Ctrl-D ends",
    ),
    "sim_told": ("收到信号：{signal}", "told: {signal}"),
    "level.very_satisfied": ("非常满意", "very satisfied"),
    "level.satisfied": ("满意", "satisfied"),
    "level.basically_satisfied": ("基本满意", "basically satisfied"),
    "level.dissatisfied": ("不满意", "dissatisfied"),
    "level.very_dissatisfied": ("非常不满意", "very dissatisfied"),
}


def speaks_chinese() -> bool:
    """By the locale's usual order: LC_ALL, LC_MESSAGES, LANG."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value.startswith("zh")
    return False


def say(word: str, **values: object) -> str:
    """A phrase in the reader's language."""
    return WORDS[word][0 if speaks_chinese() else 1].format(**values)

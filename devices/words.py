"""What `huiyin-panel` says to people, in Chinese or English by locale. Knows no panel."""

from __future__ import annotations

import os

from devices.helps import HELPS
from devices.names import NAMES

WORDS: dict[str, tuple[str, str]] = {
    **HELPS,
    **NAMES,
    "output": ("输出", "output"),
    "bad_input": ("输入：{why}", "input: {why}"),
    "bad_text": ("输入：第 {at} 字节不是 UTF-8 文本", "input: not UTF-8 text at byte {at}"),
    "bad_timed": (
        "decode --timed：第 {number} 行：{line}；应为“毫秒 十六进制”，如 1250 AA55030101，"
        "时间不得倒退",
        "decode --timed: line {number}: {line}; ms hex, e.g. 1250 AA55030101, "
        "with times that never go back",
    ),
    "bad_seconds": (
        "{text}：必须是大于 0 的秒数，如 60",
        "{text}: must be seconds, more than 0, e.g. 60",
    ),
    "interrupted": ("中途停止", "interrupted"),
    "port_gone": ("{port}：端口不可用：{why}", "{port}: the port cannot be used: {why}"),
    "decode_keys": (
        "decode：键盘没有可截取的字节，请用 watch 或 test",
        "decode: a keyboard has no bytes to capture; use watch or test",
    ),
    "list_ports": ("端口：", "ports:"),
    "list_profiles": ("型号：", "profiles:"),
    "list_none": ("没有串口，也没有键盘", "no serial port and no keyboard"),
    "list_pin": ("设置中写作 {pin}", "in settings: {pin}"),
    "list_held": ("被 {name}（{pid}）占用", "held by {name} ({pid})"),
    "list_fits": ("可能是 {models}", "may be {models}"),
    "list_rate": ("每 10⁹ 字节噪声误按 {rate} 次", "{rate} false presses in 10⁹ bytes of noise"),
    "test_ask": ("{number}. 请按“{level}”键", "{number}. press the key for: {level}"),
    "test_right": ("   正确：键 {key} = {level}", "   right: key {key} = {level}"),
    "test_wrong": ("   不对：键 {key} = {level}", "   wrong: that was key {key} = {level}"),
    "test_fault": ("   故障：{what} {detail}", "   fault: {what} {detail}"),
    "test_stray": (
        "   键 {key} 不算（{why}），请再按一次",
        "   key {key} does not count ({why}), again please",
    ),
    "test_lost": ("   按键盒断开：{why}", "   panel lost: {why}"),
    "test_nothing": ("   没有收到“{level}”键", "   nothing heard of the key for: {level}"),
    "test_recorded": ("全部通过，已记录：{record}", "all keys passed, recorded in {record}"),
    "test_unrecorded": (
        "全部通过；没有 --data，未记录",
        "all keys passed; without --data nothing is recorded",
    ),
    "test_failed": (
        "测试未通过：{keys} 个键中通过 {passed} 个",
        "test failed: {passed} of {keys} keys passed",
    ),
    "learn_ask": (
        "请按“{level}”键 {left} 次，每次都松开",
        "press the key for {level} {left} times, letting go each time",
    ),
    "learn_heard": ("   收到，还剩 {left} 次", "   heard, {left} to go"),
    "learn_learned": (
        "已写出 {file}（格式 {format}）；请再运行 huiyin-panel test --profile {file}",
        "{file} written (format {format}); now run huiyin-panel test --profile {file}",
    ),
    "learn_out": (
        "--out {out}：必须是尚不存在的文件，名字由小写字母、数字和 - 组成，以 .toml 结尾",
        "--out {out}: must be a new file named in small letters, digits and -, ending in .toml",
    ),
    "script_long": (
        "{file}：太长；脚本最多 {most} 字节",
        "{file}: too long; a script has at most {most} bytes",
    ),
    "panel_at": ("虚拟按键盒 {model}：{path}", "virtual panel {model} at {path}"),
    "sim_keys": (
        "按键：{keys}；命令：noise N、unplug 毫秒、flip、flood N；Ctrl-D 结束",
        "keys: {keys}; also: noise N, unplug MS, flip, flood N; Ctrl-D ends",
    ),
    "sim_told": ("收到信号：{signal}", "told: {signal}"),
}


def speaks_chinese() -> bool:
    """By the locale's usual order: LC_ALL, LC_MESSAGES, LANG."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value.startswith("zh")
    return False


def name(word: str) -> str:
    """The name of what happened, where it has one for people; else the word itself."""
    return say(word) if word in NAMES else word


def say(word: str, **values: object) -> str:
    """A phrase in the reader's language."""
    return WORDS[word][0 if speaks_chinese() else 1].format(**values)

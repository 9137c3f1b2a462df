"""What `huiyin-panel` says to people, in Chinese or English by locale. Knows no panel."""

from __future__ import annotations

import os

WORDS: dict[str, tuple[str, str]] = {
    "help_panel": (
        "评价器按键盒：查看、学习、测试、解码、模拟。",
        "Button panels: list, learn, test, watch, decode, simulate.",
    ),
    "help_list": (
        "列出端口、占用者和可用的按键盒型号",
        "ports, who holds them, which profile fits",
    ),
    "help_learn": (
        "每个键按三次，自动写出配置文件",
        "press each key three times: a profile is written",
    ),
    "help_test": ("逐键测试，通过后记录", "press each key, see its level; recorded when all pass"),
    "help_watch": ("实时显示字节、帧和按键", "live bytes, frames and presses"),
    "help_decode": (
        "把标准输入的字节解码为按键，每行一个 JSON 对象",
        "bytes from standard input to presses, one JSON object a line",
    ),
    "help_simulate": ("在伪终端上模拟一个按键盒", "a virtual panel on a pseudo-terminal"),
    "help_json": ("标准输出只有 JSON", "nothing but JSON on standard output"),
    "help_model": ("assets/panels/ 下的型号", "a model under assets/panels/"),
    "help_profile": ("配置文件", "a profile file"),
    "help_port": (
        "端口：设备、链接、serial:序列号 或 path:插口",
        "a device or link, serial:NUMBER or path:SOCKET",
    ),
    "help_wait": ("最多等待的秒数", "how many seconds to wait"),
    "help_data": ("把通过记录写到这个目录", "the kiosk's data folder, where a pass is recorded"),
    "help_save": (
        "把字节连同时间存到文件，供 decode --timed 使用",
        "save the bytes with their times, for decode --timed",
    ),
    "help_timed": (
        "输入是 watch --save 存下的“毫秒 十六进制”行",
        "input is lines `ms hex` as watch --save writes them",
    ),
    "help_link": ("在这里保持一个指向它的符号链接", "keep a symbolic link to it here"),
    "help_script": (
        "脚本文件，每行：毫秒 键 [按住毫秒]，或故障",
        "lines: after_ms key [hold_ms], or noise, unplug, flip, flood",
    ),
    "help_out": ("要写的配置文件，如 my-panel.toml", "the profile to write, e.g. my-panel.toml"),
    "help_address": ("Modbus 模块地址", "the Modbus module's address"),
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

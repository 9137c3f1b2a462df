"""What `huiyin-panel --help` says of its orders and options, in Chinese and English."""

from __future__ import annotations

HELPS: dict[str, tuple[str, str]] = {
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
    "help_scale": (
        "等级：three、four、five 或自定名称",
        "three, four, five, or a name of your own",
    ),
    "help_levels": (
        "自定等级的各级，用逗号分开，如 satisfied,dissatisfied",
        "the levels of a scale of your own, with commas, e.g. satisfied,dissatisfied",
    ),
}

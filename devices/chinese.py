"""The error lines of `huiyin-panel` in Chinese: each English phrase, and what stands for it.

Pure. An error is one line of English wherever it is made; only what shows it to people asks here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# A pattern of the English, and its Chinese; what the groups found is said in Chinese as well.
PHRASES = [
    (r"missing; must say where the address stands$", "缺少；必须说明地址的位置"),
    (r'missing; check = "none" needs quiet_ms of at least (.+)$',
     '缺少；check = "none" 需要至少 {} 的 quiet_ms'),
    (r"missing; without it (.+) takes noise for votes$", "缺少；没有它，{} 会把噪声当成评价"),
    (r"missing; must be (.+)$", "缺少；必须是{}"),
    (r" is not allowed; must be (.+)$", " 不允许；必须是{}"),
    (r" is not allowed; at least two levels, each once$", " 不允许；至少两级，每级一次"),
    (r"unknown key; allowed here: (.+)$", "未知的键；此处允许：{}"),
    (r"not a key of format (\w+); must be (.+)$", "不是 {} 格式的键；必须是{}"),
    (r"the same key twice; each key once$", "同一个键出现两次；每个键只能一次"),
    (r"(\w+) a second time; each level of the scale exactly once$",
     "{} 第二次出现；每一级恰好一次"),
    (r"scale (\S+) needs each of its levels once; missing: (.+)$",
     "{} 的每一级都要有一次；缺少：{}"),
    (r"(\S+) has levels already; a hall's own needs another name$",
     "{} 已有定义；自定等级要另取名字"),
    (r"must not be shorter than hold_s$", "不得短于 hold_s"),
    (r"would itself be read as a press; its bytes .+$", "它自己会被读成按键；不得是带键码的帧"),
    (r"must lie between header and tail, (\S+) to (\S+)$", "必须在帧头和帧尾之间，{} 到 {}"),
    (r"must not be the code's own place$", "不得与键码在同一位置"),
    (r"must cover code_at and leave (\d) byte\(s\) for .+$",
     "必须覆盖 code_at，并在帧尾前留出 {} 字节校验"),
    (r"cannot be read: (.+)$", "无法读取：{}"),
    (r"too long; a profile has at most (\d+) bytes$", "太长；配置文件最多 {} 字节"),
    (r"^model (.+): no such profile in (.+); there are: (.+)$", "型号 {}：{} 中没有；现有：{}"),
    (r"not TOML: (.+)$", "不是 TOML：{}"),
    (r"line (\d+): (.+); allowed: .+; keys: (.+)$",
     "第 {} 行：{}；应为“毫秒 键 [按住]”或“毫秒 noise N | unplug 毫秒 | flip | flood N”；键：{}"),
    (r"the keys for (.+) and (.+) send the same; they must differ$",
     "{} 和 {} 的键发送的内容相同；必须不同"),
    (r"the key for (\S+) sends something else each time .+$",
     "{} 的键每次发送的内容不同；帧内有计数的按键盒无法学习"),
    (r"the keys' frames must all have one length of at most (\d+) bytes; these have (.+)$",
     "各键的帧必须一样长，最多 {} 字节；现为 {}"),
    (r"no single byte of the frames tells all the keys apart$", "帧中没有一个字节能区分所有的键"),
    (r"more than (\d+) bytes without a pause: wrong baud or port\?$",
     "连续超过 {} 字节没有停顿：波特率或端口不对？"),
    (r"nothing heard of the key for (\S+) within (\d+) s$", "{1} 秒内没有收到 {0} 的键"),
    (r"what was heard makes no sound profile: (.+)$", "收到的内容写不成配置文件：{}"),
    (r"no such key: (.+)$", "没有这个键：{}"),
    # What is allowed.
    (r"^one of (.+)$", "{} 之一"),
    (r"^some of (.+)$", "{} 中的几个"),
    (r"^a list of (.+)$", "列表，每项为{}"),
    (r"^a table (.+)$", "表 {}"),
    (r"^a number from (\S+) to (\S+)$", " {} 到 {} 的数"),
    (r"^a whole number from (\S+) to (\S+)$", " {} 到 {} 的整数"),
    (r"^0 to 255 or two hex digits$", " 0 到 255，或两位十六进制数字"),
    (r"^hex digits, at most (\d+) bytes$", "十六进制数字，最多 {} 字节"),
    (r"^two hex digits$", "两位十六进制数字"),
    (r"^small letters, digits and -$", "小写字母、数字和 -"),
    (r"^at most (\d+) ASCII characters$", "最多 {} 个 ASCII 字符"),
    (r"^1 to 32 printable characters without .+$", " 1 到 32 个可见字符，不含空格、逗号、* 和 $"),
    (r"^an input, 0 to 7$", "输入号 0 到 7"),
    (r"^an evdev name like (.+)$", "形如 {} 的 evdev 名称"),
    (r"^ids like (.+)$", "形如 {} 的编号"),
    (r"^nothing: .+$", "无"),
]  # fmt: skip


def translate(line: str, phrases: Sequence[tuple[str, str]] = PHRASES) -> str:
    """The line in Chinese as far as it is known; what is not stays as it is."""
    for english, chinese in phrases:
        if found := re.search(english, line):
            groups = [translate(group, phrases) for group in found.groups()]
            return line[: found.start()] + chinese.format(*groups)
    return line

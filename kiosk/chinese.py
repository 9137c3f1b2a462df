"""The error lines of settings and set-up files in Chinese: each English phrase, and what stands
for it. Pure: an error is one line of English wherever it is made; only what shows it asks here.
"""

from devices import chinese as panel

# A pattern of the English, and its Chinese; what the groups found is said in Chinese as well.
PHRASES = [
    # A set-up file.
    (r"^not set up: (.+)$", "尚未设置：{}"),
    (r"missing: (.+)$", "缺少：{}"),
    (r"\[hall\] grant, or address and code(.*)$", "[hall] grant，或 address 和 code{}"),
    (r"\[hall\] address, code or grant: (.+)$", "[hall] address、code 或 grant：{}"),
    (r"\[hall\] code or grant: (.+)$", "[hall] code 或 grant：{}"),
    (r"too long; a set-up file has at most (\d+) bytes$", "太长；设置文件最多 {} 字节"),
    (r"must be SHA-256, 64 hex digits$", "须为 SHA-256，64 位十六进制数字"),
    (r": grant or code, not both$", "：grant 与 code 只能有一个"),
    (r"(\S+), but the grant is for (.+)$", "{}，但凭证属于窗口 {}"),
    (r"(\S+), but the hall says (.+)$", "{}，但大厅登记的是 {}"),
    (r"device (\S+) has used it; a file is good for one$",
     "设备 {} 已用过此文件；一个文件只供一台"),
    (r"not a grant: (.+) missing$", "不是登记凭证：缺少 {}"),
    (r"not a grant: .+$", "不是登记凭证"),
    # Options.
    (r"--json goes with --from$", "--json 要与 --from 同用"),
    (r"--headless goes with --screen$", "--headless 要与 --screen 同用"),
    (r"--only does not go with --from: .+$",
     "--only 不能与 --from 同用：要保持不变的，文件里不写即可"),
    # Settings.
    (r"^(.+); allowed: (.+)$", "{}；允许：{}"),
    (r" is not a setting$", " 不是设置项"),
    (r": unknown$", "：未知"),
    (r"(\S+) must be a table \[(.+)\]$", "{} 须为表 [{}]"),
    (r": must be a folder$", "：须为目录"),
    (r": must be HOST:PORT, port 0-(\d+)$", "：须为 主机:端口，端口 0-{}"),
    (r"origin (.+): allowed is .+$", "来源 {}：允许 http(s)://主机 或 http(s)://主机:端口"),
    (r"origin (.+): no path, allowed is .+$", "来源 {}：不带路径，允许 http(s)://主机:端口"),
    (r"a group .+ is needed$", "需要组 (?P<project_no>…) 或 (?P<ticket_no>…)"),
    (r"^(.*scanner\.slips: '.*'): .+ at position (\d+)$", "{}：第 {} 个字符处不是正则表达式"),
    (r"Expected `([^`]+)`, got `(\w+)` - at `\$\.(.+)`$", "{2} 应为{0}，而不是{1}"),
    (r"Expected `([^`]+)`, got `(\w+)`$", "应为{}，而不是{}"),
    (r"Expected `(\w+)` (\S+) (\S+)$", "应为{}，且 {} {}"),
    (r"Expected WIDTHxHEIGHT or nothing$", "应为 宽x高，如 1280x800，或为空"),
    (r"Expected HH:MM-HH:MM or nothing$", "应为 HH:MM-HH:MM，或为空"),
    (r"Expected HH:MM-HH:MM$", "应为 HH:MM-HH:MM"),
    (r"Invalid enum value (.+)$", "不允许 {}"),
    (r"Object missing required field `(.+)`$", "缺少 {}"),
    (r"Object contains unknown field `(.+)`$", "未知的键 {}"),
    (r": [^:]+ \(at line (\d+), column (\d+)\)$", "：第 {} 行第 {} 列不是 TOML"),
    (r": [^:]+ \(at end of document\)$", "：文件末尾不完整，不是 TOML"),
    (r": 'utf-8' codec .+ in position (\d+).*$", "：第 {} 字节起不是 UTF-8 文本"),
    (r": maximum recursion depth.*$", "：嵌套太深"),
    (r"^str$", "文本"),
    (r"^str \| object$", "文本或表"),
    (r"^int$", "整数"),
    (r"^float$", "数"),
    (r"^bool$", " true 或 false"),
    (r"^array$", "列表"),
    (r"^object$", "表"),
    # What the system says.
    (r"\[Errno \d+\] (.+): '(.+)'$", "{1}：{0}"),
    (r"^No such file or directory$", "没有这个文件或目录"),
    (r"^Permission denied$", "没有权限"),
    (r"^Read-only file system$", "只读，不能写"),
    (r"^No space left on device$", "磁盘已满"),
    (r"^Is a directory$", "是目录"),
    (r"^Not a directory$", "上级不是目录"),
]  # fmt: skip


def translate(line: str) -> str:
    """The line in Chinese as far as it is known; what is not stays as it is."""
    return panel.translate(line, (*PHRASES, *panel.PHRASES))

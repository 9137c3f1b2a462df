"""What the hall's commands say to people, in Chinese and English. Knows no commands."""

import os

PHRASES = {
    "hall": ("评价大厅服务端", "The hall server for window ratings"),
    "data": ("数据目录", "folder of the hall's data"),
    "config": ("设置文件", "settings file"),
    "json": ("输出 JSON", "print JSON only"),
    "serve": ("启动大厅服务", "run the hall server"),
    "listen": (
        "监听地址，如 127.0.0.1:8700；端口 0 为任意空闲端口",
        "address, such as 127.0.0.1:8700; port 0 is any free one",
    ),
    "enrol-code": (
        "生成窗口的一次性登记码",
        "make a one-time code that enrols a kiosk at a window",
    ),
    "report": ("统计报告", "print the report"),
    "window": ("窗口号", "window"),
    "hall-name": ("大厅名称", "name of the hall"),
    "from": ("起始日（含），当地日期", "first local day, included"),
    "to": ("截止日（含），当地日期", "last local day, included"),
    "ready": ("大厅已就绪：{0}（按 Ctrl+C 停止）", "The hall is ready at {0} (Ctrl+C stops it)"),
    "code": (
        "窗口 {1} 的登记码：{0}，{2} 前有效，仅限一次",
        "Code for window {1}: {0}, good once, until {2}",
    ),
    "report-all": ("全部", "all"),
    "report-title": ("评价统计 · {0} · {1}", "Ratings · {0} · {1}"),
}


def language() -> str:
    """`zh` where the locale is Chinese, else `en`."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def say(key: str, *values: object) -> str:
    """A phrase in the reader's language."""
    chinese, english = PHRASES[key]
    return (chinese if language() == "zh" else english).format(*values)

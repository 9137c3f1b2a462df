"""What to do about a fault, one line each, and how the states are called."""

from kiosk.health.terms import Seen, State
from kiosk.tongue import choose

STATES: dict[State, tuple[str, str]] = {
    "ok": ("ok", "正常"),
    "note": ("note", "提示"),
    "fault": ("FAULT", "故障"),
    "unknown": ("-", "未知"),
}

NAMES = {
    "panel_lost": ("panel's port", "按键面板端口"),
    "key_stuck": ("keys not stuck", "按键未卡住"),
    "panel_untested": ("panel's test", "面板测试"),
    "unknown_code": ("codes known", "编码均已知"),
    "missed_presses": ("no press missed", "无漏按"),
    "bad_frame": ("line undamaged", "线路数据完好"),
    "no_silence": ("line quiet", "线路安静"),
    "key_silent": ("keys last heard", "按键最近响应"),
    "store_failed": ("disk can be written", "存储可写"),
    "disk_low": ("room on the disk", "存储空间"),
    "disk_worn": ("wear of the disk", "存储寿命"),
    "journal": ("journal", "记录"),
    "index": ("journal's index", "记录索引"),
    "receipts": ("hall's receipts", "大厅回执"),
    "revoked": ("accepted by the hall", "大厅接受本设备"),
    "unenrolled": ("set up", "登记"),
    "hall_silent": ("hall answers", "大厅可达"),
    "tls": ("encryption", "加密"),
    "clock_jump": ("clock did not jump", "时钟未跳变"),
    "clock": ("clock", "时钟"),
    "screen": ("screen", "显示屏"),
    "sound": ("sound", "声音"),
    "fonts": ("fonts", "字体"),
    "settings": ("settings", "设置"),
    "version": ("version", "版本"),
    "units": ("starts with the machine", "随机启动"),
    "levels_shown": ("levels stay hidden", "等级不外露"),
}

REMEDIES = {
    "panel_lost": (
        "plug the panel in; huiyin-panel list shows the ports; huiyin-kiosk setup --only panel",
        "插好面板；huiyin-panel list 查看端口；huiyin-kiosk setup --only panel",
    ),
    "key_stuck": ("free the key; replace the panel", "松开被卡的按键；否则更换面板"),
    "panel_untested": (
        "press each key: huiyin-kiosk setup --only panel, or huiyin-panel test",
        "逐键按一遍：huiyin-kiosk setup --only panel 或 huiyin-panel test",
    ),
    "unknown_code": (
        "the profile is another panel's: huiyin-panel watch, then setup --only panel",
        "面板配置不符：huiyin-panel watch 查看后执行 setup --only panel",
    ),
    "missed_presses": ("check the cable and its plugs", "检查线缆与接头"),
    "bad_frame": ("check the cable, ground and baud rate", "检查线缆、接地与波特率"),
    "no_silence": (
        "check the cable and ground; keep it away from mains",
        "检查线缆与接地，远离电源线",
    ),
    "key_silent": (
        "press that key: huiyin-panel watch; replace it",
        "按该键并用 huiyin-panel watch 查看；更换按键",
    ),
    "store_failed": ("replace the card: docs, Replace a card", "更换存储卡：见《更换存储卡》"),
    "disk_low": (
        "remove what is not the kiosk's; a larger card",
        "清理无关文件，或换用更大的存储卡",
    ),
    "disk_worn": (
        "replace the card soon: docs, Replace a card",
        "尽快更换存储卡：见《更换存储卡》",
    ),
    "journal": (
        "huiyin-kiosk journal heal, with the kiosk stopped",
        "停止终端后执行 huiyin-kiosk journal heal",
    ),
    "index": (
        "delete index.db with the kiosk stopped; it is made anew",
        "停止终端后删除 index.db，将自动重建",
    ),
    "receipts": (
        "see hall answers, above; nothing is lost meanwhile",
        "先排查大厅是否可达；期间不会丢失",
    ),
    "revoked": (
        "ask the hall; then huiyin-kiosk setup --only hall",
        "联系大厅；再执行 huiyin-kiosk setup --only hall",
    ),
    "unenrolled": ("huiyin-kiosk setup", "执行 huiyin-kiosk setup"),
    "hall_silent": ("check the network cable, then the hall's address", "检查网线与大厅地址"),
    "tls": ("the hall renews it: huiyin-hall tls", "由大厅更新证书：huiyin-hall tls"),
    "clock_jump": ("fit a clock battery; counts are not affected", "更换时钟电池；计数不受影响"),
    "clock": (
        "set it, or let the hall's network keep it; counts are not affected",
        "校时或接入网络校时；计数不受影响",
    ),
    "screen": ("check the display's cable and power", "检查显示屏线缆与电源"),
    "sound": (
        'plug in a speaker, install alsa-utils, or [sound] mode = "silent"',
        '接好音箱、安装 alsa-utils，或设 [sound] mode = "silent"',
    ),
    "fonts": (
        "install the packages that the kiosk depends on",
        "安装 huiyin-kiosk 依赖的字体包",
    ),
    "settings": (
        "mend the line that is named, or huiyin-kiosk setup",
        "改正所指一行，或执行 huiyin-kiosk setup",
    ),
    "version": ("restart the kiosk", "重启终端程序"),
    "units": ("systemctl enable --now huiyin-kiosk", "执行 systemctl enable --now huiyin-kiosk"),
    "levels_shown": (
        'window.ask_reasons = "all" or "none"',
        '设 window.ask_reasons = "all" 或 "none"',
    ),
}


def name(seen: Seen) -> str:
    """What was looked at."""
    return choose(*NAMES[seen.name])


def said(seen: Seen) -> str:
    """What was seen."""
    return choose(seen.english, seen.chinese)


def remedy(seen: Seen) -> str:
    """What to do about it; empty where nothing is wrong."""
    return choose(*REMEDIES[seen.name]) if seen.state == "fault" else ""


def state(seen: Seen) -> str:
    """How it stands."""
    return choose(*STATES[seen.state])

"""What the set-up says, in Chinese and English. Pure: the tongue is an argument."""

import re

WORDS: dict[str, tuple[str, str]] = {
    "language": ("屏幕语言", "Language of the screen"),
    "proof": ("用哪一张登记凭证？", "Which grant?"),
    "address": (
        "大厅服务器地址。有登记凭证的 U 盘：插上后直接确认",
        "Address of the hall. With a grant on a stick: plug it in and enter nothing",
    ),
    "code": ("一次性登记码（8 位）", "One-time code (8 characters)"),
    "mode": ("何时请人评价？", "When is a rating asked for?"),
    "port": ("按键盒接在哪个端口？", "Where is the panel plugged in?"),
    "path": ("端口，如 /dev/ttyUSB0", "The port, e.g. /dev/ttyUSB0"),
    "model": ("按键盒型号", "Model of the panel"),
    "scale": ("按键盒有几个满意度等级？", "How many levels has the panel?"),
    "sound": ("声音", "Sound"),
    "size": ("屏幕大小", "Size of the screen"),
    "pixels": ("宽x高，如 1280x800", "WIDTHxHEIGHT, e.g. 1280x800"),
    "outlet": ("端口，如 /dev/ttyACM0", "The port, e.g. /dev/ttyACM0"),
    "scanner": ("扫码枪接在哪个端口？", "Where is the barcode scanner?"),
    "summary": ("这样对吗？", "All right?"),
    "unreached": ("大厅没有应答", "The hall does not answer"),
    "failed": ("按键测试未通过", "The panel has not passed its test"),
    "yes": ("全部正确，开始设置", "All right, go on"),
    "again": ("再找一次", "Look again"),
    "retry": ("再试一次", "Try again"),
    "other": ("手工输入", "Type it"),
    "by_code": ("用一次性登记码", "With a one-time code"),
    "elsewhere": ("换到另一个大厅", "At another hall"),
    "other_address": ("换一个地址", "Another address"),
    "other_panel": ("换端口或型号", "Another port or model"),
    "later": ("以后再测（通过之前不接受评价）", "Test later (no ratings until it has passed)"),
    "stop": ("停止，不作任何改动", "Stop, and change nothing"),
    "learn": ("不在其中：逐键学习", "None of these: learn it from its keys"),
    "none": ("无", "none"),
    "whole": ("整个屏幕", "the whole screen"),
    "all": ("全部：提示、致谢和朗读", "all: prompts, thanks and the spoken guide"),
    "guide": ("只朗读（长按任一键）", "the spoken guide only (any key held)"),
    "silent": ("静音", "silent"),
    "invited": ("窗口发起（每件业务一次）", "when the window asks (once a service)"),
    "walk_up": ("随时，任何人按键即可", "at any time, by pressing a key"),
    "zh": ("中文", "Chinese"),
    "en": ("英文", "English"),
    "bo": ("藏文", "Tibetan"),
    "mn": ("蒙古文", "Mongolian"),
    "three": ("三级", "three"),
    "four": ("四级", "four"),
    "five": ("五级", "five"),
    "row.language": ("语言：{n}", "Language: {n}"),
    "row.hall": ("大厅：{n}", "Hall: {n}"),
    "row.window": ("评价：{n}", "Asks: {n}"),
    "row.panel": ("按键盒：{n}", "Panel: {n}"),
    "row.sound": ("声音：{n}", "Sound: {n}"),
    "row.screen": ("屏幕：{n}", "Screen: {n}"),
    "row.scanner": ("扫码枪：{n}", "Scanner: {n}"),
    "at_window": ("{hall}，窗口 {window}", "{hall}, window {window}"),
    "by_a_code": ("窗口由登记码决定", "window by the code"),
    "pinned": ("证书指纹 {n}", "certificate {n}"),
    "plain": ("未加密", "not encrypted"),
    "wrong.option": ("不在选项之中", "not one of the choices"),
    "wrong.code": (
        "登记码是 8 位，由 A–Z、2–9 组成，不含 I、L、O",
        "a code has 8 characters of A–Z and 2–9, without I, L, O",
    ),
    "wrong.address": (
        "地址形如 http://10.0.0.5:8700",
        "an address looks like http://10.0.0.5:8700",
    ),
    "wrong.pixels": ("形如 1280x800，每边 100 到 9999", "like 1280x800, each side 100 to 9999"),
    "wrong.path": (
        "端口以 / 开头，或为 serial:序列号、path:插口",
        "a port begins with /, or is serial:NUMBER or path:SOCKET",
    ),
    "wrong.outlet": (
        "端口以 / 开头，或为 serial:序列号、path:插口",
        "a port begins with /, or is serial:NUMBER or path:SOCKET",
    ),
    "refused.code-wrong": ("登记码不对", "the code is not right"),
    "refused.code-expired": (
        "登记码或凭证已过期，或已被另一台设备使用，请领取新的",
        "the code or grant is past its time or another device used it; ask for a new one",
    ),
    "refused.too-many-tries": (
        "错误次数过多，请过一会儿再试",
        "too many wrong tries; wait a while",
    ),
    "refused.signature": ("签名不成立：凭证不是这个大厅签发的", "not signed by this hall"),
    "refused.unreachable": ("联系不上大厅", "the hall does not answer"),
    "previous": ("上一个", "previous"),
    "next": ("下一个", "next"),
    "choose": ("选定", "choose"),
    "erase": ("⌫ 删除", "⌫ erase"),
    "enter": ("✓ 完成", "✓ done"),
    "looks_like": ("像是 {n}，按它再试", "it looks like {n}; try again as that"),
    "no_panel": ("请把按键盒插上 USB 口", "Plug the panel in, please"),
    "wait": ("请稍候", "One moment, please"),
    "prompt": ("选 1–{n}，回车 = {preset}", "1-{n}, Enter = {preset}"),
    "work.find": ("正在查找端口和 U 盘", "looking for ports and sticks"),
    "work.look": ("正在联系大厅", "asking the hall"),
    "work.enrol": ("正在登记", "enrolling"),
    "work.write": ("正在写入设置", "writing the settings"),
    "work.test": ("按键测试：请依次按键", "panel test: press the keys as they are named"),
    "work.learn": ("学习按键盒", "learning the panel"),
    "label.head": ("回音 Huiyin 评价器", "Huiyin rating terminal"),
    "label.window": ("窗口 {n}", "Window {n}"),
    "label.hall": ("大厅 {n}", "Hall {n}"),
    "label.device": ("设备 {n}", "Device {n}"),
    "label.code": ("箱盖内 技师代码 {n}", "Inside the lid: code {n}"),
    "said.settings": ("设置已写入 {n}", "settings written to {n}"),
    "said.same": ("设置没有变化：{n}", "settings unchanged: {n}"),
    "said.rule": ("端口规则已写入 {n}", "rule for the port written to {n}"),
    "said.no_rule": (
        "没有写端口规则：{n} 不是 USB 端口",
        "no rule for the port: {n} is not known by serial number or socket",
    ),
    "said.unit": ("开机自动启动：{n}", "starts with the machine: {n}"),
    "said.no_unit": (
        "未设为开机启动：本机没有 systemctl 或 {n}",
        "not enabled: no systemctl or no {n} here",
    ),
    "said.offline": (
        "尚未登记：联系上大厅后，凭证会自动提交",
        "not enrolled yet: the grant is presented when the hall answers",
    ),
    "said.untested": (
        "按键尚未测试，通过之前不接受评价：huiyin-kiosk setup --only keys",
        "the panel is not tested, no ratings until then: huiyin-kiosk setup --only keys",
    ),
}


REASON = r"\[Errno -?\d+\] [^'\")]+|CERTIFICATE_[A-Z_]+|[Ff]ingerprint[^'\")]*"
"""What of a failed connection's many words a technician can use."""


def explain(tongue: str, refused: str) -> str:
    """What the hall's refusal means (`word: detail`), and its word for those who look it up."""
    word, _, detail = refused.partition(": ")
    key = f"refused.{word}"
    if key not in WORDS:
        return refused
    reason = re.search(REASON, detail)
    return f"{say(tongue, key)} ({word}{': ' + reason[0] if reason else ''})"


def say(tongue: str, key: str, n: object = "", **values: object) -> str:
    """A phrase in a tongue: zh, or English for any other."""
    return WORDS[key][0 if tongue == "zh" else 1].format(n=n, **values)

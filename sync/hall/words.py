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
    "fleet": ("各终端的状态与告警", "how each kiosk is, and alarms"),
    "audit": ("核对全部链条，找出任何改动", "check every chain and name whatever was changed"),
    "counts": ("同时由原始记录重新计数并比对", "count again from the lines, too, and compare"),
    "accept": (
        "由具名人员确认一项发现并记录在案",
        "accept a finding, on the record, by a named person",
    ),
    "finding": ("发现编号（见 audit）", "id of the finding (see audit)"),
    "by": ("操作人姓名", "name of the person who does this"),
    "note": ("说明", "why"),
    "confirm": ("确认未衔接的记录段，使其计数", "confirm an unlinked epoch, so that it counts"),
    "epoch": ("记录段编号", "id of the epoch"),
    "device": ("终端编号", "id of the device"),
    "revoke": ("吊销终端", "revoke a device"),
    "revoked": ("终端 {0} 已吊销", "Device {0} is revoked"),
    "bulletin": ("立即签发公告", "sign a bulletin now"),
    "backup": ("在线备份", "back up, beside a running server"),
    "backup-to": ("备份目录（须不存在）", "folder to make"),
    "backed-up": ("已备份 {1} 条记录到 {0}", "Backed up {1} entries to {0}"),
    "restore": ("从备份恢复（服务须已停止）", "restore a backup; the server must be stopped"),
    "restore-from": ("备份目录", "folder of the backup"),
    "restored": ("已恢复 {1} 条记录到 {0}", "Restored {1} entries to {0}"),
    "export": ("为审计人员导出", "export everything an auditor needs"),
    "export-to": ("导出目录（须不存在）", "folder to make"),
    "exported": ("已导出 {1} 条记录到 {0}", "Exported {1} entries to {0}"),
    "grant": ("签发离线登记凭证", "sign a grant that enrols a kiosk offline"),
    "address": ("大厅地址", "address of the hall"),
    "days": ("有效天数", "days it is good"),
    "clerks": (
        "窗口人员名单：工号、姓名、PIN、工卡，签名后下发到各窗口终端",
        "the clerks who may sign on at the windows, signed and sent to the kiosks",
    ),
    "clerks-action": (
        "import 导入（名单以文件为准），list 列出，clear 清空（终端不再核对）",
        "import (the file is the whole list), list, clear (kiosks check nobody then)",
    ),
    "clerks-file": ("CSV：clerk_no,name,pin,badge", "CSV: clerk_no,name,pin,badge"),
    "clerks-imported": ("{0}：名单已有 {1} 人", "{0}: {1} clerks are on the list"),
    "clerks-cleared": ("{0}：名单已清空", "{0}: the list is gone"),
    "system": ("业务系统的令牌", "tokens of business systems, which may ask at windows"),
    "system-action": (
        "add 新增或更换令牌，list 列出，remove 停用",
        "add one or give it a new token, list them, remove one",
    ),
    "system-name": ("业务系统名称", "name of the system"),
    "system-windows": (
        "可发起邀请的窗口，逗号分隔；* 为全部",
        "windows it may ask at, with commas between; * is all of the hall",
    ),
    "system-added": (
        "{0}（窗口 {1}）的令牌，仅显示一次：\n{2}",
        "Token of {0} (windows {1}), shown this once:\n{2}",
    ),
    "system-removed": ("{0} 的令牌已停用", "The token of {0} is no longer good"),
    "none": ("无", "none"),
    "tls": ("私有证书", "certificates of a private authority"),
    "tls-init": ("生成私有 CA 与服务证书", "make a private authority and the server's certificate"),
    "tls-name": ("服务器域名或 IP（可多次）", "name or address of the server; may be repeated"),
    "tls-made": (
        '已生成。设置中写入：\ntls_certificate = "{0}"\ntls_key = "{1}"\n终端使用的 CA：{2}',
        'Made. Put into the settings:\ntls_certificate = "{0}"\ntls_key = "{1}"\nFor kiosks: {2}',
    ),
    "accepted": ("已记录：{0}", "Recorded: {0}"),
    "confirmed": ("记录段 {0} 已计数", "Epoch {0} counts now"),
    "audit-whole": (
        "完好：{1} 段 {0} 条记录，无发现，{2} 条备注",
        "Whole: {0} entries in {1} epochs, no findings, {2} notes",
    ),
    "audit-found": (
        "{1} 段 {0} 条记录中有 {2} 项发现",
        "{2} findings in {0} entries of {1} epochs",
    ),
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

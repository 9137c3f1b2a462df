"""Checks of the panel: its port, its test, its keys, what it told last."""

import os
from pathlib import Path

from devices.listing import find_holders
from devices.pin import find_port
from devices.port import PortError
from devices.tested import panel_tested
from kiosk.health.case import Case
from kiosk.health.terms import Seen, fault, note, ok, unknown

TOLD = ("key_stuck", "unknown_code", "missed_presses", "bad_frame", "no_silence")
"""Faults that only a running kiosk sees; the journal tells of them."""

DAY = len("2026-01-01")
"""Of a time only this much is told: the minute would tell who answered what."""

FEW = 50
"""Presses of the other keys after which a key that never came is worth a look."""


def check_port(case: Case) -> Seen:
    """The pinned port is there and may be used; it is not opened."""
    name, port = "panel_lost", case.settings.panel.port
    if not port:
        return fault(name, "no port is set", "未设置端口")
    keyboard = case.profile is not None and case.profile.format == "keys"
    try:
        device = find_port(port, keyboard)
    except PortError as error:
        return fault(name, f"{port}: {error}", f"{port}:{error}")
    if not Path(device).exists():
        return fault(name, f"{port}: not there", f"{port}:不存在")
    if not os.access(device, os.R_OK | os.W_OK):
        return fault(name, f"{device}: may not be read and written", f"{device}:无读写权限")
    if name in case.diary.raised:
        why = case.diary.raised[name]
        return fault(
            name, f"{device}: the kiosk lost it ({why})", f"{device}:终端已失去它（{why}）"
        )
    real = os.path.realpath(device)
    holders = [held["name"] for held in find_holders({real}).get(real, [])]
    by = ", ".join(sorted(set(holders)))
    return ok(
        name,
        f"{device}" + (f", held by {by}" if by else ""),
        device + (f"，占用者 {by}" if by else ""),
    )


def check_test(case: Case) -> Seen:
    """Each key was pressed by hand, and the profile is still the one that was tested."""
    name = "panel_untested"
    if case.profile is None:
        return fault(name, "no profile of the panel", "没有面板配置")
    if case.settings.panel.test == "waived":
        return note(name, "waived in the settings", "设置中已免除测试")
    if not panel_tested(case.data, case.profile):
        return fault(
            name,
            f"{case.profile.model} has not passed its test",
            f"{case.profile.model} 未通过测试",
        )
    return ok(name, case.profile.model, case.profile.model)


def check_told(case: Case) -> list[Seen]:
    """What the running kiosk last said of its panel."""
    told = []
    for name in TOLD:
        if name in case.diary.raised:
            detail = case.diary.raised[name]
            told.append(fault(name, f"since the last start: {detail}", f"本次启动以来：{detail}"))
        else:
            told.append(ok(name, "nothing told", "无报告"))
    return told


def check_keys(case: Case) -> Seen:
    """When each key last came. A key that never comes while others do is broken or avoided."""
    name, diary = "key_silent", case.diary
    if case.profile is None:
        return unknown(name, "no profile of the panel", "没有面板配置")
    keys = [key for key, _ in case.profile.keys]
    told = ", ".join(f"{key} {diary.heard.get(key, '-')[:DAY]}" for key in keys)
    silent = [key for key in keys if key not in diary.heard]
    if silent and sum(diary.presses.values()) >= FEW:
        which = ", ".join(silent)
        return fault(name, f"key {which} never came; {told}", f"按键 {which} 从未按响；{told}")
    return ok(name, told, told)

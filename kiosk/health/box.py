"""Checks of the box: settings, screen, sound, fonts, version, units, and what it may show."""

import os
import shutil
from pathlib import Path

from kiosk.health.case import Case
from kiosk.health.terms import Seen, fault, note, ok, unknown
from kiosk.settings import SoundSettings
from sync import VERSION

PLAYERS = ("aplay", "pacat")
CARDS = "proc/asound/cards"
NO_CARD = "no soundcards"
UNIT = "huiyin-kiosk.service"
WANTED = "etc/systemd/system"


def check_settings(case: Case) -> Seen:
    """Settings, profile and identity can be read and mean something."""
    if case.wrong:
        return fault("settings", case.wrong, case.wrong)
    path = str(case.config) if case.config else ""
    return ok("settings", path or "defaults, no file", path or "默认值，无设置文件")


def check_screen(case: Case) -> Seen:
    """A display is connected, as far as the kernel sees."""
    name = "screen"
    ports = sorted((case.root / "sys/class/drm").glob("card*-*/status"))
    lit = [port.parent.name for port in ports if port.read_text("ascii").strip() == "connected"]
    if lit:
        return ok(name, ", ".join(lit), "、".join(lit))
    if ports:
        return fault(name, "no display is connected", "未连接显示屏")
    shown = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    if shown:
        return ok(name, shown, shown)
    return unknown(name, "no display hardware is seen here", "此处看不到显示硬件")


def check_sound(case: Case) -> Seen:
    """There is a player and a sound card, and each language has a voice."""
    name, wished = "sound", case.settings.sound
    if wished.mode == "silent":
        return note(name, "silent in the settings", "设置为静音")
    if _find_player(wished) is None:
        return fault(name, "no program that plays: aplay or pacat", "没有播放程序：aplay 或 pacat")
    try:
        cards = (case.root / CARDS).read_text("utf-8", "replace")
    except OSError:
        cards = NO_CARD
    if NO_CARD in cards and not wished.device:
        return fault(name, "no sound card", "没有声卡")
    if name in case.diary.raised:
        why = case.diary.raised[name]
        return fault(name, why, why)
    from kiosk.sound.voices import Voices

    lacking = Voices(wished.recordings).faults
    if lacking:
        return note(name, "; ".join(lacking), "；".join(lacking))
    return ok(name, "player and voices are there", "播放程序和语音齐全")


def _find_player(wished: SoundSettings) -> str | None:
    wanted = (wished.program,) if wished.program else PLAYERS
    return next((program for program in wanted if shutil.which(program)), None)


def check_fonts(case: Case) -> Seen:
    """Each language has a font that can write it."""
    from kiosk.screen.fonts import list_missing

    lacking = list_missing()
    if not lacking:
        return ok("fonts", "all languages can be written", "各语言字体齐全")
    said = "; ".join(f"{name}: {' / '.join(families)}" for name, families in lacking.items())
    return fault("fonts", said, said)


def check_version(case: Case) -> Seen:
    """What runs is what is installed."""
    name, boot = "version", case.diary.boot
    if boot is None:
        return unknown(name, f"{VERSION}, never started", f"{VERSION}，尚未启动过")
    if boot.software != VERSION:
        return note(
            name,
            f"{VERSION} is installed, {boot.software} was started last",
            f"已安装 {VERSION}，上次启动的是 {boot.software}",
        )
    return ok(name, VERSION, VERSION)


def check_units(case: Case) -> Seen:
    """The kiosk starts with the machine."""
    name = "units"
    folders = [case.root / place for place in (WANTED, "usr/lib/systemd/system")]
    if not any((folder / UNIT).exists() for folder in folders):
        return unknown(name, "not installed as a package here", "此处不是以软件包安装")
    enabled = list(Path(case.root / WANTED).glob(f"*.wants/{UNIT}"))
    if not enabled:
        return fault(name, f"{UNIT} is not enabled", f"{UNIT} 未启用")
    return ok(name, f"{UNIT} is enabled", f"{UNIT} 已启用")


def check_levels(case: Case) -> Seen:
    """Nothing that a clerk can see depends on the answer."""
    if case.settings.window.ask_reasons == "bad":
        return fault(
            "levels_shown",
            'window.ask_reasons = "bad" shows clerks who was dissatisfied',
            'window.ask_reasons = "bad" 会让窗口人员看出谁不满意',
        )
    return ok("levels_shown", "nothing shows it", "无可见差别")

"""What a set-up leaves behind, as text: settings, the rule for the port, the label. Pure."""

from collections.abc import Sequence

from kiosk.setup.terms import Answers
from kiosk.setup.words import say

GROUP = 4
"""A device id is read aloud in groups of so many digits; the short one is two groups."""

LINE = 36
"""Width of the label."""

SPECIAL = "*?[]|"
"""Marks that stand for others in a rule."""

Changes = dict[tuple[str, str], str]
"""(section, key) of kiosk.toml -> value."""


def list_settings(answers: Answers) -> Changes:
    """The answers as kiosk.toml has them; a profile of one's own stands beside a model's name."""
    is_path = "/" in answers.model
    settings = {
        ("window", "language"): answers.language,
        ("window", "mode"): answers.mode,
        ("sound", "mode"): answers.sound,
        ("panel", "profile"): answers.model if is_path else "",
        ("panel", "port"): answers.port,
        ("screen", "size"): answers.size,
        ("scanner", "port"): answers.scanner,
    }
    if not is_path:
        settings["panel", "model"] = answers.model
    return settings


def list_changes(before: Answers, after: Answers, is_fresh: bool) -> Changes:
    """What has to be written: what differs; in a fresh file all that is not empty."""
    old = list_settings(before)
    return {
        place: value
        for place, value in list_settings(after).items()
        if (bool(value) if is_fresh else old.get(place, value) != value)
    }


def write_rule(port: str, is_keyboard: bool) -> str:
    """The udev rule for a pinned port: a name that stays, and nobody else tries what it is.

    Empty for a port that is known by its device alone.
    """
    kind, _, value = port.partition(":")
    if kind not in ("serial", "path") or not value:
        return ""
    if any(not (" " <= char <= "~") or char in '"\\' for char in value):
        return ""
    value = "".join("?" if char in SPECIAL else char for char in value)
    match = f'ATTRS{{serial}}=="{value}"' if kind == "serial" else f'KERNELS=="{value}"'
    lines = [
        "# The panel of this window, by huiyin-kiosk setup. No other program may try the port."
    ]
    if is_keyboard:
        match = f'ATTRS{{{"uniq" if kind == "serial" else "phys"}}}=="{value}"'
        lines.append(f'SUBSYSTEM=="input", {match}, ENV{{LIBINPUT_IGNORE_DEVICE}}="1"')
    else:
        tries = 'ENV{ID_MM_DEVICE_IGNORE}="1", ENV{BRLTTY_BRAILLE_DRIVER}=""'
        lines.append(f'SUBSYSTEM=="tty", {match}, SYMLINK+="huiyin-panel", {tries}')
    return "\n".join(lines) + "\n"


def shorten(device: str) -> str:
    """A device id as people read it."""
    return f"{device[:GROUP]} {device[GROUP : 2 * GROUP]}"


def write_label(
    tongue: str, hall: str, window: str, device: str, code: str, mark: Sequence[str] = ()
) -> str:
    """Plain text for a label printer or a terminal: what is stuck on the box, with a `mark` that
    reads as the device's id, and what is stuck inside its lid: the technician's `code`.
    """
    lines = [
        say(tongue, "label.head"),
        say(tongue, "label.window", window),
        say(tongue, "label.hall", hall),
        say(tongue, "label.device", shorten(device)),
        *mark,
    ]
    bar = "-" * LINE
    inside = say(tongue, "label.code", f"{code[:GROUP]} {code[GROUP:]}")
    return "\n".join([bar, *lines, bar, inside, bar]) + "\n"

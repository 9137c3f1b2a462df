"""From what a panel sends when its keys are pressed to the profile that describes it.

Pure. Knows pushes as bytes or names, no port; `learn` collects them.
"""

from __future__ import annotations

from dataclasses import dataclass

from devices.formats.layout import CHECKS, FRAME_MAX

QUIET_MS = 60  # asked of frames that nothing checks
HEADER_MAX = 8
STRONGEST = ("crc16-modbus", "xor8", "sum8")

Pushes = dict[str, list[bytes]]  # level word -> what each push sent


class LearnError(Exception):
    """The panel cannot be described; one line that says why."""


@dataclass(frozen=True)
class Plan:
    """What the technician said of the panel. `levels`: of a hall's own scale, else empty."""

    model: str
    scale: str
    format: str
    baud: int = 9600
    usb: str = ""
    address: int = 1
    levels: tuple[str, ...] = ()
    parity: str = "N"


def describe_panel(plan: Plan, pushes: Pushes) -> str:
    """The text of a profile; LearnError if the pushes do not tell the keys apart."""
    units = {level: _find_unit(level, sent) for level, sent in pushes.items()}
    if len(set(units.values())) < len(units):
        same = [level for level in units if list(units.values()).count(units[level]) > 1]
        raise LearnError(f"the keys for {' and '.join(same)} send the same; they must differ")
    lines = [
        "# Learned from a panel's own keys; try it with `huiyin-panel test`.",
        f'model = "{plan.model}"',
        "version = 1",
        f'format = "{plan.format}"',
        *([] if plan.levels else [f'scale = "{plan.scale}"']),
        "",
    ]
    if plan.levels:
        words = ", ".join(f'"{level}"' for level in plan.levels)
        lines += ["[scale]", f'name = "{plan.scale}"', f"levels = [{words}]", ""]
    if plan.format != "keys":
        usb = f'\nusb = ["{plan.usb}"]' if plan.usb else ""
        parity = f'\nparity = "{plan.parity}"' if plan.parity != "N" else ""
        lines += ["[port]", f"baud = {plan.baud}{parity}{usb}", ""]
    keys = {level: unit.decode("ascii", "replace") for level, unit in units.items()}
    if plan.format == "frame":
        short = {level: _halve(unit) for level, unit in units.items()}
        # only a frame with a check can be found among its own repetitions
        table, keys = _find_layout(short if _is_checked(short) else units)
        lines += ["[frame]", *table, ""]
    elif plan.format == "modbus":
        lines += ["[modbus]", f"address = {plan.address}", ""]
    lines += ["[levels]", *(f'"{key}" = "{level}"' for level, key in keys.items()), ""]
    return "\n".join(lines)


def _find_unit(level: str, sent: list[bytes]) -> bytes:
    """What a key sends with each push."""
    units = set(sent)
    if len(units) > 1:  # a longer push may repeat its frame more often
        units = {_halve(data) for data in sent}
    if len(units) != 1:
        raise LearnError(
            f"the key for {level} sends something else each time it is pushed; "
            "a panel with a counter in its frames cannot be learned"
        )
    return units.pop()


def _halve(data: bytes) -> bytes:
    """The frame that a push repeats."""
    for size in range(1, len(data)):
        if len(data) % size == 0 and data[:size] * (len(data) // size) == data:
            return data[:size]
    return data


def _is_checked(units: dict[str, bytes]) -> bool:
    if len({len(unit) for unit in units.values()}) > 1:
        return False
    try:
        return 'check = "none"' not in _find_layout(units)[0]
    except LearnError:
        return False


def _find_layout(units: dict[str, bytes]) -> tuple[list[str], dict[str, str]]:
    """The [frame] table, and the code of each level."""
    frames = list(units.values())
    length = len(frames[0])
    if any(len(frame) != length for frame in frames) or length > FRAME_MAX:
        raise LearnError(
            f"the keys' frames must all have one length of at most {FRAME_MAX} bytes; "
            f"these have {', '.join(str(len(frame)) for frame in frames)}"
        )
    distinct = [at for at in range(length) if len({f[at] for f in frames}) == len(frames)]
    if not distinct:
        raise LearnError("no single byte of the frames tells all the keys apart")
    code_at = distinct[0]
    table = [f"length = {length}", f"code_at = {code_at}"]
    header = _common(frames)[:code_at][:HEADER_MAX]
    check = _find_check(frames, code_at) if header else None
    end = code_at + 1
    if check is None:
        table += ['check = "none"', f"quiet_ms = {QUIET_MS}"]
    else:
        name, start, at = check
        table += [f'check = "{name}"', f"check_from = {start}", f"check_at = {at}"]
        end = at + len(CHECKS[name](b"\0"))
    reverse = _common([frame[::-1] for frame in frames])[::-1]
    tail = reverse[-(length - end) :][-HEADER_MAX:] if end < length else b""
    if header:
        table.insert(0, f'header = "{header.hex().upper()}"')
    if tail:
        table.append(f'tail = "{tail.hex().upper()}"')
    return table, {level: f"{frame[code_at]:02X}" for level, frame in units.items()}


def _common(frames: list[bytes]) -> bytes:
    """What all frames begin with."""
    size = 0
    while size < len(frames[0]) and len({frame[size] for frame in frames}) == 1:
        size += 1
    return frames[0][:size]


def _find_check(frames: list[bytes], code_at: int) -> tuple[str, int, int] | None:
    """The first check, strongest first and over most bytes, that all frames keep."""
    length = len(frames[0])
    for name in STRONGEST:
        check = CHECKS[name]
        width = len(check(b"\0"))
        for at in range(code_at + 1, length - width + 1):
            for start in range(code_at + 1):
                if all(check(f[start:at]) == f[at : at + width] for f in frames):
                    return name, start, at
    return None

"""`huiyin-panel list`: the ports there are, who holds them, which profile fits; opens none."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from devices.pin import Place, list_inputs
from devices.port import PortInfo, list_ports
from devices.profile import Profile, find_profile, list_models
from devices.words import say

PROC = Path("/proc")


def list_panels() -> dict[str, list[dict[str, Any]]]:
    """Ports, keyboards and profiles, as objects."""
    profiles = [find_profile(model) for model in list_models()]
    ports, inputs = list_ports(), list_inputs()
    holders = find_holders({info.device for info in [*ports, *inputs]})
    return {
        "ports": [_show_port(info, Place(ports), holders, profiles) for info in ports],
        "keyboards": [
            _show_port(info, Place(inputs), holders, [p for p in profiles if p.format == "keys"])
            for info in inputs
        ],
        "profiles": [_show_profile(profile) for profile in profiles],
    }


def find_holders(devices: set[str], proc: Path = PROC) -> dict[str, list[dict[str, Any]]]:
    """Which processes have these devices open; those of other users only for root."""
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in proc.glob("[0-9]*"):
        try:
            held = {_follow(link) for link in (entry / "fd").iterdir()} & devices
            name = (entry / "comm").read_text("utf-8", "replace").strip()
        except OSError:
            continue  # it has ended, or is not ours to look at
        for device in held:
            found.setdefault(device, []).append({"pid": int(entry.name), "name": name})
    return found


def _follow(link: Path) -> str:
    """What a descriptor is open on; it may be closed by now, and the others be open still."""
    try:
        return os.readlink(link)
    except OSError:
        return ""


def _show_port(
    info: PortInfo, place: Place, holders: dict[str, Any], profiles: list[Profile]
) -> dict[str, Any]:
    fits = [p.model for p in profiles if p.format == "keys" or info.usb in p.wire.usb]
    if info.device.startswith("/dev/tty"):
        fits = [p.model for p in profiles if info.usb in p.wire.usb]
    return {
        "device": info.device,
        "maker": info.maker,
        "product": info.product,
        "usb": info.usb,
        "serial": info.serial,
        "path": info.path,
        "pin": place.pin(info.device),
        "held_by": holders.get(info.device, []),
        "fits": fits,
    }


def _show_profile(profile: Profile) -> dict[str, Any]:
    return {
        "model": profile.model,
        "version": profile.version,
        "format": profile.format,
        "scale": profile.scale,
        "keys": [{"key": key, "level": level} for key, level in profile.keys],
        "false_presses": profile.rules.count_false(profile.settings, len(profile.keys)),
        "sha256": profile.sha256,
    }


def print_panels(found: dict[str, list[dict[str, Any]]]) -> None:
    """The same for people."""
    print(say("list_ports"))
    for port in [*found["ports"], *found["keyboards"]]:
        words = " ".join(filter(None, (port["maker"], port["product"], port["usb"])))
        print(f"  {port['device']:<16} {words}")
        print("  " + " " * 17 + say("list_pin", pin=port["pin"]))
        for holder in port["held_by"]:
            print("  " + " " * 17 + say("list_held", **holder))
        if port["fits"]:
            print("  " + " " * 17 + say("list_fits", models=", ".join(port["fits"])))
    if not found["ports"] and not found["keyboards"]:
        print("  " + say("list_none"))
    print(say("list_profiles"))
    for row in found["profiles"]:
        keys = " ".join(one["key"] for one in row["keys"])
        rate = say("list_rate", rate=f"{row['false_presses']:.2g}")
        print(f"  {row['model']:<14} {row['format']:<7} {row['scale']:<6} {keys:<40} {rate}")

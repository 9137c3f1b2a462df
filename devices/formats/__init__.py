"""The table of formats: one line to add one. A format's module is imported only when it is used."""

from __future__ import annotations

from importlib import import_module

from devices.formats.format import Format

FORMATS = {
    "line": "devices.formats.line",
    "frame": "devices.formats.frame",
    "modbus": "devices.formats.modbus",
    "keys": "devices.formats.keys",
}


def load_format(name: str) -> Format:
    """The format of that name; KeyError if it is not in the table."""
    found = import_module(FORMATS[name]).FORMAT
    assert isinstance(found, Format)
    return found

"""The walls of ARCHITECTURE.md: who may import whom, and by which door a library comes in."""

import graphlib

import pytest

from tests.walls.house import Module, imports, imports_of_ours, is_in, modules, outside_libraries

# What kiosk and hall both say; the hall may use nothing else of sync.
BOTH_ENDS = {
    "asking", "batch", "chain", "clerks", "errors", "keys", "notify", "pins", "rates", "records",
    "token", "wire",
}  # fmt: skip

# Inside the hall, from the top down: a room imports rooms below it, never one beside or above it.
HALL_FLOORS = ({"pages"}, {"cases", "figures", "feeds"}, {"ledger"})

# Library -> the files and folders (ending in /) that may import it; no line, no entry.
DOORS = {
    "PySide6": ("kiosk/app.py", "kiosk/screen/"),
    "cryptography": ("sync/keys.py", "sync/pins.py", "sync/hall/authority.py", "kiosk/desk/tls.py"),
    "evdev": ("devices/keyboard.py",),
    "jinja2": ("sync/hall/pages/",),
    "litestar": ("sync/hall/pages/", "kiosk/desk/"),
    "msgspec": ("sync/", "kiosk/", "devices/"),
    "pymodbus": ("devices/formats/modbus.py",),
    "pyudev": ("devices/pin.py",),
    "qrcode": ("kiosk/screen/paint.py", "kiosk/setup/mark.py"),
    "requests": ("sync/hall_client.py",),
    "serial": ("devices/port.py",),
    "shiboken6": ("kiosk/screen/",),
    "sqlalchemy": ("sync/hall/ledger/",),
    "sqlite3": ("sync/index.py", "sync/hall/ledger/store.py"),
    "tomlkit": ("kiosk/setup/",),
    "uvicorn": ("sync/hall/pages/", "kiosk/desk/"),
}

ALL = sorted(modules().values(), key=lambda module: module.place)
each_module = pytest.mark.parametrize("module", ALL, ids=[module.place for module in ALL])


@each_module
def test_leaves_know_only_themselves(module: Module) -> None:
    top = module.name.split(".")[0]
    if top != "kiosk":
        assert {name.split(".")[0] for name in imports_of_ours(module)} <= {top}


@each_module
def test_only_the_demo_starts_a_hall_from_outside(module: Module) -> None:
    if not is_in(module.name, "sync.hall") and not is_in(module.name, "kiosk.demo"):
        assert not [name for name in imports_of_ours(module) if is_in(name, "sync.hall")]


@each_module
def test_the_hall_uses_of_sync_what_both_ends_say(module: Module) -> None:
    if is_in(module.name, "sync.hall"):
        outside = {name for name in imports_of_ours(module) if not is_in(name, "sync.hall")}
        assert outside <= {"sync"} | {f"sync.{name}" for name in BOTH_ENDS}


def floor_of(name: str) -> int | None:
    room = name.removeprefix("sync.hall.").split(".")[0]
    return next((i for i, rooms in enumerate(HALL_FLOORS) if room in rooms), None)


@each_module
def test_inside_the_hall_imports_go_down(module: Module) -> None:
    floor = floor_of(module.name)
    if not is_in(module.name, "sync.hall") or floor is None:
        return
    room = module.name.split(".")[2]
    for name in imports_of_ours(module):
        if is_in(name, "sync.hall") and name.split(".")[2:3] not in ([], [room]):
            below = floor_of(name)
            assert below is None or below > floor, name


@each_module
def test_libraries_come_in_by_their_doors(module: Module) -> None:
    tops = outside_libraries(module) | ({"sqlite3"} & imports(module))
    for top in tops:
        assert top in DOORS, f"{top} has no door: name one in {__file__}"
        doors = DOORS[top]
        assert any(
            module.place.startswith(door) if door.endswith("/") else module.place == door
            for door in doors
        ), f"{top} comes in by {doors}"


def test_no_import_goes_round_in_a_circle() -> None:
    graph = {
        module.name: {name for name in imports_of_ours(module) if name in modules()} - {module.name}
        for module in ALL
    }
    list(graphlib.TopologicalSorter(graph).static_order())

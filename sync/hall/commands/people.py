"""The commands that say who may do what: business systems and their tokens.

Imports of weight happen inside.
"""

import argparse

from sync.hall import settings
from sync.hall.commands.keeping import now_ms, open_store, print_told
from sync.hall.commands.serving import check_name
from sync.hall.words import say


def system(options: argparse.Namespace) -> int:
    """Add, list or remove a business system; works beside a running server."""
    if options.action == "list":
        return _list_systems(options)
    set_up = settings.load(options.config)
    who = check_name("--by", options.by)
    name = check_name("--name", options.name)
    from sync.hall.ledger import systems
    from sync.hall.ledger.acts import add_act

    if options.action == "remove":
        with open_store(options) as store, store.write() as connection:
            systems.remove_system(connection, name)
            add_act(connection, now_ms(), who, "remove-system", name, options.note)
        return print_told(options, {"removed": name}, say("system-removed", name))
    hall = check_name("--hall", options.hall or set_up.hall)
    windows = tuple(check_name("--windows", one) for one in options.windows.split(","))
    made = systems.System(name, hall, windows)
    with open_store(options, create=True) as store, store.write() as connection:
        token = systems.add_system(connection, made, now_ms())
        detail = f"{hall} {options.windows} {options.note}".strip()
        add_act(connection, now_ms(), who, "add-system", name, detail)
    told = {"system": name, "hall": hall, "windows": windows, "token": token}
    return print_told(options, told, say("system-added", name, options.windows, token))


def _list_systems(options: argparse.Namespace) -> int:
    from sync.hall.ledger.systems import list_systems

    with open_store(options) as store, store.read() as connection:
        found = list_systems(connection)
    told = [{"system": one.name, "hall": one.hall, "windows": one.windows} for one in found]
    lines = [f"{one.name} {one.hall} {','.join(one.windows)}" for one in found]
    return print_told(options, {"systems": told}, "\n".join(lines) or say("none"))

"""`huiyin-hall clerks …`: who may sign on at the windows of a hall, from a CSV file.

Imports of weight happen inside.
"""

import argparse

from sync.errors import HuiyinError
from sync.hall import settings
from sync.hall.commands.keeping import now_ms, open_store, print_told
from sync.hall.commands.serving import check_name
from sync.hall.words import say


def clerks(options: argparse.Namespace) -> int:
    """Import, list or clear the clerks of a hall; works beside a running server."""
    set_up = settings.load(options.config)
    hall = check_name("--hall", options.hall or set_up.hall)
    if options.action == "list":
        return _list_clerks(options, hall)
    who = check_name("--by", options.by)
    from sync.hall.commands.rows import read_rows

    rows = read_rows(options.file) if options.action == "import" else []
    from sync import keys
    from sync.hall.ledger import clerks as room
    from sync.hall.ledger import moment
    from sync.hall.ledger.acts import add_act
    from sync.hall.ledger.store import KEY_FILE

    with open_store(options, create=True) as store:
        key = keys.load_or_make(options.data / KEY_FILE)
        with store.read() as connection:
            made = room.make_clerks(rows, room.list_clerks(connection, key, hall))
        with store.write() as connection:
            if options.action == "import":
                room.set_clerks(connection, key, hall, made, moment.write(now_ms()))
            elif not room.clear(connection, hall):
                raise HuiyinError(f"--hall {hall}: there is no list of its clerks")
            detail = f"{len(rows)} {options.note}".strip()
            add_act(connection, now_ms(), who, f"{options.action}-clerks", hall, detail)
    phrase = "clerks-imported" if options.action == "import" else "clerks-cleared"
    return print_told(options, {"hall": hall, "clerks": len(rows)}, say(phrase, hall, len(rows)))


def _list_clerks(options: argparse.Namespace, hall: str) -> int:
    from sync import keys
    from sync.clerks import NONE
    from sync.hall.ledger.clerks import list_clerks
    from sync.hall.ledger.store import KEY_FILE

    with open_store(options) as store, store.read() as connection:
        found = list_clerks(connection, keys.load(options.data / KEY_FILE), hall)
    told = [
        {"clerk_no": c.clerk_no, "name": c.name, "pin": c.pin != NONE, "badge": c.badge != NONE}
        for c in found
    ]
    lines = [" ".join((c.clerk_no, c.name)) for c in found]
    return print_told(options, {"hall": hall, "clerks": told}, "\n".join(lines) or say("none"))

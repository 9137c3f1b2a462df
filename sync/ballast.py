"""A file that only takes up room, so that a full disk leaves some for the hour in which it is
noticed.
"""

import os
from pathlib import Path

from sync.disk import Disk

NAME = "ballast"
BYTES = 4 * 1024 * 1024
PLENTY = 4
"""The ballast is laid only where so many times its size is free."""


def lay(disk: Disk, folder: Path) -> bool:
    """Lay the ballast down if there is plenty of room for it; whether it is there."""
    if disk.size(folder / NAME) == BYTES:
        return True
    try:
        if disk.free(folder) < PLENTY * BYTES:
            return False
        disk.replace(folder / NAME, os.urandom(BYTES))
    except OSError:
        return False
    return True


def free(disk: Disk, folder: Path) -> bool:
    """Free the ballast; whether there was one."""
    if not disk.size(folder / NAME):
        return False
    disk.remove(folder / NAME)
    return True

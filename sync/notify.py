"""What a service tells its service manager: a datagram to NOTIFY_SOCKET, as sd_notify(3) has it.

Both ends use it. Knows nothing of either, and is silent where nobody listens.
"""

import os

SOCKET = "NOTIFY_SOCKET"
WATCHDOG = "WATCHDOG_USEC"


def notify(word: str) -> bool:
    """Say a word such as READY=1; whether somebody took it. Never waits and never fails."""
    address = os.environ.get(SOCKET, "")
    if not address.startswith(("/", "@")):
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    import socket  # only where somebody listens

    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            line.sendto(word.encode(), socket.MSG_DONTWAIT, address)
    except OSError:
        return False
    return True


def watchdog_ms() -> int | None:
    """After how much silence the manager ends us; None if it does not watch.

    WATCHDOG_PID is not asked: under a compositor it names the compositor.
    """
    told = os.environ.get(WATCHDOG, "")
    return int(told) // 1000 if told.isdecimal() and int(told) >= 1000 else None

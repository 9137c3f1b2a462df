"""What the hall has settled for this window, signed by it: kept in files, believed without a hall.

Names and staff numbers of clerks, who may sign on, and where citizens see their echo.
"""

import functools
import logging
from collections.abc import Callable
from pathlib import Path

import msgspec

from kiosk.conductor import Conductor
from kiosk.desk.clerks import Clerks
from kiosk.desk.roster import Roster
from kiosk.door import CLERKS, load_clerks
from kiosk.picture import Clerk, Facts, no_echo
from sync.errors import HuiyinError
from sync.identity import Identity, load_identity
from sync.keys import check, decode_public, write_whole
from sync.token import ECHO, write_token
from sync.wire import HallSettings, settings_text

FILE = "hall-settings.json"

log = logging.getLogger(__name__)


class Settled:
    """One window's. Main thread only, save for `hear`. `let_in` is told who may sign on."""

    def __init__(
        self,
        data: Path,
        identity: Identity,
        conductor: Conductor,
        let_in: Callable[[Clerks | None], None],
        post: Callable[[Callable[[], object]], None],
    ) -> None:
        self._data = data
        self._identity = identity
        self._conductor = conductor
        self._let_in = let_in
        self._post = post
        self._own = conductor.facts

    def apply(self) -> None:
        """Do as the files say; what the window's own settings say of a clerk stands before it."""
        self._identity = load_identity(self._data) or self._identity  # a grant may be taken by now
        told = load(self._data, self._identity)
        listed = load_clerks(self._data / CLERKS, self._identity)
        self._let_in(listed)
        named = listed.clerks if isinstance(listed, Roster) else ()
        clerks = {clerk.clerk_no: Clerk(clerk.name) for clerk in named}
        echo = make_echo(self._identity, told.echo_url if told is not None else "")
        self._conductor.settle(_change(self._own, {**clerks, **self._own.clerks}, echo))

    def hear(self, told: HallSettings) -> None:
        """Any thread: keep what the hall says, if it is signed for this device, and do it."""
        try:
            check_settings(told, self._identity)
            write_whole(self._data / FILE, msgspec.json.encode(told))
            if told.clerks:
                write_whole(self._data / CLERKS, told.clerks.encode())
            else:
                (self._data / CLERKS).unlink(missing_ok=True)
        except (HuiyinError, OSError) as wrong:
            log.error("the hall's settings are not kept: %s", wrong)
        else:
            self._post(self.apply)


def load(data: Path, identity: Identity) -> HallSettings | None:
    """What was kept; else what the hall said at enrolment; None for a file that does not hold."""
    try:
        told = msgspec.json.decode((data / FILE).read_bytes(), type=HallSettings)
        check_settings(told, identity)
    except FileNotFoundError:
        url = identity.settings.get("echo_url")
        return HallSettings(echo_url=url if isinstance(url, str) else "")
    except (HuiyinError, OSError, msgspec.MsgspecError, UnicodeDecodeError) as wrong:
        log.error("%s does not hold: %s", data / FILE, wrong)
        return None
    return told


def check_settings(told: HallSettings, identity: Identity) -> None:
    """Raises HuiyinError (BadSignature among them) unless the hall signed these for this device."""
    check(decode_public(identity.hall_key), told.signature, settings_text(told))
    if told.device != identity.device:
        raise HuiyinError(f"these are the settings of device {told.device}")


def make_echo(identity: Identity, url: str) -> Callable[[str], str]:
    """What gives the address of an invitation's page; empty where the hall offers none."""
    try:
        write_token(identity.device, "", identity.echo_secret, ECHO)
    except ValueError:
        url = ""
    if not identity.echo_secret:
        url = ""
    return functools.partial(_write_address, identity, url.rstrip("/")) if url else no_echo


def _write_address(identity: Identity, url: str, invitation: str) -> str:
    return f"{url}/e/{write_token(identity.device, invitation, identity.echo_secret, ECHO)}"


def _change(own: Facts, clerks: dict[str, Clerk], echo: Callable[[str], str]) -> Facts:
    return msgspec.structs.replace(own, clerks=clerks, echo=echo)

"""What the hall settles is believed by its signature alone, and still when the hall is gone."""

from pathlib import Path

import msgspec
import pytest

from kiosk.desk.clerks import Clerks
from kiosk.picture import Clerk
from kiosk.settled import FILE, Settled, make_echo
from kiosk.terms import Pressed
from sync.clerks import Clerk as Listed
from sync.clerks import write_list
from sync.identity import Identity
from sync.keys import Key, load_or_make
from sync.pins import hash_pin
from sync.records import Transaction
from sync.token import ECHO, write_token
from sync.wire import HallSettings, settings_text
from tests.kiosk.test_conductor import DEVICE, Stand

SALT = "00112233445566778899aabbccddeeff"
SECRET = "c2VjcmV0"
URL = "http://hall.example:8700"


class Kiosk:
    """A window, and the hall that settles things for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hall = load_or_make(folder / "hall" / "hall.key")
        self.identity = Identity(
            device=DEVICE, address="", hall="main", window="3", hall_key=self.hall.public,
            echo_secret=SECRET,
        )  # fmt: skip
        self.stand = Stand(folder / "journal")
        self.let_in: list[Clerks | None] = []
        self.start()

    def start(self) -> None:
        """As a start of the app does."""
        self.stand.conductor.facts = msgspec.structs.replace(
            self.stand.conductor.facts, clerks={"C9": Clerk("own name")}
        )
        self.settled = Settled(
            self.folder,
            self.identity,
            self.stand.conductor,
            self.let_in.append,
            lambda call: call(),
        )
        self.settled.apply()

    def tell(self, key: Key | None = None, **changes: str) -> HallSettings:
        """What the hall says, signed."""
        clerks = [
            Listed("C7", SALT, hash_pin("4821", SALT), "-", "王芳"),
            Listed("C9", SALT, "-", "-", "hall's name"),
        ]
        listed = write_list(self.hall, "main", "2026-01-05T00:00:00.000Z", clerks)
        said = {"device": DEVICE, "counter": "7", "echo_url": URL, "clerks": listed}
        told = HallSettings(**(said | changes))
        signature = (key or self.hall).sign(settings_text(told))
        return msgspec.structs.replace(told, signature=signature)

    @property
    def echo(self) -> str:
        return self.stand.conductor.facts.echo("a" * 32)


@pytest.fixture
def kiosk(tmp_path: Path) -> Kiosk:
    return Kiosk(tmp_path)


def check_applied(kiosk: Kiosk) -> None:
    assert kiosk.echo == f"{URL}/e/{write_token(DEVICE, 'a' * 32, SECRET, ECHO)}"
    (clerks,) = kiosk.let_in[-1:]
    assert clerks is not None
    assert clerks.check_pin("C7", "4821")
    assert not clerks.check_pin("C7", "4822")
    assert not clerks.check_pin("C9", "-")
    names = {no: clerk.name for no, clerk in kiosk.stand.conductor.facts.clerks.items()}
    assert names == {"C7": "王芳", "C9": "own name"}


def test_nothing_settled_checks_nobody_and_offers_no_page(kiosk: Kiosk) -> None:
    assert (kiosk.let_in, kiosk.echo) == ([None], "")


def test_what_the_hall_signed_is_done_and_stays_without_it(kiosk: Kiosk) -> None:
    kiosk.settled.hear(kiosk.tell())
    check_applied(kiosk)
    kiosk.start()
    check_applied(kiosk)
    assert (kiosk.folder / FILE).stat().st_mode & 0o777 == 0o600


def test_the_clerk_on_the_screen_has_the_halls_name(kiosk: Kiosk) -> None:
    kiosk.stand.counter.set_window("open", "C7", None)
    kiosk.settled.hear(kiosk.tell())
    assert kiosk.stand.views[-1].clerk_name == "王芳"


@pytest.mark.parametrize("key", ["1", "3"])
def test_the_thanks_lead_to_the_page_of_this_rating(kiosk: Kiosk, key: str) -> None:
    kiosk.settled.hear(kiosk.tell())
    stand = kiosk.stand
    asked, _, _ = stand.counter.invite(Transaction(project_no="P1", service_no="1"), None, None)
    stand.conductor.handle(Pressed(key, {"1": 5, "3": 2}[key]))
    while stand.page != "thanking":
        assert stand.views[-1].echo_url == ""
        stand.wait_deadline()
    shown = stand.views[-1].echo_url
    assert shown == f"{URL}/e/{write_token(DEVICE, asked, SECRET, ECHO)}"


def test_no_list_any_more_checks_nobody(kiosk: Kiosk) -> None:
    kiosk.settled.hear(kiosk.tell())
    kiosk.settled.hear(kiosk.tell(clerks=""))
    assert kiosk.let_in[-1] is None


@pytest.mark.parametrize("by", ["stranger", "nobody", "another device", "altered"])
def test_what_the_hall_did_not_sign_for_us_changes_nothing(
    kiosk: Kiosk, tmp_path: Path, by: str, caplog: pytest.LogCaptureFixture
) -> None:
    kiosk.settled.hear(kiosk.tell())
    told = kiosk.tell(echo_url="http://evil.example", clerks="")
    if by == "stranger":
        stranger = load_or_make(tmp_path / "stranger")
        told = kiosk.tell(stranger, echo_url="http://evil.example")
    elif by == "nobody":
        told = msgspec.structs.replace(told, signature="")
    elif by == "another device":
        told = kiosk.tell(device="e" * 32, echo_url="http://evil.example")
    else:
        told = msgspec.structs.replace(kiosk.tell(), clerks="")
    kiosk.settled.hear(told)
    assert "are not kept" in caplog.text
    kiosk.start()
    check_applied(kiosk)


def test_a_spoilt_file_offers_no_page_and_lets_nobody_new_in(
    kiosk: Kiosk, caplog: pytest.LogCaptureFixture
) -> None:
    kiosk.settled.hear(kiosk.tell())
    for name in (FILE, "desk-clerks"):
        file = kiosk.folder / name
        file.write_bytes(file.read_bytes().replace(b"hall.example", b"evil.example")[:-9] + b"AAA")
    kiosk.start()
    assert kiosk.echo == ""
    (clerks,) = kiosk.let_in[-1:]
    assert clerks is not None
    assert not clerks.check_pin("C7", "4821")
    assert "does not hold" in caplog.text


def test_the_page_said_at_enrolment_holds_until_the_hall_says_more(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path)
    kiosk.identity = msgspec.structs.replace(kiosk.identity, settings={"echo_url": URL + "/"})
    kiosk.start()
    assert kiosk.echo.startswith(f"{URL}/e/{DEVICE[:8]}.")
    kiosk.settled.hear(kiosk.tell(echo_url=""))
    assert kiosk.echo == ""


def test_a_secret_that_is_none_offers_no_page(kiosk: Kiosk) -> None:
    identity = msgspec.structs.replace(kiosk.identity, echo_secret="not base64!")
    assert make_echo(identity, URL)("a" * 32) == ""

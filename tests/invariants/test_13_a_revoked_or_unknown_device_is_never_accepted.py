"""A revoked or unknown device is never accepted, on no route, however well it signs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sync.hall.ledger.backup import back_up, restore
from sync.keys import Key
from tests.hall.kit import Chain, TestHall, make_key
from tests.hall.server import Reply, Server, run_hall, serving
from tests.hall.tampering import change

ROUTES: list[Callable[[Server, Key], Reply]] = [
    lambda hall, key: hall.send(Chain(key).open().body()),
    lambda hall, key: hall.beat(key, counter=10**9),
    lambda hall, key: hall.signed(key, "GET", "/v1/settings", counter=10**9),
    lambda hall, key: hall.signed(
        key, "GET", f"/v1/entries?epoch={'e' * 32}&from=1&to=2", counter=10**9
    ),
]


@pytest.mark.parametrize("route", range(len(ROUTES)))
def test_no_route(tmp_path: Path, route: int) -> None:
    ask = ROUTES[route]
    with serving(tmp_path / "data") as hall:
        key = make_key(1)
        stranger = ask(hall, make_key(2))
        assert (stranger.status, stranger.word) == (403, "device-unknown")
        code = hall.make_code()
        assert hall.enrol(key, code).status == 201
        revoke = ("revoke", "--data", tmp_path / "data", "--device", key.device, "--by", "Li Hua")
        assert run_hall(*revoke).returncode == 0
        for _ in range(2):
            reply = ask(hall, key)
            assert (reply.status, reply.word) == (403, "device-revoked")
        hall.enrol(key, code)  # neither the old code nor a new one brings it back
        hall.enrol(key)
        assert ask(hall, key).word == "device-revoked"
        assert hall.report()["ratings"] == 0
    assert run_hall("audit", "--data", tmp_path / "data").returncode == 0


@pytest.mark.parametrize("since", [True, False])
def test_nor_after_a_restore(hall: TestHall, tmp_path: Path, since: bool) -> None:
    """Revoked since the backup, or before it where what the backup replaces is older still."""
    chain = Chain(make_key(1)).open()
    hall.know(chain.key)
    hall.accept(chain.body())
    if since:
        back_up(hall.folder, tmp_path / "backup")
        change(hall, "UPDATE devices SET state = 'revoked'")
    else:
        change(hall, "UPDATE devices SET state = 'revoked'")
        back_up(hall.folder, tmp_path / "backup")
        change(hall, "UPDATE devices SET state = 'active'")
    hall.close()
    restore(hall.folder, tmp_path / "backup", 1)
    hall.open()
    chain.visit("P1")
    assert hall.refuse(chain.body()).word == "device-revoked"


def test_nor_is_another_halls_device_after_its_place_is_taken(
    hall: TestHall, tmp_path: Path
) -> None:
    other = TestHall(tmp_path / "other", make_key(9))
    back_up(other.folder, tmp_path / "backup")
    other.close()
    chain = Chain(make_key(1)).open()
    hall.know(chain.key)
    hall.close()
    restore(hall.folder, tmp_path / "backup", 1)
    hall.open()
    assert hall.refuse(chain.body()).word == "device-unknown"

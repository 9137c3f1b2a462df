"""A grant: presented to the hall it names, believed for its signature while no hall answers."""

import json
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sync import keys
from sync.courier import CourierState, CourierThread
from sync.errors import BadSignature, HallRefused, HuiyinError
from sync.hall.ledger.roster import make_grant
from sync.identity import enrol_by_grant, load_identity
from sync.journal import open_journal
from sync.wire import enrolment_text
from tests.sync.kit import AT, HALL_KEY, STAMP, make_key, visit
from tests.sync.scripted import scripted
from tests.sync.test_hall_client import ENROLLED, problem

NOWHERE = "http://127.0.0.1:1"
WAIT_S = 30


def sign_grant(address: str = NOWHERE, signer: keys.Key = HALL_KEY) -> dict[str, Any]:
    return make_grant(signer, "大厅", "3", address, "2099-01-01T00:00:00.000Z")


def enrolled(data: Path, **changes: str) -> tuple[int, Any, dict[str, str]]:
    return 201, {**ENROLLED, "device": keys.load_or_make(data / "key").device, **changes}, {}


def test_it_is_presented_to_the_hall_it_names(tmp_path: Path) -> None:
    with scripted(enrolled(tmp_path)) as hall:
        grant = sign_grant(hall.address)
        identity = enrol_by_grant(tmp_path, grant)
    fields = json.loads(hall.heard[0].body)
    assert fields["grant"] == grant
    assert "code" not in fields
    key = keys.load(tmp_path / "key")
    text = enrolment_text(grant["grant"], key.public, fields["at"])
    keys.check(keys.decode_public(key.public), fields["signature"], text)
    assert (identity.grant, identity.echo_secret) == (None, ENROLLED["echo_secret"])


def test_with_no_hall_in_reach_it_is_kept_and_says_where_the_window_is(tmp_path: Path) -> None:
    grant = sign_grant()
    identity = enrol_by_grant(tmp_path, grant)
    assert load_identity(tmp_path) == identity
    assert (identity.hall, identity.window, identity.hall_key) == ("大厅", "3", HALL_KEY.public)
    assert (identity.grant, identity.echo_secret) == (grant, "")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"window": "4"}, BadSignature),
        ({"hall_key": make_key(9).public}, BadSignature),
        ({"signature": "AAAA"}, BadSignature),
        ({"window": 4}, HuiyinError),
        ({"expires": None}, HuiyinError),
    ],
)
def test_one_that_nobody_signed_is_believed_by_nobody(
    tmp_path: Path, change: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        enrol_by_grant(tmp_path, sign_grant() | change)
    assert load_identity(tmp_path) is None


def test_what_the_hall_refuses_is_not_kept(tmp_path: Path) -> None:
    with scripted(problem("code-expired", 410)) as hall, pytest.raises(HallRefused):
        enrol_by_grant(tmp_path, sign_grant(hall.address))
    assert load_identity(tmp_path) is None


def test_another_hall_at_its_address_is_not_believed(tmp_path: Path) -> None:
    other = enrolled(tmp_path, hall_key=make_key(9).public)
    with scripted(other) as hall, pytest.raises(HuiyinError, match="another hall"):
        enrol_by_grant(tmp_path, sign_grant(hall.address))
    assert load_identity(tmp_path) is None


@pytest.mark.parametrize("changes", [{}, {"hall_key": make_key(9).public}])
def test_the_courier_presents_it_before_it_sends_anything(
    tmp_path: Path, changes: dict[str, str]
) -> None:
    with scripted(enrolled(tmp_path, **changes), problem("slow-down", 503)) as hall:
        enrol_by_grant(tmp_path, sign_grant())
        kept = load_identity(tmp_path)
        assert kept is not None
        identity = msgspec.structs.replace(kept, address=hall.address)
        journal = open_journal(tmp_path / "journal", identity.device, STAMP)
        journal.append(STAMP, visit(1)[0])
        said, states = threading.Event(), []

        def hear(state: CourierState) -> None:
            states.append(state)
            said.set()

        courier = CourierThread(journal, identity, tmp_path, lambda: AT, hear)
        courier.start()
        assert said.wait(WAIT_S)
        is_known = courier.known.is_set()
        courier.stop()
        journal.close()
    asked = [heard.path for heard in hall.heard]
    found = load_identity(tmp_path)
    assert found is not None
    if changes:
        assert (asked, is_known, states[0].refused) == (["/v1/enrolments"], False, "device-unknown")
        assert found.grant is not None
    else:
        assert (asked[:2], is_known) == (["/v1/enrolments", "/v1/journal"], True)
        assert (found.grant, found.echo_secret) == (None, ENROLLED["echo_secret"])

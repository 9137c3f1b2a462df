"""What leaves a note, and that it says the same after a journey."""

import msgspec
import pytest

from sync.hall.ledger.notes import AnyNote, Asked, Matched, Stood, take_notes
from sync.records import Boot, Joined, Service, Stray, Transaction, decode_entry
from tests.hall.kit import Chain, make_key


@pytest.fixture
def chain() -> Chain:
    return Chain(make_key(1)).open()


def note(chain: Chain) -> list[AnyNote]:
    return take_notes([decode_entry(line) for line in chain.lines])


def test_what_is_counted_leaves_a_note_in_its_order(chain: Chain) -> None:
    name = chain.visit("P1")
    chain.reason(name, "b", "a", "b")
    chain.join(name, "P2")
    chain.leave_out("P3")
    found = note(chain)
    assert [one.seq for one in found] == [1, 2, 3, 4, 5, 6, 7]
    assert found[4].reasons == '["a","b"]'  # type: ignore[union-attr]
    assert isinstance(found[6], Asked)
    assert (found[6].mode, found[6].project_no) == ("not_asked", "P3")
    packed = msgspec.msgpack.encode(found)
    assert msgspec.msgpack.decode(packed, type=list[AnyNote]) == found


def test_what_is_not_counted_leaves_none(chain: Chain) -> None:
    chain.add(Boot, software="1", clean=True)
    chain.add(Stray, key="1", why="repeat")
    chain.add(Service, service="s", state="begun", transaction=Transaction("P1", "1"))
    chain.add(Joined, service="s", transaction=Transaction("P1", "1"))
    assert [type(one) for one in note(chain)] == [Stood]
    assert take_notes([None, "a head"]) == []


def test_an_invitation_without_a_transaction_names_no_service(chain: Chain) -> None:
    name = chain.invite()
    chain.join(name, "P1")
    _, asked, matched = note(chain)
    assert isinstance(asked, Asked)
    assert (asked.project_no, asked.service_no, asked.item_code) == (None, None, None)
    assert isinstance(matched, Matched)
    assert (matched.name, matched.project_no) == (name, "P1")

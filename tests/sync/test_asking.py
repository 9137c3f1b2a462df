"""What a business system sends: bounded, and named well enough to be one service."""

import msgspec
import pytest

from sync.asking import (
    INVITATION_STATES,
    MATTERS_MAX,
    Ask,
    InvitationBody,
    Subject,
    to_transaction,
)


def read(body: str) -> Ask:
    return msgspec.json.decode(body, type=Ask)


def test_the_fields_become_a_transaction() -> None:
    asked = read(
        '{"project_no": "P1", "service_no": "1", "item_name": "证明", "language": "zh-CN",'
        ' "matters": ["一", {"project_no": "P2"}], "clerk_no": "C1", "other": 7}'
    )
    found = to_transaction(asked, whole=True)
    assert (found.project_no, found.service_no, found.item_name) == ("P1", "1", "证明")
    assert found.matters == ["一", {"project_no": "P2"}]


@pytest.mark.parametrize("body", ['{"project_no": "P1"}', '{"service_no": "1"}', "{}"])
def test_half_a_service_is_not_enough(body: str) -> None:
    with pytest.raises(ValueError, match="are required"):
        to_transaction(read(body), whole=True)


def test_a_ticket_is_enough_and_part_of_it_may_come_later() -> None:
    assert to_transaction(read('{"ticket_no": "A12"}'), whole=True).ticket_no == "A12"
    assert to_transaction(Subject(project_no="P1"), whole=False).project_no == "P1"
    with pytest.raises(ValueError, match="no field"):
        to_transaction(Subject(), whole=False)


def test_a_transaction_fits_into_a_line() -> None:
    whole = Subject(project_no="P", service_no="1", matters=["长" * 200] * MATTERS_MAX)
    with pytest.raises(ValueError, match="longer than"):
        to_transaction(whole, whole=True)


@pytest.mark.parametrize(
    "body",
    [
        '{"project_no": ""}',
        '{"project_no": 7}',
        '{"project_no": "a\\nb"}',
        f'{{"ticket_no": "{"9" * 65}"}}',
        '{"language": "<script>"}',
        f'{{"matters": {["x"] * (MATTERS_MAX + 1)}}}'.replace("'", '"'),
    ],
)
def test_what_is_out_of_bounds_is_refused(body: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(body)


def test_an_answer_has_no_room_for_a_level() -> None:
    assert InvitationBody.__struct_fields__ == ("invitation", "state")
    assert not set(INVITATION_STATES) & {"satisfied", "dissatisfied"}

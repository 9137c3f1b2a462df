"""What a visit keeps of its entries, and the number a service is looked up by."""

from hypothesis import given
from hypothesis import strategies as st

from sync.hall.ledger.placing import Placed
from sync.hall.ledger.tally import read
from sync.hall.ledger.visits import NEAR_DIGITS, Visit, add, key_service
from sync.records import Invitation, Joined, Transaction
from tests.hall.kit import Chain, make_key

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


def key(hall: str | None, project: str, service: str) -> int:
    visit = Visit(1, "a" * 32, 1, 1, mode="invited", project_no=project, service_no=service)
    found = key_service(visit, hall)
    assert found is not None
    return found


@given(st.none() | names, names, names)
def test_a_service_has_one_number_that_a_database_can_hold(
    hall: str | None, project: str, service: str
) -> None:
    assert key(hall, project, service) == key(hall, project, service)
    assert 0 <= key(hall, project, service) < 2**63


def test_other_services_have_other_numbers() -> None:
    many = {key(h, f"P{n:06d}", s) for h in ("H", "I", None) for n in range(500) for s in "12"}
    assert len(many) == 3_000


def test_services_of_projects_that_follow_one_another_follow_one_another() -> None:
    count = 10**NEAR_DIGITS
    near = [key("H", f"6301002403{number:05d}", "1") for number in range(count)]
    assert near == sorted(near)
    far = key("H", f"6301002403{count:05d}", "1")
    assert not near[0] <= far <= near[-1]


def test_services_of_one_project_have_numbers_of_their_own() -> None:
    for project in ("630100240300001", "P", "项目〇"):
        assert len({key("H", project, str(service)) for service in range(3_000)}) == 3_000


def sum_up(chain: Chain) -> Visit:
    visit = Visit(1, "a" * 32, 1, 1)
    for line in chain.lines:
        add(visit, read(line), 1, 1, Placed(5))  # type: ignore[arg-type]
    return visit


def test_reasons_are_kept_once_each_and_the_newest_stand() -> None:
    chain = Chain(make_key(1))
    chain.reason("a" * 32, "z")
    chain.reason("a" * 32, "b", "a", "b")
    assert sum_up(chain).reasons == '["a","b"]'


def test_an_empty_number_is_none_known() -> None:
    chain = Chain(make_key(1))
    chain.add(Joined, invitation="a" * 32, transaction=Transaction("", "", "A"))
    chain.add(Invitation, invitation="a" * 32, mode="walk_up")
    visit = sum_up(chain)
    assert (visit.project_no, visit.service_no, visit.item_code) == (None, None, "A")
    chain.add(Joined, invitation="a" * 32, transaction=Transaction("P1", "2", "B"))
    visit = sum_up(chain)
    assert (visit.project_no, visit.service_no, visit.item_code) == ("P1", "2", "A")

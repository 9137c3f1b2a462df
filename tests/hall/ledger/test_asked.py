"""How an invitation of the hall stands: by its entries, else by who fetched it and when."""

from typing import Any

from sync.hall.ledger import asked


def test_no_invitation_waits_for_ever() -> None:
    """The rule alone: who fetched it, what was heard since, what time it is."""

    def state(now: int, **known: Any) -> str:
        fields = dict.fromkeys(asked.Asked.__struct_fields__) | {"made": 0} | known
        return asked.Asked(**fields).state(now)

    fetch, whole = asked.FETCH_MS, asked.OPEN_MS
    assert [state(fetch - 1), state(fetch)] == ["waiting", "interrupted"]
    assert [state(whole - 1, given=1), state(whole, given=1)] == ["waiting", "interrupted"]
    assert [state(whole - 1, mode="invited"), state(whole, mode="invited")] == [
        "waiting",
        "interrupted",
    ]
    # Fetched, and heard since: the hall holds all the kiosk has, or it does not yet.
    late = {"given": 1, "seen": fetch + 2}
    assert state(fetch + 2, **late) == "interrupted"
    assert state(fetch + 2, **late, behind_since=5) == "waiting"
    assert state(fetch + 2, **late, mode="invited") == "waiting"
    assert state(fetch + 2, given=1, seen=2) == "waiting"
    # What the entries say comes before all of it.
    assert state(9 * whole, outcome="rated", ended="cancelled") == "rated"
    assert state(0, outcome="exploded") == "interrupted"

"""What rarely happens: faults, breaks, children, tickets."""

from msgspec.structs import replace

from kiosk.picture import Facts, picture
from kiosk.terms import (
    Cancelled,
    Cleared,
    Due,
    Invited,
    Noted,
    Opened,
    Paused,
    Pressed,
    Raised,
    Resumed,
    Served,
)
from sync import records
from sync.records import Transaction
from tests.kiosk.window import (
    ASK,
    BAD,
    GOOD,
    MIDDLE,
    RULES,
    TAGS,
    Window,
    drive,
    kinds,
    transaction,
)


def test_faults_before_the_journal_is_open_are_written_at_its_start() -> None:
    window = Window()
    for event in (Raised("panel_lost"), Raised("disk_low"), Cleared("disk_low")):
        window.handle(event)
    window.handle(Resumed())
    assert [d.fields["what"] for d in window.lines] == ["panel_lost"]
    assert window.visit.state == "fault"


def test_out_of_service_keeps_strays_notes_and_wishes() -> None:
    window = drive(Raised("panel_lost"), Raised("panel_lost"), GOOD, Paused("C2"))
    assert kinds(window) == ["Fault", "Stray", "Window"]
    window.handle(Raised("disk_low"))
    window.handle(Cleared("panel_lost"))
    assert window.visit.state == "fault"
    window.handle(Cleared("disk_low"))
    assert window.visit.state == "paused"


def test_nothing_is_written_where_nothing_can_be() -> None:
    window = drive(ASK)
    window.handle(GOOD, is_writable=False)
    count = len(window.lines)
    for event in (
        GOOD,
        Noted("key_stuck", "raised"),
        Raised("panel_lost"),
        Paused(None),
        Cleared("panel_lost"),
        Cleared("panel_lost"),
    ):
        window.handle(event)
    assert len(window.lines) == count
    window.resume()
    assert window.visit.state == "free"
    window.handle(Raised("panel_lost"))
    window.resume()
    assert window.visit.state == "fault", "only a store failure is mended by the journal"


def test_a_break_lets_what_was_given_stand() -> None:
    window = drive(ASK, BAD, Paused("C1"))
    assert kinds(window)[2:] == ["Outcome", "Window"]
    assert window.lines[2].fields["outcome"] == "rated"
    window = drive(ASK, BAD, Due(), Paused("C1"))
    assert kinds(window)[3:] == ["Reason", "Window"]
    window = drive(Opened(None))
    assert window.lines == [], "nothing has changed"


def test_panel_lost_on_the_reason_page_keeps_what_was_picked() -> None:
    window = drive(ASK, BAD, Due(), Raised("panel_lost"))
    assert kinds(window)[3:] == ["Reason", "Fault"]


def test_another_transaction_on_the_reason_page_keeps_what_was_picked() -> None:
    window = drive(ASK, BAD, Due(), Invited("i2", transaction(2)))
    assert kinds(window)[3:] == ["Reason", "Invitation"]


def test_turns_end_only_if_they_began_here() -> None:
    served = Served("begun", "s1", transaction(1))
    window = drive(Served("ended", "s0", transaction(0)))
    assert window.lines == []
    window = drive(served, Served("ended", "s1", transaction(1)))
    assert window.visit.state == "free"
    window.handle(Served("ended", "s1", transaction(1)))
    assert kinds(window) == ["Service", "Service"]
    window = drive(ASK, served)
    assert window.visit.state == "asking"


def test_children_mashing_is_misuse_in_the_end() -> None:
    window = drive(ASK, GOOD)
    for number in range(12):
        window.handle((BAD, GOOD)[number % 2])
    assert window.lines[-1].fields["why"] == "misuse"
    assert len([d for d in window.lines if d.kind is records.Rating]) == RULES.revisions_max + 1


def test_reasons_can_be_left_out_or_asked_only_after_bad_ratings() -> None:
    none = replace(RULES, ask_reasons="none")
    assert drive(ASK, BAD, Due(), rules=none).visit.state == "thanking"
    bad = replace(RULES, ask_reasons="bad")
    assert drive(ASK, GOOD, Due(), rules=bad).visit.state == "thanking"
    assert drive(ASK, BAD, Due(), rules=bad).visit.state == "reason"


def test_a_picked_reason_can_be_put_back_and_other_keys_mean_nothing() -> None:
    rules = replace(RULES, keys=("1", "2", "3", "4", "5"))
    window = drive(ASK, BAD, Due(), rules=rules)
    window.now += rules.deaf_ms
    window.handle(GOOD)
    for _ in range(7):
        window.handle(MIDDLE)
    assert window.visit.cursor == 0
    window.handle(GOOD)
    assert window.visit.picked == ()
    before = window.visit
    for key in ("3", "9"):
        window.handle(Pressed(key, 3))
    assert window.visit.picked == before.picked
    assert window.visit.state == "reason"


def test_tickets_are_one_service_before_the_number_is_known() -> None:
    ticket, other = Transaction(ticket_no="A1"), Transaction(ticket_no="A2")
    asked = drive(Served("begun", "s", ticket), Invited("i", ticket)).visit.turn
    assert asked is not None
    assert asked.asked
    unasked = drive(Served("begun", "s", ticket), Invited("i", other)).visit.turn
    assert unasked is not None
    assert not unasked.asked


def test_pictures_of_a_reason_page_and_of_a_fault() -> None:
    window = drive(ASK, BAD, Due())
    names = {code: (code, f"名{code}", f"name {code}") for code in TAGS[2]}
    facts = Facts(tags=names, shown_items=frozenset("*"))
    view = picture(window.visit, facts, None, 0)
    assert [tag.name for tag in view.tags][:2] == ["名200", "名201"]
    english = replace(window.visit, asked=replace(window.visit.asked, language="en"))  # type: ignore[type-var]
    assert picture(english, facts, None, 0).tags[0].name == "name 200"
    view = picture(drive(Raised("odd")).visit, facts, None, 0)
    assert (view.page, view.fault_number, view.fault_what) == ("fault", 99, "odd")
    asking = drive(ASK)
    view = picture(asking.visit, facts, "1", 500)
    assert view.seconds_left == 30


def test_the_clerk_may_take_an_invitation_back_before_the_first_press() -> None:
    window = drive(ASK, Cancelled())
    assert window.lines[-1].fields["outcome"] == "cancelled"
    assert window.visit.state == "free"

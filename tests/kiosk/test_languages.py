"""A language is one citizen's: chosen by the invitation, a finger or two keys, then the hall's."""

from typing import Any

from msgspec.structs import replace

from kiosk.picture import Clerk, Facts, picture
from kiosk.terms import Due, Invited, Opened, Picked, Pressed, Turned
from sync import records
from tests.kiosk.window import ASK, BAD, GOOD, RULES, Window, drive, transaction

OFFERED = replace(RULES, languages=("zh", "en", "bo"))
WALK_UP = replace(OFFERED, mode="walk_up")


def ratings(window: Window) -> list[dict[str, Any]]:
    return [dict(draft.fields) for draft in window.lines if draft.kind is records.Rating]


def test_the_outer_keys_go_round_and_a_finger_goes_straight() -> None:
    window = drive(ASK, rules=OFFERED)
    seen = []
    for event in (Turned(), Turned(), Turned(), Turned("bo"), Turned("bo"), Turned("mn")):
        window.handle(event)
        seen.append(window.visit.spoken)
    assert seen == ["en", "bo", "zh", "bo", "bo", "bo"]
    window.handle(GOOD)
    assert ratings(window)[0]["language"] == "bo"


def test_who_reads_anew_has_the_whole_wait() -> None:
    window = drive(ASK, rules=OFFERED)
    window.now = 29_000
    window.handle(Turned("zh"))  # it is already: nothing changes
    assert window.visit.until_ms == 30_000
    window.handle(Turned("en"))
    assert window.visit.until_ms == 59_000
    window.handle(GOOD)
    thanks_ms = window.visit.until_ms
    window.handle(Turned())
    assert (window.visit.spoken, window.visit.until_ms) == ("bo", thanks_ms)
    window.now = thanks_ms or 0
    window.handle(Due())
    assert window.visit.state == "reason"
    window.now += 9_000
    window.handle(Turned())
    assert window.visit.until_ms == window.now + OFFERED.reason_ms


def test_the_next_citizen_reads_the_halls_language() -> None:
    for end in ((GOOD, Due(), Due(), Due()), (Due(),), (Opened("C2"),)):
        window = drive(ASK, Turned("bo"), *end, rules=OFFERED)
        assert window.visit.spoken == "zh"
        window.handle(Invited("i2", transaction(2)))
        assert window.visit.spoken == "zh"
    window = drive(ASK, Turned("bo"), Invited("i2", transaction(2)), rules=OFFERED)
    assert window.visit.spoken == "zh", "another invitation is another citizen"


def test_a_choice_before_being_asked_holds_for_the_invitation_but_the_system_knows_better() -> None:
    window = drive(Turned("bo"), rules=OFFERED)
    assert picture(window.visit, Facts(), None, 0).language == "bo"
    window.handle(ASK)
    assert window.visit.spoken == "bo"
    window = drive(Turned("bo"), replace(ASK, language="en"), rules=OFFERED)
    assert window.visit.spoken == "en"


def test_a_choice_at_rest_is_forgotten_when_nobody_comes() -> None:
    window = drive(Turned("bo"), rules=WALK_UP)
    assert picture(window.visit, Facts(), None, 0).seconds_left is None
    assert window.visit.until_ms == OFFERED.expires_ms
    window.now = OFFERED.expires_ms
    window.handle(Due())
    assert (window.visit.spoken, window.visit.until_ms) == ("zh", None)
    assert window.lines == []


def test_a_walk_up_press_is_in_the_language_that_was_read() -> None:
    window = drive(Turned("bo"), replace(GOOD, fresh_id="w1"), rules=WALK_UP)
    assert [line.fields["language"] for line in window.lines] == ["bo", "bo"]


def test_a_language_the_hall_does_not_offer_is_no_trap() -> None:
    window = drive(replace(ASK, language="mn"), Turned(), rules=OFFERED)
    assert window.visit.spoken == "zh"
    window = drive(ASK, Turned(), rules=RULES)
    assert window.visit.spoken == "zh"


def test_a_finger_picks_reasons_and_takes_them_back() -> None:
    window = drive(ASK, BAD, Due())
    window.handle(Picked("203"))  # deaf: the finger that pressed may still be there
    assert window.visit.picked == ()
    window.now += 600
    for code in ("203", "205", "203", "510", "207"):
        window.handle(Picked(code))
    assert window.visit.picked == ("205", "207")
    assert window.visit.until_ms == window.now + RULES.reason_ms
    window.handle(Pressed("3", 2, "touch"))
    assert window.lines[-1].fields["reasons"] == ["205", "207"]


def test_the_warning_comes_before_the_end_of_each_wait() -> None:
    rules = replace(RULES, warn_ms=10_000)
    window = drive(ASK, rules=rules)
    shown = [picture(window.visit, Facts(), None, now) for now in (0, 19_000, 20_000, 29_001)]
    assert [(view.seconds_left, view.ending) for view in shown] == [
        (30, False),
        (11, False),
        (10, True),
        (1, True),
    ]
    window.handle(GOOD)
    window.handle(Due())
    for now, ending in ((0, False), (4_000, False), (5_000, True)):
        view = picture(window.visit, Facts(), None, now)
        assert (view.page, view.ending) == ("reason", ending), "half of a short wait is calm"


def test_the_items_name_only_where_the_hall_lets_others_read_it() -> None:
    named = replace(transaction(1), item_code="X1", item_name="居民身份证换领")
    visit = drive(Invited("i", named)).visit
    for shown, name in (
        ((), ""),
        (("X2",), ""),
        (("X1",), named.item_name),
        (("*",), named.item_name),
    ):
        facts = Facts(shown_items=frozenset(shown))
        assert picture(visit, facts, None, 0).item_name == name
    bare = drive(ASK).visit
    assert picture(bare, Facts(shown_items=frozenset("*")), None, 0).item_name == ""
    walk_up = drive(replace(GOOD, fresh_id="w"), rules=WALK_UP).visit
    assert picture(walk_up, Facts(shown_items=frozenset("*")), None, 0).item_name == ""


def test_the_clerk_who_sits_there_is_shown() -> None:
    facts = Facts(clerks={"C1": Clerk("甲", "a.png"), "": Clerk("值班")})
    for clerk_no, name, photo in (("C1", "甲", "a.png"), ("C2", "值班", ""), (None, "值班", "")):
        view = picture(drive(Opened(clerk_no)).visit, facts, None, 0)
        assert (view.clerk_name, view.clerk_photo) == (name, photo)
    assert picture(drive().visit, Facts(), None, 0).clerk_name == ""


def test_the_code_of_the_echo_is_shown_with_the_thanks_and_nowhere_else() -> None:
    facts = Facts(echo=lambda invitation: f"http://127.0.0.1/e/{invitation}")
    window, urls = drive(ASK, GOOD), {}
    for _ in range(3):
        view = picture(window.visit, facts, None, window.now)
        urls[view.page] = view.echo_url
        window.handle(Due())
    assert urls == {"chosen": "", "reason": "", "thanking": "http://127.0.0.1/e/i1"}
    thanking = drive(ASK, GOOD, Due(), Due()).visit
    assert picture(thanking, Facts(), None, 0).echo_url == "", "where the hall offers no page"


def test_reasons_without_a_checked_translation_are_all_in_chinese() -> None:
    names = {code: (code, f"名{code}", f"name {code}") for code in RULES.tags[2]}
    for language, first in (("zh", "名"), ("en", "name "), ("bo", "名"), ("mn", "名")):
        window = drive(replace(ASK, language=language), BAD, Due())
        view = picture(window.visit, Facts(tags=names), None, window.now)
        assert {tag.name for tag in view.tags} == {first + code for code in names}


def test_thanks_stand_as_long_as_a_phone_needs_and_no_longer_than_that() -> None:
    for offers, wait_ms in ((False, 3_000), (True, 15_000)):
        window = drive(ASK, GOOD, Due(), Due(), rules=replace(RULES, offers_echo=offers))
        assert window.visit.state == "thanking"
        assert (window.visit.until_ms or 0) - window.now == wait_ms


def test_nobody_waits_for_the_thanks_to_the_citizen_before() -> None:
    rules = replace(WALK_UP, offers_echo=True)
    window = drive(replace(GOOD, fresh_id="w1"), Turned("bo"), Due(), Due(), rules=rules)
    assert (window.visit.state, window.visit.spoken) == ("thanking", "bo")
    window.handle(replace(GOOD, fresh_id="w2"))
    assert window.lines[-1].fields["why"] == "repeat", "within the interval"
    assert window.visit.state == "thanking"
    window.now += rules.interval_ms
    window.handle(replace(GOOD, fresh_id="w2"))
    assert window.visit.state == "chosen"
    assert window.visit.asked is not None
    assert (window.visit.asked.id, window.visit.spoken) == ("w2", "zh")
    window = drive(ASK, GOOD, Due(), Due())
    window.now += rules.interval_ms
    window.handle(GOOD)
    assert (window.visit.state, window.lines[-1].fields["why"]) == ("thanking", "uninvited")

"""What is said when. Nothing in the open depends on a level; everything the pages say is said."""

import pytest
from msgspec.structs import replace

from kiosk.screen.samples import make_view
from kiosk.screen.view import KeyView, View
from kiosk.sound import reading
from kiosk.sound.guide import INVITATION, PROMPTS, Scene, hear
from kiosk.sound.reading import Said, Words, name_keys
from kiosk.terms import Cancelled, Due, Guided, Invited, Pressed, Stored, Strayed, Turned
from sync.records import Transaction

ASK = Invited("i1", Transaction(project_no="P1", service_no="1"))
PRESS = Pressed("1", 5)


def scene(page: str, guided: bool = False, **what: object) -> Scene:
    person = "" if page in ("free", "paused", "fault") else "i1"
    view = replace(make_view(page, "zh"), **{"echo_url": "", "edges": False, **what})
    return Scene(view, person=person, guided=guided)


def read(one: Scene) -> Words:
    return reading.read(one.view, one.level)


def read_all(one: Scene) -> Words:
    return reading.read_all(one.view, one.level)


def phrases(words: Words | None) -> list[str]:
    assert words is not None
    return [said.phrase for said in words]


FREE, ASKING, CHOSEN = scene("free"), scene("asking"), scene("chosen")
REASON, THANKING = scene("reason"), scene("thanking")


@pytest.mark.parametrize("page", PROMPTS)
def test_a_page_that_comes_has_its_prompt(page: str) -> None:
    assert phrases(hear(FREE, scene(page), ASK, True)) == list(PROMPTS[page])
    assert hear(FREE, scene(page), ASK, False) is None, "the hall wants no prompts"


def test_who_can_hold_a_key_is_told_of_the_guide() -> None:
    heard = hear(FREE, scene("asking", edges=True), ASK, True)
    assert phrases(heard) == [*PROMPTS["asking"], INVITATION]


def test_a_window_at_rest_is_silent() -> None:
    assert hear(None, FREE, None, True) is None
    assert hear(THANKING, FREE, Due(), True) is None, "the thanks are said to their end"
    walk_up = replace(ASKING, person="")
    assert hear(THANKING, walk_up, Due(), True) is None, "its keys stand there for anybody"


def test_nothing_new_is_nothing_said() -> None:
    assert hear(ASKING, ASKING, None, True) is None
    later = scene("asking", seconds_left=22)
    assert hear(ASKING, later, None, True) is None


def test_who_is_asked_next_hears_it_again() -> None:
    assert phrases(hear(ASKING, replace(ASKING, person="i2"), ASK, True)) == list(PROMPTS["asking"])


def test_a_change_of_mind_is_confirmed_again() -> None:
    changed = replace(CHOSEN, revision=CHOSEN.revision + 1)
    assert phrases(hear(CHOSEN, changed, PRESS, True)) == list(PROMPTS["chosen"])


def test_another_language_is_heard_at_once() -> None:
    english = replace(ASKING, view=replace(ASKING.view, language="en"))
    assert phrases(hear(ASKING, english, Turned("en"), True)) == list(PROMPTS["asking"])


def test_a_question_taken_back_is_silenced() -> None:
    assert hear(ASKING, FREE, Cancelled(), True) == ()
    assert hear(ASKING, scene("fault"), Due(), True) == ()


@pytest.mark.parametrize("event", [PRESS, Strayed("1", "ambiguous")])
def test_a_press_that_changes_nothing_ends_what_is_said(event: Pressed | Strayed) -> None:
    for standing in (FREE, ASKING, CHOSEN, THANKING):
        assert hear(standing, standing, event, True) == ()


@pytest.mark.parametrize(
    "page", ["free", "asking", "chosen", "reason", "thanking", "paused", "fault"]
)
def test_a_hold_reads_the_page_in_every_state(page: str) -> None:
    standing = scene(page)
    assert hear(standing, standing, Guided(), False) == read_all(standing) != ()


def test_each_key_is_read_in_turn_from_the_left() -> None:
    said = phrases(read(ASKING))
    at = said.index("spoken.left")
    assert said[at : at + 6] == [
        "spoken.left", "levels.very_satisfied", "spoken.middle", "levels.satisfied",
        "spoken.right", "levels.dissatisfied",
    ]  # fmt: skip
    assert said.index("asking.question") < at < said.index("frame.unseen")


def test_five_keys_are_counted() -> None:
    five = Scene(make_view("asking", "zh", 5))
    said = phrases(read(five))
    assert [name for name in said if name.startswith("spoken.key")] == list(name_keys(5))
    assert said[said.index("spoken.key_5") + 1] == "levels.very_dissatisfied"


def test_the_keys_are_read_in_the_panels_order() -> None:
    keys = (KeyView("9", "dissatisfied"), KeyView("8", "satisfied"), KeyView("7", "very_satisfied"))
    said = phrases(read(scene("asking", keys=keys)))
    assert said[said.index("spoken.left") + 1] == "levels.dissatisfied"


def test_whoever_is_guided_has_every_page_read() -> None:
    for page in ("asking", "chosen", "reason", "thanking"):
        came = scene(page, guided=True)
        assert hear(FREE, came, PRESS, False) == read(came)


def test_the_answer_is_told_through_headphones_alone() -> None:
    chosen = replace(CHOSEN, guided=True, level="dissatisfied")
    said = read(chosen)
    assert Said("levels.dissatisfied", where="headphones") in said
    assert [one for one in said if one.where != "headphones"] == [
        Said("chosen.title"), Said("chosen.detail"),
    ]  # fmt: skip
    assert read(replace(chosen, level="")) == (Said("chosen.title"), Said("chosen.detail"))


def in_open(words: Words) -> list[Said]:
    return [said for said in words if said.where != "headphones"]


def test_no_reason_is_read_in_the_open() -> None:
    english = Scene(make_view("reason", "en"))
    other = replace(english.view, tags=tuple(reversed(english.view.tags)))
    assert in_open(read(english)) == in_open(read(replace(english, view=other)))
    tags = [said for said in read(english) if said.phrase.startswith("tag.")]
    assert [(said.value, said.where) for said in tags] == [
        (english.view.tags[english.view.cursor].name, "headphones")
    ]


def test_the_keys_of_the_reasons_are_read_with_what_they_do() -> None:
    def meanings(view: View) -> list[str]:
        return [name for name in phrases(read(Scene(view))) if name.startswith("reason.")][1:]

    view = make_view("reason", "zh")
    nothing = replace(view, tags=tuple(replace(tag, picked=False) for tag in view.tags))
    assert meanings(nothing) == ["reason.this", "reason.next", "reason.none"]
    picked = next(at for at, tag in enumerate(view.tags) if tag.picked)
    here = replace(view, cursor=picked)
    assert meanings(here) == ["reason.undo", "reason.next", "reason.done"]
    assert Said("spoken.picked", where="headphones") in read(Scene(here))
    assert meanings(replace(view, tags=())) == ["reason.this", "reason.next", "reason.none"]


def test_five_keys_on_the_reasons_are_the_first_two_and_the_last() -> None:
    said = phrases(read(Scene(make_view("reason", "zh", 5))))
    keys = [name for name in said if name.startswith("spoken.key")]
    assert keys == ["spoken.key_1", "spoken.key_2", "spoken.key_5"]


def test_the_second_of_two_keys_on_the_reasons_ends_and_is_named_once() -> None:
    view = make_view("reason", "zh", 2)
    nothing = replace(view, tags=tuple(replace(tag, picked=False) for tag in view.tags))
    assert phrases(read(Scene(nothing)))[-4:] == [
        "spoken.key_1", "reason.this", "spoken.key_2", "reason.none",
    ]  # fmt: skip


def test_going_on_among_the_reasons_is_read_to_whoever_is_guided() -> None:
    guided = scene("reason", guided=True)
    on = replace(guided, view=replace(guided.view, cursor=3))
    said = phrases(hear(guided, on, PRESS, True))
    assert "reason.question" not in said
    assert said[0].startswith("tag.")
    assert hear(REASON, replace(REASON, view=on.view), PRESS, True) == (), "else it stays silent"


def test_whoever_is_guided_is_warned_before_the_end() -> None:
    guided = scene("asking", guided=True)
    ending = replace(guided, view=replace(guided.view, ending=True, seconds_left=10))
    assert hear(guided, ending, None, True) == (Said("spoken.ending"),)
    assert hear(ending, ending, None, True) is None
    assert hear(ASKING, replace(ASKING, view=ending.view), None, True) is None
    assert "spoken.time" in phrases(read(guided))
    assert "spoken.time" not in phrases(read(scene("asking", seconds_left=None)))


def test_the_item_is_read_where_it_is_shown() -> None:
    assert Said("asking.item", "户口迁移") in read(scene("asking", item_name="户口迁移"))
    assert "asking.item" not in phrases(read(scene("asking", item_name="")))


def test_who_sits_where_is_read_at_rest() -> None:
    said = read_all(scene("free", hall="大厅", window="3", clerk_no="07", clerk_name="甲乙丙"))
    assert said[:4] == (
        Said("", "大厅"),
        Said("frame.window", "3"),
        Said("frame.clerk_no", "07"),
        Said("", "甲乙丙"),
    )  # fmt: skip
    bare = read_all(scene("free", hall="", window="", clerk_no="", clerk_name=""))
    assert all(one.value == "" for one in bare)


def test_hall_and_window_follow_on_the_other_pages() -> None:
    assert read_all(CHOSEN)[-2:] == (Said("", CHOSEN.view.hall), Said("frame.window", "3"))
    bare = scene("chosen", hall="", window="")
    assert read_all(bare) == read(bare)


def test_a_fault_is_read_with_its_number_and_words() -> None:
    said = read(scene("fault", fault_number=11, fault_what="panel_lost", device=""))
    assert said[-2:] == (Said("fault.number", "11"), Said("faults.panel_lost"))


@pytest.mark.parametrize("page", ["fault", "unenrolled"])
def test_the_box_is_named_letter_by_letter_where_the_screen_names_it(page: str) -> None:
    said = read(scene(page, device="a7f3"))
    assert said[-2:] == (Said("unenrolled.device"), Said("", "a 7 f 3"))
    assert Said("unenrolled.device") not in read(scene(page, device=""))


def test_the_code_to_scan_is_told_where_there_is_one() -> None:
    assert "thanking.scan" in phrases(read(scene("thanking", echo_url="http://127.0.0.1/e/1")))
    assert "thanking.scan" not in phrases(read(THANKING))


def test_storing_and_thanks_come_in_one_step() -> None:
    assert phrases(hear(ASKING, CHOSEN, Stored(), True)) == list(PROMPTS["chosen"])

"""The set-up as rules: the certain is proposed, the wrong asked again, and there is a way on."""

import pytest
from msgspec.structs import replace

from kiosk.setup.questions import ALPHABETS, OPTIONS, ROWS, make_question, show_row
from kiosk.setup.terms import Answers, Done, Found, Grant, Port, Question, Wizard, Work
from kiosk.setup.wizard import answer, begin, find_again, heed, next_up
from kiosk.setup.words import WORDS, explain, say

PIN = "sha256:" + "ab" * 32
STICK = Grant("/media/g.json", "xian", "3", "https://hall:8700", PIN)
BARE = Grant("/media/bare.json", "xian", "4", "https://hall:8700")
PLAIN = Grant("/media/plain.json", "xian", "5", "http://hall:8700")
USB = Port("serial:A1", "CH340", ("huiyin-3", "huiyin-5"))
OTHER = Port("path:1-2", "ACM", ())
MODELS = ("huiyin-3", "huiyin-5", "pattern-123")
EMPTY = Answers()
SET_UP = Found(ports=(USB,), models=MODELS, device="d" * 32, hall="h", window="3", tested=True)
STANDING = Answers(address="http://h", port="serial:A1")


def start(
    found: Found, before: Answers = EMPTY, wished: Answers | None = None, only: str = ""
) -> Wizard:
    return begin(found, before, "en", wished, only)


def asked(wizard: Wizard) -> str:
    """The name of the question or the work that comes next."""
    coming = next_up(wizard)
    if isinstance(coming, Question):
        return coming.name
    return coming.what if isinstance(coming, Work) else "done"


def say_all(wizard: Wizard, *answers: str) -> Wizard:
    for value in answers:
        coming = next_up(wizard)
        assert isinstance(coming, Question), coming
        wizard = answer(wizard, coming.name, value)
    return wizard


def test_a_stick_and_a_panel_are_one_answer() -> None:
    wizard = start(Found((USB,), (STICK,), MODELS))
    assert asked(wizard) == "summary"
    wizard = say_all(wizard, "yes")
    for work in ("enrol", "test", "write"):
        assert asked(wizard) == work
        wizard = heed(wizard, work)
    assert next_up(wizard) == Done()
    assert wizard.answers == Answers(
        address="https://hall:8700", trust=PIN, grant=STICK.place, port="serial:A1"
    )


def test_a_grant_without_a_fingerprint_is_looked_at_first() -> None:
    wizard = start(Found((USB,), (BARE,), MODELS))
    assert asked(wizard) == "look"
    wizard = heed(wizard, "look", address=BARE.address, trust=PIN)
    assert asked(wizard) == "summary"
    assert "certificate abab abab" in show_row(wizard, "hall")


def test_a_hall_that_public_authorities_vouch_for_is_said_plainly() -> None:
    wizard = heed(start(Found((USB,), (BARE,), MODELS)), "look", address=BARE.address)
    assert asked(wizard) == "summary"
    assert show_row(wizard, "hall") == "xian, window 4, https://hall:8700"


def test_a_hall_that_is_not_reached_by_a_grant() -> None:
    wizard = heed(start(Found((USB,), (BARE,), MODELS)), "look", "no answer")
    assert asked(wizard) == "unreached"
    assert asked(say_all(wizard, "retry")) == "look"
    assert next_up(say_all(wizard, "stop")) == Done(stopped=True)
    wizard = say_all(wizard, "address")
    assert (asked(wizard), wizard.answers.grant) == ("address", "")


def test_of_several_grants_none_is_certain() -> None:
    wizard = start(Found((USB,), (STICK, PLAIN), MODELS))
    assert asked(wizard) == "proof"
    wizard = say_all(wizard, PLAIN.place)
    assert asked(wizard) == "summary"
    assert "not encrypted" in show_row(wizard, "hall")
    wizard = say_all(wizard, "hall", "code")
    assert asked(wizard) == "address"


def test_a_code_comes_after_an_address_that_answers() -> None:
    wizard = start(Found((USB,), (), MODELS))
    assert asked(wizard) == "address"
    wizard = say_all(wizard, "hall:8700")
    assert asked(wizard) == "look"
    lost = heed(wizard, "look", "no route")
    assert next_up(lost) == replace(make_question(lost, "address"), wrong="no route")
    wizard = heed(wizard, "look", address="https://hall:8700", trust=PIN)
    wizard = say_all(wizard, "abcd-efgh")
    assert wizard.answers.code == "ABCDEFGH"
    assert asked(wizard) == "summary"
    assert "window by the code" in show_row(wizard, "hall")


def test_an_answer_that_is_none_is_asked_again_with_the_why() -> None:
    wizard = start(Found((USB,), (), MODELS))
    for wrong in ("ftp://x", "a b", "http://", "x" * 600):
        again = say_all(wizard, wrong)
        assert next_up(again) == replace(next_up(wizard), wrong=say("en", "wrong.address"))
    wizard = replace(wizard, queue=("code", "pixels", "path", "mode"))
    for wrong in ("", "ABCDEFG", "ABCDEFGHJ", "ABCDEFG0", "ABCDEFGI"):
        assert say_all(wizard, wrong).wrong == say("en", "wrong.code")
    wizard = say_all(wizard, "ABCDEFGH")
    for wrong in ("", "1x1", "01280x800", "12800x80000"):
        assert say_all(wizard, wrong).wrong == say("en", "wrong.pixels")
    wizard = say_all(wizard, "1366x768")
    assert say_all(wizard, "ttyUSB0").wrong == say("en", "wrong.path")
    wizard = say_all(wizard, "/dev/ttyUSB7")
    assert say_all(wizard, "never").wrong == say("en", "wrong.option")
    assert say_all(wizard, "walk_up").wrong == ""


@pytest.mark.parametrize("word", ["code-wrong", "code-expired", "signature", "malformed"])
def test_a_refused_code_is_asked_again(word: str) -> None:
    wished = Answers(address="http://h", code="ABCDEFGH", trust="x")
    wizard = say_all(start(Found((USB,), (), MODELS), EMPTY, wished), "yes")
    wizard = heed(wizard, "enrol", "no", word)
    assert asked(wizard) == "code"
    assert asked(say_all(wizard, "HGFEDCBA")) == "enrol"
    by_grant = say_all(start(Found((USB,), (STICK,), MODELS)), "yes")
    by_grant = heed(by_grant, "enrol", "no", word)
    assert asked(by_grant) == "proof"
    assert by_grant.answers.grant == ""
    assert asked(say_all(by_grant, STICK.place)) == "enrol"


def test_a_hall_gone_while_enrolling_is_tried_again() -> None:
    wizard = say_all(start(Found((USB,), (STICK,), MODELS)), "yes")
    wizard = heed(wizard, "enrol", "gone", "unreachable")
    assert asked(wizard) == "unreached"
    assert asked(say_all(wizard, "retry")) == "enrol"


def test_a_failed_test_lets_one_choose() -> None:
    wizard = say_all(start(SET_UP, STANDING, replace(STANDING, model="huiyin-5")), "yes")
    wizard = heed(wizard, "test", "2 of 5")
    assert asked(wizard) == "failed"
    assert asked(say_all(wizard, "retry")) == "test"
    guessed = heed(replace(wizard, queue=()), "test", "no", "pattern-123")
    assert guessed.answers.model == "pattern-123"
    assert asked(say_all(wizard, "later")) == "write"
    assert asked(say_all(wizard, "port", "serial:A1", "huiyin-3")) == "write"


def test_what_is_set_up_and_stays_costs_one_answer_and_no_work() -> None:
    wizard = say_all(start(SET_UP, STANDING), "yes")
    assert asked(wizard) == "write"
    assert "h, window 3, http://h" in show_row(wizard, "hall")


def test_a_waived_test_is_none() -> None:
    wished = replace(STANDING, port="path:1-2")
    wizard = say_all(start(replace(SET_UP, waived=True), STANDING, wished), "yes")
    assert asked(wizard) == "write"


@pytest.mark.parametrize(
    ("only", "questions"),
    [
        ("language", ["language"]),
        ("hall", ["proof"]),
        ("window", ["mode"]),
        ("panel", ["port", "model"]),
        ("keys", []),
        ("sound", ["sound"]),
        ("screen", ["size"]),
        ("scanner", ["scanner"]),
    ],
)
def test_only_one_step_is_asked(only: str, questions: list[str]) -> None:
    wizard = start(replace(SET_UP, grants=(STICK,)), STANDING, only=only)
    seen = []
    while isinstance(coming := next_up(wizard), Question):
        seen.append(coming.name)
        value = STICK.place if coming.name == "proof" else coming.options[coming.preset].value
        wizard = answer(wizard, coming.name, value)
    assert seen == questions
    works = {"hall": ["enrol", "write"], "keys": ["test", "write"], "panel": ["test", "write"]}
    for work in works.get(only, ["write"]):
        assert asked(wizard) == work
        wizard = heed(wizard, work)
    assert asked(wizard) == "done"


def test_a_code_of_the_same_hall_needs_no_address() -> None:
    standing = replace(STANDING, trust=PIN)
    wizard = say_all(start(SET_UP, standing, only="hall"), "code", "ABCDEFGH")
    assert asked(wizard) == "enrol"
    assert (wizard.answers.address, wizard.answers.trust) == ("http://h", PIN)
    assert asked(say_all(start(SET_UP, standing, only="hall"), "elsewhere")) == "address"
    waived = replace(SET_UP, waived=True)
    assert asked(say_all(start(waived, STANDING, only="panel"), "serial:A1", "huiyin-3")) == "write"


def test_another_panel_is_another_model_and_a_test() -> None:
    found = replace(SET_UP, ports=(USB, OTHER))
    wizard = start(found, STANDING, only="panel")
    wizard = say_all(wizard, "path:1-2", "pattern-123")
    assert asked(wizard) == "test"
    wizard = start(found, replace(STANDING, model="pattern-123", port="path:1-2"), only="panel")
    wizard = say_all(wizard, "serial:A1")
    assert wizard.answers.model == "huiyin-3"
    wizard = start(found, STANDING, only="panel")
    wizard = say_all(wizard, "other", "/dev/ttyS0", "learn", "five")
    assert asked(wizard) == "learn"
    lost = heed(wizard, "learn", "silence")
    assert asked(lost) == "model"
    wizard = heed(wizard, "learn", model="/tmp/own.toml")
    assert asked(wizard) == "test"
    assert make_question(wizard, "model").options[0].value == "/tmp/own.toml"


def test_the_step_keys_needs_a_panel() -> None:
    wizard = start(Found((USB, Port("p", "", ("huiyin-3",))), (), MODELS), only="keys")
    assert asked(wizard) == "port"
    assert asked(say_all(wizard, "again")) == "find"
    assert asked(say_all(wizard, "p")) == "test"


def test_on_the_screen_the_panel_comes_first() -> None:
    wizard = begin(Found(models=MODELS), EMPTY, "zh", follows=True)
    assert asked(wizard) == "port"
    wizard = say_all(wizard, "again")
    wizard = find_again(wizard, Found(models=MODELS))
    assert asked(wizard) == "port"
    wizard = find_again(say_all(wizard, "again"), Found((USB,), (STICK,), MODELS))
    assert asked(wizard) == "summary"
    assert wizard.answers.port == "serial:A1"
    english = say_all(wizard, "language", "en")
    assert english.tongue == "en"
    assert say_all(english, "language", "bo").tongue == "en"
    assert say_all(start(SET_UP, STANDING), "language", "zh").tongue == "en"


def test_a_stick_that_comes_late_or_goes_again() -> None:
    wizard = say_all(start(Found((USB,), (), MODELS)), "")
    assert asked(wizard) == "find"
    with_stick = find_again(wizard, Found((USB,), (PLAIN,), MODELS))
    assert asked(with_stick) == "summary"
    without = find_again(with_stick, Found((USB,), (), MODELS))
    assert (without.answers.grant, without.answers.address) == ("", "")
    assert asked(find_again(wizard, Found((USB,), (), MODELS))) == "address"


def test_a_known_address_is_looked_at_before_it_is_believed() -> None:
    wished = Answers(address="hall:8700", code="ABCDEFGH")
    assert asked(start(Found((USB,), (), MODELS), EMPTY, wished)) == "look"
    moved = replace(STANDING, address="http://new", code="ABCDEFGH")
    assert asked(start(SET_UP, STANDING, moved)) == "look"
    assert asked(say_all(start(SET_UP, STANDING), "hall")) == "proof"
    only_code = replace(wished, code="", trust=PIN)
    assert asked(start(Found((USB,), (), MODELS), EMPTY, only_code)) == "code"


def test_sizes_and_scanners_that_stand_are_offered() -> None:
    standing = replace(STANDING, size="1366x768", scanner="/dev/ttyACM3", sound="guide")
    wizard = start(SET_UP, standing)
    for name in ("size", "scanner", "sound", "port"):
        question = make_question(wizard, name)
        field = "size" if name == "size" else name
        assert question.options[question.preset].value == getattr(standing, field)
    rows = [option.value for option in make_question(wizard, "summary").options]
    assert rows == ["yes", *ROWS]
    assert show_row(wizard, "screen") == "1366x768"
    assert say_all(wizard, "sound", "silent").answers.sound == "silent"
    assert say_all(wizard, "scanner", "other", "/dev/ttyS3").answers.scanner == "/dev/ttyS3"
    assert say_all(wizard, "screen", "other", "640x480").answers.size == "640x480"
    gone = start(SET_UP, replace(STANDING, port="/dev/gone"))
    assert make_question(gone, "port").options[0].value == "/dev/gone"
    assert make_question(start(SET_UP, STANDING), "scanner").options[0].value == ""


def test_every_question_has_its_words_in_both_tongues() -> None:
    for name in (*OPTIONS, *ALPHABETS):
        assert all(WORDS[name])
    assert explain("en", "code-wrong: detail") == "the code is not right (code-wrong)"
    lost = "unreachable: Pool: [Errno 111] Connection refused')"
    assert explain("zh", lost) == "联系不上大厅 (unreachable: [Errno 111] Connection refused)"
    assert explain("zh", "device-revoked: x") == "device-revoked: x"
    assert say("mn", "next") == "next"
    assert say("zh", "next") == "下一个"

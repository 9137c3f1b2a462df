"""From phrases to the player's words: recordings first, then a voice, then a chime."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.sound.clips import CHIME, LINE_MAX, SIGNS_MAX, Tongue, list_spoken, spell, write_line
from kiosk.sound.reading import Said

PHRASES = {"a.one": "Eins", "frame.window": "{n} 号窗口", "short.x": "x", "frame.seconds": "{n} s"}
VOICES = {"zh": "cmn", "en": "en-gb"}


def tongue(language: str = "zh", recorded: str = "", voices: dict[str, str] = VOICES) -> Tongue:
    return Tongue(language, PHRASES, frozenset(recorded.split()), voices)


def test_a_recording_stands_before_a_voice() -> None:
    assert spell((Said("a.one"),), tongue(recorded="a.one")) == ("*zh/a.one",)
    assert spell((Said("a.one"),), tongue("en")) == ("*@en-gb Eins",)


def test_where_it_may_be_heard_stands_first() -> None:
    said = (Said("a.one", where="headphones"), Said("a.one", where="open"))
    assert spell(said, tongue(recorded="a.one")) == ("hzh/a.one", "ozh/a.one")


@pytest.mark.parametrize(
    ("value", "spoken"),
    [("3", "3 号窗口"), ("307", "3 0 7 号窗口"), ("A10", "A10 号窗口"), ("", "号窗口")],
)
def test_numbers_are_read_digit_by_digit(value: str, spoken: str) -> None:
    assert spell((Said("frame.window", value),), tongue()) == (f"*@cmn {spoken}",)


@pytest.mark.parametrize(
    ("language", "name", "voice"),
    [("en", "张三", "cmn"), ("zh", "Li", "cmn"), ("en", "Li", "en-gb"), ("en", "Zoë", "en-gb")],
)
def test_a_name_has_the_voice_of_its_letters(language: str, name: str, voice: str) -> None:
    assert spell((Said("", name),), tongue(language)) == (f"*@{voice} {name}",)


def test_where_a_line_may_break_is_not_heard() -> None:
    assert spell((Said("", "非常\u200b满意"),), tongue()) == ("*@cmn 非常满意",)


def test_a_name_is_one_line_and_not_endless() -> None:
    (word,) = spell((Said("", "a\tb\nc" + "d" * 500),), tongue("en"))
    assert word == "*@en-gb " + ("a b c" + "d" * 500)[:SIGNS_MAX]


def test_a_language_without_a_voice_has_a_chime() -> None:
    assert spell((Said("a.one"), Said("", "张三")), tongue("bo")) == (CHIME,)
    assert spell((Said("a.one"),), tongue("zh", voices={})) == (CHIME,)


def test_recordings_are_a_voice_for_what_they_hold() -> None:
    bo = tongue("bo", "a.one")
    assert spell((Said("a.one"), Said("frame.window", "3")), bo)[0] == "*bo/a.one"
    assert spell((Said("བོད"),), bo) == (CHIME,)


def test_nothing_to_say_is_silence() -> None:
    assert spell((), tongue()) == ()


def test_what_is_never_said_wants_no_recording() -> None:
    assert list_spoken(PHRASES) == ("a.one", "frame.window")


def test_half_a_sign_in_a_name_is_a_question_mark() -> None:
    assert write_line(70, ("*@en a\ud800b",)) == b"play\t70\t*@en a?b\n"


def test_what_no_line_holds_is_left_out() -> None:
    line = write_line(70, ("*" + "a" * 2_000, "*" + "b" * 2_000, "*" + "c" * 2_000))
    assert line == b"play\t70\t*" + b"a" * 2_000 + b"\t*" + b"b" * 2_000 + b"\n"


@given(
    st.integers(0, 100), st.lists(st.text(st.characters(exclude_characters="\t\n"), max_size=200))
)
def test_a_line_goes_through_a_pipe_whole(volume: int, words: list[str]) -> None:
    words = [word.encode("utf-8", "replace").decode() for word in words]
    line = write_line(volume, tuple(words))
    assert len(line) <= LINE_MAX
    verb, said, *rest = line.decode()[:-1].split("\t")
    assert (verb, said) == ("play", str(volume))
    assert rest == words[: len(rest)]
    assert len(rest) == len(words) or len(line) + len(words[len(rest)].encode()) + 1 >= LINE_MAX

"""Whatever is answered, and whatever goes wrong: a set-up can always go on."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.setup.steps import STEPS
from kiosk.setup.terms import Done, Found, Wizard, Work
from kiosk.setup.wizard import answer, begin, find_again, heed, next_up
from tests.kiosk.setup.test_wizard import BARE, EMPTY, MODELS, OTHER, PLAIN, STICK, USB

WORKS = ("find", "look", "learn", "enrol", "test", "write")
FOUNDS = st.builds(
    Found,
    ports=st.sampled_from([(), (USB,), (OTHER,), (USB, OTHER)]),
    grants=st.sampled_from([(), (STICK,), (BARE,), (STICK, PLAIN)]),
    models=st.just(MODELS),
    device=st.sampled_from(["", "d" * 32]),
    tested=st.booleans(),
    waived=st.booleans(),
)


@given(st.data())
def test_whatever_is_answered_there_is_a_way_on_and_nothing_is_written_unasked(
    data: st.DataObject,
) -> None:
    only = data.draw(st.sampled_from(["", *STEPS]))
    wizard = begin(
        data.draw(FOUNDS), EMPTY, "en", only=only, follows=data.draw(st.booleans())
    )  # fmt: skip
    for _ in range(30):
        coming = next_up(wizard)
        if isinstance(coming, Done):
            break
        if isinstance(coming, Work):
            if coming.what == "write":
                assert wizard.agreed
            wizard = work(wizard, coming.what, data)
        elif coming.options:
            assert 0 <= coming.preset < len(coming.options)
            option = data.draw(st.sampled_from(coming.options))
            wizard = answer(wizard, coming.name, option.value)
            assert wizard.wrong == ""
        else:
            texts = ["", "http://h", "hall", "ABCDEFGH", "/dev/x", "640x480", "\x00"]
            wizard = answer(wizard, coming.name, data.draw(st.sampled_from(texts)))


def work(wizard: Wizard, what: str, data: st.DataObject) -> Wizard:
    if what == "find":
        return find_again(wizard, data.draw(FOUNDS))
    if data.draw(st.booleans()):
        word = data.draw(st.sampled_from(["", "code-wrong", "unreachable"]))
        return heed(wizard, what, "wrong", word) if what != "write" else heed(wizard, what)
    gained = {"learn": {"model": "/m.toml"}, "look": {"address": "http://h", "trust": ""}}
    return heed(wizard, what, **gained.get(what, {}))

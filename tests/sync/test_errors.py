"""Known errors say in one line what a technician can act on."""

from sync import errors
from sync.errors import HallRefused, HallUnreachable, HuiyinError


def test_a_refusal_carries_the_halls_word_and_its_wish() -> None:
    refused = HallRefused("slow-down", "too much waits", 503, 5.0, {"head": None})
    assert str(refused) == "slow-down: too much waits"
    assert (refused.word, refused.status, refused.retry_after_s) == ("slow-down", 503, 5.0)
    assert refused.body == {"head": None}
    bare = HallRefused("gap", "")
    assert (str(bare), bare.body) == ("gap", {})


def test_no_answer_is_a_refusal_of_its_own() -> None:
    gone = HallUnreachable("no route")
    assert isinstance(gone, HallRefused)
    assert (gone.word, gone.status) == ("unreachable", 0)


def test_a_broken_index_says_whether_it_ever_will_be_well() -> None:
    assert str(errors.IndexFailed("malformed")) == "index.db: malformed"
    assert not errors.IndexFailed("locked", broken=False).broken


def test_every_known_error_stands_in_the_drawn_tree() -> None:
    known = {
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, HuiyinError)
    }
    assert errors.__doc__ is not None
    drawn = {word for word in errors.__doc__.split() if word in known}
    assert drawn == known

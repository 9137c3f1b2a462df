"""Rating by phone: once, where the window has no rating, and never shown back."""

from collections.abc import Iterator

import pytest

from tests.hall.reader import get, is_said, make_window, numbers, rated, send
from tests.hall.server import Server, serving
from tests.hall.window import Window


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("rating")) as server:
        yield server


@pytest.fixture
def window(hall: Server) -> Window:
    return make_window(hall)


def report(window: Window) -> dict[str, object]:
    return dict(window.hall.report("--window", window.window))


def open_invitation(window: Window, outcome: str = "not_rated") -> str:
    name = window.chain.invite(window.window, service=str(next(numbers)))
    window.chain.end(name, outcome)
    return name


def test_a_rating_by_phone_counts_once_the_chain_holds_the_invitation(window: Window) -> None:
    name = open_invitation(window)
    path = window.path("rate", name)
    assert is_said(get(window, path), "Very satisfied", "Very dissatisfied")
    thanks = send(window, path, level="2")
    assert (thanks.status, is_said(thanks, "your rating was received")) == (200, True)
    assert report(window)["ratings"] == 0
    window.send()
    counted = report(window)
    assert (counted["ratings"], counted["by_level"]["2"]) == (1, 1)  # type: ignore[index]
    assert (counted["invitations"], counted["not_rated"]) == (1, 1)
    assert counted["rating_rate"] == 0.5
    assert window.hall.report("--window", window.window)["by_scale"] == {"five": {"2": 1}}


def test_a_rating_by_phone_of_what_the_hall_holds_counts_at_once_and_once(window: Window) -> None:
    name = open_invitation(window, "interrupted")
    window.send()
    path = window.path("rate", name)
    for level in ("4", "1", "5"):
        assert is_said(send(window, path, level=level), "your rating was received")
    assert is_said(get(window, path), "your rating was received")
    assert report(window)["by_level"] == {"5": 0, "4": 1, "3": 0, "2": 0, "1": 0}


def test_the_echo_knows_of_a_rating_by_phone(window: Window) -> None:
    name = open_invitation(window)
    window.send()
    send(window, window.path("rate", name), level="1")
    assert is_said(get(window, window.path("echo", name)), "Your rating by phone was received")


def test_the_page_shows_no_level_back(window: Window) -> None:
    pages = set()
    for level in "12345":
        path = window.path("rate", open_invitation(window))
        pages |= {send(window, path, level=level).body, get(window, path).body}
    assert len(pages) == 1


def test_what_was_rated_at_the_window_is_not_asked_by_phone(window: Window) -> None:
    name = rated(window)
    window.send()
    path = window.path("rate", name)
    assert is_said(get(window, path), "has its rating")
    assert is_said(send(window, path, level="1"), "has its rating")
    again = window.chain.invite(window.window)  # the same service, asked again and not rated
    window.chain.end(again, "not_rated")
    first = window.chain.visit(window.window)
    window.send()
    assert is_said(get(window, window.path("rate", again)), "has its rating")
    assert is_said(get(window, window.path("rate", first)), "has its rating")
    assert report(window)["ratings"] == 2


@pytest.mark.parametrize("level", ["", "0", "6", "five", "5 "])
def test_a_level_that_is_none_is_asked_again(window: Window, level: str) -> None:
    path = window.path("rate", open_invitation(window))
    reply = send(window, path, level=level)
    assert (reply.status, is_said(reply, "choose one of these first")) == (422, True)


def test_long_after_the_service_it_is_too_late(window: Window) -> None:
    name = open_invitation(window)
    window.chain.start -= 16 * 86_400_000
    late = open_invitation(window)
    window.send()
    assert is_said(
        send(window, window.path("rate", late), level="5"), "The time for rating is over"
    )
    assert is_said(get(window, window.path("rate", late)), "for 15 days")
    assert is_said(get(window, window.path("rate", name)), "Very satisfied")
    assert report(window)["ratings"] == 0

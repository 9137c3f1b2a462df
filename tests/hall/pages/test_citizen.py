"""A citizen's pages: the same for everyone, opened by a token alone, and behind a PIN what came."""

import re
import threading
import tomllib
from collections.abc import Iterator

import pytest

from sync.hall.pages.problems import hide_token
from sync.hall.pages.sheets import LANGUAGES, PHRASES, choose_language
from tests.hall.kit import Chain
from tests.hall.reader import FORM, check_page, get, is_said, make_window, numbers, rated, send
from tests.hall.server import Reply, Server, serving
from tests.hall.window import Window


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("citizen")) as server:
        yield server


@pytest.fixture
def window(hall: Server) -> Window:
    return make_window(hall)


def test_before_the_entry_came_and_after(window: Window) -> None:
    name = rated(window)
    path = window.path("echo", name)
    first = get(window, path)
    assert (first.status, is_said(first, "Recorded at the window", "On its way")) == (200, True)
    window.send()
    after = get(window, path)
    assert is_said(after, "Recorded at the window", "Counted by the hall")
    assert not is_said(after, "On its way")


def test_the_page_is_the_same_whatever_was_pressed(window: Window) -> None:
    names = [rated(window, level) for level in (1, 2, 3, 4, 5)]
    window.chain.reason(names[0], "108")
    window.chain.reason(names[4])
    window.send()
    pages = {get(window, window.path("echo", name)).body for name in names}
    assert len(pages) == 1
    for name in names:
        send(window, window.path("echo", name), do="set", pin="123456")
    pages = {send(window, window.path("echo", n), do="show", pin="123456").body for n in names}
    assert len({re.sub(rb"20\d\d-\S+ \d\d:\d\d", b"", page) for page in pages}) == 1
    assert not any(b"108" in page for page in pages)


@pytest.mark.parametrize("outcome", ["not_rated", "cancelled", "superseded", "interrupted"])
def test_where_nothing_was_rated_the_page_says_so(window: Window, outcome: str) -> None:
    name = window.chain.invite(window.window)
    window.chain.end(name, outcome)
    window.send()
    assert is_said(get(window, window.path("echo", name)), "No rating was recorded")


def test_a_second_rating_of_a_service_and_a_drill_are_not_called_counted(window: Window) -> None:
    again = [window.chain.visit(window.window) for _ in range(2)]
    drill = window.chain.visit(window.window + "d", mode="drill")
    window.send()
    assert is_said(get(window, window.path("echo", again[0])), "Counted by the hall")
    assert is_said(get(window, window.path("echo", again[1])), "another one was")
    assert is_said(get(window, window.path("echo", drill)), "a drill")


def test_only_a_token_that_the_device_made_opens_a_page(window: Window) -> None:
    name = rated(window)
    window.send()
    path = window.path("echo", name)
    assert get(window, path).status == 200
    other = Window(window.hall, next(numbers), "other", "")
    wrong = [
        path[:-1] + ("A" if path[-1] != "A" else "B"),
        path.replace("/e/", "/r/"),
        window.path("rate", name).replace("/r/", "/e/"),
        path.replace(window.key.device[:8], other.key.device[:8]),
        path + "x",
        "/e/x",
        "/e/" + "a" * 2000,
        f"/e/{window.key.device[:8]}.{name}." + "%C3%A9" * 11,
    ]
    pages = {get(window, one).body for one in wrong}
    assert {get(window, one).status for one in wrong} == {404}
    assert len(pages) == 1
    assert {send(window, one, do="set", pin="123456").status for one in wrong} == {404}


def test_a_pin_is_set_once_and_shows_the_steps(window: Window) -> None:
    name = rated(window)
    window.send()
    path = window.path("echo", name)
    assert is_said(get(window, path), "Set the PIN")
    made = send(window, path, do="set", pin="246810")
    assert (made.status, is_said(made, "The PIN is set", "Received by the hall")) == (200, True)
    assert not is_said(get(window, path), "Received by the hall")
    again = send(window, path, do="set", pin="111111")
    assert (again.status, is_said(again, "before has set the PIN")) == (409, True)
    wrong = send(window, path, do="show", pin="111111")
    assert (wrong.status, is_said(wrong, "This is not the PIN")) == (403, True)
    assert not is_said(wrong, "Received by the hall")
    right = send(window, path, do="show", pin="246810")
    assert (right.status, is_said(right, "Received by the hall")) == (200, True)


def test_of_many_who_set_a_pin_at_once_one_does(window: Window) -> None:
    path = window.path("echo", rated(window))
    replies: list[Reply] = []
    threads = [
        threading.Thread(target=lambda n=n: replies.append(send(window, path, do="set", pin=n * 6)))
        for n in "12345678"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(reply.status for reply in replies) == [200] + [409] * 7


def test_guesses_are_few_also_when_they_come_at_once(window: Window) -> None:
    path = window.path("echo", rated(window))
    send(window, path, do="set", pin="246810")
    replies: list[Reply] = []
    threads = [
        threading.Thread(
            target=lambda n=n: replies.append(send(window, path, do="show", pin=f"{n:06}"))
        )
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = sorted(reply.status for reply in replies)
    assert statuses == [403] * 5 + [429] * 15
    blocked = send(window, path, do="show", pin="246810")
    assert (blocked.status, is_said(blocked, "Try again in 1")) == (429, True)
    other = window.path("echo", rated(window))
    assert send(window, other, do="set", pin="246810").status == 200


def test_right_tries_do_not_use_tries_up(window: Window) -> None:
    path = window.path("echo", rated(window))
    send(window, path, do="set", pin="246810")
    for _ in range(8):
        assert send(window, path, do="show", pin="246810").status == 200


def test_a_rating_of_long_ago_takes_no_pin(window: Window) -> None:
    """The chain of these tests is dated in March; the hall's clock says today."""
    name = rated(window)
    window.chain = Chain(window.key).open(window.window, hall="大厅")
    late = rated(window)
    window.send()
    path = window.path("echo", late)
    assert not is_said(get(window, path), "Set the PIN")
    refused = send(window, path, do="set", pin="123456")
    assert (refused.status, is_said(refused, "that time is over")) == (409, True)
    assert is_said(get(window, window.path("echo", name)), "Set the PIN")  # not dated yet


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "abcdef", "１２３４５６", "12345\n"])
def test_a_pin_has_six_digits(window: Window, pin: str) -> None:
    reply = send(window, window.path("echo", rated(window)), do="set", pin=pin)
    assert (reply.status, is_said(reply, "A PIN has six digits")) == (422, True)


def test_a_form_that_is_none_is_refused_in_words(window: Window) -> None:
    path = window.path("echo", rated(window))
    for body, headers, status in (
        (b"do=set&pin=123456", {}, 415),
        (b"do=set&pin=" + b"1" * 2000, FORM, 413),
        (b"do=dance&pin=123456", FORM, 422),
        (b"&".join(b"a=%d" % n for n in range(50)), FORM, 422),
        (b"\xff\xfe", FORM, 422),
        (b"do=%ff&pin=%ff", FORM, 422),
    ):
        reply = window.hall.ask("POST", path, body, headers | {"Accept-Language": "en"})
        check_page(reply)
        assert (reply.status, is_said(reply, "cannot be shown now")) == (status, True)


def test_the_page_speaks_the_readers_language(window: Window) -> None:
    path = window.path("echo", rated(window))
    assert is_said(get(window, path, **{"Accept-Language": "zh-CN,zh;q=0.9"}), "已在窗口记录")
    english = get(window, path + "?lang=en", **{"Accept-Language": "zh-CN"})
    assert is_said(english, "Recorded at the window")
    assert b'<html lang="en">' in english.body
    assert b'href="?lang=zh"' in english.body
    assert b'action="?lang=en"' in english.body


@pytest.mark.parametrize(
    ("named", "accepted", "chosen"),
    [
        (None, "", "zh"),
        (None, "en-GB,en;q=0.9", "en"),
        (None, "fr,en;q=0.2,zh;q=0.8", "zh"),
        (None, "fr,de", "zh"),
        (None, "bo,zh;q=0.9", "bo"),
        (None, "mn-Mong-CN,zh-CN;q=0.8", "mn"),
        ("mn", "bo", "mn"),
        (None, "en;q=0", "zh"),
        (None, "en;q=x, ;;;,", "zh"),
        ("en", "zh", "en"),
        ("<x>", "en", "en"),
    ],
)
def test_which_language_that_is(named: str | None, accepted: str, chosen: str) -> None:
    assert choose_language(named, accepted) == chosen


def test_the_style_is_a_file_of_ours(hall: Server) -> None:
    reply = hall.ask("GET", "/citizen.css")
    assert reply.headers["content-type"] == "text/css; charset=utf-8"
    assert b"url(" not in reply.body
    assert b"@import" not in reply.body


def test_no_log_holds_a_token() -> None:
    assert hide_token("/v1/journal") == "/v1/journal"
    for path in ("/e/secret", "/r/secret", "/e/a/secret"):
        assert "secret" not in hide_token(path)
        assert hide_token(path) != hide_token(path + "x")


def test_every_language_has_every_phrase_and_no_other() -> None:
    tables = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in PHRASES.glob("*.toml")}
    assert set(tables) == set(LANGUAGES)
    names = {
        language: {f"{part}.{key}" for part, keys in table.items() for key in keys}
        for language, table in tables.items()
    }
    assert names["zh"] == names["en"]
    for language in ("bo", "mn"):
        assert names[language] <= names["zh"]
        head = (PHRASES / f"{language}.toml").read_text("utf-8").split("[page]")[0]
        assert "No native" in head, "whoever changes a draft into more says who has read it"
    for language, table in tables.items():
        for part, keys in table.items():
            for key, phrase in keys.items():
                assert phrase.count("{0}") == tables["zh"][part][key].count("{0}"), (language, key)

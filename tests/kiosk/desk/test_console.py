"""The console in Debian's Chromium: what a clerk sees and does, by keyboard and scanner alone."""

import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from kiosk.desk.window import Refused
from tests.kiosk.desk.browser import CHROMIUM, Browser, open_browser

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")

BOARD = "document.getElementById('board').className"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture
def console(stand: SimpleNamespace, browser: Browser) -> Iterator[Browser]:
    """Signed on with the window's PIN, in English."""
    browser.go(stand.url)
    browser.wait("document.activeElement && document.activeElement.id", "sign-pin")
    if browser.run("document.documentElement.lang") == "zh":
        browser.run("document.getElementById('language').click()")
    browser.run("document.getElementById('sign-pin').focus()")
    browser.type("246810")
    browser.press("Enter")
    browser.wait("document.activeElement.id", "slip")
    browser.wait(BOARD, "state-free")
    browser.complaints.clear()
    yield browser
    assert browser.complaints == []
    browser.go("about:blank")


@needs_chromium
def test_a_scan_asks_and_the_page_shows_that_it_was_rated(
    stand: SimpleNamespace, console: Browser
) -> None:
    console.type("11530100MB0042|2")
    console.press("Enter")
    console.wait(BOARD, "state-asking")
    (id_,) = stand.counter.states
    asked = stand.counter.asked_about[id_]
    assert (asked.project_no, asked.service_no) == ("11530100MB0042", "2")
    assert console.text("subject") == "11530100MB0042|2"
    console.wait_text("asked", "1")
    stand.main.do(stand.counter.press)
    stand.main.do(stand.counter.settle)
    console.wait(BOARD, "state-rated")
    console.wait_text("answered", "1")
    console.type("11530100MB0042|2")
    console.press("Enter")
    console.wait_text("said", "This one was already rated.")


@needs_chromium
def test_a_ticket_first_and_its_number_after(stand: SimpleNamespace, console: Browser) -> None:
    console.type("A012")
    console.press("Enter")
    console.wait(BOARD, "state-asking")
    (id_,) = stand.counter.states
    assert stand.counter.asked_about[id_].ticket_no == "A012"
    console.type("11530100MB0042")
    console.press("Enter")
    console.wait_text("said", "The number was added.")
    assert stand.counter.asked_about[id_].project_no == "11530100MB0042"
    assert len(stand.counter.states) == 1


@needs_chromium
def test_one_key_asks_one_takes_it_back_one_pauses(
    stand: SimpleNamespace, console: Browser
) -> None:
    console.press("F4")
    console.wait(BOARD, "state-asking")
    console.press("Escape")
    console.wait(BOARD, "state-cancelled")
    console.press("F8")
    console.wait(BOARD, "state-paused")
    console.press("F8")
    console.wait(BOARD, "state-cancelled")
    console.type("P77")
    console.press("F2")
    console.wait(BOARD, "state-serving")
    assert stand.counter.served[0][0] == "begun"
    console.press("Enter")
    console.wait(BOARD, "state-asking")
    stand.main.do(stand.counter.settle)
    console.wait(BOARD, "state-not_rated")


@needs_chromium
def test_a_clerk_does_nothing_where_the_system_asks_and_one_thing_a_service_here(
    stand: SimpleNamespace, console: Browser
) -> None:
    did = console.actions
    stand.client.post("/v1/invitations", json={"project_no": "P1", "service_no": "1"})
    console.wait(BOARD, "state-asking")
    stand.main.do(stand.counter.press)
    stand.main.do(stand.counter.settle)
    console.wait(BOARD, "state-rated")
    console.wait_text("answered", "1")
    assert console.actions - did == 0
    for number in (2, 3, 4):
        console.run("document.getElementById('change').blur(), document.activeElement.blur()")
        console.scan(f"P{number}|1")
        console.wait(BOARD, "state-asking")
        if number != 3:
            stand.main.do(stand.counter.press)
        stand.main.do(stand.counter.settle)
        console.wait(BOARD, "state-not_rated" if number == 3 else "state-rated")
    assert console.actions - did == 3
    assert [asked.project_no for asked in stand.counter.asked_about.values()] == [
        "P1", "P2", "P3", "P4"
    ]  # fmt: skip


@needs_chromium
def test_two_consoles_show_the_same_and_either_may_take_it_back(
    stand: SimpleNamespace, console: Browser
) -> None:
    whole = console.page.context.browser
    assert whole is not None
    other = Browser(whole.new_page())
    other.go(stand.url)
    other.wait("document.activeElement && document.activeElement.id", "sign-pin")
    other.scan("246810")
    other.wait("document.activeElement.id", "slip")
    console.scan("P1|1")
    other.wait(BOARD, "state-asking")
    other.wait_text("subject", "asked elsewhere")
    other.press("Escape")
    console.wait(BOARD, "state-cancelled")
    other.wait(BOARD, "state-cancelled")
    other.scan("P2|1")
    console.wait_text("subject", "asked elsewhere")
    assert console.text("subject") == "asked elsewhere"
    stand.main.do(stand.counter.settle)
    console.wait(BOARD, "state-not_rated")
    other.wait(BOARD, "state-not_rated")
    assert other.complaints == []
    other.page.close()


@needs_chromium
def test_a_page_that_is_loaded_anew_can_still_take_it_back(
    stand: SimpleNamespace, console: Browser
) -> None:
    console.scan("P1|1")
    console.wait(BOARD, "state-asking")
    console.go(stand.url)
    console.wait_text("subject", "asked elsewhere")
    console.press("Escape")
    console.wait(BOARD, "state-cancelled")


@needs_chromium
def test_what_is_done_while_an_answer_is_awaited_is_not_lost(
    stand: SimpleNamespace, console: Browser
) -> None:
    busy = threading.Event()
    stand.main.post(busy.wait)
    console.type("P1")
    console.press("Enter")
    console.type("P2")
    console.press("Enter")
    busy.set()
    console.wait_text("subject", "P2")
    assert [asked.ticket_no for asked in stand.counter.asked_about.values()] == ["P1", "P2"]
    busy.clear()
    stand.main.post(busy.wait)
    console.type("P3")
    console.press("Enter")
    console.press("Escape")
    busy.set()
    console.wait(BOARD, "state-cancelled")
    console.wait_text("subject", "P3")


@needs_chromium
def test_panel_lost_and_a_wrong_slip_are_said_in_words(
    stand: SimpleNamespace, console: Browser
) -> None:
    console.type("1 2 3")
    console.press("Enter")
    console.wait_text("said", "The number is not complete or not right.")
    stand.counter.refusal = Refused("panel-lost", "lost", 503, 5)
    console.type("P1")  # over what was given back, selected
    console.press("Enter")
    console.wait_text("said", "The key box is not connected; nobody can be asked now.")
    console.run("document.getElementById('language').click()")
    console.wait_text("said", "按键盒未连接，暂时不能邀请。")


KEYS_PLACES = "[...document.querySelectorAll('.keys button')].map(key => key.offsetTop)"


@needs_chromium
def test_on_a_small_screen_the_keys_stand_in_one_row_and_nothing_is_cut_off(
    console: Browser,
) -> None:
    for width in (1024, 1280):
        console.page.set_viewport_size({"width": width, "height": 768})
        for _ in ("one language", "the other"):
            places = console.run(KEYS_PLACES)
            assert len(places) == 5
            assert len(set(places)) == 1
            for edge in ("Width", "Height"):
                page = "document.documentElement"
                assert console.run(f"{page}.scroll{edge} <= {page}.client{edge}")
            console.run("document.getElementById('language').click()")
    console.page.set_viewport_size({"width": 1366, "height": 768})


@needs_chromium
def test_the_page_finds_a_desk_that_died_and_came_back(
    stand: SimpleNamespace, console: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    loop = stand.desk._loop
    loop.call_soon_threadsafe(loop.stop)
    console.wait(BOARD, "state-away")
    console.wait(BOARD, "state-free")
    console.press("F4")
    console.wait(BOARD, "state-asking")


@needs_chromium
def test_a_badge_signs_on_and_the_next_clerk_takes_over(
    clerked: SimpleNamespace, browser: Browser
) -> None:
    browser.go(clerked.url)
    browser.wait("document.activeElement && document.activeElement.id", "sign-clerk-no")
    browser.type("BADGE-0172")
    browser.press("Enter")
    browser.wait("document.body.className", "working")
    assert clerked.counter.clerk_no == "0172"
    assert clerked.counter.pins == [None]
    browser.press("F9")
    browser.wait("document.body.className", "signing")
    browser.type("BADGE-9")
    browser.press("Enter")
    browser.wait("document.getElementById('sign-said').textContent !== ''")
    browser.press("Escape")
    browser.wait("document.body.className", "working")
    browser.go("about:blank")

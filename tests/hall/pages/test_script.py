"""The citizens' pages on a phone's screen, in each language and its own script."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.hall.pages.sheets import LANGUAGES, get_say
from tests.hall.reader import get, is_said, make_window, numbers, rated
from tests.hall.server import Server, serving
from tests.hall.window import Window
from tests.kiosk.desk.browser import CHROMIUM, Browser, open_browser

PHONE = (390, 844)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("script")) as server:
        yield server


@pytest.fixture
def window(hall: Server) -> Window:
    return make_window(hall)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_leads_to_the_others(window: Window, language: str) -> None:
    reply = get(window, window.path("echo", rated(window)) + f"?lang={language}")
    assert reply.headers["content-language"] == language
    assert is_said(reply, get_say(language)("echo.recorded"), get_say(language)("page.promise"))
    for other in LANGUAGES:
        link = f'<a href="?lang={other}" lang="{other}">{get_say(other)("page.name")}</a>'
        assert (link in reply.body.decode()) == (other != language)


@pytest.mark.parametrize("language", ["bo", "mn"])
def test_what_is_not_translated_is_said_in_chinese(window: Window, language: str) -> None:
    path = window.path("echo", rated(window)) + f"?lang={language}"
    window.send()
    assert is_said(get(window, path), get_say("zh")("echo.counted"), get_say("zh")("pin.set"))


@needs_chromium
def test_a_page_fits_a_phone_in_its_script(window: Window, tmp_path: Path) -> None:
    """Only the way in which lines follow is scrolled; nothing stands on something else."""
    paths = {"echo": window.path("echo", rated(window)), "rate": window.path("rate", ask(window))}
    with open_browser(PHONE) as browser:
        for language in LANGUAGES:
            for purpose, path in paths.items():
                browser.page.goto(f"{window.hall.address}{path}?lang={language}")
                shot = tmp_path / f"{purpose}-{language}.png"
                browser.page.screenshot(path=shot, full_page=True)
                check_script(browser, language)


def check_script(browser: Browser, language: str) -> None:
    page, root, is_turned = browser.page, "document.documentElement", language == "mn"
    mode = page.evaluate(f"getComputedStyle({root}).writingMode")
    assert mode == ("vertical-lr" if is_turned else "horizontal-tb")
    side = "Height" if is_turned else "Width"
    assert page.evaluate(f"{root}.scroll{side} <= {root}.client{side}"), (language, side)
    covered = page.evaluate(OVERLAPS)
    assert not covered, covered
    assert not page.evaluate(f"{CUT}({PHONE[1]})" if is_turned else "[]")


@needs_chromium
def test_who_touches_the_name_of_a_language_reads_it(window: Window) -> None:
    path = window.path("rate", ask(window))
    with open_browser(PHONE) as browser:
        page = browser.page
        page.goto(f"{window.hall.address}{path}?lang=zh")
        for language in ("mn", "bo", "en"):
            page.click(f"a[lang={language}]")
            assert page.text_content("h1") == get_say(language)("rate.title")
        page.click("a[lang=mn]")
        page.click("label[for=level4]")
        page.click("button")
        assert page.text_content("h1") == get_say("mn")("rate.thanks")


def ask(window: Window) -> str:
    invitation = window.chain.invite(window.window, service=str(next(numbers)))
    window.chain.end(invitation, "not_rated")
    return invitation


OVERLAPS = """() => {
  const all = [...document.querySelectorAll('h1, h2, p, li, label, legend, input, button, a')];
  const found = [];
  for (const one of all) for (const other of all) {
    if (one === other || one.contains(other) || other.contains(one)) continue;
    const a = one.getBoundingClientRect(), b = other.getBoundingClientRect();
    const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (x > 1 && y > 1) found.push([one.outerHTML, other.outerHTML]);
  }
  return found;
}"""
CUT = """(high => [...document.querySelectorAll('h1, h2, p, li, label, button, a')]
  .filter(one => one.getBoundingClientRect().bottom > high).map(one => one.outerHTML))"""

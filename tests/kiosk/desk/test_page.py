"""The console's page and files as they are served, read without a browser."""

import re
from types import SimpleNamespace

import httpx
import pytest


@pytest.mark.parametrize("path", ["/console/", "/console/..%2f..%2fdesk.py", "/console/x.js"])
def test_only_the_consoles_own_files_are_served(stand: SimpleNamespace, path: str) -> None:
    assert httpx.get(stand.url + path).status_code == 404


def test_the_page_asks_nothing_from_anywhere_else(stand: SimpleNamespace) -> None:
    page = httpx.get(stand.url)
    assert page.status_code == 200
    assert page.headers["content-security-policy"].startswith("default-src 'self'")
    for name in ("desk.js", "line.js", "words.js", "desk.css", "echo.svg"):
        text = httpx.get(f"{stand.url}/console/{name}").text
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "").replace("XMLHttp", "")


def test_both_languages_say_the_same_things(stand: SimpleNamespace) -> None:
    text = httpx.get(f"{stand.url}/console/words.js").text
    zh, en = text.split("en: {")
    keys = re.compile(r'(?<=[{,\s])"?([a-z_-]+)"?: "')
    assert keys.findall(zh) == keys.findall(en)


NEW_WORDS = re.compile(
    r"=>|`|\?\.(?!\d)|\?\?|\.\.\.|\b(let|const|class|async|await|yield|import|export|fetch"
    r"|Promise|Symbol|Proxy|Map|Set|includes|replaceAll|flatMap|matchAll|fromEntries|padStart"
    r"|for \(.* of)\b"
)
"""Of ES2015 and later: an old Chromium would show an empty page for one of them."""

NEW_STYLE = re.compile(
    r"\b(gap|inset|aspect-ratio|grid[a-z-]*):|var\(|clamp\(|min\(|max\(|:is\(|:has\("
)


@pytest.mark.parametrize("name", ["desk.js", "line.js", "words.js", "desk.css"])
def test_nothing_an_old_chromium_cannot_read(stand: SimpleNamespace, name: str) -> None:
    text = httpx.get(f"{stand.url}/console/{name}").text
    text = re.sub(r'/\*.*?\*/|//.*|"[^"\n]*"', "", text, flags=re.DOTALL if "css" in name else 0)
    found = (NEW_STYLE if "css" in name else NEW_WORDS).search(text)
    assert found is None, found

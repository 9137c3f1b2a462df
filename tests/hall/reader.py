"""A citizen with a phone: opens pages, sends forms, reads what they say."""

import itertools
import re
from urllib.parse import urlencode

from tests.hall.server import Reply, Server
from tests.hall.window import Window

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
numbers = itertools.count(2_000)


def make_window(hall: Server) -> Window:
    """A window that no other test asks at."""
    number = next(numbers)
    return Window(hall, number, f"W{number}", "")


def get(window: Window, path: str, **headers: str) -> Reply:
    reply = window.hall.ask("GET", path, None, {"Accept-Language": "en", **headers})
    check_page(reply)
    return reply


def send(window: Window, path: str, **fields: str) -> Reply:
    body = urlencode(fields).encode()
    reply = window.hall.ask("POST", path, body, FORM | {"Accept-Language": "en"})
    check_page(reply)
    return reply


def check_page(reply: Reply) -> None:
    """Whatever it says: private, without script, whole."""
    headers = reply.headers
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'self';")
    text = reply.body.decode()
    assert text.startswith("<!DOCTYPE html>")
    assert text.rstrip().endswith("</html>")
    assert "<script" not in text
    assert "style=" not in text
    assert "<h1" in text


def words(reply: Reply) -> str:
    return re.sub(r"<[^>]*>|\s+", " ", reply.body.decode())


def is_said(reply: Reply, *texts: str) -> bool:
    return all(text in words(reply) for text in texts)


def rated(window: Window, level: int = 5, **more: str) -> str:
    """A rated service at this window; returns its invitation."""
    name = window.chain.invite(more.get("project", window.window), service=str(next(numbers)))
    window.chain.rate(name, level)
    window.chain.end(name)
    return name

"""The questions of the set-up, each a function of where it stands. Pure."""

from collections.abc import Callable

from kiosk.setup.terms import (
    ADDRESS_ALPHABET,
    CODE_ALPHABET,
    PATH_ALPHABET,
    SIZE_ALPHABET,
    Grant,
    Option,
    Port,
    Question,
    Wizard,
)
from kiosk.setup.words import say

LANGUAGES = ("zh", "en", "bo", "mn")
SIZES = ("", "800x480", "1024x600", "1280x800", "1920x1080")
FINGERPRINT_SHOWN = 16
"""Hex digits of a fingerprint that a person compares."""

ROWS = ("language", "hall", "window", "panel", "sound", "screen", "scanner")
"""The rows of the summary, in their order."""

ALPHABETS = {
    "address": ADDRESS_ALPHABET,
    "code": CODE_ALPHABET,
    "path": PATH_ALPHABET,
    "outlet": PATH_ALPHABET,
    "pixels": SIZE_ALPHABET,
}
"""Questions that are answered by a text."""


def make_question(wizard: Wizard, name: str) -> Question:
    """The question of that name, with what is proposed as its preset."""
    title = say(wizard.tongue, name)
    if name in ALPHABETS:
        return Question(name, title, alphabet=ALPHABETS[name], wrong=wizard.wrong)
    options, preset = OPTIONS[name](wizard)
    values = [option.value for option in options]
    place = values.index(preset) if preset in values else 0
    return Question(name, title, tuple(options), place, wrong=wizard.wrong)


def _worded(wizard: Wizard, values: tuple[str, ...]) -> list[Option]:
    return [Option(value, say(wizard.tongue, value)) for value in values]


Made = tuple[list[Option], str]


def _language(wizard: Wizard) -> Made:
    return _worded(wizard, LANGUAGES), wizard.answers.language


def _mode(wizard: Wizard) -> Made:
    return _worded(wizard, ("invited", "walk_up")), wizard.answers.mode


def _sound(wizard: Wizard) -> Made:
    return _worded(wizard, ("all", "guide", "silent")), wizard.answers.sound


def _scale(wizard: Wizard) -> Made:
    return _worded(wizard, ("three", "four", "five")), "three"


def _proof(wizard: Wizard) -> Made:
    tongue = wizard.tongue
    grants = [Option(grant.place, _show_grant(tongue, grant)) for grant in wizard.found.grants]
    more = [Option("again", say(tongue, "again")), Option("code", say(tongue, "by_code"))]
    if knows_hall(wizard):
        more.append(Option("elsewhere", say(tongue, "elsewhere")))
    return grants + more, wizard.answers.grant


def _port(wizard: Wizard) -> Made:
    tongue, ports = wizard.tongue, wizard.found.ports
    listed = [Option(port.pin, _show_port(port)) for port in ports]
    known = {port.pin for port in ports}
    if wizard.answers.port and wizard.answers.port not in known:
        listed.insert(0, Option(wizard.answers.port, wizard.answers.port))
    more = [Option("again", say(tongue, "again")), Option("other", say(tongue, "other"))]
    fitting = [port.pin for port in ports if port.fits]
    return listed + more, wizard.answers.port or (fitting[0] if fitting else "")


def _model(wizard: Wizard) -> Made:
    fits = find_fits(wizard)
    rest = tuple(model for model in wizard.found.models if model not in fits)
    options = [Option(model, model) for model in (*fits, *rest)]
    now = wizard.answers.model
    if now not in (*fits, *rest):
        options.insert(0, Option(now, now))
    return [*options, Option("learn", say(wizard.tongue, "learn"))], now


def _size(wizard: Wizard) -> Made:
    tongue, now = wizard.tongue, wizard.answers.size
    sizes = SIZES if now in SIZES else (*SIZES, now)
    options = [Option(size, size or say(tongue, "whole")) for size in sizes]
    return [*options, Option("other", say(tongue, "other"))], now


def _scanner(wizard: Wizard) -> Made:
    tongue, now = wizard.tongue, wizard.answers.scanner
    free = [port for port in wizard.found.ports if port.pin != wizard.answers.port]
    options = [Option("", say(tongue, "none"))]
    options += [Option(port.pin, _show_port(port)) for port in free]
    if now and now not in {port.pin for port in free}:
        options.append(Option(now, now))
    return [*options, Option("other", say(tongue, "other"))], now


def _summary(wizard: Wizard) -> Made:
    tongue = wizard.tongue
    rows = [Option(row, say(tongue, f"row.{row}", show_row(wizard, row))) for row in ROWS]
    return [Option("yes", say(wizard.tongue, "yes")), *rows], "yes"


def _unreached(wizard: Wizard) -> Made:
    names = {"retry": "retry", "address": "other_address", "stop": "stop"}
    return _named(wizard, names), "retry"


def _failed(wizard: Wizard) -> Made:
    names = {"retry": "retry", "port": "other_panel", "later": "later", "stop": "stop"}
    return _named(wizard, names), "retry"


def _named(wizard: Wizard, names: dict[str, str]) -> list[Option]:
    return [Option(value, say(wizard.tongue, name)) for value, name in names.items()]


OPTIONS: dict[str, Callable[[Wizard], Made]] = {
    "language": _language,
    "proof": _proof,
    "mode": _mode,
    "port": _port,
    "model": _model,
    "scale": _scale,
    "sound": _sound,
    "size": _size,
    "scanner": _scanner,
    "summary": _summary,
    "unreached": _unreached,
    "failed": _failed,
}
"""Questions that are answered by choosing."""


def knows_hall(wizard: Wizard) -> bool:
    """Whether the box is enrolled: a code of the same hall needs no address."""
    return bool(wizard.found.device and wizard.before.address)


def needs_look(wizard: Wizard) -> bool:
    """Whether the hall's certificate is to be seen: a grant without its fingerprint."""
    now = wizard.answers
    is_open = now.grant and now.address.startswith("https://") and not now.trust
    return bool(is_open) and "look" not in wizard.done


def find_fits(wizard: Wizard) -> tuple[str, ...]:
    """The models that fit the port that is answered."""
    port = next((port for port in wizard.found.ports if port.pin == wizard.answers.port), None)
    return port.fits if port else ()


def find_grant(wizard: Wizard) -> Grant | None:
    """The grant that is answered."""
    found = wizard.found.grants
    return next((grant for grant in found if grant.place == wizard.answers.grant), None)


def show_row(wizard: Wizard, row: str) -> str:
    """What a row of the summary says."""
    tongue, now = wizard.tongue, wizard.answers
    match row:
        case "hall":
            return _show_hall(wizard)
        case "window":
            return say(tongue, now.mode)
        case "panel":
            return f"{now.model}, {now.port}"
        case "screen":
            return now.size or say(tongue, "whole")
        case "scanner":
            return now.scanner or say(tongue, "none")
        case "sound":
            return say(tongue, now.sound)
        case _:
            return say(tongue, now.language)


def _show_hall(wizard: Wizard) -> str:
    tongue, now, found = wizard.tongue, wizard.answers, wizard.found
    grant = find_grant(wizard)
    parts = [now.address]
    if grant is not None:
        parts.insert(0, say(tongue, "at_window", hall=grant.hall, window=grant.window))
    elif now.code or not found.device:
        parts.append(say(tongue, "by_a_code"))
    else:
        parts.insert(0, say(tongue, "at_window", hall=found.hall, window=found.window))
    if now.trust.startswith("sha256:"):
        digits = now.trust.removeprefix("sha256:")[:FINGERPRINT_SHOWN]
        parts.append(say(tongue, "pinned", " ".join(digits[i : i + 4] for i in range(0, 16, 4))))
    elif now.address.startswith("http://"):
        parts.append(say(tongue, "plain"))
    return ", ".join(parts)


def _show_grant(tongue: str, grant: Grant) -> str:
    return say(tongue, "at_window", hall=grant.hall, window=grant.window)


def _show_port(port: Port) -> str:
    return " ".join(part for part in (port.words, port.pin) if part)

"""The set-up as rules: where it stands and an answer in, where it stands then out. Pure."""

import re

from msgspec.structs import replace

from kiosk.setup.questions import ALPHABETS, knows_hall, make_question, needs_look
from kiosk.setup.steps import STEPS
from kiosk.setup.terms import (
    CODE_LENGTH,
    Answers,
    Done,
    Found,
    Port,
    Question,
    Wizard,
    Work,
)
from kiosk.setup.words import say

ADDRESS = r"(https?://)?([A-Za-z0-9_.\-]{1,250}|\[[0-9a-fA-F:.]{2,45}\])(:\d{1,5})?(/[!-~]{0,250})?"
PIXELS = r"[1-9]\d{2,3}x[1-9]\d{2,3}"
PATH = r"(/|serial:.|path:.)[ -~]{1,250}"
CODE_WORDS = ("code-wrong", "code-expired", "signature", "malformed")

FIELDS = {"pixels": "size", "outlet": "scanner"}
"""Questions whose answer is the field of another."""

QUESTIONS = {
    "language": ("language",),
    "hall": ("proof",),
    "window": ("mode",),
    "panel": ("port", "model"),
    "keys": (),
    "sound": ("sound",),
    "screen": ("size",),
    "scanner": ("scanner",),
}
"""Step -> what is asked when only this step is to change."""


def begin(
    found: Found,
    before: Answers,
    tongue: str,
    wished: Answers | None = None,
    only: str = "",
    follows: bool = False,
) -> Wizard:
    """A set-up of what is there. `wished` are answers known already, `only` the step to change."""
    answers = propose(found, wished or before)
    wizard = Wizard(found, before, answers, tongue, follows)
    is_tried = only == "keys" or (only == "panel" and not found.waived)
    if only:
        return replace(wizard, steps=(only,), queue=QUESTIONS[only], agreed=True, retest=is_tried)
    is_new = answers.address != before.address or not found.device
    if answers.address and is_new and not answers.grant and not answers.trust:
        wizard = replace(wizard, due="look")
    if follows and not answers.port:
        wizard = replace(wizard, queue=("port",))  # without its keys nothing can be answered
    return wizard


def propose(found: Found, answers: Answers) -> Answers:
    """What is certain is proposed: the only grant, the only port that fits, a model that fits it.

    An answer that stands is left standing.
    """
    is_open = not (found.device or answers.code or answers.address)
    if answers.grant or (is_open and len(found.grants) == 1):
        answers = _take_grant(found, answers, answers.grant or found.grants[0].place)
    fitting = [port for port in found.ports if port.fits]
    if not answers.port and len(fitting) == 1:
        answers = _take_port(fitting[0], answers)
    return answers


def next_up(wizard: Wizard) -> Question | Work | Done:
    """What comes next: a question, a work, or the end."""
    if wizard.stopped:
        return Done(stopped=True)
    if wizard.due:
        return Work(wizard.due)
    if not wizard.queue and needs_look(wizard):
        return Work("look")
    asked = wizard.queue[0] if wizard.queue else _find_missing(wizard)
    if not asked and not wizard.agreed:
        asked = "summary"
    if asked:
        return make_question(wizard, asked)
    for work in ("enrol", "test", "write"):
        if work not in wizard.done and _is_needed(wizard, work):
            return Work(work)
    return Done()


def answer(wizard: Wizard, name: str, value: str) -> Wizard:
    """Take the answer to the question `name`; one that cannot be is asked again, with the why."""
    value, wrong = _check(wizard, name, value)
    if wrong:
        return replace(wizard, wrong=wrong)
    wizard = replace(wizard, wrong="", queue=wizard.queue[1:])
    return _take(wizard, name, value)


def heed(wizard: Wizard, what: str, wrong: str = "", word: str = "", **gained: str) -> Wizard:
    """A work is done, with what it `gained`; or it went `wrong`, the hall's `word` being why."""
    wizard = replace(wizard, due="", wrong=wrong)
    if not wrong:
        answers = replace(wizard.answers, **gained)
        return replace(wizard, answers=answers, done=wizard.done | {what})
    match what:
        case "look" if not wizard.answers.grant:
            return _ask_first(wizard, "address", address="")
        case "learn":
            return _ask_first(wizard, "model")
        case "test":
            return _ask_first(recognise(wizard, word), "failed")
        case "enrol" if word in CODE_WORDS and wizard.answers.grant:
            return _ask_first(wizard, "proof", grant="")
        case "enrol" if word in CODE_WORDS:
            return _ask_first(wizard, "code", code="")
        case _:
            return _ask_first(wizard, "unreached")


def recognise(wizard: Wizard, model: str) -> Wizard:
    """The panel itself has shown what it is; an empty model has shown nothing."""
    return _set(wizard, model=model) if model else wizard


def find_again(wizard: Wizard, found: Found) -> Wizard:
    """The box was looked at once more; what has become certain is proposed."""
    answers = propose(found, wizard.answers)
    queue = wizard.queue
    if answers.grant and queue[:1] == ("address",):
        queue = ()  # a stick was plugged in: nothing needs to be typed
    if answers.port and not wizard.answers.port and queue[:1] == ("port",):
        queue = queue[1:]  # so was a panel
    return replace(wizard, found=found, answers=answers, queue=queue, due="", wrong="")


def _check(wizard: Wizard, name: str, value: str) -> tuple[str, str]:
    """The answer as it is kept, and what is wrong with it."""
    if name not in ALPHABETS:
        options = make_question(wizard, name).options
        known = value in {option.value for option in options}
        return value, "" if known else say(wizard.tongue, "wrong.option")
    value = value.strip()
    if name == "code":
        value = clean_code(value)
        is_whole = len(value) == CODE_LENGTH and set(value) <= set(ALPHABETS["code"])
    elif name == "address":
        is_whole = not value or re.fullmatch(ADDRESS, value) is not None
    else:
        is_whole = re.fullmatch(PIXELS if name == "pixels" else PATH, value) is not None
    return value, "" if is_whole else say(wizard.tongue, f"wrong.{name}")


def clean_code(text: str) -> str:
    """A code as people write it, with spaces, dashes and small letters, as the hall has it."""
    return re.sub(r"[\s-]", "", text).upper()


def _take(wizard: Wizard, name: str, value: str) -> Wizard:
    match name, value:
        case (("proof" | "port"), "again"):
            return replace(wizard, queue=(name, *wizard.queue), due="find")
        case "address", "":
            return replace(wizard, queue=("address", *wizard.queue), due="find")
        case "summary", "yes":
            return replace(wizard, agreed=True)
        case "summary", _:
            return replace(wizard, queue=QUESTIONS[value])
        case (("unreached" | "failed"), _):
            return _go_on(wizard, value)
        case "proof", "code" if knows_hall(wizard):
            same = {"address": wizard.before.address, "trust": wizard.before.trust}
            return replace(_set(wizard, grant="", code="", **same), queue=("code",))
        case "proof", ("code" | "elsewhere"):
            return replace(_set(wizard, grant="", code="", trust=""), queue=("address", "code"))
        case "proof", _:
            taken = _take_grant(wizard.found, wizard.answers, value)
            return replace(wizard, answers=taken, done=wizard.done - {"look"})
        case "address", _:
            return replace(_set(wizard, address=value, trust="", grant="", code=""), due="look")
        case (("port" | "size"), "other"):
            return _ask_first(wizard, "path" if name == "port" else "pixels")
        case "scanner", "other":
            return _ask_first(wizard, "outlet")
        case (("port" | "path"), _):
            port = next((one for one in wizard.found.ports if one.pin == value), Port(value))
            return replace(wizard, answers=_take_port(port, wizard.answers))
        case "model", "learn":
            return _ask_first(wizard, "scale")
        case "scale", _:
            return replace(_set(wizard, scale=value), due="learn")
        case "language", _:
            tongue = value if wizard.follows and value in ("zh", "en") else wizard.tongue
            return replace(_set(wizard, language=value), tongue=tongue)
        case _:
            return _set(wizard, **{FIELDS.get(name, name): value})


def _go_on(wizard: Wizard, value: str) -> Wizard:
    """After something went wrong."""
    match value:
        case "address":
            return replace(_set(wizard, grant=""), queue=("address", "code"))
        case "port":
            return replace(wizard, queue=("port", "model"))
        case "later":
            return replace(wizard, done=wizard.done | {"test"})
        case "stop":
            return replace(wizard, stopped=True)
        case _:
            return wizard


def _find_missing(wizard: Wizard) -> str:
    now, found = wizard.answers, wizard.found
    if wizard.steps == STEPS and not (found.device or now.grant or now.code):
        if now.address:
            return "code"
        return "proof" if found.grants else "address"
    if {"panel", "keys"} & set(wizard.steps) and not now.port:
        return "port"
    return ""


def _is_needed(wizard: Wizard, work: str) -> bool:
    now, before = wizard.answers, wizard.before
    if work == "enrol":
        return bool(now.grant or now.code)
    if work == "test":
        changed = (now.port, now.model) != (before.port, before.model)
        untested = changed or not wizard.found.tested
        return wizard.retest or ("panel" in wizard.steps and untested and not wizard.found.waived)
    return True


def _take_grant(found: Found, answers: Answers, place: str) -> Answers:
    """The grant brings all that is known of the hall; one that is gone takes it away."""
    grant = next((one for one in found.grants if one.place == place), None)
    if grant is None:
        return replace(answers, grant="", address="", trust="")
    return replace(answers, grant=place, code="", address=grant.address, trust=grant.trust)


def _take_port(port: Port, answers: Answers) -> Answers:
    """The port, and a model that fits it."""
    fits = not port.fits or answers.model in port.fits
    return replace(answers, port=port.pin, model=answers.model if fits else port.fits[0])


def _ask_first(wizard: Wizard, name: str, **answers: str) -> Wizard:
    return replace(_set(wizard, **answers), queue=(name, *wizard.queue))


def _set(wizard: Wizard, **answers: str) -> Wizard:
    return replace(wizard, answers=replace(wizard.answers, **answers))

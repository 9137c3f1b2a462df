"""The words of the set-up: what was found on the box, what is answered, what is asked. Pure."""

from msgspec import Struct

from kiosk.setup.steps import STEPS

CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
ADDRESS_ALPHABET = "0123456789.:abcdefghijklmnopqrstuvwxyz-/[]_"
SIZE_ALPHABET = "0123456789x"
PATH_ALPHABET = ADDRESS_ALPHABET + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CODE_LENGTH = 8


class Port(Struct, frozen=True):
    """A port that is there: how settings write it, its words, the panel models that fit it."""

    pin: str
    words: str = ""
    fits: tuple[str, ...] = ()


class Grant(Struct, frozen=True):
    """A grant file that was found. `trust` is what its hall's certificate is held to, if told."""

    place: str
    hall: str
    window: str
    address: str
    trust: str = ""


class Found(Struct, frozen=True):
    """What the box is like, without a question. `device`, `hall`, `window` are its enrolment's."""

    ports: tuple[Port, ...] = ()
    grants: tuple[Grant, ...] = ()
    models: tuple[str, ...] = ()
    device: str = ""
    hall: str = ""
    window: str = ""
    tested: bool = False
    waived: bool = False


class Answers(Struct, frozen=True):
    """Everything that is set up; an empty text is `none` or `not yet`.

    `trust`: "", `sha256:` and a fingerprint, or a file of authorities. `grant`: the file's place.
    `model`: a name, or the path of a profile. `size`: WIDTHxHEIGHT, empty is the whole screen.
    """

    language: str = "zh"
    address: str = ""
    trust: str = ""
    grant: str = ""
    code: str = ""
    mode: str = "invited"
    port: str = ""
    model: str = "huiyin-3"
    scale: str = ""
    sound: str = "all"
    size: str = ""
    scanner: str = ""


class Option(Struct, frozen=True):
    """One thing to choose."""

    value: str
    label: str


class Question(Struct, frozen=True):
    """A choice of options, or with an `alphabet` a text to type. `wrong` is why it is asked again.

    `preset` is the option that is chosen by agreeing.
    """

    name: str
    title: str
    options: tuple[Option, ...] = ()
    preset: int = 0
    alphabet: str = ""
    wrong: str = ""


class Work(Struct, frozen=True):
    """What the house does next without asking: find, look, learn, enrol, test or write."""

    what: str


class Done(Struct, frozen=True):
    """The end; `stopped` if somebody chose to stop: nothing may be written then."""

    stopped: bool = False


class Wizard(Struct, frozen=True):
    """Where a set-up stands.

    `queue` are questions that come first, `due` a work that comes before all. `steps` is what may
    be changed, `tongue` the language in which is asked: the screen's own if it `follows`.
    """

    found: Found
    before: Answers
    answers: Answers
    tongue: str = "zh"
    follows: bool = False
    steps: tuple[str, ...] = STEPS
    queue: tuple[str, ...] = ()
    due: str = ""
    agreed: bool = False
    retest: bool = False
    done: frozenset[str] = frozenset()
    stopped: bool = False
    wrong: str = ""

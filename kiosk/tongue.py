"""What the kiosk's commands say to people, in Chinese or English by the terminal's locale."""

from devices.words import speaks_chinese


def choose(english: str, chinese: str) -> str:
    """The text in the reader's language."""
    return chinese if speaks_chinese() else english


def explain(error: object) -> str:
    """What went wrong, in the reader's language as far as it is known there."""
    from kiosk.chinese import translate

    return translate(str(error)) if speaks_chinese() else str(error)

"""Which of the fonts that the phrases name are installed here."""

import os

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

from kiosk.screen.phrases import LANGUAGES, load_phrases


def list_missing() -> dict[str, tuple[str, ...]]:
    """Languages of whose font families none is installed, and those families. Starts Qt
    off-screen where no app runs.
    """
    app = QApplication.instance()
    if app is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        app = QApplication(["huiyin-kiosk"])  # the kind that all else here is
    there = set(QFontDatabase.families())
    wanted = {language: load_phrases(language).script.families for language in LANGUAGES}
    return {name: families for name, families in wanted.items() if not there & set(families)}

"""What every test stands under: no screen, no locale of the machine, no unexpected warning.

Python warnings fail by pyproject.toml, Qt's messages by pytest-qt, log lines of WARNING and above
here: a test that expects one asks for the `caplog` fixture and looks at it.
"""

import logging
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.chroot import Workshop, open_workshop

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["LANG"] = "C.UTF-8"
for name in ("DISPLAY", "WAYLAND_DISPLAY", "LC_ALL", "LC_MESSAGES", "LANGUAGE", "HUIYIN_CONFIG"):
    os.environ.pop(name, None)

# A failing example prints the line that replays it. No time limits: two shared cores toss coins.
settings.register_profile(
    "house", print_blob=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
# Coverage asks which branches a test reaches: the same ones each time, or the answer would flicker.
settings.register_profile(
    "cover", settings.get_profile("house"), derandomize=True, max_examples=50, database=None
)
settings.load_profile("house")


class LineKeeper(logging.Handler):
    """Keeps the log lines of WARNING and above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """What chroots and packages are made in, once a session, whoever asks first."""
    with open_workshop(tmp_path_factory) as made:
        yield made


@pytest.fixture(autouse=True)
def no_unexpected_log_lines(request: pytest.FixtureRequest) -> Iterator[None]:
    keeper = LineKeeper()
    logging.getLogger().addHandler(keeper)
    yield
    logging.getLogger().removeHandler(keeper)
    if keeper.lines and "caplog" not in request.fixturenames:
        pytest.fail("unexpected log lines:\n" + "\n".join(keeper.lines))

"""What a start gets ready early: fonts and imports."""

import pytest

from kiosk.screen.ahead import import_beside, warm_fonts


def test_fonts_that_are_not_there_are_looked_for_in_vain(qapp: object) -> None:
    warm_fonts([("No Such Family",), ()]).join(30)


def test_an_import_that_fails_beside_fails_where_it_is_needed() -> None:
    import_beside("kiosk.no_such_module").join(30)
    with pytest.raises(ImportError):
        __import__("kiosk.no_such_module")

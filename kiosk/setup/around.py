"""What the box is like and what stands on it, before anybody is asked."""

from devices.profile import list_models
from devices.tested import panel_tested
from kiosk.settings import Settings
from kiosk.setup.files import Places
from kiosk.setup.find import find_grants, find_ports, read_profile
from kiosk.setup.sheet import Sheet
from kiosk.setup.terms import Answers, Found
from sync.identity import Identity


def read_answers(settings: Settings, identity: Identity | None) -> Answers:
    """What is set up now."""
    panel = settings.panel
    return Answers(
        language=settings.window.language,
        address=identity.address if identity else "",
        trust=(identity.ca or "") if identity else "",
        mode=settings.window.mode,
        port=panel.port,
        model=panel.profile or panel.model,
        sound=settings.sound.mode,
        size=settings.screen.size,
        scanner=settings.scanner.port,
    )


def look_around(
    places: Places, settings: Settings, identity: Identity | None, sheet: Sheet | None
) -> Found:
    """What the box is like. Raises HuiyinError for a panel profile that cannot be."""
    answers = read_answers(settings, identity)
    grants = (sheet.grant,) if sheet and sheet.grant else ()
    waived = (sheet.given.get(("panel", "test")) if sheet else None) or settings.panel.test
    return Found(
        ports=find_ports(),
        grants=grants if sheet else find_grants(places.root),
        models=tuple(list_models()),
        device=identity.device if identity else "",
        hall=identity.hall if identity else "",
        window=identity.window if identity else "",
        tested=panel_tested(places.data, read_profile(answers.model)),
        waived=waived == "waived",
    )

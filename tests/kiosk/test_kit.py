"""What a window is made of: a kiosk whose panel was not tested shows so and takes nothing."""

from pathlib import Path

from devices.profile import find_profile
from devices.trial import write_record
from kiosk.kit import Kit, make_kit
from kiosk.settings import PanelSettings, Settings
from sync.identity import Identity

IDENTITY = Identity(device="d" * 32, address="", hall="h", window="3", hall_key="", echo_secret="")


def test_never_enrolled_comes_before_all_else(tmp_path: Path) -> None:
    page = make_kit(Settings(), tmp_path).waiting_page(None)
    assert page is not None
    assert page.page == "unenrolled"


def test_untested_panel_is_a_fault_until_every_key_has_passed(tmp_path: Path) -> None:
    kit = make_kit(Settings(), tmp_path)
    page = kit.waiting_page(IDENTITY)
    assert page is not None
    assert (page.page, page.fault_number, page.fault_what) == ("fault", 13, "panel_untested")
    write_record(tmp_path, kit.profile, list(kit.profile.keys)[:2])
    assert kit.waiting_page(IDENTITY) is not None
    write_record(tmp_path, kit.profile, list(kit.profile.keys))
    assert kit.waiting_page(IDENTITY) is None


def test_another_profile_needs_its_own_test(tmp_path: Path) -> None:
    profile = find_profile("huiyin-3")
    write_record(tmp_path, profile, list(profile.keys))
    five = make_kit(Settings(panel=PanelSettings(model="huiyin-5")), tmp_path)
    assert five.waiting_page(IDENTITY) is not None


def test_a_window_may_waive_the_test(tmp_path: Path) -> None:
    kit = make_kit(Settings(panel=PanelSettings(test="waived")), tmp_path)
    assert kit.waiting_page(IDENTITY) is None


def test_rules_and_facts_follow_profile_and_settings(tmp_path: Path) -> None:
    kit: Kit = make_kit(Settings(panel=PanelSettings(model="huiyin-5")), tmp_path)
    rules = kit.rules("h", "3")
    assert (rules.scale, len(rules.keys), rules.expires_ms) == ("five", 5, 30_000)
    assert {len(tags) for tags in rules.tags.values()} == {8}, "no page longer for any level"
    assert len(kit.facts("d", "h", "3").tags or {}) == 40
    assert set(kit.boot_fields()) == {"software", "profile", "settings", "panel_test"}
